"""Whether the service answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .models import Health

if TYPE_CHECKING:
    from docparser.store.records import Records

VERSION = "0.1.0"
"""The product's version; a layer has no package metadata to read it from."""


class Monitor:
    """Asks the table the cheapest question it takes.

    The index is not asked: the call is open to everybody, and a collection that has scaled to zero
    would be woken, and paid for, by every probe.
    """

    def __init__(self, records: Records) -> None:
        self._records = records

    def check(self) -> Health:
        """Return that all is well; what the table raises passes as it is."""
        self._records.ping()
        return Health(version=VERSION)
