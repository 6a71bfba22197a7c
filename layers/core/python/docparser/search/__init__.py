"""Search: passages of documents, found by their words, in the index that a deployment has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docparser.errors import ConfigurationError

from .index import InvalidCursor, InvalidQuery, SearchIndex

if TYPE_CHECKING:
    from docparser import settings

__all__ = ["InvalidCursor", "InvalidQuery", "SearchIndex", "opened"]


def opened(chosen: settings.Search) -> SearchIndex | None:
    """Return the index that the settings choose, or None where none is deployed.

    An adapter is imported here: where the one is deployed, what the other needs is not installed.

    Raises
    ------
    ConfigurationError
        An index is chosen and its location is not given.
    """
    if not chosen.search:
        return None
    if not chosen.search_location:
        raise ConfigurationError("missing or malformed settings: DOCPARSER_SEARCH_LOCATION")
    if chosen.search == "embedded":
        from .embedded import EmbeddedIndex

        return EmbeddedIndex(Path(chosen.search_location))
    from .opensearch import OpenSearchIndex

    return OpenSearchIndex(chosen.search_location, env=chosen.env)
