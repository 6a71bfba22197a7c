"""Tables: found among words and rules before the page is put in order, so that rows stay whole."""

from .finder import find
from .found import FoundCell, FoundTable, Rule
from .reading import entries, lines

__all__ = ["FoundCell", "FoundTable", "Rule", "entries", "find", "lines"]
