"""What nobody ended, began or deleted: the sweep does, and touches nothing else."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable
from datetime import timedelta

import pytest
from docparser.errors import Retryable
from docparser.flow.cleanup import Cleanup
from docparser.model import Record, RejectedCode, RetryableCode, Source, Stage, Status, Zone, now
from docparser.store import layout
from docparser.store.blobs import Sources
from docparser.store.erasures import PurgeOrder

from tests.contract.flow.bench import Bench

MINUTE = timedelta(minutes=1)


# ---------------------------------------------------------------------- leases
def test_bytes_that_never_come_are_not_waited_for_any_longer(bench: Bench) -> None:
    record = bench.queued(status=Status.AWAITING_UPLOAD, lease=-10 * MINUTE)
    bench.sweep().run()
    stands = bench.record(record.ref)
    assert (stands.status, stands.code) == (Status.CANCELLED, "DEADLINE")


def test_an_upload_is_waited_for_by_the_clock_that_promised_it(bench: Bench) -> None:
    record = bench.queued(status=Status.AWAITING_UPLOAD, lease=-4 * MINUTE)
    bench.sweep().run()
    assert bench.record(record.ref).status is Status.AWAITING_UPLOAD


def test_a_document_whose_tenant_was_forgotten_is_found(bench: Bench) -> None:
    # Given a document that nobody was told of, because who queued it died
    record = bench.queued(lease=-MINUTE)
    # When the sweep comes by
    assert bench.sweep().run() == 1
    # Then it walks
    assert bench.started() == [record.ref.execution_name]
    assert bench.record(record.ref).lease_until > now()  # type: ignore[operator]


def test_a_document_that_lost_its_item_waits_again(bench: Bench) -> None:
    record = bench.queued(lease=-MINUTE)
    bench.waiting.remove(bench.waiters())
    bench.sweep().run()
    assert bench.started() == [record.ref.execution_name]


def test_a_document_that_waits_long_is_let_wait(bench: Bench) -> None:
    # Given more documents than slots
    first = bench.arrive()
    bench.dispatcher(count=1).run()
    waiting = bench.overdue(bench.arrive())
    # When the sweep comes by, again and again
    for _ in range(3):
        bench.sweep(count=1).run()
        # Then it waits, and has not failed
        stands = bench.record(waiting.ref)
        assert (stands.status, stands.failures) == (Status.QUEUED, 0)
        assert len(bench.waiters()) == 1
        bench.overdue(stands)
    assert bench.started() == [first.ref.execution_name]


def test_those_that_wait_delay_no_look_at_what_is_stuck(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given more documents that wait than a run looks at, in one part of the index
    monkeypatch.setattr("docparser.flow.sweep._LOOKED_AT", 1)
    same_part = [f"d0{uuid.uuid4().hex[1:]}" for _ in range(4)]
    waiting = [bench.queued(document_id=name, lease=-120 * MINUTE) for name in same_part[:3]]
    # And one whose walk has ended unheard since
    stuck = bench.queued(document_id=same_part[3])
    assert bench.records.change(stuck.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
    bench.overdue(bench.record(stuck.ref))
    # When the sweep comes by
    assert bench.sweep(count=1).run() == 2
    # Then that one has been looked after, and one of the others
    assert bench.record(stuck.ref).status is Status.FAILED
    leases = [bench.record(one.ref).lease_until for one in waiting]
    assert sum(lease is not None and lease > now() for lease in leases) == 1


def test_a_walk_that_ended_before_its_first_stage_does_not_leave_its_document_queued(
    bench: Bench,
) -> None:
    record = bench.arrive()
    bench.dispatcher().run()
    bench.executions.stop(record.ref)
    bench.ended(record.ref)
    bench.overdue(record)
    bench.sweep().run()
    stands = bench.record(record.ref)
    assert (stands.status, stands.code) == (Status.FAILED, "DEADLINE")


def test_a_walk_that_runs_has_the_time_that_its_document_has(bench: Bench) -> None:
    # Given a walk whose time was over four minutes ago, by the clock of who began it
    record = bench.running(lease=-4 * MINUTE)
    bench.sweep().run()
    # Then it is let run: that clock may be ahead
    assert bench.record(record.ref).status is Status.RUNNING
    # When it is over for certain
    bench.at(2 * MINUTE).sweep().run()
    # Then it has failed, and runs no more
    stands = bench.record(record.ref)
    assert (stands.status, stands.code) == (Status.FAILED, "DEADLINE")
    bench.ended(record.ref)


def test_a_walk_whose_time_was_renewed_since_it_was_looked_at_is_let_run(bench: Bench) -> None:
    # Given two sweeps that saw the same walk, which the other one has just let go on
    seen = bench.overdue(bench.running())
    assert bench.records.renew(seen, now() + 60 * MINUTE)
    bench.sweep()._look_at(seen, waits=False)
    assert bench.record(seen.ref).status is Status.RUNNING
    walk = bench.executions.find(seen.ref)
    assert walk is not None
    assert walk.runs


def test_a_document_that_was_refused_leaves_nothing(bench: Bench) -> None:
    record = bench.running()
    litter(bench, record)
    refused = bench.records.change_from(
        record,
        Status.REJECTED,
        stage=Stage.REVIEW,
        code=RejectedCode.REFUSED,
        lease_until=now() + MINUTE,
    )
    assert refused is not None
    bench.at(2 * MINUTE).sweep().run()
    assert everything(bench) == {}
    bench.at(30 * MINUTE).sweep().run()
    assert bench.record(record.ref).lease_until is None


@pytest.mark.parametrize("known", [True, False], ids=["ended", "unknown"])
def test_a_walk_whose_end_nobody_heard_of_has_failed(bench: Bench, known: bool) -> None:
    record = bench.running() if known else bench.queued()
    if known:
        bench.executions.stop(record.ref)
        bench.ended(record.ref)
    else:
        assert bench.records.change(record.ref, Status.RUNNING, stage=Stage.PREFLIGHT)
        record = bench.record(record.ref)
    bench.overdue(record)
    bench.sweep().run()
    stands = bench.record(record.ref)
    assert (stands.status, stands.code) == (Status.FAILED, "DEADLINE")


def test_slots_that_have_expired_are_deleted_and_others_are_not(bench: Bench) -> None:
    for _ in range(2):
        bench.arrive()
    old, young = bench.waiters()
    slots = bench.slots(8)
    assert slots.take(1, old, now() - 6 * MINUTE, seen=None)
    assert slots.take(2, young, now() - 4 * MINUTE, seen=None)
    bench.waiting.remove([old, young])
    bench.sweep().run()
    assert [slot.number for slot in bench.held()] == [2]


def test_one_document_that_cannot_be_helped_stops_no_other(bench: Bench) -> None:
    class Broken(Cleanup):
        def run(self, cancelled: Record) -> int:
            raise Retryable(RetryableCode.DEPENDENCY)

    record = bench.running()
    cancelled = bench.records.change_from(record, Status.CANCELLED, stage=record.stage)
    assert cancelled is not None
    bench.overdue(cancelled)
    lost = bench.queued(lease=-MINUTE)
    parts = dict.fromkeys(("work", "exchange", "zones", "erasures", "sources", "index"))
    broken = Broken(**parts, records=bench.records)  # type: ignore[arg-type]
    assert bench.sweep(cleanup=broken).run() == 2
    assert lost.ref.execution_name in bench.started()
    # And it is not looked at all the time
    assert bench.sweep(cleanup=broken).run() == 0
    assert bench.at(6 * MINUTE).sweep().run() == 1


def test_one_document_whose_zone_hangs_does_not_end_every_run(bench: Bench) -> None:
    class Killed(BaseException):
        """Lambda's time is over: no except clause sees it."""

    class Hanging(Cleanup):
        def run(self, cancelled: Record) -> int:
            raise Killed

    record = bench.running()
    cancelled = bench.records.change_from(record, Status.CANCELLED, stage=record.stage)
    assert cancelled is not None
    litter(bench, bench.overdue(cancelled))
    parts = dict.fromkeys(("work", "exchange", "zones", "erasures", "sources", "index"))
    hanging = Hanging(**parts, records=bench.records)  # type: ignore[arg-type]
    with pytest.raises(Killed):
        bench.sweep(cleanup=hanging).run()
    # Then the next run starts what waits, and a later one looks at it again
    lost = bench.queued(lease=-MINUTE)
    assert bench.sweep(cleanup=hanging).run() == 1
    assert lost.ref.execution_name in bench.started()
    bench.at(6 * MINUTE).sweep().run()
    assert everything(bench) == {}


# ---------------------------------------------------------------------- clean-up
class Passages:
    """Which revisions' passages were deleted; what an index itself does, its own suite tells."""

    def __init__(self) -> None:
        self.deleted: list[tuple[str, str, int, list[str]]] = []

    def delete(
        self, tenant: str, document_id: str, *, only_revision: int, known: Iterable[str]
    ) -> int:
        self.deleted.append((tenant, document_id, only_revision, list(known)))
        return 0


def put(bench: Bench, purpose: str, key: str) -> str | None:
    body = b"what nobody may keep"
    answer = bench.client("s3").put_object(Bucket=bench.buckets[purpose], Key=key, Body=body)
    return answer.get("VersionId")


def litter(bench: Bench, record: Record) -> None:
    """Leave in every bucket what a walk may leave there."""
    ref = record.ref
    for purpose, key in {
        "work": layout.stage_key(ref, Stage.READ, "s0001.json"),
        "vault": f"{layout.revision_prefix(ref)}original",
        "backup": f"{layout.revision_prefix(ref)}pages/s0001.json",
        "sync": f"{layout.revision_prefix(ref)}document.json",
    }.items():
        put(bench, purpose, key)
    put(bench, "ocr", layout.ocr_input_key(ref, "s0001"))
    put(bench, "ocr", layout.ocr_output_prefix(ref) + layout.ocr_answer_name(ref, "s0001"))


def everything(bench: Bench) -> dict[str, list[str]]:
    found = {purpose: bench.keys(purpose) for purpose in bench.buckets}
    return {purpose: keys for purpose, keys in found.items() if keys}


def cancelled(bench: Bench, **facts: object) -> Record:
    key = layout.upload_key("standard", "t", uuid.uuid4().hex)
    version = put(bench, "intake", key)
    source = Source(bucket=bench.buckets["intake"], key=key, version_id=version)
    record = bench.running(source=source, **facts)
    litter(bench, record)
    ended = bench.records.change_from(record, Status.CANCELLED, stage=record.stage)
    assert ended is not None
    return ended


def test_nothing_is_left_of_a_cancelled_document_not_even_what_comes_late(bench: Bench) -> None:
    # Given a document that was cancelled while it walked
    record = cancelled(bench, chunks=2)
    passages = Passages()
    # When the sweep comes by, a minute later
    bench.at(2 * MINUTE).sweep(index=passages).run()
    # Then nothing is left, and its walk has ended
    assert everything(bench) == {}
    numbers = ["000001", "000002"]
    document_id = record.ref.document_id
    assert passages.deleted[0][:3] == ("t", document_id, 1)
    assert len(passages.deleted[0][3]) == len(numbers)
    bench.ended(record.ref)
    # And when a function of it writes as long as a function may
    bench.at(10 * MINUTE).sweep(index=passages).run()
    litter(bench, record)
    bench.at(22 * MINUTE).sweep(index=passages).run()
    # Then that is gone as well, and nobody looks again
    assert everything(bench) == {}
    assert len(passages.deleted) == 2
    assert bench.record(record.ref).lease_until is None
    assert bench.at(timedelta(days=9)).sweep(index=passages).run() == 0


def test_what_is_locked_of_a_cancelled_document_is_left_to_the_purge(bench: Bench) -> None:
    # Given a document that was cancelled after its backup had been filled, and locked
    record = cancelled(bench)
    backup = bench.blobs("backup")
    key = f"{layout.revision_prefix(record.ref)}original"
    version = backup.put(key, b"locked", "text/plain")
    backup.lock(key, version, now() + timedelta(days=30))
    # When the sweep comes by
    bench.at(2 * MINUTE).sweep().run()
    # Then nothing else is left, and the one who may pass locks is told
    assert everything(bench) == {"backup": [key]}
    messages = bench.client("sqs").receive_message(QueueUrl=bench.purge_url)["Messages"]
    order = PurgeOrder.model_validate_json(messages[0]["Body"])
    assert order == PurgeOrder(
        tenant="t", document_id=record.ref.document_id, zone=Zone.BACKUP, revision=1
    )


def test_a_function_of_a_cancelled_document_may_write_by_whichever_clock(bench: Bench) -> None:
    # Given who cancelled it by a clock that is minutes behind
    record = cancelled(bench.at(-4 * MINUTE))
    moment = record.finished_at
    assert moment is not None
    ended = moment.replace(microsecond=moment.microsecond) - 4 * MINUTE
    assert bench.records.renew(record, ended)
    # When the sweep is there 15 minutes after the end as it was told of it, and more
    late = bench.at(12 * MINUTE)
    late.sweep().run()
    # Then that is not the last time
    assert bench.record(record.ref).lease_until is not None


def test_other_revisions_and_documents_keep_what_is_theirs(bench: Bench) -> None:
    record = cancelled(bench)
    ref = record.ref
    kept = {
        "vault": [f"t/{ref.document_id}/r2/original", f"t/{ref.document_id}/r11/original"],
        "ocr": [
            f"input/t/{ref.document_id}/r2/s0001",
            f"output/t/{ref.document_id}/r11-a1-s0001.json",
            f"output/t/{ref.document_id}/r2-a1-s0001.json",
        ],
        "work": [f"t/{ref.document_id}/r2/read/s0001.json"],
        # The same key once more, and it is another document
        "intake": [record.source.key],
    }
    for purpose, keys in kept.items():
        for key in keys:
            put(bench, purpose, key)
    bench.at(30 * MINUTE).sweep().run()
    assert everything(bench) == {purpose: sorted(keys) for purpose, keys in kept.items()}


def test_a_source_that_was_never_pinned_goes_in_every_version(bench: Bench) -> None:
    record = bench.running()
    key = layout.renamed_key(record.ref, uuid.uuid4().hex)
    source = Source(bucket=bench.buckets["intake"], key=key)
    for _ in range(2):
        put(bench, "intake", key)
    put(bench, "intake", f"{key}0")
    Sources(bench.client("s3")).discard(source)
    assert bench.keys("intake") == [f"{key}0"]
    answer = bench.client("s3").list_object_versions(Bucket=source.bucket)
    assert "DeleteMarkers" not in answer


def test_an_upload_that_the_next_revision_reads_stays(bench: Bench) -> None:
    record = cancelled(bench)
    moment = now()
    later = Record(
        ref=record.ref.model_copy(update={"revision": 2}),
        status=Status.QUEUED,
        source=record.source,
        content_sha256=hashlib.sha256(b"").hexdigest(),
        size_bytes=1,
        created_at=moment,
        updated_at=moment,
        lease_until=moment + timedelta(days=2),
        chain=record.chain,
    )
    assert bench.records.next_revision(later)
    bench.at(30 * MINUTE).sweep().run()
    assert everything(bench) == {"intake": [record.source.key]}
