"""What people say of a document's fields: values that count more than any that was found.

They are content, and so lie beside what they correct and nowhere else: in the work bucket, as
``extract/corrections-<id>.json`` of the revision that goes by them, whose record names the id. What
people said of an earlier revision stands in its result, and Restore lays it out as
``extract/corrections.json``.
"""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from docparser.model import DocumentType, FieldSource, FieldType, FieldValue, Stage
from docparser.model.base import Noun, schema_tag
from docparser.model.extraction import FieldName
from docparser.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docparser.model import Document, Record, Ref
    from docparser.model.extraction import Value
    from docparser.store.blobs import Blobs

EARLIER = "corrections.json"
"""What people said of the revision before, among the outputs of Extract."""

_DECIMAL = r"-?\d{1,18}(?:\.\d{1,10})?"
_DURATION = re.compile(r"P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+W)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?)?")
_PLAIN = {
    FieldType.DURATION: _DURATION,
    FieldType.NUMBER: re.compile(_DECIMAL),
    FieldType.PERCENT: re.compile(_DECIMAL),
    FieldType.CURRENCY: re.compile(r"[A-Z]{3}"),
    FieldType.COUNTRY: re.compile(r"[A-Z]{2}"),
    FieldType.LANGUAGE: re.compile(r"[a-z]{2}"),
}
_WITHOUT_BLANKS = {
    FieldType.IDENTIFIER: re.compile(r".+"),
    FieldType.IBAN: re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}"),
    FieldType.BIC: re.compile(r"[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?"),
    FieldType.VAT_ID: re.compile(r"[A-Z]{2}[A-Z0-9+*]{2,13}"),
}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONEY = re.compile(rf"({_DECIMAL})(?: ([A-Z]{{3}}))?")
_QUANTITY = re.compile(rf"({_DECIMAL})(?: (\S{{1,20}}))?")


class Corrections(Noun):
    """The fields of a document of a type that people have corrected.

    ``names`` are those that were corrected, ``fields`` their values: a name without any is a field
    that the document has not.
    """

    schema_: str = schema_tag("corrections")
    type: DocumentType
    names: tuple[FieldName, ...] = ()
    fields: tuple[FieldValue, ...] = ()

    @classmethod
    def of(cls, document: Document) -> Corrections | None:
        """Return what people have said of a document that has a result; None if nothing."""
        said = tuple(field for field in document.fields if field.name in document.corrected)
        if not document.corrected:
            return None
        return cls(
            type=kind_of(document.definition) or document.classification.type.value,
            names=document.corrected,
            fields=said,
        )

    def over(self, found: Iterable[FieldValue]) -> tuple[FieldValue, ...]:
        """Return fields as they are corrected.

        A value that people gave and that was found as well keeps the place where it was found.
        """
        found = tuple(found)
        said = [_proven(field, found) for field in self.fields]
        made: list[FieldValue] = []
        for field in found:
            if field.name not in self.names:
                made.append(field)
                continue
            made += [one for one in said if one.name == field.name]
            said = [one for one in said if one.name != field.name]
        return (*made, *said)

    def without_places(self) -> Corrections:
        """Return them for pages that are read again, on which they may stand elsewhere."""
        places = {"page": None, "polygon": None, "word_ids": (), "path": None, "quote": ""}
        fields = tuple(field.model_copy(update=places) for field in self.fields)
        return self.model_copy(update={"fields": fields})

    def after(self, earlier: Corrections) -> Corrections:
        """Return these and earlier ones, of which those hold that are not corrected again."""
        kept = tuple(field for field in earlier.fields if field.name not in self.names)
        return Corrections(
            type=self.type,
            names=tuple(dict.fromkeys((*earlier.names, *self.names))),
            fields=(*kept, *self.fields),
        )


def kind_of(definition: str) -> DocumentType | None:
    """Return the type whose built-in schema a definition is, if it is one: ``invoice/1``.

    It may be another type than the document was classified as: that of its XML, or the likeliest of
    one that nobody is sure of.
    """
    name = definition.partition("/")[0]
    return DocumentType(name) if name in set(DocumentType) else None


def key(ref: Ref, corrections_id: str) -> str:
    """Return where the corrections lie that a revision goes by."""
    return layout.stage_key(ref, Stage.EXTRACT, f"corrections-{corrections_id}.json")


def said_of(work: Blobs, record: Record, kind: DocumentType) -> Corrections:
    """Return what people have said of the fields of a document of a type.

    What they said of it as another type is no more than that.
    """
    said = Corrections(type=kind)
    earlier = work.find(layout.stage_key(record.ref, Stage.EXTRACT, EARLIER))
    if earlier is not None:
        before = Corrections.model_validate_json(earlier)
        said = before if before.type is kind else said
    if record.corrections is not None:
        body = work.get(key(record.ref, record.corrections))
        said = Corrections.model_validate_json(body).after(said)
    return said


def corrected(name: FieldName, kind: FieldType, said: str) -> FieldValue | None:
    """Return the value that a person gave, or None if it is not in its type's normal form.

    ``2026-03-04``, ``1234.56 EUR``, ``2 HUR``, ``19``, ``P2Y``, ``true``: what people write is read
    in one way only, whatever the language of the document.
    """
    value = _normal(kind, " ".join(said.split()))
    if value is None:
        return None
    return FieldValue(
        name=name, type=kind, value=value, raw=said, source=FieldSource.REVIEW, confidence=1.0
    )


def _normal(kind: FieldType, said: str) -> Value | None:
    if kind in _PLAIN:
        return said if _PLAIN[kind].fullmatch(said) else None
    if kind in _WITHOUT_BLANKS:
        joined = said.replace(" ", "")
        joined = joined if kind is FieldType.IDENTIFIER else joined.upper()
        good = _WITHOUT_BLANKS[kind].fullmatch(joined) is not None
        return joined if good and (kind is not FieldType.IBAN or _is_iban(joined)) else None
    if kind is FieldType.DATE:
        return said if _is_date(said) else None
    if kind is FieldType.BOOLEAN:
        return {"true": True, "false": False}.get(said.lower())
    if kind in (FieldType.MONEY, FieldType.QUANTITY):
        return _amount(kind, said)
    if not said:
        return None
    return {"text": said} if kind is FieldType.ADDRESS else said


def _amount(kind: FieldType, said: str) -> Value | None:
    form, second = (_MONEY, "currency") if kind is FieldType.MONEY else (_QUANTITY, "unit")
    match = form.fullmatch(said)
    if match is None:
        return None
    return {"amount": match[1], **({second: match[2]} if match[2] else {})}


def _is_date(said: str) -> bool:
    if _DATE.fullmatch(said) is None:
        return False
    try:
        date.fromisoformat(said)
    except ValueError:
        return False
    return True


def _is_iban(said: str) -> bool:
    """Whether the check digits are right (ISO 13616)."""
    turned = said[4:] + said[:4]
    return int("".join(str(int(char, 36)) for char in turned)) % 97 == 1


def _proven(said: FieldValue, found: Iterable[FieldValue]) -> FieldValue:
    if said.page is not None or said.path is not None:
        return said
    for field in found:
        if (field.name, field.value) == (said.name, said.value):
            where = ("page", "polygon", "word_ids", "path", "quote")
            return said.model_copy(update={name: getattr(field, name) for name in where})
    return said
