"""Whether the service and what it needs answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .models import Health
from .problems import Unavailable

if TYPE_CHECKING:
    from docparser.search.index import SearchIndex
    from docparser.store.records import Records

VERSION = "0.1.0"
"""The product's version; a layer has no package metadata to read it from."""


class Monitor:
    """Asks the table and the index, each with the cheapest question they take."""

    def __init__(self, *, records: Records, index: SearchIndex | None) -> None:
        self._records = records
        self._index = index

    def check(self) -> Health:
        """Return that all is well.

        Raises
        ------
        Unavailable
            The index does not answer. What the table raises passes as it is.
        """
        self._records.ping()
        if self._index is not None and not self._index.ping():
            raise Unavailable
        return Health(version=VERSION)
