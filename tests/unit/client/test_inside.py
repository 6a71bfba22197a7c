"""Files inside files: where their outputs go, and which rows they have."""

from __future__ import annotations

from pathlib import Path

import pytest
from docparser_client.api import Child
from docparser_client.inputs import Input, Inside, targets
from docparser_client.ledger import Ledger
from docparser_client.report import Outcome

from tests.unit.client.records import ID

BOX = Input(path=Path("in/box.zip"), name="in/box.zip")
OTHER_ID = "d" + "1" * 32


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("letter.pdf", "3-letter.pdf"),
        ("Rechnung März.pdf", "3-Rechnung März.pdf"),
        ("a/b/letter.pdf", "3-letter.pdf"),
        ("a\\b\\letter.pdf", "3-letter.pdf"),
        ("../../etc/passwd", "3-passwd"),
        ("/etc/passwd", "3-passwd"),
        ("..", "3-file"),
        ("", "3-file"),
        ("folder/", "3-folder"),
        ("...", "3-file"),
        (" . hidden . ", "3-hidden"),
        ("C:con", "3-C_con"),
        ("a\0b\nc\x1b[31m", "3-a_b_c__31m"),
        ("\u202egnp.exe", "3-_gnp.exe"),
        ("\ud800.pdf", "3-_.pdf"),
        ("x" * 300 + ".pdf", "3-" + "x" * 146 + ".pdf"),
        ("ü" * 300, "3-" + "ü" * 75),
    ],
)
def test_a_file_inside_another_has_a_place_below_it_whatever_its_name(
    name: str, place: str, tmp_path: Path
) -> None:
    inside = Inside.of(BOX, 3, name)

    assert (inside.name, inside.place) == (f"in/box.zip/{name}", f"in/box.zip/{place}")
    for path in targets(inside, tmp_path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")
        assert path.resolve().parent == (tmp_path / "in/box.zip").resolve()


def test_what_is_deeper_inside_is_deeper_below() -> None:
    mail = Inside.of(BOX, 2, "a/mail.eml")
    letter = Inside.of(mail, 1, "letter.pdf")

    assert letter.name == "in/box.zip/a/mail.eml/letter.pdf"
    assert letter.place == "in/box.zip/2-mail.eml/1-letter.pdf"
    assert letter.root is mail.root is BOX.root is BOX


def child(name: str, digit: str = "1") -> Child:
    return Child(name=name, document_id="d" + digit * 32)


def test_rows_of_what_is_inside_follow_their_file(tmp_path: Path) -> None:
    last = Input(path=Path("z.pdf"), name="z.pdf")
    ledger = Ledger([BOX, last], tmp_path)

    first, second = ledger.open(BOX, ID, [child("a.zip"), child("b.pdf", "2")])
    (deep,) = ledger.open(first, OTHER_ID, [child("c.pdf", "3")])
    ledger.finish(deep, Outcome(deep.name, status="FAILED"))
    rows = ledger.rows({second: Outcome(second.name, status="RUNNING")})

    assert [(row.name, row.status) for row in rows] == [
        ("in/box.zip", ""),
        ("in/box.zip/a.zip", ""),
        ("in/box.zip/a.zip/c.pdf", "FAILED"),
        ("in/box.zip/b.pdf", "RUNNING"),
        ("z.pdf", ""),
    ]


def test_an_archive_that_holds_itself_is_opened_once(tmp_path: Path) -> None:
    again = Input(path=Path("again.zip"), name="again.zip")
    ledger = Ledger([BOX, again], tmp_path)

    (itself,) = ledger.open(BOX, ID, [child("box.zip", "0")])

    assert ledger.open(itself, ID, [child("box.zip", "0")]) == []
    # The same bytes as another input are another matter: their outputs are wanted there, too.
    assert len(ledger.open(again, ID, [child("box.zip", "0")])) == 1


def test_two_files_of_one_name_inside_have_a_row_each(tmp_path: Path) -> None:
    ledger = Ledger([BOX], tmp_path)

    first, second = ledger.open(BOX, ID, [child("a.pdf"), child("a.pdf", "2")])
    ledger.finish(first, Outcome(first.name, status="COMPLETED"))
    ledger.finish(second, Outcome(second.name, status="REJECTED"))

    assert [row.status for row in ledger.rows({})] == ["", "COMPLETED", "REJECTED"]


def test_nothing_inside_is_written_over_an_input_s_outputs_or_an_input(tmp_path: Path) -> None:
    source = tmp_path / "in/box.zip/2-b.pdf.md"
    inputs = [
        BOX,
        Input(path=Path("elsewhere"), name="in/box.zip/1-a.pdf"),
        Input(path=source, name="notes"),
    ]
    ledger = Ledger(inputs, tmp_path)

    found = ledger.open(BOX, ID, [child("a.pdf"), child("b.pdf"), child("c.pdf")])

    assert [ledger.belongs_to_another(inside) for inside in found] == [True, True, False]
