"""The engine that ships: rules over numbers, contacts, dates, names and addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .contacts import find_contacts
from .labels import LabelIndex
from .numbers import find_numbers

if TYPE_CHECKING:
    from docparser.classify.reading import Reading

    from .engine import Hit


class RuleEngine:
    """Finds what has a form, a checksum or a label; asks nobody and sends nothing."""

    def find(self, reading: Reading) -> list[Hit]:
        """Return everything that a rule saw on the page, overlapping or not."""
        labels = LabelIndex(reading)
        return [*find_numbers(reading, labels), *find_contacts(reading, labels)]
