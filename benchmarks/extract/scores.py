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
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

T = TypeVar("T")

_RESAMPLES = 1000
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
    seller are one layout. ``by_seller`` is the mean over sellers.
    """
    by_seller: dict[str, list[Scored]] = defaultdict(list)
    for each in documents:
        by_seller[each.seller].append(each)
    groups = list(by_seller.values())
    names = sorted({name for each in documents for name in each.fields})
    sums = [_sum(each.counts for each in group) for group in groups]
    complete = [(sum(each.complete for each in group), len(group)) for group in groups]
    return {
        "documents": len(documents),
        "sellers": len(groups),
        "micro_f1": _rounded(_sum(sums).f1),
        "micro_f1_95": _interval(sums, _micro),
        "micro_f1_by_seller": _rounded(sum(held.f1 for held in sums) / max(len(sums), 1)),
        "complete": _rounded(_share(complete)),
        "complete_95": _interval(complete, _share),
        "complete_by_seller": _rounded(
            sum(right / of for right, of in complete) / max(len(complete), 1)
        ),
        "fields": {name: _field(groups, name) for name in names},
    }


def _field(groups: Sequence[Sequence[Scored]], name: str) -> dict[str, Any]:
    sums = [_sum(each.fields[name] for each in group if name in each.fields) for group in groups]
    counts = _sum(sums)
    return {
        "values": counts.true,
        "precision": _rounded(counts.precision),
        "recall": _rounded(counts.recall),
        "f1": _rounded(counts.f1),
        "f1_95": _interval(sums, _micro),
    }


def _sum(parts: Iterable[Counts]) -> Counts:
    return sum(parts, Counts())


def _micro(drawn: Sequence[Counts]) -> float:
    return _sum(drawn).f1


def _share(drawn: Sequence[tuple[int, int]]) -> float:
    return sum(right for right, _ in drawn) / max(sum(of for _, of in drawn), 1)


def _interval(groups: Sequence[T], figure: Callable[[Sequence[T]], float]) -> tuple[float, float]:
    generator = random.Random(_SEED)
    drawn = sorted(figure(generator.choices(groups, k=len(groups))) for _ in range(_RESAMPLES))
    return _rounded(drawn[int(0.025 * _RESAMPLES)]), _rounded(drawn[int(0.975 * _RESAMPLES) - 1])


def _rounded(value: float) -> float:
    return round(value, 3)
