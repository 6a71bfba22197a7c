"""What the documents of a type may say: a JSON Schema with the fields, tables and checks of it.

It is plain JSON Schema (2020-12) of the values as they come out (`TypeSchema.instance`), with one
keyword of our own, ``x-docparser``, for what only a reader of documents needs: labels, least
confidence, roles of tables, checks.
"""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, Field, ValidationError, model_validator
from pydantic_core import SchemaError, SchemaValidator, core_schema

from .base import Confidence, Language, Noun
from .codes import DocumentType, FieldType, TableRole
from .extraction import FieldName, FieldValue

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .extraction import TableRows

DIALECT = "https://json-schema.org/draft/2020-12/schema"
KEYWORD = "x-docparser"
MOST_CHARACTERS = 1000
"""No pattern is tried on more of a value."""


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> SchemaValidator:
    return SchemaValidator(core_schema.str_schema(pattern=pattern, regex_engine="rust-regex"))


def _bounded(pattern: str) -> str:
    """Return a pattern that is matched in linear time, whoever wrote it.

    The engine is Rust's, which has no backtracking: what would need it (references, lookaround) and
    what grows too large when it is compiled is refused.
    """
    try:
        _compiled(pattern)
    except SchemaError:
        # The message would quote the pattern.
        raise ValueError("a pattern that cannot be matched in linear time") from None
    return pattern


def fits(pattern: str, text: str) -> bool:
    """Whether a pattern is found in a text, as JSON Schema means it: anchors have to be said."""
    try:
        _compiled(pattern).validate_python(text[:MOST_CHARACTERS])
    except ValidationError:
        return False
    return True


Pattern = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_bounded)]
Label = Annotated[str, Field(min_length=1, max_length=60)]
Labels = dict[Language, Annotated[tuple[Label, ...], Field(max_length=40)]]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class CheckKind(StrEnum):
    """What a check holds together; one that lacks a value that it needs holds.

    - ``sum``: ``fields`` less ``less``, whichever sign that has, are ``total``, within the
      rounding of their currency
    - ``equal``: all ``fields`` have the same value
    - ``order``: none of ``fields`` is less than one before it; amounts that are all negative are
      compared without their sign
    - ``lines_sum``: ``column`` of tables of a ``role`` adds up to one of ``fields``, as it is or
      with ``more`` and less ``less``, as far as they have a value
    - ``balance``: the first of ``fields`` and the sum of ``column`` are the second
    - ``together``: all of ``fields`` have a value, or none
    - ``any``: at least one of ``fields`` has a value
    - ``checksum``: check digits of ``fields`` (IBAN, VAT id) are right
    """

    SUM = "sum"
    EQUAL = "equal"
    ORDER = "order"
    LINES_SUM = "lines_sum"
    BALANCE = "balance"
    TOGETHER = "together"
    ANY = "any"
    CHECKSUM = "checksum"


_OF_TABLES = frozenset({CheckKind.LINES_SUM, CheckKind.BALANCE})


class Check(Noun):
    """A rule that values have to follow; violations tell its ``name``.

    ``tolerance`` is how far amounts may be apart for each term or row, in the smallest unit of the
    currency (cents); half of one is what rounding each of them makes.
    """

    name: Name
    kind: CheckKind
    fields: Annotated[tuple[FieldName, ...], Field(min_length=1, max_length=20)]
    less: Annotated[tuple[FieldName, ...], Field(max_length=20)] = ()
    more: Annotated[tuple[FieldName, ...], Field(max_length=20)] = ()
    total: FieldName | None = None
    role: TableRole | None = None
    column: Name | None = None
    tolerance: Annotated[Decimal, Field(ge=0, le=10_000)] = Decimal("0.5")

    @model_validator(mode="after")
    def _has_its_parts(self) -> Check:
        if (self.kind is CheckKind.SUM) is not (self.total is not None):
            raise ValueError("a sum, and nothing else, has a total")
        if self.less and self.kind not in {CheckKind.SUM, CheckKind.LINES_SUM}:
            raise ValueError("only sums are lessened")
        if self.more and self.kind is not CheckKind.LINES_SUM:
            raise ValueError("only sums of lines have more")
        if (self.kind in _OF_TABLES) is not (self.role is not None and self.column is not None):
            raise ValueError("a check of rows, and nothing else, names their role and column")
        if self.kind is CheckKind.BALANCE and len(self.fields) != 2:
            raise ValueError("a balance goes from one field to another")
        return self


class FieldRule(Noun):
    """A field: what it is called in the output, how documents call it, what its values are.

    A ``pattern`` is searched for in the normalised value (of an address in its text, of money and
    quantities in their amount). Values under ``least_confidence`` are for a person to look at.
    """

    name: FieldName
    type: FieldType
    labels: Labels = Field(default_factory=dict)
    required: bool = False
    many: bool = False
    pattern: Pattern | None = None
    least_confidence: Confidence | None = None


class ColumnRule(Noun):
    """A column of a table, as `FieldRule`."""

    name: Name
    type: FieldType
    labels: Labels = Field(default_factory=dict)


class TableRule(Noun):
    """A table: what its rows are, and which columns it may have."""

    role: TableRole
    columns: Annotated[tuple[ColumnRule, ...], Field(min_length=1, max_length=40)]


class TypeSchema(Noun):
    """Fields, tables and checks of a document type."""

    name: Name
    version: Annotated[int, Field(ge=1, le=999_999)] = 1
    type: DocumentType
    fields: Annotated[tuple[FieldRule, ...], Field(min_length=1, max_length=100)]
    tables: Annotated[tuple[TableRule, ...], Field(max_length=4)] = ()
    checks: Annotated[tuple[Check, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _names_what_there_is(self) -> TypeSchema:
        names = [rule.name for rule in self.fields]
        tables = {rule.role: {column.name for column in rule.columns} for rule in self.tables}
        roles = {role.value for role in tables}
        checks = [check.name for check in self.checks]
        if len({*names, *roles}) < len(names) + len(self.tables) or len({*checks}) < len(checks):
            raise ValueError("a name stands for two things")
        for check in self.checks:
            meant = {*check.fields, *check.less, *check.more, *filter(None, [check.total])}
            if not meant <= set(names):
                raise ValueError("a check of fields that there are not")
            if check.role is not None and check.column not in tables.get(check.role, set()):
                raise ValueError("a check of a column that there is not")
        return self

    @property
    def definition(self) -> str:
        """Name and version, as extractions tell them: ``invoice/1``."""
        return f"{self.name}/{self.version}"

    def field(self, name: FieldName) -> FieldRule | None:
        """Return the rule of a field, or None if the type has no such field."""
        return next((rule for rule in self.fields if rule.name == name), None)

    def table(self, role: TableRole) -> TableRule | None:
        """Return the rule of a table's role, or None if the type has no such table."""
        return next((rule for rule in self.tables if rule.role is role), None)

    @classmethod
    def of(cls, schema: dict[str, Any]) -> TypeSchema:
        """Return what a JSON Schema says.

        Parameters
        ----------
        schema
            In the form of `json_schema`; ``$schema``, ``$id``, ``$defs``, titles and descriptions
            may be left out. A property refers to ``#/$defs/<type>`` or is a string, a boolean or a
            string of the format ``date``.

        Raises
        ------
        ValueError
            It has keywords that are not known, contradicts itself, or is too large.
        """
        root = _known(schema, _ROOT_KEYWORDS)
        ours = _known(root.get(KEYWORD), {"name", "version", "type", "checks"})
        if root.get("type", "object") != "object" or root.get("$schema", DIALECT) != DIALECT:
            raise ValueError("not an object of JSON Schema 2020-12")
        for kind, body in _known(root.get("$defs", {}), set(_DEFINITIONS)).items():
            if _DEFINITIONS[kind] != body:
                raise ValueError("a definition that is not ours")
        properties = _known(root.get("properties"), None)
        required = root.get("required", [])
        if not isinstance(required, list) or not all(name in [*properties] for name in required):
            raise ValueError("what is required is no property")
        fields, tables = [], []
        for name, body in properties.items():
            if _is_table(body):
                tables.append(_table_rule(name, body))
            else:
                fields.append(_field_rule(name, body, name in required))
        return cls.model_validate({**ours, "fields": fields, "tables": tables})

    def json_schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the values of a document, with what readers need besides."""
        columns = (column for table in self.tables for column in table.columns)
        kinds = {rule.type.value for rule in self.fields} | {rule.type.value for rule in columns}
        ours = {
            "name": self.name,
            "version": self.version,
            "type": self.type.value,
            "checks": [
                check.model_dump(mode="json", exclude_defaults=True) for check in self.checks
            ],
        }
        return {
            "$schema": DIALECT,
            "$id": f"urn:docparser:type:{self.name}:{self.version}",
            "title": self.name,
            "type": "object",
            "properties": {
                **{rule.name: _field_body(rule) for rule in self.fields},
                **{rule.role.value: _table_body(rule) for rule in self.tables},
            },
            "required": [rule.name for rule in self.fields if rule.required],
            "additionalProperties": False,
            KEYWORD: ours,
            "$defs": {kind: _DEFINITIONS[kind] for kind in sorted(kinds)},
        }

    def instance(
        self, fields: Iterable[FieldValue], tables: Iterable[TableRows] = ()
    ) -> dict[str, Any]:
        """Return values as `json_schema` describes them: by name, lists where there are many.

        A cell without a value is left out; so is what the type has no field or table for.
        """
        values: dict[str, Any] = {}
        rules = {rule.name: rule for rule in self.fields}
        for each in fields:
            rule = rules.get(each.name)
            if rule is None or rule.type is not each.type:
                continue
            if rule.many:
                values.setdefault(each.name, []).append(each.value)
            else:
                values.setdefault(each.name, each.value)
        for table in tables:
            known = self.table(table.table.role)
            if known is None:
                continue
            types = {column.name: column.type for column in known.columns}
            rows = values.setdefault(known.role.value, [])
            for row in table.rows:
                cells = zip(table.table.columns, row.cells, strict=True)
                rows.append(
                    {
                        column.name: cell.value
                        for column, cell in cells
                        if cell.value is not None and types.get(column.name) is column.type
                    }
                )
        return values


_DECIMAL = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
_DEFINITIONS: dict[str, dict[str, Any]] = {
    "text": {"type": "string", "minLength": 1},
    "identifier": {"type": "string", "minLength": 1},
    "date": {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    "duration": {"type": "string", "pattern": "^P[0-9YMWDTHS]+$"},
    "number": _DECIMAL,
    "percent": _DECIMAL,
    "money": {
        "type": "object",
        "properties": {
            "amount": _DECIMAL,
            "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
        },
        "required": ["amount"],
        "additionalProperties": False,
    },
    "quantity": {
        "type": "object",
        "properties": {"amount": _DECIMAL, "unit": {"type": "string", "minLength": 1}},
        "required": ["amount"],
        "additionalProperties": False,
    },
    "currency": {"type": "string", "pattern": "^[A-Z]{3}$"},
    "country": {"type": "string", "pattern": "^[A-Z]{2}$"},
    "language": {"type": "string", "pattern": "^[a-z]{2}$"},
    "iban": {"type": "string", "pattern": "^[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}$"},
    "bic": {"type": "string", "pattern": "^[A-Z0-9]{4}[A-Z]{2}[0-9A-Z]{2}([0-9A-Z]{3})?$"},
    "vat_id": {"type": "string", "minLength": 4},
    "address": {
        "type": "object",
        "properties": {
            part: {"type": "string"}
            for part in ("text", "line1", "line2", "postcode", "city", "region", "country")
        },
        "required": ["text"],
        "additionalProperties": False,
    },
    "boolean": {"type": "boolean"},
}

_SAID = {"title", "description", "$comment"}
_ROOT_KEYWORDS = {
    *_SAID, "$schema", "$id", "$defs", "type", "properties", "required", "additionalProperties",
    KEYWORD,
}  # fmt: skip
_VALUE_KEYWORDS = {*_SAID, "$ref", "type", "format", "pattern", KEYWORD}
_SHORT = {
    ("string", None): FieldType.TEXT,
    ("string", "date"): FieldType.DATE,
    ("boolean", None): FieldType.BOOLEAN,
}


def _known(body: object, keywords: set[str] | None) -> dict[str, Any]:
    """Return an object that has no other keywords than these; any, if None."""
    if not isinstance(body, dict):
        raise ValueError("not an object")
    if keywords is not None and set(body) - keywords:
        raise ValueError("a keyword that is not known")
    return body


def _kind(body: dict[str, Any]) -> FieldType:
    """Return the type that a property refers to, or is in short."""
    if "$ref" in body:
        kind = str(body["$ref"]).removeprefix("#/$defs/")
        if kind not in _DEFINITIONS or "type" in body or "format" in body:
            raise ValueError("a reference to no type of ours")
        return FieldType(kind)
    for (name, form), kind in _SHORT.items():
        if (body.get("type"), body.get("format")) == (name, form):
            return kind
    raise ValueError("neither a reference nor a type in short")


def _is_table(body: object) -> bool:
    ours = body.get(KEYWORD) if isinstance(body, dict) else None
    return isinstance(ours, dict) and "role" in ours


def _field_rule(name: str, body: object, required: bool) -> dict[str, Any]:
    many = isinstance(body, dict) and body.get("type") == "array"
    whole = _known(body, {*_SAID, "type", "items", KEYWORD} if many else _VALUE_KEYWORDS)
    one = _known(whole.get("items"), _VALUE_KEYWORDS - {KEYWORD}) if many else whole
    return {
        **_known(whole.get(KEYWORD, {}), {"labels", "least_confidence"}),
        "name": name,
        "type": _kind(one),
        "required": required,
        "many": many,
        "pattern": one.get("pattern"),
    }


def _table_rule(name: str, body: object) -> dict[str, Any]:
    whole = _known(body, {*_SAID, "type", "items", KEYWORD})
    row = _known(whole.get("items"), {*_SAID, "type", "properties", "additionalProperties"})
    ours = _known(whole.get(KEYWORD), {"role"})
    if whole.get("type") != "array" or row.get("type", "object") != "object":
        raise ValueError("a table is an array of objects")
    if ours["role"] != name:
        raise ValueError("a table is called by its role")
    columns = []
    for column, body_of_cell in _known(row.get("properties"), None).items():
        cell = _known(body_of_cell, _VALUE_KEYWORDS - {"pattern"})
        said = _known(cell.get(KEYWORD, {}), {"labels"})
        columns.append({**said, "name": column, "type": _kind(cell)})
    return {"role": name, "columns": columns}


def _field_body(rule: FieldRule) -> dict[str, Any]:
    one: dict[str, Any] = {"$ref": f"#/$defs/{rule.type.value}"}
    if rule.pattern is not None:
        one["pattern"] = rule.pattern
    body: dict[str, Any] = {"type": "array", "items": one} if rule.many else one
    ours: dict[str, Any] = {}
    if rule.labels:
        ours["labels"] = {language: list(said) for language, said in rule.labels.items()}
    if rule.least_confidence is not None:
        ours["least_confidence"] = rule.least_confidence
    return {**body, KEYWORD: ours} if ours else body


def _table_body(rule: TableRule) -> dict[str, Any]:
    cells: dict[str, dict[str, Any]] = {}
    for column in rule.columns:
        cells[column.name] = {"$ref": f"#/$defs/{column.type.value}"}
        if column.labels:
            said = {language: list(labels) for language, labels in column.labels.items()}
            cells[column.name][KEYWORD] = {"labels": said}
    return {
        "type": "array",
        "items": {"type": "object", "properties": cells, "additionalProperties": False},
        KEYWORD: {"role": rule.role.value},
    }
