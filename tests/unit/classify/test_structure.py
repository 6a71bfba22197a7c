"""Forms: what the lines of a page show without a phrase of the table, and what only looks so."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from docparser.classify.doctype import TypeScore
from docparser.classify.reading import Reading
from docparser.classify.structure import forms
from docparser.model import DocumentType, LaneReason, TypeDecision
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.classify.pages import page_of
from tests.unit.ocr.made_pdfs import write_text

if TYPE_CHECKING:
    from pathlib import Path

CII = """<rsm:CrossIndustryInvoice xmlns:rsm="urn:un:unece:uncefact:data:standard">
<rsm:ExchangedDocument>
<ram:ID>RE-2291</ram:ID>
<ram:TypeCode>{code}</ram:TypeCode>
</rsm:ExchangedDocument>
<rsm:SupplyChainTradeTransaction>
"""
UBL = """<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2">
<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
<cac:AccountingSupplierParty>
"""
UBL_CREDIT = """<CreditNote xmlns="urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2">
<cbc:CreditNoteTypeCode>381</cbc:CreditNoteTypeCode>
<cac:AccountingSupplierParty>
<cac:CreditNoteLine>
"""
MAIL = """De : Claire <claire@exemple.example>
Envoyé : lundi 12 mai 2025 09:14
À : Luc <luc@exemple.example>
Objet : toit
"""
PASSPORT = """P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<
L898902C36UTO7408122F1204159ZE184226B<<<<<10
"""
TILL = """NORDHOF
12.05.2025 17:42
Semmel 0,90
Milch 1,29
Tee 2,49
4,68
"""
BOOKINGS = "\n".join(f"{day:02}.05. Stadtwerke Orme {day},00 -" for day in range(3, 9))
CLAUSES = "\n".join(f"§ {number} Punkt\nEs gilt das Gesagte." for number in range(1, 5))
REFERENCES = "\n".join(f"[{n}] Orme, T.: Of sand. Whitby {1990 + n}." for n in range(1, 6))
BLANKS = "Wer: ________\nWo: ________\nWann: ________\n[ ] so [x] anders\n"
BOOK = "118\nTHE LOWER RIVER\n" + "and they went on in silence till the lamps were lit\n" * 12
CONTENTS = "\n".join(f"The {n}th mile . . . . . . . . {n * 7}" for n in range(2, 9))
CODE = "\n".join(f"  step_{n}(value);" for n in range(6))


def seen(text: str, number: int = 1) -> dict[str, float]:
    return {form.rule: form.weight for form in forms(Reading(page_of(text, number)))}


def decided(text: str) -> TypeDecision:
    score = TypeScore()
    score.read(Reading(page_of(text)))
    return score.decide(0.6)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (CII.format(code=380), "type.invoice.structure.e_invoice"),
        (CII.format(code=381), "type.credit_note.structure.e_invoice"),
        (UBL, "type.invoice.structure.e_invoice"),
        (UBL_CREDIT, "type.credit_note.structure.e_invoice"),
        (MAIL, "type.email.structure.mail_headers"),
        (PASSPORT, "type.id_document.structure.machine_readable_zone"),
        (TILL, "type.receipt.structure.till_strip"),
        (BOOKINGS, "type.bank_statement.structure.bookings"),
        (CLAUSES, "type.contract.structure.clauses"),
        (REFERENCES, "type.scientific_article.structure.reference_list"),
        (BLANKS, "type.form.structure.blanks"),
        (BOOK, "type.other.structure.book_page"),
        (CONTENTS, "type.other.structure.leaders"),
        (CODE, "type.other.structure.source_code"),
    ],
)
def test_a_form_is_seen_and_no_other(text: str, rule: str):
    assert list(seen(text)) == [rule]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (CII.format(code=380), DocumentType.INVOICE),
        (CII.format(code=381), DocumentType.CREDIT_NOTE),
        (UBL_CREDIT, DocumentType.CREDIT_NOTE),
        (MAIL, DocumentType.EMAIL),
        (PASSPORT, DocumentType.ID_DOCUMENT),
    ],
)
def test_an_unmistakable_form_decides(text: str, kind: DocumentType):
    decision = decided(text)

    assert decision.value is kind
    assert ".structure." in decision.evidence[0].rule
    assert decision.evidence[0].polygon is not None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The element CrossIndustryInvoice is the root.", id="one name in a sentence"),
        pytest.param("From: here\nwe walk on", id="one header"),
        pytest.param("Subject: cats\nDate: today", id="headers without a correspondent"),
        pytest.param("a < b << c <<< d", id="angles in a sentence"),
        pytest.param("Name: ________", id="one blank"),
        pytest.param("12.05. Stadtwerke 3,00\n13.05. ein Tag im Mai", id="one booking"),
        pytest.param("118\n" + "12 x 3,00 = 36,00 of goods that were sold\n" * 12, id="figures"),
        pytest.param("§ 1 of the act and § 2 of the act", id="sections in a sentence"),
    ],
)
def test_what_only_looks_like_a_form(text: str):
    assert seen(text) == {}


def test_headers_far_apart_are_none():
    assert seen("From: a@b.example\n" + "text\n" * 9 + "To: c@d.example") == {}


def test_a_memo_without_an_address_counts_half():
    memo = "To: all\nFrom: the office\nSubject: roof\nDate: 12 May 2025"

    full = seen(memo.replace("all", "all@orme.example"))

    assert seen(memo)["type.email.structure.mail_headers"] == pytest.approx(
        full["type.email.structure.mail_headers"] / 2
    )


def test_headers_of_a_printed_mail_are_found_in_the_page_of_a_pdf(tmp_path: Path):
    # Labels and values in columns of their own, as mail programs print them.
    rows = [
        ("From:", "Tom Orme <tom@orme.example>"),
        ("Sent:", "Monday, 12 May 2025 09:14"),
        ("To:", "Ida Dale <ida@dale.example>"),
        ("Subject:", "Roof"),
    ]
    strings = [
        (x, 780.0 - 16 * row, text)
        for row, pair in enumerate(rows)
        for x, text in zip((60.0, 150.0), pair, strict=True)
    ]
    strings.append((60.0, 690.0, "The work begins next week."))
    path = write_text(tmp_path / "mail.pdf", [strings])

    with open_pdf(path) as pdf:
        reading = Reading(read_page(pdf, 1, LaneReason.TEXT_LAYER_TRUSTED))
    found = {form.rule: form for form in forms(reading)}
    score = TypeScore()
    score.read(reading)

    form = found["type.email.structure.mail_headers"]
    assert form.count == 4
    assert reading.text[form.start : form.end].startswith("From:")
    assert score.decide(0.6).value is DocumentType.EMAIL


def test_lines_to_fill_in_are_found_in_the_page_of_a_pdf(tmp_path: Path):
    strings = [(60.0, 780.0, "Wohnsitz")]
    for row, label in enumerate(["Name", "Vorname", "Strasse", "Ort", "Telefon"]):
        strings += [(60.0, 740.0 - 24 * row, label), (150.0, 740.0 - 24 * row, "_" * 30)]
    path = write_text(tmp_path / "form.pdf", [strings])

    with open_pdf(path) as pdf:
        reading = Reading(read_page(pdf, 1, LaneReason.TEXT_LAYER_TRUSTED))

    assert {form.rule: form.count for form in forms(reading)} == {"type.form.structure.blanks": 5}


PIECES = st.sampled_from(
    [
        "From:", "To: a@b.example", "Subject:", "____", "[ ]", "[x", "☐", "....... 7", "P<<<<<<<<<",
        "12.05. x 3,00 -", "§ 1", "[1] a", "{", "};", "118", "17:42", "<rsm:crossindustryinvoice",
        "typecode>   381", "\n", "\n\n", "4,68", "\u0130", "ﬁ", ":",
    ]
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=80), st.integers(1, 9))
def test_no_page_is_too_odd(pieces: list[str], number: int):
    reading = Reading(page_of(" ".join(pieces), number))

    for form in forms(reading):
        assert 0 <= form.start < form.end <= len(reading.text)
        assert form.count >= 1
        assert form.weight > 0


@pytest.mark.parametrize(
    "text",
    [
        "_" * 100_000,
        "." * 100_000,
        "[ " * 50_000,
        "a<" * 50_000,
        "typecode> " + " " * 100_000,
        "from: " * 20_000,
        "1" * 100_000,
        "\n".join(["from: a@b.example"] * 5_000),
        "\n".join([". . . . 7"] * 5_000),
        "crossindustry" * 8_000,
    ],
)
def test_a_hostile_page_is_read_in_time(text: str):
    reading = Reading(page_of(text))
    start = time.process_time()

    list(forms(reading))

    # Far above what any of them takes, far below what a quadratic search would.
    assert time.process_time() - start < 2
