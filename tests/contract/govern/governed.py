"""Documents with results in every place, and those who govern them."""

from __future__ import annotations

import itertools
import json
import uuid
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from docparser.govern.holds import LegalHolds
from docparser.govern.levels import Levels
from docparser.govern.purge import Purge
from docparser.govern.retention import Expiry
from docparser.intake.revisions import Revisions
from docparser.model import DocumentType, Event, Level, Source, Stage, Status, Zone, now
from docparser.store import chain, layout
from docparser.store.blobs import Blobs, Sources
from docparser.store.erasures import PurgeOrder
from docparser.store.level_requests import LevelRequests
from docparser.store.policies import Policies

from tests.contract.flow.bench import BUCKETS, Bench

if TYPE_CHECKING:
    from docparser.model import Erasure, Record, Ref

ALICE, BOB = "arn:aws:iam::123456789012:user/alice", "arn:aws:iam::123456789012:user/bob"
ZONES = ("vault", "backup", "sync")


@dataclass
class Passages:
    """A search index of which only the number of a document's passages is known."""

    held: dict[str, int] = field(default_factory=dict)

    def within(self, _: float) -> Passages:
        return self

    def __enter__(self) -> None:
        return

    def __exit__(self, *_: object) -> None:
        return

    def delete(self, tenant: str, document_id: str, **_: Any) -> int:
        return self.held.pop(f"{tenant}/{document_id}", 0)


@dataclass
class Governed:
    """The governance of one test."""

    bench: Bench
    index: Passages = field(default_factory=Passages)

    def at(self, after: timedelta) -> Governed:
        """Return the same on a machine whose clock is ahead."""
        return replace(self, bench=self.bench.at(after))

    def dying(self, calls: int, *, late: bool) -> Governed:
        """Return the same on a machine that ends at one of its calls."""
        return replace(self, bench=self.bench.dying(calls, late=late))

    # ------------------------------------------------------------------ parts
    @property
    def levels(self) -> Levels:
        bench = self.bench
        dynamodb = bench.client("dynamodb")
        return Levels(
            records=bench.records,
            revisions=Revisions(
                records=bench.records,
                waiting=bench.waiting,
                intake_bucket=bench.buckets["intake"],
            ),
            requests=LevelRequests(dynamodb, bench.table),
            policies=Policies(dynamodb, bench.table),
            clock=bench.clock,
        )

    @property
    def holds(self) -> LegalHolds:
        return LegalHolds(records=self.bench.records, holds=self.bench.holds)

    @property
    def purge(self) -> Purge:
        bench = self.bench
        s3 = bench.client("s3")
        zones = {
            zone: Blobs(s3, bench.buckets[zone], passes_locks=zone == "backup") for zone in ZONES
        }
        return Purge(
            records=bench.records,
            erasures=bench.erasures,
            requests=bench.erasing,
            executions=bench.executions,
            intake=bench.blobs("intake"),
            work=bench.blobs("work"),
            exchange=bench.blobs("ocr"),
            zones=zones,
            sources=Sources(s3),
            index=self.index,
            clock=bench.clock,
        )

    @property
    def expiry(self) -> Expiry:
        bench = self.bench
        return Expiry(records=bench.records, requests=bench.erasing, clock=bench.clock)

    def expire(self) -> int:
        """Look at everything that has expired."""
        return sum(self.expiry.run(part) for part in "0123456789abcdef")

    # ------------------------------------------------------------------ documents
    def completed(
        self,
        *,
        level: Level = Level.RESTRICTED,
        kind: DocumentType = DocumentType.REPORT,
        name: str = "Kündigung Müller.pdf",
        parent: str | None = None,
        document_id: str | None = None,
        **facts: Any,
    ) -> Record:
        """Store a document that has a result, under a name that is personal."""
        bench = self.bench
        upload_id = uuid.uuid4().hex
        key = layout.upload_key("standard", "t", upload_id)
        record = bench.queued(
            document_id=document_id or f"d{uuid.uuid4().hex}",
            source=Source(bucket=bench.buckets["intake"], key=key),
            parent=parent,
        )
        # Its name came with it.
        head = bench.records._writes.update(record.ref, "HEAD", {"name": name}, {})
        assert bench.records._writes.run_one(head)
        assert bench.records.add_alias(record.ref, name=name, upload_id=upload_id)
        return self.ended(record.ref, level=level, kind=kind, **facts)

    def ended(
        self,
        ref: Ref,
        *,
        level: Level = Level.RESTRICTED,
        kind: DocumentType = DocumentType.REPORT,
        **facts: Any,
    ) -> Record:
        """Let a QUEUED revision end with a result."""
        records = self.bench.records
        assert records.change(ref, Status.RUNNING, stage=Stage.PREFLIGHT)
        known = {"level": level, "type": kind, "zones": (Zone.VAULT,), **facts}
        ended = records.change(ref, Status.COMPLETED, stage=Stage.COMPLETE, **known)
        assert ended is not None
        return ended

    def fill(self, record: Record, *, lock: bool = True) -> set[str]:
        """Leave something of a revision in every place; return the lines that a proof has of it."""
        s3, ref = self.bench.engine.client("s3"), record.ref
        prefix = layout.revision_prefix(ref)
        places = {
            "intake": [record.source.key, layout.renamed_key(ref, uuid.uuid4().hex)],
            "work": [layout.stage_key(ref, Stage.ROUTE, "zones.json")],
            "ocr": [
                layout.ocr_input_key(ref, "s0001"),
                f"{layout.ocr_output_prefix(ref)}{layout.ocr_answer_name(ref, 's0001')}",
                f"{layout.ocr_failure_prefix(ref)}whatever",
            ],
            **{zone: [f"{prefix}original", f"{prefix}document.json"] for zone in ZONES},
        }
        lines = set()
        for purpose, keys in places.items():
            for key in keys:
                # Twice, so that there are versions.
                for body in (b"one", b"two"):
                    locked: dict[str, Any] = {}
                    if lock and purpose == "backup":
                        until = now() + timedelta(days=30)
                        locked = {
                            "ObjectLockMode": "GOVERNANCE",
                            "ObjectLockRetainUntilDate": until,
                            "ChecksumAlgorithm": "SHA256",
                        }
                    answer = s3.put_object(
                        Bucket=self.bench.buckets[purpose], Key=key, Body=body, **locked
                    )
                    version = answer.get("VersionId", "null")
                    if purpose in ("work", "ocr"):
                        lines = {line for line in lines if not line.startswith(f"{purpose}/{key} ")}
                    lines.add(f"{purpose}/{key} {version} {answer['ETag'].strip(chr(34))}")
        return lines

    def erase(self, record: Record, **said: Any) -> Erasure | None:
        """Erase a document, and deliver what is told of it until nothing is."""
        begun = self.bench.erasing.begin(record, **{"actor": ALICE, "reason": "r", **said})
        assert begun is not None
        return self.deliver().get(record.ref.document_id)

    def deliver(self) -> dict[str, Erasure | None]:
        """Hand the orders that were sent to the purge, and those that follow from them."""
        proofs: dict[str, Erasure | None] = {}
        while orders := self.orders():
            for order in orders:
                proofs[order.document_id] = self.purge.run(order)
        return proofs

    def orders(self) -> list[PurgeOrder]:
        """Return the orders that are there now, and take them."""
        sqs, url = self.bench.engine.client("sqs"), self.bench.purge_url
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
        return [PurgeOrder.model_validate_json(one["Body"]) for one in answer.get("Messages", [])]

    # ------------------------------------------------------------------ seen
    def current(self, record: Record) -> Record:
        current = self.bench.records.current(record.ref.tenant, record.ref.document_id)
        assert current is not None
        return current

    def events(self, ref: Ref) -> list[Event]:
        """Return a revision's events, whose chain is whole."""
        events = [*self.bench.records.events(ref)]
        for one, following in itertools.pairwise(events):
            assert following.previous == one.sha256
            assert following.seq == one.seq + 1
        assert all(chain.digest(one) == one.sha256 for one in events)
        assert self.bench.record(ref).chain == events[-1].sha256
        return events

    def told(self, ref: Ref) -> list[tuple[str, str]]:
        """Return what the events of a revision tell, and whose doing it was."""
        return [(event.action.value, event.actor) for event in self.events(ref)]

    def objects(self, document_id: str) -> list[str]:
        """Return the keys of all versions and delete markers of a document, in every bucket."""
        s3 = self.bench.engine.client("s3")
        return [
            f"{purpose}/{row['Key']}"
            for purpose in BUCKETS
            for page in s3.get_paginator("list_object_versions").paginate(
                Bucket=self.bench.buckets[purpose]
            )
            for row in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
            if document_id in row["Key"] or row["Key"].startswith("standard/")
        ]

    def items(self, ref: Ref) -> list[dict[str, Any]]:
        """Return every item of a document."""
        answer = self.bench.engine.client("dynamodb").query(
            TableName=self.bench.table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": f"T#{ref.tenant}#D#{ref.document_id}"}},
            ConsistentRead=True,
        )
        rows: list[dict[str, Any]] = answer["Items"]
        return rows

    def says(self, ref: Ref, words: str) -> bool:
        """Whether any item of a document holds some words."""
        return words in json.dumps(self.items(ref), ensure_ascii=False, default=str)
