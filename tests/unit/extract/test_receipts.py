"""Receipts: what was bought where, when, for how much, in whatever way a till prints it."""

from __future__ import annotations

import random
import time
from decimal import Decimal

import pytest
from docparser.extract.extractor import Found, Locale
from docparser.extract.extractors import extractors_for
from docparser.extract.layout import receipt_amounts
from docparser.extract.layout.receipt import ReceiptReader
from docparser.extract.layout.receipt_labels import Kind, kind
from docparser.extract.layout.receipt_words import spelled
from docparser.extract.schemas import shipped
from docparser.extract.view import view
from docparser.model import DocumentType, FieldSource, Page, WarningCode

from benchmarks.extract.receipts_made import Till, f1, measured, page
from benchmarks.extract.scores import compared
from tests.unit.extract.receipts import RECEIPTS, Receipt

SIMPLE = """
 Kerlin Stores Ltd
 12 Mostal Road
 Leeds LS4 2QT
 VAT No. GB 123 4567 89
 Bread              2.40
 Butter             3.10
 TOTAL              5.50
 CASH              10.00
 CHANGE             4.50
 03/04/2024 12:31
 Thank you
"""
OTHER = """
 Pelquin Bakery Ltd
 3 Wesgor Street
 York YO1 7AA
 VAT No. GB 987 6543 21
 Rolls              1.20
 Tart               6.80
 TOTAL              8.00
 VISA               8.00
 05/04/2024 09:02
"""


def printed(
    text: str, *, number: int = 1, noise: float = 0.0, skew: float = 0.0, beside: str = ""
) -> Page:
    till = Till(random.Random(1), 44)
    lines = text.strip("\n").split("\n")
    others = beside.strip("\n").split("\n") if beside else []
    for at in range(max(len(lines), len(others))):
        left = lines[at] if at < len(lines) else ""
        right = others[at] if at < len(others) else ""
        till.row(f"{left:40}{right}" if beside else left)
    if beside:
        till.width = 84
    return page(till, number, noise=noise, skew=skew)


def found(*pages: Page, language: str = "en", country: str | None = None) -> Found:
    reader = ReceiptReader(Locale(language, country))
    for each in pages:
        reader.read(view(each))
    return reader.found()


def values(result: Found) -> dict[str, str]:
    plain = {}
    for field in result.fields:
        value = field.value
        plain[field.name] = (
            str(value.get("text") or value.get("amount")) if isinstance(value, dict) else str(value)
        )
    return plain


# ------------------------------------------------------------------------- what tills print
@pytest.mark.parametrize("receipt", RECEIPTS, ids=lambda each: each.text.split()[0])
def test_receipts_of_many_tills_are_read(receipt: Receipt) -> None:
    said = values(found(printed(receipt.text), language=receipt.language))

    for name, want in receipt.fields.items():
        have = said.get(name, "")
        if name == "time":
            have, want = have[:5], want[:5]
        assert compared(name, have) == compared(name, want), name


def test_generated_receipts_are_read_with_and_without_misread_letters() -> None:
    clean, _ = measured(42, 0.0)
    noisy, _ = measured(42, 0.01)

    for name in ("company", "date", "address", "total", "tax_total"):
        assert f1(clean[name]) >= 0.98, name
    assert f1(noisy["total"]) >= 0.95
    assert f1(noisy["date"]) >= 0.95


def test_a_receipt_that_leans_is_read_as_one_that_stands() -> None:
    upright = values(found(printed(SIMPLE)))

    assert values(found(printed(SIMPLE, skew=0.06))) == upright
    assert values(found(printed(SIMPLE, skew=-0.06))) == upright


# ------------------------------------------------------------------------------ the proof
def test_every_value_has_its_proof_on_the_page() -> None:
    source = printed(SIMPLE)
    words = {
        word.id: word.text for block in source.blocks for line in block.lines for word in line.words
    }

    fields = {field.name: field for field in found(source).fields}

    assert set(fields) >= {"company", "date", "time", "address", "total", "currency"}
    for field in fields.values():
        assert field.source is FieldSource.LAYOUT
        assert field.page == 1
        assert field.polygon is not None
        assert " ".join(words[each] for each in field.word_ids) == field.quote
        assert 0 < field.confidence <= 1
    assert fields["total"].quote == "5.50"
    assert fields["total"].value == {"amount": "5.50", "currency": "GBP"}
    address = fields["address"].value
    assert isinstance(address, dict)
    assert (address["postcode"], address["city"]) == ("LS4 2QT", "Leeds")


def test_a_tax_is_proven_by_its_own_amounts() -> None:
    head, rest = SIMPLE.split(" TOTAL")
    table = " A 20.00%   2.00   0.40   2.40\n B  5.00%   2.95   0.15   3.10\n VISA £5.50\n"
    fields = {f.name: f for f in found(printed(f"{head} TOTAL{rest}{table}")).fields}

    assert fields["tax_total"].value == {"amount": "0.55", "currency": "GBP"}
    assert fields["tax_total"].quote == "0.40 0.15"
    assert fields["payment_method"].quote in {"VISA £5.50", "VISA", "CASH"}
    assert fields["currency"].quote == "£5.50"


def test_the_type_receipt_is_read_by_it() -> None:
    schema = shipped(DocumentType.RECEIPT)
    assert schema is not None

    (reader,) = extractors_for(DocumentType.RECEIPT, schema, Locale("en"))
    reader.read(view(printed(SIMPLE)))

    names = {field.name for field in reader.found().fields}
    assert names <= {rule.name for rule in schema.fields}


# ---------------------------------------------------------------------- several receipts
@pytest.mark.parametrize("way", ["beside", "below", "other below", "paged"])
def test_two_receipts_are_told_apart_and_the_first_is_read(way: str) -> None:
    if way == "beside":
        result = found(printed(SIMPLE, beside=OTHER))
    elif way == "below":
        second = SIMPLE.replace("Bread              2.40", "Cake               9.40")
        second = second.replace("5.50", "12.50").replace("12:31", "15:02")
        result = found(printed(SIMPLE + second))
    elif way == "other below":
        result = found(printed(SIMPLE + "\n\n" + OTHER))
    else:
        result = found(printed(SIMPLE), printed(OTHER, number=2))

    assert WarningCode.SEVERAL_DOCUMENTS in result.warnings
    said = values(result)
    assert said["company"] == "Kerlin Stores Ltd"
    assert said["total"] == "5.50"
    assert said["date"] == "2024-04-03"


def test_a_copy_of_a_receipt_is_no_second_one() -> None:
    result = found(printed(SIMPLE + " CUSTOMER COPY\n" + SIMPLE))

    assert result.warnings == frozenset()
    assert values(result)["total"] == "5.50"


def test_a_receipt_goes_on_over_pages() -> None:
    first, second = SIMPLE.split(" TOTAL")

    result = found(printed(first), printed(" TOTAL" + second, number=2))

    said = values(result)
    assert result.warnings == frozenset()
    assert (said["company"], said["total"], said["date"]) == (
        "Kerlin Stores Ltd",
        "5.50",
        "2024-04-03",
    )
    assert {field.name: field.page for field in result.fields}["total"] == 2


# -------------------------------------------------------------------------------- amounts
@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("RM 141.50", "141.50"),
        ("FM2. 83", "2.83"),
        ("RMO.00", "0.00"),
        ("1O.5O", "10.50"),
        ("l97.69", "197.69"),
        ("2.07-", "-2.07"),
        ("(12.00)", "-12.00"),
        ("-RM 5.00", "-5.00"),
        ("1 234,56 €", "1234.56"),
        ("EUR 1.234,56", "1234.56"),
        ("1'234.56", "1234.56"),
        ("\u0661\u0662\u066b\u0665\u0660", "12.50"),
    ],
)
def test_amounts_are_read_as_tills_print_them(text: str, amount: str) -> None:
    (printed_amount,) = receipt_amounts.find(text, Locale())

    assert printed_amount.amount == Decimal(amount)


@pytest.mark.parametrize(
    "text",
    ["No.59 High Street", "Unit 5, 49 High Street", "1.25L", "30.04.2017", "6.00 %", "0.5500"],
)
def test_other_numbers_are_no_amounts(text: str) -> None:
    assert receipt_amounts.find(text, Locale()) == []


@pytest.mark.parametrize(
    ("total", "amount"),
    [("TOTAL  -5.50", "-5.50"), ("TOTAL  5.50-", "-5.50"), ("TOTAL  0.00", "0.00")],
)
def test_refunds_and_nothing_are_totals(total: str, amount: str) -> None:
    head = SIMPLE.split(" Bread")[0]

    assert values(found(printed(f"{head} RETURN\n {total}\n 03/04/2024")))["total"] == amount


def test_a_total_that_contradicts_another_is_told() -> None:
    head = SIMPLE.split(" TOTAL")[0]

    result = found(printed(f"{head} TOTAL     25.50\n TOTAL     31.70\n 03/04/2024"))

    assert WarningCode.VALUES_CONTRADICT in result.warnings


def test_cash_less_change_decides_between_totals() -> None:
    text = SIMPLE.replace(" CASH ", " ROUNDING           0.02\n TOTAL ROUNDED      5.52\n CASH ")

    result = found(printed(text.replace("4.50", "4.48")))

    assert values(result)["total"] == "5.52"
    assert result.warnings == frozenset()


@pytest.mark.parametrize(
    ("label", "what"),
    [
        ("Total Incl. GST@6%", Kind.TOTAL),
        ("Total 6% supplies (Inc. GST):", Kind.SUBTOTAL),
        ("TOTAL INCLUDES 6% GST", Kind.TAX),
        ("Tota l", Kind.TOTAL),
        ("SUMMER HAT", Kind.NONE),
        ("Zwischensumme", Kind.SUBTOTAL),
        ("Rückgeld EUR", Kind.CHANGE),
        ("Total éligible TR", Kind.ASIDE),
        ("NET A PAYER", Kind.DUE),
        ("TOTAL QUANTITY", Kind.COUNT),
        ("Total GST", Kind.TAXES),
        ("Total (Excluding GST)", Kind.UNTAXED),
    ],
)
def test_a_label_says_what_its_amount_is(label: str, what: Kind) -> None:
    assert kind(label) is what


# ------------------------------------------------------------------------- misread letters
@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("KERLIN SON BHD", "KERLIN SDN BHD"),
        ("Kerlin FHARHACY", "Kerlin PHARMACY"),
        ("JIn Mostal, Leve1 2", "Jln Mostal, Level 2"),
        ("4750O Mostal, SCLANGOR", "47500 Mostal, SELANGOR"),
        ("l2 Mostal Street", "12 Mostal Street"),
        ("Épicerie Käse", "Épicerie Käse"),
        ("Uptown3 U1/48 SS21/39 G-13", "Uptown3 U1/48 SS21/39 G-13"),
        ("Line Goods Bale", "Line Goods Bale"),
    ],
)
def test_common_confusions_are_mended_and_names_left_alone(read: str, meant: str) -> None:
    assert spelled(read) == meant


# --------------------------------------------------------------------------------- limits
def test_a_till_roll_of_two_thousand_articles_is_read_in_time() -> None:
    roll = Till(random.Random(3), 44)
    for line in SIMPLE.split(" Bread")[0].split("\n"):
        roll.row(line)
    for at in range(2_000):
        roll.row(f"Article {at:05}", "1.10")
    roll.row("TOTAL", "2200.00")
    shown = view(page(roll))
    started = time.process_time()
    reader = ReceiptReader(Locale("en"))

    reader.read(shown)
    said = values(reader.found())

    assert said["total"] == "2200.00"
    assert time.process_time() - started < 2


def test_whatever_stands_on_a_page_never_raises() -> None:
    draw = random.Random(5)
    pieces = ["TOTAL", "12.50", "(", ")", "-", "GST 6%", "03/04/2024", "\u05e1\u05d4\u05db", "0.00"]
    pieces += ["9" * 40, "SDN BHD", "No.", ".", "%", "12.", "l0.00", "24105", "\u200f", "12:61"]
    for _ in range(60):
        text = "\n".join(" ".join(draw.choices(pieces, k=draw.randint(0, 6))) for _ in range(25))
        found(printed(text), printed(text, number=2))


def test_a_page_without_words_says_nothing() -> None:
    assert found(printed("")) == Found()


def test_a_roll_of_totals_alone_is_read_in_time() -> None:
    roll = Till(random.Random(3), 44)
    for at in range(6_000):
        roll.row("Total", f"{at}.50")
    shown = view(page(roll))
    started = time.process_time()
    reader = ReceiptReader(Locale("en"))

    reader.read(shown)
    reader.found()

    # Each against each other took half a minute.
    assert time.process_time() - started < 8
