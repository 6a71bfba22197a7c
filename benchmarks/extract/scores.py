"""Precision, recall and F1 of fields, with intervals that know whose documents look alike.

Values are compared as ``../shared/data/score/score_fields.py`` compares them: dates and amounts by
value, text without case, blanks and punctuation.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_RESAMPLES = 2000
_SEED = 7
_DATES = (
    (re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d\d?)[-/.](?P<d>\d\d?)")),
    (re.compile(r"(?P<d>\d\d?)[-/. ](?P<m>\d\d?)[-/. ](?P<y>\d{2,4})")),
)


@dataclass
class Counts:
    """Values that are right, that were said, and that are true."""

    right: int = 0
    said: int = 0
    true: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(self.right + other.right, self.said + other.said, self.true + other.true)

    @property
    def precision(self) -> float:
        """The share of what was said that is right."""
        return self.right / self.said if self.said else 0.0

    @property
    def recall(self) -> float:
        """The share of what is true that was said."""
        return self.right / self.true if self.true else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.said + self.true
        return 2 * self.right / total if total else 0.0


@dataclass
class Scored:
    """One document: its counts by field, and whether every true value was said."""

    seller: str
    fields: dict[str, Counts] = field(default_factory=dict)

    @property
    def counts(self) -> Counts:
        """All fields together."""
        return sum(self.fields.values(), Counts())

    @property
    def complete(self) -> bool:
        """Whether every field is right."""
        return self.counts.right == self.counts.true


def scored(
    seller: str, truth: Mapping[str, Any], asked: Iterable[str], said: Mapping[str, Any]
) -> Scored:
    """Compare what was said of a document with what is true; fields without truth do not count."""
    found = Scored(seller)
    for key in asked:
        want = bag(key, at(truth, key))
        if want:
            have = bag(key, at(said, key))
            found.fields[key] = Counts((want & have).total(), have.total(), want.total())
    return found


def at(values: Mapping[str, Any], key: str) -> Any:
    """Return the value of a dotted key, nested or not; None where there is none."""
    if key in values:
        return values[key]
    found: Any = values
    for part in key.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return found


def bag(key: str, value: Any) -> Counter[str]:
    """Return one value, or several, in the form in which they are compared."""
    values = value if isinstance(value, list) else [value]
    return Counter(compared(key, str(each).strip()) for each in values if each not in (None, ""))


def compared(key: str, text: str) -> str:
    """Return a value in the form in which it is compared."""
    if "date" in key:
        return _date(text)
    if "total" in key or "payable" in key:
        return _amount(text)
    return re.sub(r"[\W_]+", "", text).casefold()


def _date(text: str) -> str:
    for form in _DATES:
        if match := form.search(text):
            year = int(match["y"])
            year += 2000 if year < 100 else 0
            return f"{year:04d}-{int(match['m']):02d}-{int(match['d']):02d}"
    return text.casefold()


def _amount(text: str) -> str:
    digits = re.sub(r"[^\d,.\-]", "", text)
    if re.search(r",\d{1,2}$", digits):
        digits = digits.replace(".", "").replace(",", ".")
    try:
        return f"{Decimal(digits.replace(',', '')):.2f}"
    except InvalidOperation:
        return digits


def summary(documents: Sequence[Scored]) -> dict[str, Any]:
    """Return the figures of a set: micro-F1, complete documents, each field, each by seller.

    Intervals (95 %) are drawn by the bootstrap over sellers, not documents: twelve invoices of one
    seller are one layout. ``by_seller`` is the mean over sellers of the mean over their documents.
    """
    by_seller: dict[str, list[Scored]] = defaultdict(list)
    for each in documents:
        by_seller[each.seller].append(each)
    groups = list(by_seller.values())
    names = sorted({name for each in documents for name in each.fields})
    return {
        "documents": len(documents),
        "sellers": len(groups),
        "micro_f1": _rounded(sum((each.counts for each in documents), Counts()).f1),
        "micro_f1_95": _interval(groups, lambda drawn: _micro(drawn)),
        "micro_f1_by_seller": _rounded(_mean([_micro(group) for group in groups])),
        "complete": _rounded(_complete(documents)),
        "complete_95": _interval(groups, _complete),
        "complete_by_seller": _rounded(_mean([_complete(group) for group in groups])),
        "fields": {name: _field(groups, documents, name) for name in names},
    }


def _field(
    groups: Sequence[Sequence[Scored]], documents: Sequence[Scored], name: str
) -> dict[str, Any]:
    counts = sum((each.fields.get(name, Counts()) for each in documents), Counts())
    return {
        "values": counts.true,
        "precision": _rounded(counts.precision),
        "recall": _rounded(counts.recall),
        "f1": _rounded(counts.f1),
        "f1_95": _interval(groups, lambda drawn: _micro(drawn, name)),
    }


def _micro(documents: Iterable[Scored], name: str | None = None) -> float:
    drawn = (each.counts if name is None else each.fields.get(name, Counts()) for each in documents)
    return sum(drawn, Counts()).f1


def _complete(documents: Sequence[Scored]) -> float:
    return _mean([float(each.complete) for each in documents])


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def _interval(groups: Sequence[Sequence[Scored]], figure: Any) -> tuple[float, float]:
    generator = random.Random(_SEED)
    drawn = sorted(
        figure([each for group in generator.choices(groups, k=len(groups)) for each in group])
        for _ in range(_RESAMPLES)
    )
    return _rounded(drawn[int(0.025 * _RESAMPLES)]), _rounded(drawn[int(0.975 * _RESAMPLES) - 1])


def _rounded(value: float) -> float:
    return round(value, 3)
