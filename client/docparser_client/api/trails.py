"""The calls of the audit trail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.audit.trail import Standing, Trail
from docparser.model import Event  # noqa: TC002 - pydantic reads the annotations

from .nouns import Answer
from .paths import document_path
from .understanding import understood

if TYPE_CHECKING:
    from .transport import Transport


class _Events(Answer):
    tenant: str
    document_id: str
    current_revision: int
    revisions: tuple[Standing, ...]
    items: tuple[Event, ...]


class Trails:
    """What happened to documents of the caller's tenant."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def of(self, document_id: str, page_size: int = 1000) -> Trail:
        """Return all events of a document, also of an erased one, and what its records say of them.

        Raises
        ------
        NotFound
            There never was such a document, or nothing of it is left.
        """
        where = document_path(document_id, "events")
        pages = [
            understood(_Events, response)
            for response in self._transport.pages(where, {"limit": page_size})
        ]
        last = pages[-1]
        return Trail(
            tenant=last.tenant,
            document_id=document_id,
            current_revision=last.current_revision,
            standings=last.revisions,
            events=[event for page in pages for event in page.items],
        )
