"""`docparser backfill`: what a run is called, and how its documents are waited for."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from typing import Any

import pytest
from docparser.backfill.listed import Kind
from docparser.model import Level, Record, Ref, Source, Status, now
from docparser.store.markers import Marker, Outcome
from docparser_client import backfill_run
from docparser_client.backfill_job import Planned, plan
from docparser_client.backfill_run import Documents, Row
from docparser_client.errors import UsageError
from docparser_client.upload import Options


def planned(source: str = "s3://archive/2024/", **said: Any) -> Planned:
    defaults: dict[str, Any] = {
        "kind": "prefix",
        "listing": None,
        "tenant": "default",
        "name": None,
        "priority": "standard",
        "options": Options(),
    }
    return plan(source, **{**defaults, **said})


def test_a_prefix_is_a_run() -> None:
    job, listing = planned()
    assert (job.bucket, job.prefix, job.kind, listing) == ("archive", "2024/", Kind.PREFIX, None)
    assert json.loads(planned().execution_input).keys() == {"job"}
    assert planned("s3://archive").job.prefix == ""


def test_the_same_command_is_the_same_run() -> None:
    assert planned() == planned()
    # Whether it is urgent is another matter
    assert planned().job.run == planned(priority="high").job.run
    listed = {"kind": "manifest", "listing": "s3://archive/list.csv"}
    others = [
        planned("s3://archive/2023/"),
        planned(tenant="acme"),
        planned(options=Options(level="RESTRICTED")),
        planned(**listed),
    ]
    assert len({each.job.run for each in (planned(), *others)}) == 5
    assert planned(name="spring").job.run == "spring"


@pytest.mark.parametrize(
    ("kind", "listing", "read_as"),
    [
        ("inventory", "s3://lists/archive/manifest.json", Kind.INVENTORY),
        ("manifest", "s3://lists/all.csv", Kind.CSV),
        ("manifest", "s3://lists/all.jsonl", Kind.LINES),
    ],
)
def test_a_list_is_one_object(kind: str, listing: str, read_as: Kind) -> None:
    run = planned(kind=kind, listing=listing, options=Options(level="RESTRICTED"))
    assert (run.job.kind, run.job.options.level) == (read_as, Level.RESTRICTED)
    said = json.loads(run.execution_input)
    assert f"s3://{said['list']['bucket']}/{said['list']['key']}" == listing


@pytest.mark.parametrize(
    "said",
    [
        {"source": "archive/2024"},
        {"source": "s3://Archive"},
        {"source": "s3://"},
        {"tenant": "Kim Example"},
        {"name": "-a"},
        {"name": "a" * 61},
        {"kind": "manifest"},
        {"kind": "inventory", "listing": "s3://lists"},
        {"listing": "s3://lists/all.csv"},
    ],
)
def test_what_cannot_be_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        planned(**said)


def test_a_run_s_name_fits_an_execution_s() -> None:
    assert len(f"{planned(name='a' * 60).job.run}-a{10**6}") <= 80


# ---------------------------------------------------------------------- waiting
def record(document_id: str, status: Status, attempt: int = 1) -> Record:
    return Record(
        ref=Ref(tenant="default", document_id=document_id, attempt=attempt),
        status=status,
        source=Source(bucket="b", key="k"),
        content_sha256="0" * 64,
        size_bytes=1,
        code="DEPENDENCY" if status is Status.FAILED else None,
        created_at=now(),
        updated_at=now(),
    )


class Told:
    """Markers whose documents move on each time that they are asked for."""

    def __init__(self, moves: dict[str, list[Status]], pages: list[list[Marker]]) -> None:
        self._moves = {each: list(statuses) for each, statuses in moves.items()}
        self._pages = pages
        self.asked = 0

    def pages(self, _run: str) -> Iterator[list[Marker]]:
        yield from self._pages

    def standing(self, _tenant: str, document_ids: Collection[str]) -> dict[str, Record]:
        self.asked += 1
        found = {}
        for each in document_ids:
            if statuses := self._moves.get(each):
                found[each] = record(each, statuses[0])
                if len(statuses) > 1:
                    statuses.pop(0)
        return found


IDS = [f"d{number:032x}" for number in range(4)]


def marker(number: int, key: str = "", outcome: Outcome = Outcome.TAKEN) -> Marker:
    return Marker(f"{number:064x}", key or f"{number}.pdf", outcome, document_id=IDS[number])


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfill_run.time, "sleep", lambda _seconds: None)


def rows(told: Told, *, wait: bool = True, patience_s: float = 60) -> tuple[Documents, list[Row]]:
    documents = Documents(told, planned(), patience_s=patience_s)  # type: ignore[arg-type]
    return documents, list(documents.rows(wait=wait, on_step=lambda _step: None))


def test_every_object_has_a_row_once_its_document_has_ended() -> None:
    walk = [Status.QUEUED, Status.RUNNING, Status.COMPLETED]
    gone = Marker("f" * 64, "gone.pdf", Outcome.UNREADABLE, code="SOURCE_GONE")
    pages = [[marker(0), marker(0, "copy.pdf", Outcome.KNOWN)], [marker(1), gone]]
    documents, told = rows(Told({IDS[0]: walk, IDS[1]: [Status.REJECTED]}, pages))
    assert told == [
        Row("0.pdf", IDS[0], "TAKEN", "COMPLETED", ""),
        Row("copy.pdf", IDS[0], "KNOWN", "COMPLETED", ""),
        Row("1.pdf", IDS[1], "TAKEN", "REJECTED", ""),
        Row("gone.pdf", "", "UNREADABLE", "", "SOURCE_GONE"),
    ]
    assert documents.statuses == {"COMPLETED": 2, "REJECTED": 1}
    assert not documents.as_promised


def test_a_document_that_failed_may_be_on_its_way_to_the_next_attempt() -> None:
    walk = [Status.FAILED, Status.QUEUED, Status.RUNNING, Status.COMPLETED]
    documents, told = rows(Told({IDS[0]: walk}, [[marker(0)]]))
    assert told[0].status == "COMPLETED"
    assert documents.as_promised


def test_a_document_that_failed_for_good_is_told_with_its_code() -> None:
    documents, told = rows(Told({IDS[0]: [Status.FAILED]}, [[marker(0)]]))
    assert told == [Row("0.pdf", IDS[0], "TAKEN", "FAILED", "DEPENDENCY")]
    assert not documents.as_promised


def test_what_does_not_move_is_not_waited_for_for_ever() -> None:
    documents, told = rows(Told({IDS[0]: [Status.QUEUED]}, [[marker(0)]]), patience_s=0)
    assert told[0].status == "QUEUED"
    assert not documents.as_promised


def test_without_waiting_the_report_says_how_things_stand() -> None:
    walks = Told({IDS[0]: [Status.RUNNING, Status.COMPLETED]}, [[marker(0)]])
    _, told = rows(walks, wait=False)
    assert (told[0].status, walks.asked) == ("RUNNING", 1)
