"""The engine that ships: rules over numbers, contacts, dates, addresses and names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .addresses import find_addresses
from .births import find_births
from .columns import find_broken
from .contacts import find_contacts
from .engine import settled
from .labels import LabelIndex
from .numbers import find_numbers
from .persons import find_persons

if TYPE_CHECKING:
    from docparser.classify.reading import Reading

    from .engine import Hit


class RuleEngine:
    """Finds what has a form, a checksum, a label or a context; asks nobody and sends nothing."""

    def find(self, reading: Reading) -> list[Hit]:
        """Return everything that a rule saw on the page, overlapping or not."""
        labels = LabelIndex(reading)
        addresses = settled(find_addresses(reading))
        return [
            *find_numbers(reading, labels),
            *find_contacts(reading, labels),
            *find_births(reading, labels),
            *find_broken(reading),
            *addresses,
            *find_persons(reading, addresses),
        ]
