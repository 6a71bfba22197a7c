"""Asks Textract for the fields of one document; imported for those that it is asked for."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from docparser import bounded
from docparser.bounded import Bounds
from docparser.errors import Rejected, Retryable, Terminal
from docparser.extract.extractor import Found
from docparser.extract.layout.anchors import squeeze
from docparser.model import WarningCode
from docparser.model.policy import TextractFeature
from docparser.pricing import TEXTRACT_EXPENSE, TEXTRACT_IDENTITY, textract_charge
from docparser.textract.blocks import NoDocumentError
from docparser.textract.pictures import Picture, UnreadablePageError, open_pictures

from .textract_answers import expenses, forms, identities, queries
from .textract_fields import EXPENSES, IDENTITIES, PageFields, in_full, labelled, named

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from types_boto3_textract.literals import FeatureTypeType

    from docparser.extract.engine import Document
    from docparser.extract.view import PageView
    from docparser.model import FieldValue

    from .textract import TextractFields
    from .textract_answers import Said

MOST_PAGES = 10
"""Of one document so many pages are sent, the first ones: what follows is lines, or another's."""

BOUNDS = Bounds(memory_bytes=1 << 30, seconds=60, cpu_seconds=45, file_bytes=1 << 20)
"""What may be used to draw a page: its document is read without those that need more."""

_DRAWN = frozenset({"application/pdf", "image/png", "image/jpeg", "image/tiff"})
_OF_BLOCKS: dict[TextractFeature, FeatureTypeType] = {
    TextractFeature.FORMS: "FORMS",
    TextractFeature.QUERIES: "QUERIES",
}


class TextractReader:
    """Asks for the fields of one document, page by page.

    Parameters
    ----------
    textract
        Asks for one page.
    document
        Of which, what its policy says, and where answers are kept.
    asked
        What it is asked for.
    """

    def __init__(
        self, textract: TextractFields, document: Document, asked: frozenset[TextractFeature]
    ) -> None:
        self._textract = textract
        self._document = document
        self._asked = asked
        self._labels = labelled(document.schema) if TextractFeature.FORMS in asked else {}
        self._pages = 0
        self._charges = Decimal(0)
        self._best: dict[str, FieldValue] = {}
        self._away = False

    @property
    def charges_usd(self) -> Decimal:
        """What the answers that it has used cost, in US dollars."""
        return self._charges

    def read(self, page: PageView) -> None:
        """Ask for one page, unless it cannot be drawn or enough have been asked for.

        Raises
        ------
        Retryable
            As `TextractFields.ask`, unless this is the last try: then it is done without.
        """
        if self._pages >= MOST_PAGES or self._away:
            return
        path, media_type = self._document.fetched()
        if media_type not in _DRAWN:
            return
        self._pages += 1
        picture = _picture(path, media_type, page.number)
        if picture is None:
            return
        fields = PageFields(self._document.schema, self._document.locale, page, picture.rotation)
        try:
            found = fields.of([*self._said(page.number, picture)])
        except (Retryable, Terminal) as error:
            if isinstance(error, Retryable) and not self._document.last_try:
                raise
            self._away = True
            return
        for field in found:
            best = self._best.get(field.name)
            if best is None or field.confidence > best.confidence:
                self._best[field.name] = field

    def found(self) -> Found:
        """Return the fields, each from where Textract was surest of it.

        TEXTRACT_SKIPPED warns of pages that it has not been asked for, since it was away.
        """
        warnings = frozenset({WarningCode.TEXTRACT_SKIPPED} if self._away else ())
        return Found(tuple(self._best.values()), warnings)

    def _said(self, number: int, picture: Picture) -> Iterator[tuple[str, Said]]:
        """Yield what is said of a page, each with the name of the field that it is of."""
        if TextractFeature.EXPENSE in self._asked:
            names = EXPENSES[self._document.kind]
            answer = self._answer("AnalyzeExpense", number, picture, TEXTRACT_EXPENSE)
            for expense in _of(expenses, answer):
                yield from named(expense.summary, names)
        if TextractFeature.ID in self._asked:
            answer = self._answer("AnalyzeID", number, picture, TEXTRACT_IDENTITY)
            for identity in _of(identities, answer):
                yield from named(in_full(identity), IDENTITIES)
        features = [_OF_BLOCKS[each] for each in sorted(self._asked & _OF_BLOCKS.keys())]
        if not features:
            return
        options: dict[str, Any] = {"FeatureTypes": features}
        if "QUERIES" in features:
            questions = self._document.policy.extract.queries
            asked = [{"Text": text, "Alias": name} for name, text in questions.items()]
            options["QueriesConfig"] = {"Queries": asked}
        charge = textract_charge(features)
        answer = self._answer("AnalyzeDocument", number, picture, charge, **options)
        for each in _of(queries, answer):
            yield each.type, each
        for each in _of(forms, answer):
            name = self._labels.get(squeeze(each.key))
            if name is not None and each.text:
                yield name, each

    def _answer(
        self, operation: str, number: int, picture: Picture, charge: Decimal, **options: Any
    ) -> dict[str, Any]:
        name = f"textract-{operation.lower()}-p{number:04d}.json"
        answer: dict[str, Any] = json.loads(
            self._document.answers.once(
                name, lambda: self._textract.ask(operation, picture, **options)
            )
        )
        if "refused" not in answer:
            self._charges += charge
        return answer


def _picture(path: Path, media_type: str, number: int) -> Picture | None:
    """Return a page as it is sent, drawn within `BOUNDS`; None if it cannot be."""

    def drawn() -> bytes:
        try:
            with open_pictures(path, media_type) as pictures:
                content, *place = pictures.page(number)
        except UnreadablePageError:
            return b""
        return json.dumps(place).encode() + b"\n" + content

    try:
        said, _, content = bounded.run(drawn, BOUNDS).partition(b"\n")
    except Rejected:
        return None
    return Picture(content, *json.loads(said)) if content else None


def _of(parse: Callable[[Any], list[Any]], answer: Mapping[str, Any]) -> list[Any]:
    """Return what is read in an answer; nothing in a refusal."""
    try:
        return parse(answer)
    except NoDocumentError:
        return []
