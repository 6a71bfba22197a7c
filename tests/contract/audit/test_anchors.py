"""Each day is anchored once, whole, in parts, and whoever forges an anchor is found."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError
from docparser.audit.anchors import Anchor, Head, anchor_key, part_key, section_key
from docparser.audit.daily import Anchoring
from docparser.errors import Retryable
from docparser.model import Event

from tests.contract.audit.trails import FIRST, Trails
from tests.contract.premises import Died, Premises

if TYPE_CHECKING:
    from docparser.model import Record

DAYS = [FIRST + timedelta(days=number) for number in range(4)]


def objects(trails: Trails) -> list[str]:
    rows = trails.s3.list_object_versions(Bucket=trails.bucket.bucket).get("Versions", [])
    return [row["Key"] for row in rows]


def lines(trails: Trails, anchor: Anchor, kind: str) -> list[dict[str, Any]]:
    """Return the lines of an anchor's parts of one kind."""
    found = []
    for part in anchor.parts:
        body = trails.bucket.version(part.key, part.version_id)
        assert body is not None
        rows = [json.loads(line) for line in body.splitlines()]
        assert len(rows) == part.lines
        found += rows if part.kind == kind else []
    return found


def wrong(trails: Trails) -> list[tuple[str, str | None]]:
    archive = trails.archive()
    list(archive.heads())
    return [(each.code.value, each.key) for each in archive.findings]


# ---------------------------------------------------------------------- made
def test_a_day_is_anchored_with_its_events_and_the_heads_of_their_chains(trails: Trails) -> None:
    records = [trails.walked(DAYS[0]) for _ in range(6)]
    later = trails.noted(records[0], DAYS[1])
    (anchor,) = trails.anchor(DAYS[0])
    assert anchor.whole
    assert anchor.previous is None
    # Every event of the day, in the order of documents, as it stands in the table
    told = [Event.model_validate(row) for row in lines(trails, anchor, "events")]
    stands = [
        event
        for record in sorted(records, key=lambda record: record.ref.document_id)
        for event in trails.events(record.ref)
        if event.at.date() == DAYS[0]
    ]
    assert told == stands
    assert len(told) == 30
    # And of each chain the last of them
    heads = {(h["document_id"], h["seq"], h["sha256"]) for h in lines(trails, anchor, "heads")}
    assert heads == {
        (record.ref.document_id, 5, trails.events(record.ref)[4].sha256) for record in records
    }
    # The next day holds what moved since, and names the day before
    (following,) = trails.anchor(DAYS[1])
    assert following.previous == anchor.sha256
    assert [Head.model_validate(row).sha256 for row in lines(trails, following, "heads")] == [
        later.chain
    ]
    assert wrong(trails) == []


def test_days_on_which_nothing_was_anchored_are_made_up_for(trails: Trails) -> None:
    trails.walked(DAYS[0])
    trails.anchor(DAYS[0])
    trails.walked(DAYS[2])
    made = trails.anchor(DAYS[3])
    assert [anchor.day for anchor in made] == DAYS[1:]
    assert [anchor.of("events") for anchor in made] == [0, 5, 0]
    assert wrong(trails) == []
    # Nothing is anchored twice
    before = objects(trails)
    assert trails.anchor(DAYS[3]) == []
    assert objects(trails) == before


def test_a_day_that_is_not_over_is_not_anchored(trails: Trails) -> None:
    trails.walked(DAYS[1])
    evening = datetime.combine(DAYS[1], datetime.max.time(), tzinfo=UTC)
    made = Anchoring(trails.reader, trails.bucket, clock=lambda: evening).run(lambda: 900.0)
    assert [anchor.day for anchor in made] == [DAYS[0]]
    assert made[0].parts == ()


def test_parts_hold_so_many_lines_at_most(premises: Premises) -> None:
    trails = Trails(Premises(premises.engine), lines=3)
    records = [trails.walked(DAYS[0]) for _ in range(4)]
    (anchor,) = trails.anchor(DAYS[0])
    assert {part.lines for part in anchor.parts} <= {1, 2, 3}
    assert anchor.of("events") == 20
    assert anchor.of("heads") == 4
    for record in records:
        assert trails.findings(record) == []
    assert all(part.first <= part.last for part in anchor.parts)


def test_a_run_that_has_no_time_left_goes_on_where_it_ended(trails: Trails) -> None:
    records = [trails.walked(DAYS[0]) for _ in range(3)]
    night = datetime.combine(DAYS[1], datetime.min.time(), tzinfo=UTC)
    anchoring = Anchoring(trails.reader, trails.bucket, clock=lambda: night)
    left = iter([900.0] * 7 + [1.0])
    with pytest.raises(Retryable, match="THROTTLED"):
        anchoring.run(lambda: next(left))
    assert anchor_key(DAYS[0]) not in objects(trails)
    written = [key for key in objects(trails) if key.startswith("events/")]
    (anchor,) = anchoring.run(lambda: 900.0)
    assert anchor.of("events") == 15
    # What was stored before was not stored again
    assert [key for key in objects(trails) if key in written] == written
    for record in records:
        assert trails.findings(record) == []


@pytest.fixture
def dying(trails: Trails) -> Trails:
    for number in range(2):
        trails.walked(DAYS[number])
    return trails


@pytest.mark.parametrize("answered", [False, True], ids=["before a call", "after a call"])
@pytest.mark.parametrize("at_call", [0, 3, 20, 40, 50, 51])
def test_who_dies_while_anchoring_is_made_up_for(
    dying: Trails, premises: Premises, at_call: int, answered: bool
) -> None:
    with premises.dying(at_call, answered=answered), pytest.raises(Died):
        dying.anchor(DAYS[0])
    dying.anchor(DAYS[0])
    dying.anchor(DAYS[1])
    assert wrong(dying) == []
    archive = dying.archive()
    assert sorted(archive.anchors) == DAYS[:2]
    assert [anchor.of("events") for anchor in archive.anchors.values()] == [5, 5]


def test_of_two_that_anchor_at_once_one_does(trails: Trails) -> None:
    record = trails.walked(DAYS[0])
    night = datetime.combine(DAYS[1], datetime.min.time(), tzinfo=UTC)

    class Meanwhile:
        """A clock by which the other one is done before this one has begun to write."""

        done = False

        def __call__(self) -> float:
            if not self.done:
                self.done = True
                trails.anchor(DAYS[0])
            return 900.0

    Anchoring(trails.reader, trails.bucket, clock=lambda: night).run(Meanwhile())
    assert wrong(trails) == []
    assert trails.findings(record) == []


# ---------------------------------------------------------------------- forged
@pytest.fixture
def anchored(trails: Trails) -> Record:
    """A document that was anchored on three days."""
    record = trails.walked(DAYS[0])
    trails.anchor(DAYS[0])
    for day in DAYS[1:3]:
        record = trails.noted(record, day)
        trails.anchor(day)
    return record


def without_lock(trails: Trails, key: str) -> None:
    """Delete every version of a key, as who may pass the lock can."""
    rows = trails.s3.list_object_versions(Bucket=trails.bucket.bucket, Prefix=key)["Versions"]
    for row in rows:
        trails.s3.delete_object(
            Bucket=trails.bucket.bucket,
            Key=key,
            VersionId=row["VersionId"],
            BypassGovernanceRetention=True,
        )


def forged(trails: Trails, number: int) -> bytes:
    """Return a day's anchor that says that nothing happened, with a hash of its own."""
    anchor = trails.archive().anchors[DAYS[number]]
    return anchor.model_copy(update={"parts": ()}).sealed().to_json()


def put(trails: Trails, key: str, body: bytes) -> None:
    trails.s3.put_object(Bucket=trails.bucket.bucket, Key=key, Body=body)


def test_an_anchor_that_was_written_over_counts_as_it_was_first(
    trails: Trails, anchored: Record
) -> None:
    key = anchor_key(DAYS[2])
    put(trails, key, forged(trails, 2))
    assert wrong(trails) == [("ANCHOR_FORGED", key)]
    # And what it held is still known
    trails.rewrite(anchored, trails.events(anchored.ref)[:6])
    assert trails.findings(anchored) == [("CUT", 1, 7)]


def test_an_anchor_that_a_marker_hides_still_counts(trails: Trails, anchored: Record) -> None:
    key = anchor_key(DAYS[1])
    trails.s3.delete_object(Bucket=trails.bucket.bucket, Key=key)
    assert wrong(trails) == [("ANCHOR_FORGED", key)]
    assert trails.findings(anchored) == []
    trails.anchor(DAYS[3])
    assert wrong(trails) == [("ANCHOR_FORGED", key)]


@pytest.mark.parametrize("number", [0, 1])
def test_an_anchor_in_the_place_of_another_is_found(
    trails: Trails, anchored: Record, number: int
) -> None:
    key, body = anchor_key(DAYS[number]), forged(trails, number)
    without_lock(trails, key)
    put(trails, key, body)
    assert wrong(trails) == [("ANCHOR_FORGED", key)]


def test_an_anchor_that_is_not_what_its_hash_says_is_found(
    trails: Trails, anchored: Record
) -> None:
    anchor = trails.archive().anchors[DAYS[1]]
    key = anchor_key(DAYS[1])
    for body in (
        anchor.model_copy(update={"parts": ()}).to_json(),
        anchor.to_json()[:-9],
        b"",
        trails.archive().anchors[DAYS[0]].to_json(),
    ):
        without_lock(trails, key)
        put(trails, key, body)
        assert wrong(trails) == [("ANCHOR_FORGED", key)]


@pytest.mark.parametrize("number", [0, 1])
def test_a_missing_anchor_is_found(trails: Trails, anchored: Record, number: int) -> None:
    key = anchor_key(DAYS[number])
    without_lock(trails, key)
    assert wrong(trails) == [("ANCHOR_MISSING", key)]


@pytest.mark.parametrize("kind", ["events", "heads"])
def test_a_part_that_is_not_what_was_anchored_is_found(
    trails: Trails, anchored: Record, kind: str
) -> None:
    key = part_key(kind, DAYS[1], anchored.ref.document_id[1], 1)
    # Another version changes nothing: the anchor names the one that it means
    put(trails, key, b"{}\n")
    assert wrong(trails) == []
    assert trails.findings(anchored) == []
    without_lock(trails, key)
    put(trails, key, b"{}\n")
    archive = trails.archive()
    list(archive.heads())
    list(archive.events(anchored.ref.document_id))
    assert [(each.code, each.key) for each in archive.findings] == [("ANCHOR_FORGED", key)]


def test_the_trail_that_is_kept_cannot_be_taken_back(trails: Trails, anchored: Record) -> None:
    """What the audit bucket's default retention is for."""
    trails.s3.put_object_lock_configuration(
        Bucket=trails.bucket.bucket,
        ObjectLockConfiguration={
            "ObjectLockEnabled": "Enabled",
            "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 365}},
        },
    )
    trails.anchor(DAYS[3])
    for key in (anchor_key(DAYS[3]), section_key(DAYS[3], "0")):
        (row,) = trails.s3.list_object_versions(Bucket=trails.bucket.bucket, Prefix=key)["Versions"]
        with pytest.raises(ClientError, match="AccessDenied"):
            trails.s3.delete_object(
                Bucket=trails.bucket.bucket, Key=key, VersionId=row["VersionId"]
            )
