"""Erasures of documents that others work on: who changes them, looks at them, or still writes."""

from __future__ import annotations

from datetime import timedelta

from docparser.govern.erasures import LAST_WRITE
from docparser.model import Level, Stage, Status, now
from docparser.store.claims import Claim, Claims

from tests.contract.govern.governed import ALICE, BOB, Governed


def test_an_erasure_is_of_the_document_and_not_of_a_revision_before(governed: Governed) -> None:
    # Given somebody who has read the record before its next revision was opened
    record = governed.completed(level=Level.INTERNAL)
    raised = governed.levels.raise_to(record, Level.RESTRICTED, actor=BOB, reason="r")
    assert raised is not None
    # Then the document is not half erased: whoever looks again erases what stands
    assert governed.bench.erasing.begin(record, actor=ALICE, reason="r") is None
    assert governed.bench.record(record.ref).status is Status.COMPLETED
    assert governed.bench.erasing.begin(raised, actor=ALICE, reason="r") is not None
    assert governed.current(record).status is Status.ERASED


def test_a_walk_that_was_refused_may_still_write(governed: Governed) -> None:
    # Given a document in which malware was found while it walked
    running = governed.bench.running()
    refused = governed.bench.records.change_from(
        running, Status.REJECTED, stage=Stage.INTAKE, code="INFECTED"
    )
    assert refused is not None
    # When it is erased, nothing is proven before its functions have ended
    assert governed.erase(refused) is None
    governed.bench.ended(running.ref)
    quiet = governed.at(LAST_WRITE + timedelta(minutes=1))
    quiet.bench.sweep().run()
    assert quiet.deliver()[running.ref.document_id] is not None


def test_nobody_looks_at_what_was_erased_any_more(governed: Governed) -> None:
    # Given a document that somebody looks at, and for which a looser level was asked
    bench = governed.bench
    record = governed.completed(level=Level.RESTRICTED)
    assert governed.levels.request(record, Level.INTERNAL, actor=ALICE, reason="r")
    moment = now()
    claim = Claim(revision=1, by=BOB, at=moment, until=moment + timedelta(minutes=30))
    taking = Claims(bench.client("dynamodb"), bench.table).taking(record.ref, claim, None)
    bench.client("dynamodb").transact_write_items(TransactItems=[taking])
    # When it is erased, neither is left
    assert governed.erase(governed.current(record)) is not None
    kinds = {row["sk"]["S"].partition("#")[0] for row in governed.items(record.ref)}
    assert kinds == {"HEAD", "R", "E", "A"}
