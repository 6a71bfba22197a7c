"""Schemas of types: plain JSON Schema that says what comes out, whoever wrote it."""

from __future__ import annotations

import contextlib
import copy
import json
import re
import time
from pathlib import Path
from typing import Any

import docparser.extract.schemas
import pytest
from docparser.extract import schemas
from docparser.extract.extractor import Locale
from docparser.extract.values.typed import normalise
from docparser.model import (
    Column,
    DocumentTable,
    DocumentType,
    ExtractRule,
    FieldSource,
    FieldType,
    FieldValue,
    RowCell,
    TableRole,
    TableRow,
    TableRows,
    TenantPolicy,
)
from docparser.model.type_schema import (
    KEYWORD,
    Check,
    CheckKind,
    ColumnRule,
    FieldRule,
    TableRule,
    TypeSchema,
    fits,
)
from docparser.policy import default_policy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError as Invalid
from pydantic import ValidationError

# The machine that runs this may be busy with other things.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

FILES = sorted(Path(docparser.extract.schemas.__file__).parent.glob("*.json"))
INVOICE_FIELDS = (
    "invoice_number issue_date due_date delivery_date currency type_code seller.name seller.vat_id "
    "seller.tax_no seller.address buyer.name buyer.vat_id buyer.address iban bic order_number "
    "line_total allowance_total charge_total net_total tax_total grand_total prepaid due_payable"
)
# One value of every type as documents print it.
PRINTED = {
    FieldType.TEXT: "Müller & Söhne",
    FieldType.IDENTIFIER: "RE-2026/17",
    FieldType.DATE: "3. März 2026",
    FieldType.DURATION: "two (2) years",
    FieldType.NUMBER: "-1.234,5",
    FieldType.PERCENT: "19 %",
    FieldType.MONEY: "1.234,56 €",
    FieldType.QUANTITY: "2 Stk",
    FieldType.CURRENCY: "€",
    FieldType.COUNTRY: "Deutschland",
    FieldType.LANGUAGE: "Deutsch",
    FieldType.IBAN: "DE89 3704 0044 0532 0130 00",
    FieldType.BIC: "COBADEFFXXX",
    FieldType.VAT_ID: "DE 136 695 976",
    FieldType.ADDRESS: "Ackerstraße 1\n10115 Berlin",
    FieldType.BOOLEAN: "ja",
}
OWN: dict[str, Any] = {
    "title": "delivery note",
    "properties": {
        "note_number": {
            "$ref": "#/$defs/identifier",
            "pattern": "^LS-[0-9]+$",
            KEYWORD: {"labels": {"de": ["Lieferschein Nr."]}, "least_confidence": 0.9},
        },
        "parcels": {"type": "array", "items": {"type": "string"}},
        "sent": {"type": "string", "format": "date"},
        "complete": {"type": "boolean", "description": "all of it"},
    },
    "required": ["note_number"],
    KEYWORD: {"name": "delivery_note", "version": 3, "type": "form"},
}


def valued(rule_name: str, kind: FieldType) -> FieldValue:
    value = normalise(kind, PRINTED[kind], Locale("de", "DE"))
    assert value is not None
    return FieldValue(
        name=rule_name,
        type=kind,
        value=value,
        raw=PRINTED[kind],
        source=FieldSource.LAYOUT,
        confidence=0.9,
    )


# ---------------------------------------------------------------------- those that are shipped
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_schema_is_json_schema_and_comes_back(path: Path) -> None:
    body = json.loads(path.read_text("utf-8"))

    Draft202012Validator.check_schema(body)
    schema = TypeSchema.of(body)

    assert schema.json_schema() == body
    assert schema.type.value == schema.name == path.stem
    assert schemas.shipped(schema.type) == schema


def test_the_types_that_are_built_in_have_their_fields() -> None:
    assert {path.stem for path in FILES} == {
        *("invoice", "credit_note", "receipt", "contract", "payslip", "bank_statement"),
        "id_document",
    }
    for kind in (DocumentType.INVOICE, DocumentType.CREDIT_NOTE):
        schema = schemas.shipped(kind)
        assert schema is not None
        assert {rule.name for rule in schema.fields} == set(INVOICE_FIELDS.split())
    assert schemas.shipped(DocumentType.LETTER) is None


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_values_are_as_the_schema_says_that_they_come_out(path: Path) -> None:
    schema = TypeSchema.of(json.loads(path.read_text("utf-8")))
    fields = [valued(rule.name, rule.type) for rule in schema.fields if rule.pattern is None]
    tables = []
    for at, table in enumerate(schema.tables, 1):
        columns = tuple(Column(name=rule.name, type=rule.type) for rule in table.columns)
        cells = [valued("cell", rule.type) for rule in table.columns]
        row = TableRow(
            number=1,
            page=1,
            cells=tuple(RowCell(text=cell.raw, value=cell.value) for cell in cells),
        )
        empty = TableRow(number=2, page=1, cells=tuple(RowCell(text="") for _ in columns))
        whole = DocumentTable(
            id=f"t{at:04d}", role=table.role, columns=columns, rows=2, first_page=1, last_page=1
        )
        tables.append(TableRows(table=whole, rows=(row, empty)))

    values = schema.instance([*fields, *fields], tables)

    body = schema.json_schema()
    body["required"] = [field.name for field in fields]
    Draft202012Validator(body).validate(values)
    assert len(values) == len(fields) + len(tables)
    broken = copy.deepcopy(values)
    broken["another"] = "1"
    with pytest.raises(Invalid):
        Draft202012Validator(body).validate(broken)
    for name in values:
        with pytest.raises(Invalid):
            Draft202012Validator(body).validate(values | {name: 12})


def test_what_the_type_has_no_place_for_is_left_out() -> None:
    schema = schemas.shipped(DocumentType.RECEIPT)
    assert schema is not None

    values = schema.instance(
        [
            valued("company", FieldType.TEXT),
            valued("bic", FieldType.BIC),
            valued("total", FieldType.TEXT),
        ]
    )

    assert values == {"company": "Müller & Söhne"}


# ---------------------------------------------------------------------- a tenant's own
def test_a_schema_in_short_is_read() -> None:
    schema = TypeSchema.of(OWN)

    assert schema.definition == "delivery_note/3"
    number = schema.field("note_number")
    assert number is not None
    assert (number.required, number.least_confidence, number.pattern) == (True, 0.9, "^LS-[0-9]+$")
    assert [(rule.name, rule.type, rule.many) for rule in schema.fields] == [
        ("note_number", FieldType.IDENTIFIER, False),
        ("parcels", FieldType.TEXT, True),
        ("sent", FieldType.DATE, False),
        ("complete", FieldType.BOOLEAN, False),
    ]
    assert TypeSchema.of(schema.json_schema()) == schema
    Draft202012Validator.check_schema(schema.json_schema())
    policy = default_policy().model_copy(update={"extract": ExtractRule(schemas=(OWN,))})
    assert schemas.of(DocumentType.FORM, policy) == schema
    assert schemas.of(DocumentType.RECEIPT, policy) == schemas.shipped(DocumentType.RECEIPT)


def test_the_documented_policy_is_one_and_names_every_type_and_check() -> None:
    text = (Path(__file__).parents[3] / "docs" / "fields.md").read_text("utf-8")

    policy = TenantPolicy.model_validate_json(text.split("```json")[1].split("```")[0])

    assert policy.extract is not None
    schema = TypeSchema.of(policy.extract.schemas[0])
    assert schema.definition == "delivery_note/1"
    told = set(re.findall(r"`([a-z_]+)`", text.split("```")[2]))
    assert {kind.value for kind in FieldType} | {kind.value for kind in CheckKind} <= told


def changed(path: str, value: Any) -> dict[str, Any]:
    body = copy.deepcopy(OWN)
    *parents, last = path.split("/")
    at = body
    for part in parents:
        at = at[part]
    at[last] = value
    return body


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("minProperties", 1),
        ("type", "array"),
        ("$schema", "http://json-schema.org/draft-07/schema#"),
        ("required", ["nothing"]),
        ("required", 5),
        ("required", [[]]),
        ("properties", []),
        ("properties", {}),
        ("properties/sent", {"type": "string", "format": "uri"}),
        ("properties/sent", {"type": "integer"}),
        ("properties/sent", {"$ref": "#/$defs/nothing"}),
        ("properties/sent", {"$ref": "https://example.com/schema"}),
        ("properties/sent", {"$ref": "#/$defs/date", "type": "string"}),
        ("properties/sent", {"$ref": "#/$defs/date", "oneOf": []}),
        ("properties/sent", "date"),
        ("properties/Sent By", {"type": "string"}),
        ("properties/" + "x" * 70, {"type": "string"}),
        ("properties/parcels", {"type": "array"}),
        ("properties/parcels", {"type": "array", "items": {"type": "array"}}),
        ("properties/note_number/pattern", "(a)\\1"),
        ("properties/note_number/pattern", "(?=a)"),
        ("properties/note_number/pattern", "("),
        ("properties/note_number/pattern", "((a{1,99}){1,99}){1,99}"),
        ("properties/note_number/pattern", "a" * 201),
        ("properties/note_number/pattern", 7),
        (f"properties/note_number/{KEYWORD}", {"labels": {"german": ["a"]}}),
        (f"properties/note_number/{KEYWORD}", {"labels": {"de": ["a" * 61]}}),
        (f"properties/note_number/{KEYWORD}", {"labels": {"de": ["a"] * 41}}),
        (f"properties/note_number/{KEYWORD}", {"least_confidence": 2}),
        (f"properties/note_number/{KEYWORD}", {"eval": "1"}),
        (f"properties/note_number/{KEYWORD}", 3),
        ("properties/line_items", {KEYWORD: {"role": "line_items"}}),
        (
            "properties/lines",
            {
                "type": "array",
                "items": {"type": "object", "properties": {"a": {"type": "string"}}},
                KEYWORD: {"role": "line_items"},
            },
        ),
        ("$defs", {"date": {"type": "string"}}),
        ("$defs", {"mine": {}}),
        (f"{KEYWORD}/type", "delivery"),
        (f"{KEYWORD}/name", "Delivery note"),
        (f"{KEYWORD}/version", 0),
        (f"{KEYWORD}/checks", [{"name": "a", "kind": "sum", "fields": ["sent"]}]),
        (f"{KEYWORD}/checks", [{"name": "a", "kind": "order", "fields": ["nothing"]}]),
        (f"{KEYWORD}/checks", [{"name": "a", "kind": "any", "fields": ["sent"]}] * 2),
        (
            f"{KEYWORD}/checks",
            [
                {
                    "name": "a",
                    "kind": "lines_sum",
                    "fields": ["sent"],
                    "role": "line_items",
                    "column": "amount",
                }
            ],
        ),
    ],
)
def test_a_schema_that_is_none_is_refused(path: str, value: Any) -> None:
    with pytest.raises(ValueError, match=r".") as raised:
        TypeSchema.of(changed(path, value))
    with pytest.raises(ValidationError):
        ExtractRule(schemas=(changed(path, value),))
    assert "LS-" not in str(raised.value)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=6,
)
PLACES = [
    *("type", "$schema", "required", "properties", "$defs", "properties/sent", KEYWORD),
    *("properties/parcels", "properties/parcels/items", f"properties/note_number/{KEYWORD}"),
    *(f"{KEYWORD}/type", f"{KEYWORD}/checks", "properties/note_number/$ref"),
]


@settings(UNHURRIED, max_examples=150)
@given(st.sampled_from(PLACES), json_values)
def test_whatever_stands_in_a_schema_nothing_but_a_value_error_comes(path: str, value: Any) -> None:
    with contextlib.suppress(ValueError):
        TypeSchema.of(changed(path, value))


def test_one_schema_for_a_type() -> None:
    with pytest.raises(ValidationError):
        ExtractRule(schemas=(OWN, OWN))
    with pytest.raises(ValidationError):
        ExtractRule(schemas=tuple(changed(f"{KEYWORD}/name", f"n{at}") for at in range(21)))


# ---------------------------------------------------------------------- patterns
@pytest.mark.parametrize(
    "pattern", ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "(.*)*x", "^([a-z]+)*[0-9]$", ".*.*.*.*.*="]
)
def test_no_pattern_takes_long(pattern: str) -> None:
    rule = FieldRule(name="a", type=FieldType.TEXT, pattern=pattern)
    assert rule.pattern == pattern
    started = time.process_time()

    assert not fits(pattern, "a" * 900 + "!")

    # With backtracking each of them takes longer than there is time.
    assert time.process_time() - started < 1


def test_a_pattern_is_looked_for_anywhere_unless_it_says_where() -> None:
    assert fits("[0-9]{3}", "ab123c")
    assert not fits("^[0-9]{3}$", "ab123c")
    assert not fits("z$", "a" * 2000 + "z")  # no more than the first thousand characters


# ---------------------------------------------------------------------- its parts
def test_checks_have_the_parts_of_their_kind() -> None:
    with pytest.raises(ValidationError):
        Check(name="a", kind=CheckKind.SUM, fields=("a",))
    with pytest.raises(ValidationError):
        Check(name="a", kind=CheckKind.ORDER, fields=("a", "b"), less=("c",))
    with pytest.raises(ValidationError):
        Check(name="a", kind=CheckKind.ANY, fields=("a",), role=TableRole.TAXES, column="net")
    with pytest.raises(ValidationError):
        Check(
            name="a",
            kind=CheckKind.BALANCE,
            fields=("a",),
            role=TableRole.TRANSACTIONS,
            column="amount",
        )


def test_tables_are_called_by_their_role() -> None:
    table = TableRule(role=TableRole.TAXES, columns=(ColumnRule(name="net", type=FieldType.MONEY),))
    schema = TypeSchema(
        name="x",
        type=DocumentType.OTHER,
        fields=(FieldRule(name="a", type=FieldType.TEXT),),
        tables=(table,),
    )

    assert TypeSchema.of(schema.json_schema()) == schema
    assert schema.table(TableRole.TAXES) == table
    assert schema.table(TableRole.LINE_ITEMS) is None
    assert schema.field("b") is None
    with pytest.raises(ValidationError):
        TypeSchema(
            name="x",
            type=DocumentType.OTHER,
            fields=(FieldRule(name="taxes", type=FieldType.TEXT),),
            tables=(table,),
        )
