"""A table, buckets and a queue on the embedded AWS, and nobody who works on them."""

from __future__ import annotations

import json
import threading
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from docparser.intake.arrival import Arrival
from docparser.intake.notices import noticed
from docparser.intake.revisions import Revisions
from docparser.model import Record, Ref, Source, Stage, Status
from docparser.store import layout
from docparser.store.blobs import Blobs, Sources
from docparser.store.records import Records
from docparser.store.waiting import Waiting

from tests.stack import object_created

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.engine.running import Engine

BUCKETS = ("intake", "work", "vault", "elsewhere", "audit")
MAX_BYTES = 1 << 16


class Died(Exception):  # noqa: N818 - no error: an end
    """A function was killed: its next call is not made, or the answer to its last one not read."""


class Premises:
    """What intake works on. What is queued here stays queued, because nobody dispatches."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.table = f"t-{uuid.uuid4().hex[:8]}"
        self.bucket = {name: f"{self.table}-{name}" for name in BUCKETS}
        self.client = engine.client
        self.queue_url, _ = engine.queue()
        strings = ("pk", "sk", *(f"gsi{number}{each}" for number in "123" for each in ("pk", "sk")))
        self.client("dynamodb").create_table(
            TableName=self.table,
            KeySchema=_keys("pk", "sk"),
            AttributeDefinitions=[
                {"AttributeName": name, "AttributeType": "S"} for name in strings
            ],
            BillingMode="PAY_PER_REQUEST",
            GlobalSecondaryIndexes=[
                {
                    "IndexName": "by_tenant",
                    "KeySchema": _keys("gsi1pk", "gsi1sk"),
                    "Projection": {"ProjectionType": "ALL"},
                },
                {
                    "IndexName": "open",
                    "KeySchema": _keys("gsi2pk", "gsi2sk"),
                    "Projection": {
                        "ProjectionType": "INCLUDE",
                        "NonKeyAttributes": ["status", "attempt", "stage"],
                    },
                },
                {
                    "IndexName": "by_day",
                    "KeySchema": _keys("gsi3pk", "gsi3sk"),
                    "Projection": {"ProjectionType": "ALL"},
                },
            ],
        )
        for name, bucket in self.bucket.items():
            locks: Any = {"ObjectLockEnabledForBucket": True} if name == "audit" else {}
            self.client("s3").create_bucket(Bucket=bucket, **locks)
            if name in {"intake", "vault"}:
                self.client("s3").put_bucket_versioning(
                    Bucket=bucket, VersioningConfiguration={"Status": "Enabled"}
                )

    # ------------------------------------------------------------------ rooms
    def blobs(self, name: str) -> Blobs:
        return Blobs(self.client("s3"), self.bucket[name])

    @property
    def sources(self) -> Sources:
        return Sources(self.client("s3"))

    @property
    def records(self) -> Records:
        return Records(self.client("dynamodb"), self.table)

    @property
    def waiting(self) -> Waiting:
        return Waiting(self.client("dynamodb"), self.table, self.client("sqs"), self.queue_url)

    @property
    def arrival(self) -> Arrival:
        return Arrival(
            sources=self.sources,
            intake=self.blobs("intake"),
            records=self.records,
            waiting=self.waiting,
            max_bytes=MAX_BYTES,
        )

    @property
    def revisions(self) -> Revisions:
        bucket = self.bucket["intake"]
        return Revisions(records=self.records, waiting=self.waiting, intake_bucket=bucket)

    # ------------------------------------------------------------------ in
    def upload(
        self, content: bytes, *, key: str = "", bucket: str = "intake", **metadata: str
    ) -> Source:
        """Store an object as an upload of our own, or under a key that somebody else chose."""
        key = key or layout.upload_key("standard", "t", uuid.uuid4().hex)
        answer = self.client("s3").put_object(
            Bucket=self.bucket[bucket], Key=key, Body=content, Metadata=metadata
        )
        return Source(bucket=self.bucket[bucket], key=key, version_id=answer.get("VersionId"))

    def tell(self, source: Source) -> Ref | None:
        """Take an upload in, as a message of it would."""
        return self.arrival.take_in(noticed(json.dumps(object_created(source, 1))))

    def taken(self, content: bytes, **metadata: str) -> Record:
        """Upload, take in; return the record."""
        ref = self.tell(self.upload(content, **metadata))
        assert ref is not None
        return self.current(ref)

    def walked(self, content: bytes, *statuses: Status, code: str | None = None) -> Record:
        """Take in and move on, status by status; return the record."""
        record = self.taken(content)
        for status in statuses:
            last = status is statuses[-1]
            moved = self.records.change(
                record.ref, status, stage=Stage.PREFLIGHT, code=code if last else None
            )
            assert moved is not None
            record = moved
        return record

    # ------------------------------------------------------------------ out
    def current(self, ref: Ref) -> Record:
        record = self.records.current(ref.tenant, ref.document_id)
        assert record is not None
        return record

    def items(self, ref: Ref) -> list[dict[str, Any]]:
        """Return every item of a document."""
        return self._query(f"T#{ref.tenant}#D#{ref.document_id}")

    def events(self, ref: Ref) -> list[tuple[str, str]]:
        """Return a document's changes of status, in order: to, code."""
        rows = [item for item in self.items(ref) if item["sk"]["S"].startswith("E#")]
        return [(row["to"]["S"], row.get("code", {"S": ""})["S"]) for row in rows]

    def aliases(self, ref: Ref) -> list[str]:
        rows = (row["sk"]["S"] for row in self.items(ref))
        return sorted(sk.removeprefix("A#") for sk in rows if sk.startswith("A#"))

    def waiters(self, record: Record) -> int:
        """Return how many items a record's attempt waits by."""
        queue = self.waiting.queue(record.priority, record.ref.tenant, step=100)
        return sum(waiter.ref == record.ref for waiter in queue)

    def marks(self, tenant: str) -> set[str]:
        """Return in which queues a tenant is enrolled."""
        rosters = {priority: self.waiting.roster(priority) for priority in ("standard", "high")}
        return {name for name, rows in rosters.items() if tenant in {each.tenant for each in rows}}

    def objects(self, bucket: str, prefix: str = "") -> list[str]:
        """Return the keys of every version in a bucket."""
        answer = self.client("s3").list_object_versions(Bucket=self.bucket[bucket], Prefix=prefix)
        return [row["Key"] for row in answer.get("Versions", [])]

    def _query(self, pk: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.client("dynamodb").query(
            TableName=self.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": pk}},
            ConsistentRead=True,
        )["Items"]
        return rows

    # ------------------------------------------------------------------ faults
    @contextmanager
    def dying(self, at_call: int, *, answered: bool) -> Iterator[list[str]]:
        """Die at a call of AWS, counted from 0: before it is made, or once it was answered.

        Whoever is dead makes no further call, in no thread. Yields the calls that were made.
        """
        calls: list[str] = []
        answers: list[str] = []
        lock = threading.Lock()

        def pass_by(passed: list[str], name: str, *, deadly: bool) -> None:
            with lock:
                if len(answers if answered else calls) > at_call:
                    raise Died
                passed.append(name)
                if deadly and len(passed) > at_call:
                    raise Died

        def before(model: Any, **_: Any) -> None:
            pass_by(calls, model.name, deadly=not answered)

        def after(model: Any, **_: Any) -> None:
            pass_by(answers, model.name, deadly=answered)

        events = [self.client(name).meta.events for name in ("s3", "dynamodb", "sqs")]
        for each in events:
            each.register("before-call", before)
            each.register("after-call", after)
        try:
            yield calls
        finally:
            for each in events:
                each.unregister("before-call", before)
                each.unregister("after-call", after)


def _keys(partition: str, sort: str) -> list[dict[str, str]]:
    return [
        {"AttributeName": partition, "KeyType": "HASH"},
        {"AttributeName": sort, "KeyType": "RANGE"},
    ]
