"""Documents that walk, days that are anchored, and somebody who may write to the table."""

from __future__ import annotations

import hashlib
import uuid
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from unittest import mock

from docparser.audit.anchored import verified
from docparser.audit.archive import Archive
from docparser.audit.daily import Anchoring
from docparser.audit.trail import Finding, Standing, Trail
from docparser.model import Action, Event, Record, Ref, Source, Stage, Status
from docparser.store import chain, items, records
from docparser.store.audit_bucket import AuditBucket
from docparser.store.event_reader import EventReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from docparser.audit.anchors import Anchor
    from docparser.model import Fact

    from tests.contract.premises import Premises

FIRST = date(2026, 3, 1)
NIGHT = time(0, 15, tzinfo=UTC)
Told = list[tuple[str, int | None, int | None]]


class Trails:
    """The audit trail of a table and a bucket of one's own."""

    def __init__(self, premises: Premises, *, lines: int = 5000) -> None:
        self._premises = premises
        self._lines = lines
        self._table = premises.table
        self._dynamodb = premises.client("dynamodb")
        self.s3 = premises.client("s3")
        self.bucket = AuditBucket(self.s3, premises.bucket["audit"])
        self.records = premises.records
        self.reader = EventReader(self._dynamodb, self._table)

    # ------------------------------------------------------------------ what happens
    @contextmanager
    def on(self, day: date, hour: int = 12) -> Iterator[None]:
        """Let whatever is written be of a day, a second after each other."""
        moment = datetime.combine(day, time(hour, tzinfo=UTC))

        def tick() -> datetime:
            nonlocal moment
            moment += timedelta(seconds=1)
            return moment

        with mock.patch.object(records, "now", tick):
            yield

    def opened(self, day: date = FIRST, tenant: str = "t") -> Record:
        """Take a document in on a day."""
        moment = datetime.combine(day, time(9, tzinfo=UTC))
        record = Record(
            ref=Ref(tenant=tenant, document_id=f"d{uuid.uuid4().hex}"),
            status=Status.QUEUED,
            source=Source(bucket="b", key="k", version_id="v"),
            content_sha256=hashlib.sha256(uuid.uuid4().bytes).hexdigest(),
            size_bytes=1,
            created_at=moment,
            updated_at=moment,
            lease_until=moment + timedelta(hours=1),
        )
        return self.told(self.records.open(record, name="secret name.pdf", upload_id="0" * 32))

    def walked(self, day: date = FIRST, tenant: str = "t") -> Record:
        """Take a document in on a day, and let it walk to its end: five events."""
        record = self.opened(day, tenant)
        with self.on(day):
            self.records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
            facts: dict[str, Fact] = {"type": "letter", "confidence": 0.9375, "pii.iban": 2}
            self.records.advance(record.ref, Stage.CLASSIFY, action=Action.CLASSIFIED, facts=facts)
            self.records.advance(
                record.ref, Stage.ROUTE, action=Action.ROUTED, facts={"zones": ("vault", "sync")}
            )
            return self.told(
                self.records.change(
                    record.ref,
                    Status.COMPLETED,
                    stage=Stage.COMPLETE,
                    facts={"cost_usd": "0.001500", "pages": 3.0},
                )
            )

    def noted(self, record: Record, day: date, actor: str = "alice") -> Record:
        """Let a person do something to a document."""
        with self.on(day):
            return self.told(
                self.records.note(record, Action.HELD, actor=actor, facts={"reference": "AZ-1"})
            )

    def again(self, record: Record, day: date) -> Record:
        """Open a document's next revision, and let it walk to its end: three events."""
        moment = datetime.combine(day, time(9, tzinfo=UTC))
        ref = record.ref.model_copy(update={"revision": record.ref.revision + 1})
        changed = {"ref": ref, "seq": 1, "status": Status.QUEUED, "stage": Stage.INTAKE}
        moments = {"created_at": moment, "updated_at": moment, "finished_at": None}
        following = record.model_copy(update=changed | moments)
        with self.on(day):
            opened = self.told(self.records.next_revision(following, upload_id="1" * 32))
            self.records.change(opened.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
            return self.told(
                self.records.change(opened.ref, Status.COMPLETED, stage=Stage.COMPLETE)
            )

    @staticmethod
    def told(record: Record | None) -> Record:
        assert record is not None
        return record

    # ------------------------------------------------------------------ what is kept
    def anchor(self, day: date) -> list[Anchor]:
        """Let the night after a day come."""
        moment = datetime.combine(day + timedelta(days=1), NIGHT)
        anchoring = Anchoring(self.reader, self.bucket, lines=self._lines, clock=lambda: moment)
        return anchoring.run(lambda: 900.0)

    def archive(self) -> Archive:
        return Archive(self.bucket)

    def events(self, ref: Ref) -> list[Event]:
        return list(self.reader.of_document(ref.tenant, ref.document_id))

    def trail(self, ref: Ref) -> Trail:
        current = self.records.current(ref.tenant, ref.document_id)
        revisions = self.records.revisions(ref.tenant, ref.document_id)
        return Trail(
            tenant=ref.tenant,
            document_id=ref.document_id,
            current_revision=0 if current is None else current.ref.revision,
            standings=[Standing.of(each) for each in revisions],
            events=self.events(ref),
        )

    def findings(self, record: Record) -> Told:
        """Return what a verification finds: codes, revisions, numbers of events."""
        return told(verified(self.trail(record.ref), self.archive()))

    # ------------------------------------------------------------------ who may write to the table
    def put(self, event: Event) -> None:
        """Write an event over whatever stands in its place."""
        item = items.marshal(items.from_event(event))
        self._dynamodb.put_item(TableName=self._table, Item=item)

    def delete(self, event: Event) -> None:
        self.remove(event.ref, items.event_key(event.ref.revision, event.seq))

    def set(self, ref: Ref, sk: str, values: Mapping[str, Any]) -> None:
        """Change attributes of a document's item; those that are None go."""
        kept = {name: value for name, value in values.items() if value is not None}
        gone = [name for name in values if name not in kept]
        self._dynamodb.update_item(
            TableName=self._table,
            Key=items.key(ref.tenant, ref.document_id, sk),
            AttributeUpdates={
                **{n: {"Value": items.attribute(v), "Action": "PUT"} for n, v in kept.items()},
                **{name: {"Action": "DELETE"} for name in gone},
            },
        )

    def rewrite(self, record: Record, events: list[Event]) -> None:
        """Write a revision's events anew, numbers, hashes and record included."""
        for event in self.events(record.ref):
            if event.ref.revision == record.ref.revision:
                self.delete(event)
        previous = events[0].previous
        for seq, event in enumerate(events, start=1):
            sealed = chain.sealed(event.model_copy(update={"seq": seq}), previous)
            self.put(sealed)
            previous = sealed.sha256
        standing = {"seq": len(events), "chain": previous}
        self.set(record.ref, items.revision_key(record.ref.revision), standing)

    def erase(self, ref: Ref, *, revision: int | None = None) -> None:
        """Delete all items of a document, or of its last revision, as if it had not been."""
        for item in self._premises.items(ref):
            sk = item["sk"]["S"]
            if revision is None or sk[2:6] == f"{revision:04d}":
                self.remove(ref, sk)
        if revision is not None:
            self.set(ref, items.HEAD, {"current_revision": revision - 1})

    def remove(self, ref: Ref, sk: str) -> None:
        key = items.key(ref.tenant, ref.document_id, sk)
        self._dynamodb.delete_item(TableName=self._table, Key=key)


def told(findings: list[Finding]) -> Told:
    return [(each.code.value, each.revision, each.seq) for each in findings]
