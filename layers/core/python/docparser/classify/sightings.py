"""What rules saw, in a memory that does not grow with the page count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from docparser.model import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.model import Polygon

    from .reading import Reading

_PHRASE = 80
"""The longest phrase that is kept, in characters."""


@dataclass(slots=True)
class Sighting:
    """The best place at which a rule fired, and how often it did."""

    rule: str
    weight: float
    page: int
    phrase: str
    polygon: Polygon | None
    count: int = 1

    def evidence(self) -> Evidence:
        """Return the sighting as it is stored."""
        return Evidence(
            rule=self.rule,
            weight=round(self.weight, 3),
            count=self.count,
            page=self.page,
            phrase=self.phrase,
            polygon=self.polygon,
        )


class Sightings:
    """One sighting per rule: its count, and the place where it weighed most (the first wins)."""

    def __init__(self) -> None:
        self._by_rule: dict[str, Sighting] = {}

    def add(
        self, rule: str, weight: float, reading: Reading, start: int, end: int, count: int = 1
    ) -> None:
        """Note that a rule fired on ``reading.text[start:end]``."""
        seen = self._by_rule.get(rule)
        if seen is not None:
            seen.count += count
            if weight <= seen.weight:
                return
            count = seen.count
        self._by_rule[rule] = Sighting(
            rule=rule,
            weight=weight,
            page=reading.number,
            phrase=reading.text[start:end].replace("\n", " ")[:_PHRASE],
            polygon=reading.polygon(start, end),
            count=count,
        )

    def __iter__(self) -> Iterator[Sighting]:
        return iter(self._by_rule.values())

    def __getitem__(self, rule: str) -> Sighting:
        return self._by_rule[rule]

    def __contains__(self, rule: str) -> bool:
        return rule in self._by_rule
