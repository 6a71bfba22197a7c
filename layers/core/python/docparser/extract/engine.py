"""Services that are asked for fields, where the deployment has them and a tenant's policy wants it.

An engine is made once, with its client; for each document it gives a reader, or none where that
document is not for it::

    reader = engine.reader(document)      # None: not this level, not this type, not this policy
    reader.read(page) ..., reader.found() # as any Extractor; what it asks, it asks once
    reader.charges_usd                    # the same, however often the stage is repeated
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from .extractor import Extractor

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal
    from pathlib import Path

    from docparser.model import DocumentType, Level, Policy, Ref
    from docparser.model.type_schema import TypeSchema

    from .extractor import Locale


class Answers(Protocol):
    """What services have answered for a revision: kept, so that nothing is paid for twice."""

    def once(self, name: str, ask: Callable[[], bytes]) -> bytes:
        """Return the answer of a name such as ``textract-expense-p0001.json``; ask for it once.

        It is JSON, and content: it lies among the outputs of Extract until the walk is completed.
        """
        ...


@dataclass(frozen=True)
class Document:
    """A document for which a service may be asked.

    ``fetched`` brings what the lanes have read to the disk, once, and returns where it is and its
    media type. On the ``last_try`` a service that is away is done without: what everybody else has
    found is not lost with it.
    """

    ref: Ref
    kind: DocumentType
    level: Level
    schema: TypeSchema
    locale: Locale
    policy: Policy
    answers: Answers
    fetched: Callable[[], tuple[Path, str]]
    last_try: bool = False


class AskingExtractor(Extractor, Protocol):
    """An extractor whose answers cost something."""

    @property
    def charges_usd(self) -> Decimal:
        """What the answers that it has used cost, in US dollars; known once it has `found`."""
        ...


class Engine(Protocol):
    """Gives a reader of a document that asks a service."""

    def reader(self, document: Document) -> AskingExtractor | None:
        """Return a new reader, or None if the service is not to see this document."""
        ...
