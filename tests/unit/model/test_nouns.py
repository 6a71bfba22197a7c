"""Nouns are frozen, say nothing of their input, and keep their moments and money exact."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from docparser.model import TRANSITIONS, Level, Record, Ref, Source, Status, box, rfc3339
from pydantic import ValidationError

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def record(**changes: object) -> Record:
    return Record(
        ref=Ref(tenant="t", document_id="d" + "0" * 32),
        status=Status.QUEUED,
        source=Source(bucket="b", key="k"),
        content_sha256="0" * 64,
        size_bytes=1,
        created_at=MOMENT,
        updated_at=MOMENT,
        **changes,
    )


def test_a_noun_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        record().status = Status.RUNNING  # type: ignore[misc]


def test_an_error_does_not_quote_what_was_wrong() -> None:
    with pytest.raises(ValidationError) as caught:
        Ref(tenant="CANARY Jane Doe", document_id="d" + "0" * 32)
    assert "CANARY" not in str(caught.value)


def test_a_moment_is_utc_and_whole_milliseconds() -> None:
    made = record(lease_until=MOMENT.astimezone(timezone(timedelta(hours=2))))
    assert made.model_dump(mode="json")["lease_until"] == "2026-01-02T03:04:05.678Z"
    assert Record.model_validate_json(made.to_json()) == made


def test_a_moment_needs_its_zone() -> None:
    with pytest.raises(ValidationError):
        record(lease_until=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the point


def test_money_is_a_string_of_six_decimals() -> None:
    dumped = record(cost_usd=Decimal("0.0015")).model_dump(mode="json")
    assert dumped["cost_usd"] == "0.001500"


def test_an_execution_is_named_after_its_attempt() -> None:
    ref = Ref(tenant="t", document_id="d" + "a" * 32, revision=2, attempt=3)
    assert ref.execution_name == "d" + "a" * 32 + "-r2-a3"
    assert len(ref.execution_name) <= 80


def test_a_box_is_clockwise_from_the_top_left_and_inside_the_page() -> None:
    assert box(-0.1, 0.25, 0.5, 1.2) == ((0, 0.25), (0.5, 0.25), (0.5, 1), (0, 1))


def test_every_status_says_where_it_may_go_and_nothing_leaves_an_end_but_its_exits() -> None:
    assert TRANSITIONS.keys() == set(Status)
    ends = {Status.COMPLETED, Status.PARTIAL, Status.REJECTED, Status.CANCELLED}
    assert all(TRANSITIONS[end] == {Status.ERASED} for end in ends)
    assert TRANSITIONS[Status.FAILED] == {Status.QUEUED, Status.ERASED}
    assert not TRANSITIONS[Status.ERASED]


def test_levels_are_in_order_of_strictness() -> None:
    assert list(Level) == ["CONFIDENTIAL", "RESTRICTED", "INTERNAL", "PUBLIC"]


def test_rfc3339() -> None:
    assert rfc3339(MOMENT) == "2026-01-02T03:04:05.678Z"
