"""Rules that values have to follow, values of several readers, sums of columns."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from docparser.extract import schemas
from docparser.extract.extractor import Found
from docparser.extract.merging import agree, merge
from docparser.extract.summing import Sums
from docparser.extract.validation import ColumnSum, check, unsure
from docparser.model import (
    Column,
    DocumentTable,
    DocumentType,
    FieldSource,
    FieldType,
    FieldValue,
    RowCell,
    TableRole,
    TableRow,
    Violation,
    WarningCode,
    box,
)
from docparser.model.type_schema import Check, FieldRule, TypeSchema
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

# The machine that runs this may be busy with other things.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

SCHEMAS = {kind: schema for kind in DocumentType if (schema := schemas.shipped(kind))}
INVOICE = SCHEMAS[DocumentType.INVOICE]
STATEMENT = SCHEMAS[DocumentType.BANK_STATEMENT]


def field(
    name: str,
    value: Any,
    kind: FieldType = FieldType.TEXT,
    source: FieldSource = FieldSource.LAYOUT,
    confidence: float = 0.9,
    **where: Any,
) -> FieldValue:
    return FieldValue(
        name=name,
        type=kind,
        value=value,
        raw=str(value),
        source=source,
        confidence=confidence,
        **where,
    )


def money(name: str, amount: str, currency: str | None = "EUR", **more: Any) -> FieldValue:
    value = {"amount": amount} | ({"currency": currency} if currency else {})
    return field(name, value, FieldType.MONEY, **more)


def day(name: str, value: str, **more: Any) -> FieldValue:
    return field(name, value, FieldType.DATE, **more)


def rules(schema: TypeSchema, *fields: FieldValue, sums: tuple[ColumnSum, ...] = ()) -> list[str]:
    return [violation.rule for violation in check(schema, fields, sums)[0]]


def lines(total: str, rows: int, role: TableRole = TableRole.LINE_ITEMS) -> tuple[ColumnSum, ...]:
    return (ColumnSum(role, "amount", Decimal(total), rows),)


# ---------------------------------------------------------------------- checks
@pytest.mark.parametrize(
    ("net", "tax", "gross", "currency", "holds"),
    [
        ("100.00", "19.00", "119.00", "EUR", True),
        ("100.00", "19.00", "119.01", "EUR", True),
        ("100.00", "19.00", "119.03", "EUR", False),
        ("100.00", "19.00", "120.00", "EUR", False),
        ("-100.00", "-19.00", "-119.00", "EUR", True),
        ("0.00", "0.00", "0.00", "EUR", True),
        ("100.02", "8.10", "108.10", "CHF", True),  # the smallest coin is of five
        ("100.02", "8.10", "108.10", "EUR", False),
        ("1000", "100", "1101", "JPY", True),
        ("1000", "100", "1103", "JPY", False),
        ("1.000", "0.100", "1.104", "KWD", False),
    ],
)
def test_a_total_is_the_sum_of_its_parts_but_for_rounding(
    net: str, tax: str, gross: str, currency: str, holds: bool
) -> None:
    fields = [
        money("net_total", net, currency),
        money("tax_total", tax, currency),
        money("grand_total", gross, currency),
    ]

    found, _ = check(INVOICE, fields)

    expected = Violation(rule="total", fields=("net_total", "tax_total", "grand_total"))
    assert found == (() if holds else (expected,))
    assert gross not in str(found)


def test_what_is_paid_before_is_not_due() -> None:
    gross, prepaid = money("grand_total", "119.00"), money("prepaid", "19.00")

    assert rules(INVOICE, gross, prepaid, money("due_payable", "100.00")) == []
    assert rules(INVOICE, gross, prepaid, money("due_payable", "119.00")) == ["due"]
    assert rules(INVOICE, gross, money("due_payable", "7.00")) == []  # nobody knows what was paid


@pytest.mark.parametrize(
    ("grand", "prepaid", "due", "holds"),
    [
        ("119.00", "-19.00", "100.00", True),
        ("-119.00", "19.00", "-100.00", True),
        ("-119.00", "-19.00", "-100.00", True),
        ("119.00", "19.00", "138.00", False),
        ("119.00", "-19.00", "99.00", False),
    ],
)
def test_what_was_paid_before_is_taken_off_whichever_sign_it_has(
    grand: str, prepaid: str, due: str, *, holds: bool
) -> None:
    fields = [money("grand_total", grand), money("prepaid", prepaid), money("due_payable", due)]

    assert rules(INVOICE, *fields) == ([] if holds else ["due"])


def test_a_refund_has_less_tax_than_it_is() -> None:
    receipt = SCHEMAS[DocumentType.RECEIPT]

    assert rules(receipt, money("tax_total", "-15.42"), money("total", "-92.49")) == []
    assert rules(receipt, money("tax_total", "-92.49"), money("total", "-15.42")) == ["tax"]
    assert rules(receipt, money("tax_total", "1.00"), money("total", "-92.49")) == ["tax"]


def test_amounts_of_two_currencies_are_not_compared() -> None:
    mixed = [money("net_total", "1"), money("tax_total", "1"), money("grand_total", "9", "USD")]
    unknown = [money("net_total", "1"), money("tax_total", "1"), money("grand_total", "9", None)]

    assert rules(INVOICE, *mixed) == []
    assert rules(INVOICE, *unknown) == ["total"]


@pytest.mark.parametrize(
    ("total", "rows", "holds"),
    [
        ("100.00", 3, True),
        ("119.00", 3, True),  # lines may be gross
        ("100.04", 9, True),
        ("100.06", 9, False),
        ("99.00", 2, False),
        ("90.00", 100_000, False),  # so many rows would round to anything
        ("0.00", 0, True),
    ],
)
def test_lines_sum_to_net_or_gross(total: str, rows: int, holds: bool) -> None:
    fields = [money("net_total", "100.00"), money("grand_total", "119.00")]

    assert rules(INVOICE, *fields, sums=lines(total, rows)) == ([] if holds else ["lines"])


def test_lines_and_what_is_charged_besides_are_net() -> None:
    net = money("net_total", "858.75")
    beside = [money("allowance_total", "-21.25"), money("charge_total", "30.00")]

    assert rules(INVOICE, net, *beside, sums=lines("850.00", 1)) == []
    assert rules(INVOICE, net, sums=lines("850.00", 1)) == ["lines"]
    assert rules(INVOICE, net, money("line_total", "850.00"), sums=lines("850.00", 1)) == []


def test_the_sums_of_several_tables_add_up() -> None:
    sums = (*lines("40.00", 2), *lines("60.00", 2), *lines("5.00", 1, TableRole.TAXES))

    assert rules(INVOICE, money("net_total", "100.00"), sums=sums) == []
    assert rules(INVOICE, money("net_total", "100.00")) == []  # no lines were read


def test_a_statement_goes_from_balance_to_balance() -> None:
    opening, closing = money("opening_balance", "10.00"), money("closing_balance", "-5.50")
    account = field("account_number", "1")
    sums = lines("-15.50", 1200, TableRole.TRANSACTIONS)

    assert rules(STATEMENT, opening, closing, account, sums=sums) == []
    wrong = lines("-15.49", 1200, TableRole.TRANSACTIONS)
    assert rules(STATEMENT, opening, closing, account, sums=wrong) == ["balance"]
    assert rules(STATEMENT, opening, closing, sums=sums) == ["account"]


def test_dates_are_in_order_and_accounts_have_right_digits() -> None:
    assert rules(INVOICE, day("issue_date", "2026-03-04"), day("due_date", "2026-03-04")) == []
    late = [day("issue_date", "2026-03-04"), day("due_date", "2026-03-03")]
    assert rules(INVOICE, *late) == ["dates"]
    right = field("iban", "DE89370400440532013000", FieldType.IBAN)
    wrong = field("iban", "DE89370400440532013001", FieldType.IBAN)
    assert rules(INVOICE, right) == []
    assert rules(INVOICE, wrong) == ["iban"]


def test_the_rest_of_the_kinds() -> None:
    schema = TypeSchema(
        name="x",
        type=DocumentType.OTHER,
        fields=(
            FieldRule(name="a", type=FieldType.MONEY),
            FieldRule(name="b", type=FieldType.MONEY),
            FieldRule(name="c", type=FieldType.TEXT, many=True, pattern="^[A-Z]+$"),
            FieldRule(name="d", type=FieldType.TEXT, required=True),
            FieldRule(name="v", type=FieldType.VAT_ID),
        ),
        checks=(
            Check(name="same", kind="equal", fields=("a", "b")),
            Check(name="words", kind="equal", fields=("c", "d")),
            Check(name="both", kind="together", fields=("a", "b")),
            Check(name="vat", kind="checksum", fields=("v",)),
        ),
    )

    assert check(schema, [money("a", "1.0"), money("b", "1.00"), field("d", "X")]) == ((), ())
    violations, missing = check(
        schema,
        [
            money("a", "1"),
            field("c", "AB"),
            field("c", "ab"),
            field("v", "DE136695975", FieldType.VAT_ID),
        ],
    )
    assert {(each.rule, each.fields) for each in violations} == {
        ("pattern", ("c",)),
        ("both", ("a",)),
        ("vat", ("v",)),
    }
    assert missing == ("d",)
    assert rules(schema, field("c", "AB"), field("d", "BA")) == ["words"]


def test_a_value_may_need_more_confidence_than_others() -> None:
    schema = TypeSchema(
        name="x",
        type=DocumentType.OTHER,
        fields=(
            FieldRule(name="a", type=FieldType.TEXT, least_confidence=0.9),
            FieldRule(name="b", type=FieldType.TEXT),
        ),
    )
    fields = [field("a", "1", confidence=0.8), field("b", "1", confidence=0.8)]

    assert unsure(schema, fields, 0.5) == ("a",)
    assert unsure(schema, fields, 0.85) == ("a", "b")


values = st.one_of(
    st.text(max_size=8),
    st.booleans(),
    st.dictionaries(st.sampled_from(["amount", "currency", "text"]), st.text(max_size=8)),
)
names = st.sampled_from([rule.name for rule in INVOICE.fields])
any_fields = st.lists(
    st.builds(field, names, values, st.sampled_from(FieldType), st.sampled_from(FieldSource)),
    max_size=12,
)


@UNHURRIED
@given(any_fields)
@example([money("net_total", each) for each in ("NaN", "sNaN", "Infinity", "1E999999")])
@example([money(name, "1E9999") for name in ("net_total", "tax_total", "grand_total")])
@example([money("issue_date", "1"), day("due_date", "2026-01-01")])
def test_no_value_is_too_strange_to_be_checked(fields: list[FieldValue]) -> None:
    check(INVOICE, fields, lines("1.00", 2))
    merged = merge(Found(tuple(fields)), Found(tuple(reversed(fields))))
    assert {each.name for each in merged.fields} == {each.name for each in fields}


# ---------------------------------------------------------------------- merging
def test_sources_count_in_their_order() -> None:
    said = [
        money("grand_total", "1.00", source=source, confidence=0.8)
        for source in reversed(FieldSource)
        if source is not FieldSource.REVIEW
    ]

    (best,) = merge(*(Found((each,)) for each in said)).fields

    assert best.source is FieldSource.XML
    assert best.confidence > 0.99


def test_an_unsure_value_does_not_stand_against_a_sure_one() -> None:
    layout = money("grand_total", "1.00", confidence=0.3)
    textract = money("grand_total", "2.00", source=FieldSource.TEXTRACT)

    merged = merge(Found((layout,)), Found((textract,)))

    assert merged.fields == (textract,)
    assert merged.warnings == frozenset()


def test_two_who_are_sure_of_different_amounts_are_told_of() -> None:
    layout, textract = money("a", "1.00"), money("a", "2.00", source=FieldSource.TEXTRACT)
    xml = money("a", "3.00", source=FieldSource.XML)

    merged = merge(Found((textract,)), Found((layout,)))
    assert merged == Found((layout,), frozenset({WarningCode.VALUES_CONTRADICT}))
    assert merge(Found((xml,)), Found((layout,))) == Found((xml,))
    names = [field("a", "X"), field("a", "Y", source=FieldSource.LLM)]
    assert merge(*(Found((each,)) for each in names)).warnings == frozenset()


def test_who_agrees_gives_confidence_a_place_and_a_currency() -> None:
    xml = money("a", "1.0", None, source=FieldSource.XML, path="/a")
    place = {"page": 2, "polygon": box(0, 0, 1, 1), "word_ids": ("p2.w1",), "quote": "1,00 €"}
    layout = money("a", "1.00", confidence=0.5, **place)

    (merged,) = merge(Found((xml,)), Found((layout,))).fields

    assert merged.confidence == 0.95
    assert merged.value == {"amount": "1.0", "currency": "EUR"}
    assert (merged.page, merged.path, merged.word_ids) == (2, "/a", ("p2.w1",))


def test_of_many_values_all_are_kept_and_warnings_too() -> None:
    first = Found((field("party", "A Ltd"), field("party", "B Ltd")))
    second = Found((field("party", "a ltd.", source=FieldSource.LLM),), frozenset(WarningCode))

    merged = merge(first, second)

    assert [(each.value, each.confidence) for each in merged.fields] == [
        ("A Ltd", 0.99),
        ("B Ltd", 0.9),
    ]
    assert merged.warnings == frozenset(WarningCode)


def test_what_the_schema_has_no_field_for_is_left_out() -> None:
    said = Found((field("company", "A"), field("nothing", "B"), field("total", "1.00")))

    assert merge(said, schema=SCHEMAS[DocumentType.RECEIPT]).fields == said.fields[:1]


def test_values_agree_by_what_they_say() -> None:
    assert agree(field("a", "Müller & Co. KG"), field("a", "MÜLLER & Co KG"))
    assert not agree(field("a", "+"), field("a", "-"))
    assert not agree(money("a", "1"), money("a", "1", "USD"))
    assert not agree(money("a", "1"), field("a", "1"))
    one = field("a", {"text": "A 1, 1010 Wien"}, FieldType.ADDRESS)
    assert agree(one, field("a", {"text": "A 1 1010 Wien", "city": "Wien"}, FieldType.ADDRESS))


# ---------------------------------------------------------------------- sums of columns
class Passed:
    """Where rows end up: what is asked of a sink, counted."""

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.tables: list[str] = []

    def begin(self, table_id: str, columns: tuple[Column, ...]) -> Passed:
        return self

    def row(self, row: TableRow) -> None:
        self.rows.append(row.number)

    def end(self, table: DocumentTable) -> None:
        self.tables.append(table.id)


def summed(columns: dict[str, list[str | None]], role: TableRole) -> dict[str, Decimal]:
    passed = Passed()
    sums = Sums(passed)
    heads = tuple(
        Column(name=name, type=FieldType.TEXT if name == "text" else FieldType.MONEY)
        for name in columns
    )
    rows = sums.begin("t0001", heads)
    for number, cells in enumerate(zip(*columns.values(), strict=True), 1):
        made = [
            RowCell(text="?" if cell is None else cell, value={"amount": cell} if cell else None)
            for cell in cells
        ]
        rows.row(TableRow(number=number, page=1, cells=tuple(made)))
    count = len(next(iter(columns.values())))
    table = DocumentTable(
        id="t0001", role=role, columns=heads, rows=count, first_page=1, last_page=1
    )
    rows.end(table)
    assert (passed.rows, passed.tables) == (list(range(1, count + 1)), ["t0001"])
    assert sums.of([]) == ()
    found = sums.of([table])
    assert {each.rows for each in found} <= {count}
    return {each.column: each.total for each in found}


def test_columns_are_summed_as_their_rows_pass() -> None:
    columns = {"text": ["a", "b"], "amount": ["1.10", "-0.20"], "tax": ["1", None]}

    assert summed(columns, TableRole.LINE_ITEMS) == {"amount": Decimal("0.90")}


def test_what_comes_in_and_goes_out_is_one_amount() -> None:
    columns = {"debit": ["3.00", ""], "credit": ["", "1.00"], "balance": ["7.00", "8.00"]}

    assert summed(columns, TableRole.TRANSACTIONS)["amount"] == Decimal("-2.00")
    negative = {"debit": ["-3.00", ""], "credit": ["", "1.00"]}
    assert summed(negative, TableRole.TRANSACTIONS)["amount"] == Decimal("-2.00")
    unread = {"debit": [None, ""], "credit": ["", "1.00"]}
    assert summed(unread, TableRole.TRANSACTIONS) == {"credit": Decimal("1.00")}
