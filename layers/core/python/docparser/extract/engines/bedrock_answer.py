"""What a language model has answered: its quotations, each found on its page or dropped.

A value is made of the words on the page and never of the model's: where it quotes what is not
there, or turns a figure into another, nothing comes of it.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from docparser.extract.extractor import Found
from docparser.extract.values.typed import normalise
from docparser.model import FieldSource, FieldValue, WarningCode, box

from .bedrock_request import MOST_VALUES, TOOL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docparser.extract.extractor import Locale
    from docparser.model import Word
    from docparser.model.type_schema import FieldRule, TypeSchema

    from .bedrock_request import Shown

# A quotation that stands on its page once, and one of which there are several there.
_ONCE, _AMBIGUOUS = 0.7, 0.5

_LONGEST_QUOTE = 1000
_AROUND = " \t\n.,;:()[]{}\"'*_\u2013\u2014\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"


def said(answer: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what an answer of Converse puts into the tool; nothing if it is none.

    Text beside the tool, another tool and whatever else there may be are not looked at.
    """
    message = answer.get("output", {}).get("message", {})
    for part in message.get("content", ()):
        used = part.get("toolUse", {})
        if used.get("name") == TOOL and isinstance(used.get("input"), dict):
            found: Mapping[str, Any] = used["input"]
            return found
    return {}


def proven(
    values: Mapping[str, Any], schema: TypeSchema, locale: Locale, pages: Sequence[Shown]
) -> Found:
    """Return the fields whose quotations stand on the pages.

    Returns
    -------
    Found
        With the warning VALUES_UNPROVEN if any was dropped: not on the page that it is said to be
        on, no value of its type, or no field of the schema.
    """
    printed = {page.number: tuple(map(_Printed, page.orders)) for page in pages}
    rules = {rule.name.replace(".", "__"): rule for rule in schema.fields}
    fields: list[FieldValue] = []
    dropped = any(name not in rules for name in values)
    for name, rule in rules.items():
        if values.get(name) is None:
            continue
        for each in _each(values[name], rule):
            field = _field(each, rule, locale, printed)
            if field is None:
                dropped = True
            else:
                fields.append(field)
    warnings = frozenset({WarningCode.VALUES_UNPROVEN} if dropped else ())
    return Found(tuple(fields), warnings)


def _each(value: Any, rule: FieldRule) -> Iterator[Any]:
    if rule.many and isinstance(value, list):
        yield from value[:MOST_VALUES]
    else:
        yield value


def _field(
    value: Any, rule: FieldRule, locale: Locale, printed: Mapping[int, tuple[_Printed, ...]]
) -> FieldValue | None:
    if not isinstance(value, dict):
        return None
    quote, number = value.get("quote"), value.get("page")
    if not isinstance(quote, str) or not isinstance(number, int) or len(quote) > _LONGEST_QUOTE:
        return None
    found = (order.find(quote) for order in printed.get(number, ()))
    places = next((places for places in found if places), [])
    if not places:
        return None
    words = places[0]
    raw = _quoted(" ".join(word.text for word in words), quote)
    normalised = normalise(rule.type, raw, locale)
    if normalised is None:
        return None
    corners = [corner for word in words for corner in word.polygon]
    across, down = [x for x, _ in corners], [y for _, y in corners]
    return FieldValue(
        name=rule.name,
        type=rule.type,
        value=normalised,
        raw=raw,
        quote=" ".join(word.text for word in words),
        page=number,
        polygon=box(min(across), min(down), max(across), max(down)),
        word_ids=tuple(word.id for word in words),
        source=FieldSource.LLM,
        confidence=_ONCE if len(places) == 1 else _AMBIGUOUS,
    )


class _Printed:
    """The words of a page as one string without blanks, in which quotations are sought."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = words
        plain = [_plain(word.text) for word in words]
        self._text = "".join(plain)
        self._starts = list(accumulate(map(len, plain), initial=0))

    def find(self, quote: str) -> list[tuple[Word, ...]]:
        """Return the words of each place where a quotation stands, whole words only."""
        core = "".join(map(_plain, quote.split())).strip(_AROUND)
        if not core:
            return []
        found: list[tuple[Word, ...]] = []
        at = self._text.find(core)
        while at >= 0 and len(found) < MOST_VALUES:
            words = self._whole(at, at + len(core))
            if words:
                found.append(words)
            at = self._text.find(core, at + 1)
        return found

    def _whole(self, start: int, end: int) -> tuple[Word, ...]:
        """Return the words from ``start`` to ``end``, if nothing but marks is left of them."""
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, end - 1) - 1
        before = self._text[self._starts[first] : start]
        after = self._text[end : self._starts[last + 1]]
        if before.strip(_AROUND) or after.strip(_AROUND):
            return ()
        return tuple(word for word in self._words[first : last + 1] if word.text)


def _quoted(printed: str, quote: str) -> str:
    """Return the words as they are printed, with no more marks around them than were quoted."""
    sought = " ".join(quote.split())
    at = printed.casefold().find(sought.casefold())
    if at >= 0 and len(printed.casefold()) == len(printed):
        return printed[at : at + len(sought)]
    return printed.strip(_AROUND)


def _plain(text: str) -> str:
    return text.casefold()
