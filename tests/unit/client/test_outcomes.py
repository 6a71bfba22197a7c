"""Lines, rows and tables."""

import csv
import io
from decimal import Decimal

from docparser_client.report import (
    COLUMNS,
    Outcome,
    line,
    outcome_of,
    printable,
    status_text,
    table,
    totals,
    tsv,
)
from rich.console import Console

from tests.unit.client.records import moment, record

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

    assert "1 gpu, 3 text" in drawn
    assert "REJECTED CORRUPT" in drawn
    assert "0.001500" in drawn


def test_a_line_of_plain_text() -> None:
    assert line(COMPLETED) == "COMPLETED  a.pdf  (invoice, INTERNAL, 1 gpu, 3 text, 1.2 s)"
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
    ended = record("COMPLETED", attempt=2, finished_at=moment(90))

    assert outcome_of("a", ended).seconds == 90
    assert outcome_of("a", ended, queued_at=moment(80)).seconds == 10


def test_what_has_not_ended_has_no_seconds_and_no_price() -> None:
    running = outcome_of("a", record("RUNNING"))

    assert (running.seconds, running.cost_usd) == (None, None)
    assert not running.as_expected
