"""What reads the fields of one kind of document."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from docparser.model import FieldValue, WarningCode
    from docparser.model.base import Language

    from .view import PageView


@dataclass(frozen=True)
class Locale:
    """What ambiguous dates and numbers are read by: ISO 639-1 and ISO 3166-1 alpha-2, if known."""

    language: Language = "und"
    country: str | None = None


@dataclass(frozen=True)
class Found:
    """What an extractor has found, with the warnings that this gives rise to."""

    fields: tuple[FieldValue, ...] = ()
    warnings: frozenset[WarningCode] = field(default_factory=frozenset)


class Extractor(Protocol):
    """Reads the pages of a document, each once and in order, and then says what its fields are.

    It keeps what it needs of a page and not the page: a document may have thousands.
    """

    def read(self, page: PageView) -> None:
        """Take one page in."""
        ...

    def found(self) -> Found:
        """Return the fields; a confidence is how much evidence there was, not yet calibrated."""
        ...
