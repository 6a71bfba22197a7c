"""Erasure: nothing is left anywhere, the record proves it, and half of it is never all."""

from __future__ import annotations

import hashlib
import itertools
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from docparser.govern import purge
from docparser.govern.erasures import LAST_WRITE, REMINDED
from docparser.govern.purge import BACKUPS, HELD_CHILDREN, IN_PARENT
from docparser.intake.options import Options
from docparser.model import Erasure, Level, Record, RejectedCode, Source, Stage, Status, Zone, now
from docparser.store import erasures, layout
from docparser.store.blobs import Blobs, Locked
from docparser.store.erasures import PurgeOrder

from tests.contract.flow.bench import Crash
from tests.contract.govern.governed import ALICE, BOB, Governed

if TYPE_CHECKING:
    from collections.abc import Iterable

NAME = "Kündigung Müller.pdf"


def hashed(lines: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def next_result(governed: Governed, record: Record, level: Level) -> Record:
    """Give a document its next revision, with a result."""
    raised = governed.levels.raise_to(record, level, actor=ALICE, reason="r")
    assert raised is not None
    return governed.ended(raised.ref, level=level)


# ---------------------------------------------------------------------- all of it
def test_of_what_was_erased_nothing_is_left_but_the_proof(governed: Governed) -> None:
    # Given a document of three revisions that came under two names
    first = governed.completed(level=Level.PUBLIC, chunks=7)
    lines = governed.fill(first)
    second = next_result(governed, first, Level.INTERNAL)
    lines |= governed.fill(second)
    third = next_result(governed, second, Level.RESTRICTED)
    lines |= governed.fill(third)
    document_id = third.ref.document_id
    governed.bench.records.add_alias(third.ref, name=NAME + "2", upload_id=uuid.uuid4().hex)
    governed.index.held[f"t/{document_id}"] = 7
    other = governed.completed()
    kept = governed.fill(other)
    assert len(governed.objects(document_id)) > len(lines) // 2
    # When it is erased
    proof = governed.erase(third, reason="request 4711")
    # Then the proof names all of it,
    assert proof == Erasure(
        erased_at=proof.erased_at,  # type: ignore[union-attr]
        versions=len(lines),
        size_bytes=3 * len(lines),
        passages=7,
        objects_sha256=hashed(lines),
        residuals=(BACKUPS,),
    )
    # nothing is in any bucket, in any version, nor in the index,
    assert [one for one in governed.objects(document_id) if document_id in one] == []
    assert governed.index.held == {}
    # no item has a name any more,
    assert not governed.says(third.ref, "Müller")
    kinds = {row["sk"]["S"].partition("#")[0] for row in governed.items(third.ref)}
    assert kinds == {"HEAD", "R", "E", "A"}
    # the record and its trail stay,
    record = governed.current(third)
    assert (record.status, record.erasure, record.lease_until) == (Status.ERASED, proof, None)
    assert [governed.bench.record(one.ref).status for one in (first, second)] == ["ERASED"] * 2
    assert governed.told(third.ref)[-2:] == [("erasure.requested", ALICE), ("erased", "system")]
    requested, erased = governed.events(third.ref)[-2:]
    assert requested.facts == {"reason": "request 4711", "children": True}
    assert erased.facts["objects_sha256"] == proof.objects_sha256
    governed.events(first.ref)
    # and nothing of another document is gone
    assert len(governed.objects(other.ref.document_id)) >= len(kept)


def test_an_order_that_comes_again_changes_nothing(governed: Governed) -> None:
    record = governed.completed()
    governed.fill(record)
    proof = governed.erase(record)
    items = governed.items(record.ref)
    order = PurgeOrder(tenant="t", document_id=record.ref.document_id)
    assert governed.purge.run(order) == proof
    assert governed.items(record.ref) == items


def test_what_was_not_erased_is_not_purged(governed: Governed) -> None:
    record = governed.completed()
    governed.fill(record)
    there = governed.objects(record.ref.document_id)
    for document_id in (record.ref.document_id, "d" + "0" * 32):
        order = PurgeOrder(tenant="t", document_id=document_id)
        assert governed.purge.run(order) is None
    assert governed.objects(record.ref.document_id) == there


def test_a_document_with_nothing_to_delete_is_proven_too(governed: Governed) -> None:
    proof = governed.erase(governed.completed())
    assert proof is not None
    assert (proof.versions, proof.size_bytes, proof.objects_sha256) == (0, 0, hashed([]))


# ---------------------------------------------------------------------- locks
def test_only_who_passes_locks_deletes_what_is_locked(governed: Governed) -> None:
    """The embedded S3 holds locks against whoever does not ask to pass them.

    It knows no rights: that only the purge's role may ask is a matter of the template.
    """
    record = governed.completed()
    governed.fill(record)
    backup = governed.bench.buckets["backup"]
    locked = Blobs(governed.bench.engine.client("s3"), backup)
    with pytest.raises(Locked):
        locked.purge(layout.document_prefix(record.ref))
    assert [*locked.versions(layout.document_prefix(record.ref))] != []
    assert governed.erase(record) is not None
    assert [*locked.versions(layout.document_prefix(record.ref))] == []


def test_what_is_locked_in_a_zone_that_a_level_forbids_is_cleared(governed: Governed) -> None:
    # Given a document that has left the backup for its level
    record = governed.completed(level=Level.CONFIDENTIAL)
    governed.fill(record)
    order = PurgeOrder(tenant="t", document_id=record.ref.document_id, zone=Zone.BACKUP)
    there = governed.objects(record.ref.document_id)
    # When what is locked there is to be cleared
    governed.purge.run(order)
    # Then it is, and nothing else
    backup = [one for one in there if one.startswith("backup/")]
    left = governed.objects(record.ref.document_id)
    assert backup
    assert sorted(left) == sorted(one for one in there if one not in backup)
    assert governed.current(record).status is Status.COMPLETED


def test_a_zone_that_a_document_may_lie_in_is_not_cleared(governed: Governed) -> None:
    record = governed.completed(zones=(Zone.VAULT, Zone.BACKUP))
    governed.fill(record)
    there = governed.objects(record.ref.document_id)
    governed.purge.run(PurgeOrder(tenant="t", document_id=record.ref.document_id, zone=Zone.BACKUP))
    assert governed.objects(record.ref.document_id) == there


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.CANCELLED, ""),
        (Status.REJECTED, RejectedCode.REFUSED),
        (Status.REJECTED, RejectedCode.INFECTED),
        (Status.COMPLETED, ""),
    ],
)
def test_what_a_cancelled_or_refused_revision_left_locked_is_cleared_and_no_other(
    governed: Governed, status: Status, code: str
) -> None:
    # Given what the sweep could not delete of a revision that was cancelled, or was not
    record = governed.completed(zones=(Zone.VAULT, Zone.BACKUP))
    governed.fill(record)
    gone_for_good = status is Status.CANCELLED or code == RejectedCode.REFUSED
    if status is not Status.COMPLETED:
        governed.bench.engine.client("dynamodb").update_item(
            TableName=governed.bench.table,
            Key={
                "pk": {"S": f"T#t#D#{record.ref.document_id}"},
                "sk": {"S": f"R#{record.ref.revision:04d}"},
            },
            UpdateExpression="SET #status = :status, code = :code",
            ExpressionAttributeNames={"#status": "status"},
            ExpressionAttributeValues={
                ":status": {"S": status},
                ":code": {"S": code} if code else {"NULL": True},
            },
        )
    there = governed.objects(record.ref.document_id)
    revision = f"/r{record.ref.revision}/"
    # When it is to be cleared
    governed.purge.run(
        PurgeOrder(
            tenant="t",
            document_id=record.ref.document_id,
            zone=Zone.BACKUP,
            revision=record.ref.revision,
        )
    )
    # Then it is, if nothing of it may stay
    gone = [one for one in there if one.startswith("backup/") and revision in one]
    assert gone
    left = governed.objects(record.ref.document_id)
    kept = [one for one in there if one not in gone] if gone_for_good else there
    assert sorted(left) == sorted(kept)


# ---------------------------------------------------------------------- half of it
@pytest.mark.parametrize("late", [False, True])
def test_a_purge_that_ends_half_way_is_proven_whole(governed: Governed, late: bool) -> None:
    """Whichever of its calls it ends at, and again at each after that."""
    record = governed.completed(level=Level.PUBLIC, chunks=2, index="FULL")
    lines = governed.fill(record)
    governed.index.held[f"t/{record.ref.document_id}"] = 2
    assert governed.bench.erasing.begin(record, actor=ALICE, reason="r")
    (order,) = governed.orders()
    died = 0
    for calls in itertools.count(2, 2):
        try:
            proof = governed.dying(calls, late=late).purge.run(order)
        except Crash:
            died += 1
        else:
            break
    assert died > 5
    assert proof is not None
    assert (proof.versions, proof.objects_sha256) == (len(lines), hashed(lines))
    assert proof.passages == 2
    assert governed.told(record.ref).count(("erased", "system")) == 1
    assert governed.current(record).erasure == proof


@pytest.mark.parametrize("late", [False, True])
def test_a_request_whose_machine_ends_is_heard_all_the_same(governed: Governed, late: bool) -> None:
    for calls in itertools.count(1):
        record = governed.completed()
        governed.fill(record)
        try:
            governed.dying(calls, late=late).bench.erasing.begin(record, actor=ALICE, reason="r")
        except Crash:
            ended = True
        else:
            ended = False
        current = governed.current(record)
        if current.status is Status.COMPLETED:
            # Then nothing of it was begun, and it can be asked for again
            assert governed.erase(current) is not None
        else:
            # Or the sweep tells the purge of it, once its lease has run out
            governed.orders()
            governed.at(REMINDED + timedelta(minutes=1)).bench.sweep().run()
            governed.deliver()
        assert governed.current(record).erasure is not None
        if not ended:
            break
    assert calls > 3


# ---------------------------------------------------------------------- while it walks
def test_what_walks_is_cancelled_and_what_it_still_writes_is_deleted(governed: Governed) -> None:
    # Given a document that walks
    running = governed.bench.running(
        source=Source(bucket=governed.bench.buckets["intake"], key="k")
    )
    lines = governed.fill(running)
    # When it is erased
    assert governed.erase(running) is None
    # Then its walk is over, all that there was is gone at once, and nothing is proven yet
    governed.bench.ended(running.ref)
    document_id = running.ref.document_id
    assert governed.objects(document_id) == []
    record = governed.current(running)
    assert (record.status, record.erasure) == (Status.ERASED, None)
    assert ("CANCELLED", ALICE) in [(one.to, one.actor) for one in governed.events(running.ref)]
    # And when a function of it that nobody could stop has written something after all
    late = layout.stage_key(running.ref, Stage.READ, "s0001.json")
    work = governed.bench.buckets["work"]
    etag = governed.bench.engine.client("s3").put_object(Bucket=work, Key=late, Body=b"abc")["ETag"]
    # Then that is deleted once none can write any more, and proven with the rest
    quiet = governed.at(LAST_WRITE + timedelta(minutes=1))
    quiet.bench.sweep().run()
    proof = quiet.deliver()[document_id]
    assert proof is not None
    assert governed.objects(document_id) == []
    assert proof.objects_sha256 == hashed({*lines, f"work/{late} null {etag.strip(chr(34))}"})


@pytest.mark.parametrize("status", [Status.QUEUED, Status.AWAITING_UPLOAD])
def test_what_has_not_begun_never_does(governed: Governed, status: Status) -> None:
    record = governed.bench.queued(status=status)
    governed.erase(record)
    assert governed.current(record).status is Status.ERASED
    governed.bench.dispatcher().run()
    assert governed.bench.started() == []
    assert governed.bench.waiters() == []


def test_no_revision_and_no_name_comes_after_an_erasure(governed: Governed) -> None:
    # Given somebody who has read the record before it was erased
    record = governed.completed()
    assert governed.erase(record) is not None
    # Then what they would have done does not happen
    levels = governed.levels
    assert levels.raise_to(record, Level.CONFIDENTIAL, actor=BOB, reason="r") is None
    revisions = levels._revisions
    source = revisions.restored(record)
    assert revisions.open_next(record, source, Options(), begins_at=Stage.CLASSIFY) is None
    upload_id = uuid.uuid4().hex
    assert not governed.bench.records.add_alias(record.ref, name=NAME, upload_id=upload_id)
    assert not governed.says(record.ref, "Müller")


# ---------------------------------------------------------------------- files inside
def test_the_files_inside_go_with_it(governed: Governed) -> None:
    # Given an archive with a mail in it, and a file in that
    archive = governed.completed()
    mail = governed.completed(parent=archive.ref.document_id)
    file = governed.completed(parent=mail.ref.document_id)
    documents = (archive, mail, file)
    for one in documents:
        governed.fill(one)
    # When it is erased
    governed.erase(archive, reason="request 4711")
    # Then all three are, each with a proof and by the same person
    for one in documents:
        assert governed.current(one).erasure is not None
        assert governed.objects(one.ref.document_id) == []
        requested = governed.events(one.ref)[-2]
        assert (requested.actor, requested.facts["reason"]) == (ALICE, "request 4711")
    # And nobody takes one in that is still on its way
    moment = now()
    coming = Record(
        ref=archive.ref.model_copy(update={"document_id": f"d{uuid.uuid4().hex}"}),
        status=Status.QUEUED,
        source=Source(bucket="b", key="k"),
        content_sha256="0" * 64,
        size_bytes=1,
        parent=mail.ref.document_id,
        created_at=moment,
        updated_at=moment,
    )
    assert governed.bench.records.open(coming, name=NAME, upload_id=uuid.uuid4().hex) is None
    assert governed.bench.records.is_erased_with_children("t", mail.ref.document_id)


def test_the_files_inside_stay_if_that_is_wanted(governed: Governed) -> None:
    archive = governed.completed()
    mail = governed.completed(parent=archive.ref.document_id)
    assert governed.erase(archive, children=False) is not None
    assert governed.current(mail).status is Status.COMPLETED
    assert not governed.bench.records.is_erased_with_children("t", archive.ref.document_id)
    # And what still comes out of it is taken in
    assert governed.completed(parent=archive.ref.document_id).status is Status.COMPLETED


def test_a_file_alone_is_erased_but_not_out_of_what_it_came_in(governed: Governed) -> None:
    archive = governed.completed()
    mail = governed.completed(parent=archive.ref.document_id)
    proof = governed.erase(mail)
    assert proof is not None
    assert proof.residuals == (BACKUPS, IN_PARENT)
    assert governed.current(archive).status is Status.COMPLETED


def test_a_file_that_is_held_meanwhile_stays_and_the_proof_says_so(governed: Governed) -> None:
    # Given an archive whose erasure has begun, and a mail in it that is held right then
    archive = governed.completed()
    mail = governed.completed(parent=archive.ref.document_id)
    assert governed.bench.erasing.begin(archive, actor=ALICE, reason="r")
    governed.holds.place(mail, "matter 1", actor=BOB)
    # Then it is not erased
    proof = governed.deliver()[archive.ref.document_id]
    assert proof is not None
    assert HELD_CHILDREN in proof.residuals
    assert governed.current(mail).status is Status.COMPLETED


def test_a_proof_of_many_objects_is_made_of_many_items(
    governed: Governed, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given more objects than one item of the table may list
    monkeypatch.setattr(purge, "_NOTED_AT_ONCE", 5)
    monkeypatch.setattr(erasures, "_LINES", 2)
    record = governed.completed(level=Level.PUBLIC)
    lines = governed.fill(record)
    begun = governed.bench.erasing.begin(record, actor=ALICE, reason="r")
    assert begun is not None
    # When a purge ends before it has proven anything
    (order,) = governed.orders()
    with pytest.raises(Crash):
        governed.dying(30, late=True).purge.run(order)
    listed = [row for row in governed.items(record.ref) if row["sk"]["S"].startswith("X#")]
    assert len(listed) > 2
    # Then the next one proves all of it, and leaves none of these items
    proof = governed.purge.run(order)
    assert proof is not None
    assert (proof.versions, proof.objects_sha256) == (len(lines), hashed(lines))
    assert not [row for row in governed.items(record.ref) if row["sk"]["S"].startswith("X#")]
