"""A table, a queue, buckets and a state machine of a test's own, and the flow over them."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from docparser.flow.cleanup import Cleanup
from docparser.flow.dispatcher import Dispatcher
from docparser.flow.parking import Parking, Resumption
from docparser.flow.sweep import Sweep
from docparser.govern.erasures import ErasureRequests
from docparser.govern.retention import Expiry
from docparser.model import Priority, Record, Ref, Source, Stage, Status, Zone, now
from docparser.outcome import Stop
from docparser.route.bucket_zone import BucketZone
from docparser.store.blobs import Blobs, Sources
from docparser.store.callbacks import TaskTokens
from docparser.store.erasures import Erasures
from docparser.store.executions import Executions
from docparser.store.holds import Holds
from docparser.store.parked import ParkedWalks
from docparser.store.policies import Policies
from docparser.store.records import Records
from docparser.store.slots import Slot, Slots
from docparser.store.waiting import Waiter, Waiting

from tests.contract.engine.running import Engine, poll

if TYPE_CHECKING:
    from collections.abc import Callable

LEASE = timedelta(hours=1)
BUCKETS = ("intake", "work", "ocr", "vault", "backup", "sync")
# It walks until it is told that it has ended.
WALK = {"StartAt": "Walk", "States": {"Walk": {"Type": "Wait", "Seconds": 3000, "End": True}}}
MAX_FAILURES = 3


class Crash(Exception):  # noqa: N818 - what it stands for is no error of a program
    """The machine ends here."""


class Dying:
    """A client whose machine ends at its ``calls``-th call, before or after its effect."""

    def __init__(self, client: Any, fuse: Fuse) -> None:
        self._client = client
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._client, name)
        if not callable(real) or name in {"exceptions", "meta", "get_paginator"}:
            return real

        def call(**arguments: Any) -> Any:
            if self._fuse.burns() and not self._fuse.late:
                raise Crash
            answer = real(**arguments)
            if self._fuse.burnt and self._fuse.late:
                raise Crash
            return answer

        return call


@dataclass
class Fuse:
    """After how many calls of all clients together a machine ends."""

    calls: int
    late: bool
    made: int = 0

    def burns(self) -> bool:
        self.made += 1
        return self.burnt

    @property
    def burnt(self) -> bool:
        return self.made >= self.calls


@dataclass
class Bench:
    """The flow of one test."""

    engine: Engine
    table: str
    queue_url: str
    machine: str
    buckets: dict[str, str]
    clock: Callable[[], Any] = now
    fuse: Fuse | None = None
    tokens_url: str = ""
    purge_url: str = ""

    @classmethod
    def on(cls, engine: Engine) -> Bench:
        name = f"flow-{uuid.uuid4().hex[:8]}"
        engine.client("dynamodb").create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[
                {"AttributeName": key, "AttributeType": "S"}
                for key in ("pk", "sk", "gsi2pk", "gsi2sk")
            ],
            KeySchema=_key_schema("pk", "sk"),
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "open",
                    "KeySchema": _key_schema("gsi2pk", "gsi2sk"),
                    "Projection": {"ProjectionType": "KEYS_ONLY"},
                }
            ],
        )
        queue = engine.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        buckets = {purpose: f"{name}-{purpose}" for purpose in BUCKETS}
        s3 = engine.client("s3")
        for purpose, bucket in buckets.items():
            s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=purpose == "backup")
            if purpose not in ("work", "ocr"):
                s3.put_bucket_versioning(
                    Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
                )
        purge = engine.client("sqs").create_queue(QueueName=f"{name}-purge")["QueueUrl"]
        machine = engine.create(WALK, name=name)
        return cls(engine, name, queue, machine, buckets, purge_url=purge)

    # ------------------------------------------------------------------ parts
    def at(self, after: timedelta) -> Bench:
        """Return the same flow on a machine whose clock is ahead, or behind."""
        return self._other(clock=lambda: now() + after)

    def dying(self, calls: int, *, late: bool) -> Bench:
        """Return the same flow on a machine that ends at one of its calls."""
        return self._other(fuse=Fuse(calls, late))

    def _other(self, **changed: Any) -> Bench:
        return Bench(**{**vars(self), **changed})

    def client(self, service: str) -> Any:
        client = self.engine.client(service)
        return client if self.fuse is None else Dying(client, self.fuse)

    @property
    def records(self) -> Records:
        return Records(self.client("dynamodb"), self.table)

    @property
    def waiting(self) -> Waiting:
        return Waiting(self.client("dynamodb"), self.table, self.client("sqs"), self.queue_url)

    @property
    def executions(self) -> Executions:
        return Executions(self.client("stepfunctions"), self.machine)

    def slots(self, count: int) -> Slots:
        return Slots(self.client("dynamodb"), self.table, count=count)

    @property
    def stop(self) -> Stop:
        return Stop(records=self.records, waiting=self.waiting, max_failures=MAX_FAILURES)

    def blobs(self, purpose: str) -> Blobs:
        return Blobs(self.client("s3"), self.buckets[purpose])

    def dispatcher(self, count: int = 8, **parts: Any) -> Dispatcher:
        known: dict[str, Any] = {
            "records": self.records,
            "queues": self.waiting,
            "slots": self.slots(count),
            "executions": self.executions,
            "deadline": LEASE,
            "clock": self.clock,
        }
        return Dispatcher(**{**known, **parts})

    def sweep(self, count: int = 8, *, index: Any = None, **parts: Any) -> Sweep:
        known: dict[str, Any] = {
            "records": self.records,
            "queues": self.waiting,
            "executions": self.executions,
            "slots": self.slots(count),
            "stop": self.stop,
            "cleanup": Cleanup(
                work=self.blobs("work"),
                exchange=self.blobs("ocr"),
                zones={zone: BucketZone(self.blobs(zone), keys={}) for zone in Zone},
                erasures=self.erasures,
                sources=Sources(self.client("s3")),
                index=index,
                records=self.records,
            ),
            "dispatcher": self.dispatcher(count),
            "resumption": self.resumption,
            "expiry": Expiry(records=self.records, requests=self.erasing, clock=self.clock),
            "clock": self.clock,
        }
        return Sweep(**{**known, **parts})

    @property
    def holds(self) -> Holds:
        return Holds(self.client("dynamodb"), self.table)

    @property
    def erasures(self) -> Erasures:
        return Erasures(self.client("dynamodb"), self.table, self.client("sqs"), self.purge_url)

    @property
    def erasing(self) -> ErasureRequests:
        return ErasureRequests(
            records=self.records, holds=self.holds, erasures=self.erasures, clock=self.clock
        )

    @property
    def parked(self) -> ParkedWalks:
        return ParkedWalks(self.client("dynamodb"), self.table)

    @property
    def parking(self) -> Parking:
        return Parking(
            records=self.records,
            parked=self.parked,
            slots=self.slots(8),
            policies=Policies(self.client("dynamodb"), self.table),
            clock=self.clock,
        )

    @property
    def resumption(self) -> Resumption:
        return Resumption(
            records=self.records,
            parked=self.parked,
            tokens=TaskTokens(self.client("stepfunctions")),
            deadline=LEASE,
            clock=self.clock,
        )

    # ------------------------------------------------------------------ documents
    def queued(
        self,
        tenant: str = "t",
        *,
        priority: Priority = Priority.STANDARD,
        status: Status = Status.QUEUED,
        lease: timedelta = LEASE,
        **facts: Any,
    ) -> Record:
        """Store a document that nobody was told of."""
        moment = self.clock()
        record = Record(
            ref=Ref(tenant=tenant, document_id=facts.pop("document_id", f"d{uuid.uuid4().hex}")),
            status=status,
            source=facts.pop("source", Source(bucket=self.buckets["intake"], key="k")),
            priority=priority,
            content_sha256="0" * 64,
            size_bytes=1,
            created_at=moment,
            updated_at=moment,
            lease_until=moment + lease,
            **facts,
        )
        assert self.records.open(record, name="", upload_id=uuid.uuid4().hex)
        return record

    def arrive(self, tenant: str = "t", **facts: Any) -> Record:
        """Store a document and announce it."""
        record = self.queued(tenant, **facts)
        self.waiting.announce(record)
        return record

    def running(self, tenant: str = "t", **facts: Any) -> Record:
        """Store a document that walks."""
        record = self.queued(tenant, **facts)
        waiters = self.waiting.queue(record.priority, tenant, step=100)
        self.waiting.remove(one for one in waiters if one.ref == record.ref)
        self.executions.start(record)
        running = self.records.change_from(record, Status.RUNNING, stage=Stage.PREFLIGHT)
        assert running is not None
        return running

    def overdue(self, record: Record) -> Record:
        """Let a record's lease have run out long ago."""
        assert self.records.renew(record, now() - timedelta(hours=1))
        return self.record(record.ref)

    def complete(self, ref: Ref) -> None:
        """End a document's walk, telling nobody."""
        assert self.records.change(ref, Status.RUNNING, stage=Stage.PREFLIGHT)
        assert self.records.change(ref, Status.COMPLETED, stage=Stage.COMPLETE)
        self.executions.stop(ref)

    # ------------------------------------------------------------------ seen
    def record(self, ref: Ref) -> Record:
        record = self.records.get(ref)
        assert record is not None
        return record

    def started(self) -> list[str]:
        """Return the names of all executions, in no order."""
        pages = (
            self.engine.client("stepfunctions")
            .get_paginator("list_executions")
            .paginate(stateMachineArn=self.machine)
        )
        return [row["name"] for page in pages for row in page["executions"]]

    def held(self) -> list[Slot]:
        return self.slots(8).held()

    def waiters(self, tenant: str = "t", priority: Priority = Priority.STANDARD) -> list[Waiter]:
        return list(self.waiting.queue(priority, tenant, step=100))

    def roster(self, priority: Priority = Priority.STANDARD) -> list[str]:
        return [enrolled.tenant for enrolled in self.waiting.roster(priority)]

    def nudges(self) -> list[dict[str, Any]]:
        """Return the messages that are there now, and take them."""
        sqs = self.engine.client("sqs")
        answer = sqs.receive_message(QueueUrl=self.queue_url, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=message["ReceiptHandle"])
        return [json.loads(message["Body"]) for message in answer.get("Messages", [])]

    def keys(self, purpose: str) -> list[str]:
        """Return the keys of every version in a bucket."""
        answer = self.engine.client("s3").list_object_versions(Bucket=self.buckets[purpose])
        return [row["Key"] for row in answer.get("Versions", [])]

    def ended(self, ref: Ref) -> None:
        """Wait until a walk does not run any more."""
        poll(lambda: (walk := self.executions.find(ref)) and not walk.runs)


def _key_schema(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
