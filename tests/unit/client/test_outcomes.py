"""Lines, rows and tables."""

import csv
import io
from decimal import Decimal

from docparser_client.api import Hit
from docparser_client.report import (
    COLUMNS,
    Outcome,
    found,
    lanes,
    line,
    outcome_of,
    printable,
    status_text,
    table,
    totals,
    tsv,
)
from rich.console import Console

from tests.unit.client.records import ID, moment, record

COMPLETED = Outcome(
    name="a.pdf",
    document_id="d" + "0" * 32,
    status="COMPLETED",
    type="invoice",
    level="INTERNAL",
    pages=4,
    pages_by_lane={"text": 3, "gpu": 1},
    seconds=1.25,
    cost_usd=Decimal("0.0015"),
)
REJECTED = Outcome(name="b.pdf", document_id="d" + "1" * 32, status="REJECTED", code="CORRUPT")


def rendered(outcomes: list[Outcome], width: int = 200) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width).print(table(outcomes))
    return stream.getvalue()


def test_a_row_per_input_under_a_header() -> None:
    rows = list(csv.DictReader(io.StringIO(tsv([COMPLETED, REJECTED])), delimiter="\t"))

    assert tuple(rows[0]) == COLUMNS
    assert (rows[0]["seconds"], rows[0]["cost_usd"]) == ("1.250", "0.001500")
    assert rows[1] == dict.fromkeys(COLUMNS, "") | {
        "name": "b.pdf",
        "document_id": "d" + "1" * 32,
        "status": "REJECTED",
        "code": "CORRUPT",
    }


def test_a_name_cannot_break_its_row() -> None:
    text = tsv([Outcome(name="a\tb\nc\\d\r.pdf")])

    assert text.count("\n") == 2
    assert text.splitlines()[1].split("\t")[0] == r"a\tb\nc\\d\r.pdf"


def test_a_name_cannot_command_the_terminal() -> None:
    assert printable("\x1b[31mred\n\u202egnp") == r"\x1b[31mred\n\u202egnp"
    assert printable("Übersicht 2026.pdf") == "Übersicht 2026.pdf"
    assert printable("\udcff") == r"\udcff"


def test_a_name_is_not_markup() -> None:
    drawn = rendered([Outcome(name="[bold]x[/bold][/].pdf", status="COMPLETED")])

    assert "[bold]x[/bold][/].pdf" in drawn


def test_the_table_says_lanes_and_code() -> None:
    drawn = rendered([COMPLETED, REJECTED])

    assert "3 text, 1 gpu" in drawn
    assert "REJECTED CORRUPT" in drawn
    assert "0.001500" in drawn


def test_a_line_of_plain_text() -> None:
    assert line(COMPLETED) == "COMPLETED  a.pdf  (invoice, INTERNAL, 3 text, 1 gpu, 1.2 s)"
    assert line(REJECTED) == "REJECTED CORRUPT  b.pdf"


def test_partial_says_how_much_is_missing() -> None:
    partial = Outcome(name="c", status="PARTIAL", pages=40, failed_pages=2)

    assert status_text(partial) == "PARTIAL (2 of 40 pages missing)"
    assert not partial.as_expected


def test_one_document_under_two_names_costs_once() -> None:
    again = Outcome(**{**vars(COMPLETED), "name": "copy.pdf"})

    said = totals([COMPLETED, again, REJECTED], 2)

    assert said.startswith("3 files: 2 completed, 1 rejected; 4 pages in 2.0 s")
    assert "US$ 0.001500" in said


def test_seconds_count_from_the_attempt_that_ended() -> None:
    first = record("COMPLETED", finished_at=moment(90))
    second = record("COMPLETED", attempt=2, finished_at=moment(90))

    assert outcome_of("a", first, sent_at=moment(5)).seconds == 90
    assert outcome_of("a", second, sent_at=moment(80)).seconds == 10
    assert outcome_of("a", second, sent_at=moment(91)).seconds == 0
    # When somebody else sent it again, its record does not say.
    assert outcome_of("a", second).seconds is None


def test_lanes_are_told_in_their_order_those_of_tomorrow_last() -> None:
    assert lanes({"quantum": 1, "gpu": 2, "textract": 0, "text": 3}) == "3 text, 2 gpu, 1 quantum"


def test_hits_are_told_with_the_names_of_their_documents() -> None:
    hits = [
        Hit(document_id=ID, revision=1, page=4, score=12.25, snippet="the [b]end\n of\x1b it"),
        Hit(document_id="d" + "1" * 32, revision=1, score=1, snippet="invoice"),
    ]
    stream = io.StringIO()
    Console(file=stream, width=120).print(found(hits, {ID: "a.pdf"}))

    drawn = " ".join(stream.getvalue().split())
    assert f"{ID} a.pdf 4 12.25 the [b]end of\\x1b it" in drawn
    assert f"d{'1' * 32} 1.00 invoice" in drawn


def test_what_has_not_ended_has_no_seconds_and_no_price() -> None:
    running = outcome_of("a", record("RUNNING"))

    assert (running.seconds, running.cost_usd) == (None, None)
    assert not running.as_expected
