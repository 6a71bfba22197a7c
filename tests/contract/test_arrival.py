"""Arrival: one document for the same bytes, whatever comes twice, together, or is cut off."""

from __future__ import annotations

import hashlib
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from docparser.errors import Retryable, Terminal
from docparser.intake.arrival import Outcome
from docparser.intake.identity import document_id, oversize_digest
from docparser.intake.notices import ObjectScanned
from docparser.intake.options import Options
from docparser.model import (
    Level,
    Malware,
    Priority,
    Record,
    Ref,
    Source,
    Stage,
    Status,
    now,
)

from tests.contract.premises import MAX_BYTES, Died, Premises

if TYPE_CHECKING:
    from collections.abc import Callable

REJECTED = (Status.RUNNING, Status.REJECTED)
FAILED = (Status.RUNNING, Status.FAILED)
COMPLETED = (Status.RUNNING, Status.COMPLETED)


def fresh() -> bytes:
    return uuid.uuid4().bytes


def ref_of(content: bytes, *, tenant: str = "t", revision: int = 1, attempt: int = 1) -> Ref:
    name = document_id(tenant, hashlib.sha256(content).hexdigest())
    return Ref(tenant=tenant, document_id=name, revision=revision, attempt=attempt)


def dropped(premises: Premises, content: bytes, **metadata: str) -> Source:
    """Store an object under a key that says something."""
    return premises.upload(content, key=f"standard/t/Kim {uuid.uuid4().hex}.pdf", **metadata)


def scanned(source: Source, verdict: str) -> ObjectScanned:
    named = {"bucketName": source.bucket, "objectKey": source.key, "versionId": source.version_id}
    detail = {"s3ObjectDetails": named, "scanResultDetails": {"scanResultStatus": verdict}}
    return ObjectScanned.model_validate({"detail": detail})


def awaiting(premises: Premises, content: bytes, **facts: Any) -> Record:
    """Announce content, as the API does."""
    moment = now()
    record = Record(
        ref=ref_of(content),
        status=Status.AWAITING_UPLOAD,
        source=Source(bucket=premises.bucket["intake"], key="standard/t/none"),
        content_sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        created_at=moment,
        updated_at=moment,
        lease_until=moment + timedelta(hours=1),
        **facts,
    )
    assert premises.records.announce(record, name="a.pdf", tags={})
    return record


def assert_waits_once(premises: Premises, record: Record) -> None:
    """Assert that a record's walk can begin: it waits once, can be found, its bytes are there."""
    assert record.status is Status.QUEUED
    assert premises.waiters(record) == 1
    assert record.priority in premises.marks(record.ref.tenant)
    if record.begins_at is None:
        content = premises.sources.open(record.source).sha256()
        assert content == record.content_sha256
    rows = [row["sk"]["S"] for row in premises.items(record.ref)]
    for revision in range(1, record.ref.revision + 1):
        events = [sk for sk in rows if sk.startswith(f"E#{revision:04d}#")]
        assert [int(sk.rpartition("#")[2]) for sk in events] == [*range(1, len(events) + 1)]


# ---------------------------------------------------------------------- one document
def test_an_upload_becomes_a_document_that_waits(premises: Premises) -> None:
    # Given an upload of our own
    content = fresh()
    source = premises.upload(content, name="Brief.pdf", level="RESTRICTED", lane="cpu")
    # When it is taken in
    ref = premises.tell(source)
    # Then its record waits, is found, pins the very version, and knows what was asked for
    assert ref == ref_of(content)
    record = premises.current(ref)
    assert_waits_once(premises, record)
    assert (record.source, record.declared_level, record.lane) == (source, "RESTRICTED", "cpu")
    assert premises.aliases(ref) == [source.key.rpartition("/")[2]]


def test_a_storm_of_messages_is_one_document_that_waits_once(premises: Premises) -> None:
    # Given three uploads of the same bytes, one of them under somebody else's key
    content = fresh()
    sources = [premises.upload(content), dropped(premises, content), premises.upload(content)]
    # When each is told twenty times, together and in any order
    with ThreadPoolExecutor(8) as pool:
        refs = {*pool.map(premises.tell, sources * 20)}
    # Then there is one attempt, and one of the uploads is left
    assert refs - {None} == {ref_of(content)}
    record = premises.current(ref_of(content))
    assert_waits_once(premises, record)
    assert len(premises.aliases(record.ref)) == 3
    of_it = [source.key for source in sources] + [f"renamed/t/{record.ref.document_id}/"]
    left = [key for prefix in of_it for key in premises.objects("intake", prefix)]
    assert left == [record.source.key]


@pytest.mark.parametrize("statuses", [COMPLETED, REJECTED, FAILED, (Status.CANCELLED,)])
def test_a_message_that_comes_again_after_the_end_changes_nothing(
    premises: Premises, statuses: tuple[Status, ...]
) -> None:
    content = fresh()
    record = premises.walked(content, *statuses)
    items = premises.items(record.ref)
    for _ in range(3):
        premises.tell(record.source)
    assert premises.items(record.ref) == items
    assert record.source.key in premises.objects("intake")


def test_the_same_bytes_of_another_tenant_are_another_document(premises: Premises) -> None:
    content = fresh()
    first = premises.taken(content)
    second = premises.taken(content, key=f"standard/other/{uuid.uuid4().hex}")
    assert first.ref.document_id != second.ref.document_id
    assert (first.status, second.status) == (Status.QUEUED, Status.QUEUED)


def test_an_upload_that_is_gone_is_nothing_to_take_in(premises: Premises) -> None:
    source = premises.upload(fresh())
    premises.sources.delete(source)
    assert premises.tell(source) is None


def test_a_key_without_a_tenant_is_nobodys(premises: Premises) -> None:
    with pytest.raises(Terminal, match="INTERNAL"):
        premises.tell(premises.upload(fresh(), key=f"letters/{uuid.uuid4().hex}"))


def test_what_is_too_large_is_a_document_without_being_read(premises: Premises) -> None:
    content = uuid.uuid4().bytes + bytes(MAX_BYTES)
    source = premises.upload(content)
    ref = premises.tell(source)
    etag = premises.client("s3").head_object(Bucket=source.bucket, Key=source.key)["ETag"]
    assert ref is not None
    assert ref.document_id == document_id("t", oversize_digest(len(content), etag.strip('"')))
    assert premises.current(ref).size_bytes == len(content)
    assert premises.tell(premises.upload(content)) == ref


def test_a_source_that_never_was_is_not_deleted(premises: Premises) -> None:
    # Given a drop that was too large to be copied, and refused
    content = uuid.uuid4().bytes + bytes(MAX_BYTES)
    ref = premises.tell(dropped(premises, content))
    assert ref is not None
    for status in REJECTED:
        premises.records.change(ref, status, stage=Stage.PREFLIGHT, code="TOO_LARGE")
    source = premises.current(ref).source
    # When it is dropped again, as something that is more sensitive
    again = premises.tell(dropped(premises, content, level="CONFIDENTIAL"))
    # Then nothing is left at its key, nor a trace of its deletion
    assert again is not None
    answer = premises.client("s3").list_object_versions(Bucket=source.bucket, Prefix=source.key)
    assert "DeleteMarkers" not in answer


# ---------------------------------------------------------------------- what goes along
@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, {}),
        (
            {"policy": "fast", "level": "INTERNAL", "lane": "cpu"},
            {"policy": "fast", "level": "INTERNAL", "lane": "cpu"},
        ),
        ({"level": "public"}, {"level": "PUBLIC"}),
        # Never looser than its owner may have meant
        ({"level": "secret", "policy": "cheap", "lane": "?"}, {"level": "CONFIDENTIAL"}),
        ({"author": "Kim Example"}, {}),
        ({"password": "o%20pen%C3%A4"}, {"password": "o%20pen%C3%A4"}),
        ({"parent": "d" + "0" * 32, "depth": "2"}, {"parent": "d" + "0" * 32, "depth": "2"}),
        ({"parent": "Kim", "depth": "-1"}, {}),
    ],
)
def test_a_renamed_drop_keeps_what_its_owner_asked_for_and_nothing_else(
    premises: Premises, said: dict[str, str], kept: dict[str, str]
) -> None:
    ref = premises.tell(dropped(premises, fresh(), **said))
    assert ref is not None
    source = premises.current(ref).source
    assert source.key.startswith("renamed/")
    metadata = premises.sources.metadata(source)
    assert metadata is not None
    assert {word: value for word, value in metadata.items() if word != "name"} == kept


def test_a_password_is_in_no_item(premises: Premises) -> None:
    ref = premises.tell(dropped(premises, fresh(), password="CANARY-7d1f"))
    assert ref is not None
    assert "CANARY-7d1f" not in str(premises.items(ref))
    assert "CANARY-7d1f" not in repr(Options(password="CANARY-7d1f"))


# ---------------------------------------------------------------------- walking again
def test_a_password_for_an_encrypted_document_is_its_next_revision(premises: Premises) -> None:
    # Given a document that nobody could open
    content = fresh()
    first = premises.walked(content, *REJECTED, code="ENCRYPTED")
    # When its bytes come with a password
    source = premises.upload(content, password="sesame")
    ref = premises.tell(source)
    # Then they are walked as its next revision, and the first ones are gone
    assert ref == ref_of(content, revision=2)
    record = premises.current(ref)
    assert_waits_once(premises, record)
    assert (record.source, record.begins_at) == (source, None)
    assert first.source.key not in premises.objects("intake")
    # And the same password again is an alias, once it was refused, too
    for step in (Status.RUNNING, Status.REJECTED):
        premises.records.change(ref, step, stage=Stage.PREFLIGHT, code="ENCRYPTED")
    assert premises.tell(premises.upload(content, password="sesame")) == ref
    assert premises.tell(premises.upload(content, password="other")) == ref_of(content, revision=3)


@pytest.mark.parametrize(
    ("statuses", "code"), [(REJECTED, "CORRUPT"), (COMPLETED, None), ((Status.CANCELLED,), None)]
)
def test_a_password_that_nothing_needs_is_an_alias(
    premises: Premises, statuses: tuple[Status, ...], code: str | None
) -> None:
    content = fresh()
    record = premises.walked(content, *statuses, code=code)
    source = premises.upload(content, password="sesame")
    assert premises.tell(source) == record.ref
    assert premises.current(record.ref) == record
    assert source.key not in premises.objects("intake")


def test_a_password_that_comes_before_preflight_has_looked_is_not_lost(premises: Premises) -> None:
    content = fresh()
    first = premises.taken(content)
    assert premises.tell(premises.upload(content, password="sesame")) == ref_of(content, revision=2)
    former = premises.records.get(first.ref)
    assert former is not None
    assert former.status is Status.CANCELLED
    # Where its pages are known, nothing was locked
    readable = premises.walked(fresh(), Status.RUNNING)
    premises.records.advance(readable.ref, Stage.PREFLIGHT, pages=1)
    assert premises.current(readable.ref).ref.revision == 1


@pytest.mark.parametrize("statuses", [COMPLETED, (Status.RUNNING, Status.PARTIAL)])
def test_a_stricter_level_for_what_was_read_begins_at_classify(
    premises: Premises, statuses: tuple[Status, ...]
) -> None:
    content = fresh()
    first = premises.walked(content, *statuses)
    source = premises.upload(content, level="CONFIDENTIAL", lane="gpu")
    ref = premises.tell(source)
    assert ref == ref_of(content, revision=2)
    record = premises.current(ref)
    assert_waits_once(premises, record)
    assert (record.begins_at, record.declared_level) == (Stage.CLASSIFY, "CONFIDENTIAL")
    assert record.source.key.startswith("renamed/")
    assert source.key not in premises.objects("intake")  # the vault holds the original
    assert premises.records.get(first.ref) == first


def test_a_stricter_level_for_what_has_files_inside_reaches_them(premises: Premises) -> None:
    # Only preflight sends the files that are inside: it looks again, at the bytes that came
    content = fresh()
    first = premises.walked(content, Status.RUNNING)
    premises.records.advance(first.ref, Stage.PREFLIGHT, children=2)
    premises.records.change(first.ref, Status.COMPLETED, stage=Stage.COMPLETE)
    source = premises.upload(content, level="CONFIDENTIAL")
    ref = premises.tell(source)
    assert ref == ref_of(content, revision=2)
    record = premises.current(ref)
    assert_waits_once(premises, record)
    assert (record.begins_at, record.source) == (None, source)


@pytest.mark.parametrize("statuses", [(), (Status.RUNNING,), REJECTED, FAILED])
def test_a_stricter_level_for_what_was_not_read_begins_anew(
    premises: Premises, statuses: tuple[Status, ...]
) -> None:
    content = fresh()
    first = premises.walked(content, *statuses) if statuses else premises.taken(content)
    source = premises.upload(content, level="INTERNAL")
    ref = premises.tell(source)
    assert ref == ref_of(content, revision=2)
    record = premises.current(ref)
    assert_waits_once(premises, record)
    assert (record.begins_at, record.source, record.declared_level) == (None, source, "INTERNAL")
    former = premises.records.get(first.ref)
    assert former is not None
    assert former.status is (first.status if first.status.terminal else Status.CANCELLED)
    if former.status is Status.CANCELLED:
        # The sweeper has to clean up after it.
        assert former.lease_until is not None


@pytest.mark.parametrize("level", ["INTERNAL", "PUBLIC", ""])
def test_a_level_that_is_no_stricter_is_an_alias(premises: Premises, level: str) -> None:
    content = fresh()
    record = premises.taken(content, level="INTERNAL")
    assert (
        premises.tell(premises.upload(content, **({"level": level} if level else {}))) == record.ref
    )
    assert premises.current(record.ref) == record
    assert premises.waiters(record) == 1


def test_a_level_that_was_declared_once_stays(premises: Premises) -> None:
    content = fresh()
    first = premises.taken(content, level="RESTRICTED")
    for step in REJECTED:
        premises.records.change(first.ref, step, stage=Stage.PREFLIGHT, code="ENCRYPTED")
    ref = premises.tell(premises.upload(content, password="x", level="PUBLIC"))
    assert ref is not None
    assert ref.revision == 2
    assert premises.current(ref).declared_level == "RESTRICTED"


def test_failed_bytes_that_come_again_are_the_next_attempt(premises: Premises) -> None:
    content = fresh()
    first = premises.walked(content, *FAILED, code="DEPENDENCY")
    assert premises.records.retry(
        first, first.source, timedelta(hours=1), ready_at=now(), counts=True
    )
    for step in FAILED:
        premises.records.change(ref_of(content, attempt=2), step, stage=Stage.READ)
    source = premises.upload(content, policy="fast")
    ref = premises.tell(source)
    assert ref == ref_of(content, attempt=3)
    record = premises.current(ref)
    assert_waits_once(premises, record)
    assert (record.source, record.policy, record.failures) == (source, "fast", 0)
    assert first.source.key not in premises.objects("intake")


def test_cancelled_bytes_that_are_dropped_again_are_the_next_revision(premises: Premises) -> None:
    content = fresh()
    record = premises.walked(content, Status.CANCELLED)
    assert premises.tell(premises.upload(content)) == record.ref  # it was on its way
    source = dropped(premises, content)
    ref = premises.tell(source)
    assert ref == ref_of(content, revision=2)
    assert_waits_once(premises, premises.current(ref))
    assert premises.tell(source) is None


@pytest.mark.parametrize("read", [True, False])
def test_a_stricter_level_that_comes_after_a_cancellation_reaches_an_earlier_result(
    premises: Premises, *, read: bool
) -> None:
    # Given a walk that was cancelled, and perhaps a result from before it
    content = fresh()
    record = premises.walked(content, *(COMPLETED if read else (Status.CANCELLED,)))
    if read:
        again = premises.revisions.reprocess(record, from_stage=Stage.READ, options=Options())
        assert again is not None
        record = again
        assert premises.records.change(record.ref, Status.CANCELLED, stage=Stage.INTAKE)
    # When an upload of ours was on its way, which says that it is confidential
    source = premises.upload(content, level="CONFIDENTIAL")
    ref = premises.tell(source)
    # Then that is lost only where there is nothing to keep confidential
    assert ref is not None
    assert ref.revision == record.ref.revision + read
    if read:
        following = premises.current(ref)
        assert_waits_once(premises, following)
        assert following.declared_level == "CONFIDENTIAL"


def test_announced_bytes_that_come_after_they_were_given_up_are_walked(premises: Premises) -> None:
    # Given an announcement that ran out while the message of its upload waited
    content = fresh()
    announced = awaiting(premises, content)
    given_up = premises.records.change(
        announced.ref, Status.CANCELLED, stage=Stage.INTAKE, code="DEADLINE"
    )
    assert given_up is not None
    source = premises.upload(content, level="INTERNAL")
    # When it is told at last, and again
    refs = [premises.tell(source) for _ in range(2)]
    # Then it is walked, once
    assert refs == [ref_of(content, revision=2)] * 2
    record = premises.current(announced.ref)
    assert_waits_once(premises, record)
    assert (record.source, record.declared_level) == (source, "INTERNAL")


def test_of_erased_bytes_that_come_again_nothing_is_kept(premises: Premises) -> None:
    content = fresh()
    record = premises.walked(content, *COMPLETED, Status.ERASED)
    items = premises.items(record.ref)
    source = premises.upload(content, name="Kim.pdf", level="CONFIDENTIAL")
    assert premises.tell(source) == record.ref
    assert premises.items(record.ref) == items
    assert source.key not in premises.objects("intake")


def test_announced_bytes_wait_once_they_are_there(premises: Premises) -> None:
    content = fresh()
    announced = awaiting(premises, content, declared_level=Level.RESTRICTED)
    assert premises.waiters(announced) == 0
    source = premises.upload(content, key=f"high/t/{uuid.uuid4().hex}", level="PUBLIC")
    ref = premises.tell(source)
    assert ref == announced.ref
    record = premises.current(ref)
    assert_waits_once(premises, record)
    assert (record.priority, record.source) == (Priority.HIGH, source)
    assert record.declared_level == "RESTRICTED"


def test_of_two_revisions_that_race_one_is_walked(premises: Premises) -> None:
    # Given a walk that ends in this moment, and two uploads that ask for more, told often
    for _ in range(5):
        content = fresh()
        first = premises.walked(content, Status.RUNNING)
        sources = [
            premises.upload(content, level="INTERNAL"),
            premises.upload(content, level="CONFIDENTIAL"),
        ]

        def end(ref: Ref) -> Record | None:
            return premises.records.change(ref, Status.COMPLETED, stage=Stage.COMPLETE)

        with ThreadPoolExecutor(9) as pool:
            ended = pool.submit(end, first.ref)
            told = [pool.submit(premises.tell, source) for source in sources * 4]
            for each in told:
                each.result()
        # Then the stricter one is current, waits once, and whatever it superseded has ended
        record = premises.current(first.ref)
        assert_waits_once(premises, record)
        assert record.declared_level == "CONFIDENTIAL"
        formers = [
            premises.records.get(ref_of(content, revision=number))
            for number in range(1, record.ref.revision)
        ]
        assert all(former is not None and former.status.terminal for former in formers)
        assert formers[0].status is (Status.COMPLETED if ended.result() else Status.CANCELLED)


# ---------------------------------------------------------------------- malware
def test_a_verdict_gates_the_walk(premises: Premises) -> None:
    content = fresh()
    ref = premises.arrival.take_in(scanned(premises.upload(content), "NO_THREATS_FOUND"))
    assert ref is not None
    assert_waits_once(premises, premises.current(ref))
    assert premises.current(ref).malware is Malware.CLEAN
    unscanned = premises.arrival.take_in(scanned(premises.upload(fresh()), "UNSUPPORTED"))
    assert unscanned is not None
    assert premises.current(unscanned).malware is Malware.UNSCANNED


@pytest.mark.parametrize("announced", [True, False])
def test_what_is_infected_never_waits(premises: Premises, *, announced: bool) -> None:
    content = fresh()
    if announced:
        awaiting(premises, content)
    source = premises.upload(content)
    for _ in range(2):
        ref = premises.arrival.take_in(scanned(source, "THREATS_FOUND"))
        assert ref is not None
        record = premises.current(ref)
        assert (record.status, record.code) == (Status.REJECTED, "INFECTED")
        assert record.malware is Malware.INFECTED
        assert premises.waiters(record) == 0
    # And no option brings it back
    again = premises.upload(content, level="CONFIDENTIAL")
    assert premises.arrival.take_in(scanned(again, "THREATS_FOUND")) == ref
    assert premises.current(record.ref) == record


def test_malware_that_is_found_later_ends_the_walk(premises: Premises) -> None:
    record = premises.walked(fresh(), Status.RUNNING)
    premises.arrival.take_in(scanned(record.source, "THREATS_FOUND"))
    assert premises.current(record.ref).status is Status.REJECTED


@pytest.mark.parametrize("verdict", ["ACCESS_DENIED", "FAILED", "?"])
def test_a_scan_that_failed_lets_nothing_through(premises: Premises, verdict: str) -> None:
    content = fresh()
    with pytest.raises(Retryable):
        premises.arrival.take_in(scanned(premises.upload(content), verdict))
    assert premises.records.get(ref_of(content)) is None


# ---------------------------------------------------------------------- other people's objects
def test_an_object_that_is_taken_over_stays_where_it_is(premises: Premises) -> None:
    content = fresh()
    source = premises.upload(content, key=f"Kim/{uuid.uuid4().hex}.pdf", bucket="elsewhere")

    def take_over(source: Source = source) -> Any:
        return premises.arrival.take_over(
            source,
            tenant="t",
            name="Kim.pdf",
            priority=Priority.HIGH,
            options=Options(level=Level.RESTRICTED),
        )

    taken = take_over()
    assert (taken.ref, taken.outcome) == (ref_of(content), Outcome.NEW)
    record = premises.current(taken.ref)
    assert_waits_once(premises, record)
    assert (record.priority, record.declared_level) == (Priority.HIGH, "RESTRICTED")
    assert record.source.key.startswith("renamed/")
    metadata = premises.sources.metadata(record.source)
    assert metadata == {"name": "Kim.pdf", "level": "RESTRICTED"}
    # Once more it is known; failed, it gets its next attempt; gone, it is an error
    assert take_over().outcome is Outcome.KNOWN
    for step in FAILED:
        premises.records.change(record.ref, step, stage=Stage.PREFLIGHT)
    assert take_over().outcome is Outcome.KNOWN
    other = premises.upload(content, key=f"{uuid.uuid4().hex}.pdf", bucket="elsewhere")
    assert take_over(other).outcome is Outcome.AGAIN
    assert source.key in premises.objects("elsewhere")
    premises.sources.delete(source)
    with pytest.raises(Terminal, match="SOURCE_GONE"):
        take_over()


# ---------------------------------------------------------------------- cut off anywhere
def _new(premises: Premises, content: bytes) -> Source:
    return premises.upload(content)


def _dropped(premises: Premises, content: bytes) -> Source:
    return dropped(premises, content)


def _announced(premises: Premises, content: bytes) -> Source:
    awaiting(premises, content)
    return premises.upload(content)


def _after(*statuses: Status, code: str | None = None, **metadata: str) -> Callable[..., Source]:
    def prepare(premises: Premises, content: bytes) -> Source:
        if statuses:
            premises.walked(content, *statuses, code=code)
        else:
            premises.taken(content)
        return premises.upload(content, **metadata)

    return prepare


SCENES: dict[str, tuple[Callable[[Premises, bytes], Source], int, int]] = {
    "new": (_new, 1, 1),
    "dropped": (_dropped, 1, 1),
    "announced": (_announced, 1, 1),
    "locked": (_after(*REJECTED, code="ENCRYPTED", password="x"), 2, 1),
    "stricter while it waits": (_after(level="INTERNAL"), 2, 1),
    "stricter while it runs": (_after(Status.RUNNING, level="INTERNAL"), 2, 1),
    "stricter when it is read": (_after(*COMPLETED, level="INTERNAL"), 2, 1),
    "failed": (_after(*FAILED), 1, 2),
}


@pytest.mark.parametrize("answered", [False, True], ids=["before a call", "after a call"])
@pytest.mark.parametrize("scene", SCENES)
def test_whoever_dies_at_any_call_is_made_up_for_by_the_next_message(
    premises: Premises, scene: str, *, answered: bool
) -> None:
    prepare, revision, attempt = SCENES[scene]
    died = True
    at_call = 0
    while died:
        # Given intake that dies at one of its calls
        content = fresh()
        source = prepare(premises, content)
        died = False
        with premises.dying(at_call, answered=answered) as calls:
            try:
                premises.tell(source)
            except Died:
                died = True
        # When the message comes again, and once more
        for _ in range(2):
            premises.tell(source)
        # Then it is as if it had come once
        record = premises.current(ref_of(content))
        assert (record.ref.revision, record.ref.attempt) == (revision, attempt), calls
        assert_waits_once(premises, record)
        upload_ids = premises.aliases(record.ref)
        assert (
            len(upload_ids)
            == len({*upload_ids})
            == (1 if prepare in {_new, _dropped, _announced} else 2)
        )
        of_it = premises.objects("intake", source.key)
        assert of_it == ([source.key] if record.source == source else [])
        at_call += 1
    assert at_call > 3
