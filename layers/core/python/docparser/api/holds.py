"""Legal holds, as callers place and release them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import ConfigDict, Field

from docparser.govern.refusals import OtherHold
from docparser.model import RetryableCode
from docparser.model.base import DocumentId, Noun

from .documents import TRIES, known_document
from .problems import Conflict, Unavailable

if TYPE_CHECKING:
    from docparser.govern.holds import LegalHolds
    from docparser.model.record import Actor
    from docparser.store.records import Records

REFERENCE = r"^[A-Za-z0-9 ._/-]{1,100}$"


class NewHold(Noun):
    """The matter that a document is held for, as the caller's register names it."""

    model_config = ConfigDict(strict=True)

    reference: Annotated[str, Field(pattern=REFERENCE)]


class HoldState(Noun):
    """The references that a document is held under; it can be erased when there are none."""

    document_id: DocumentId
    references: tuple[str, ...]


class HoldRoom:
    """Places and releases legal holds for those who ask for it."""

    def __init__(self, *, records: Records, holds: LegalHolds) -> None:
        self._records = records
        self._holds = holds

    def place(self, tenant: str, document_id: str, new: NewHold, *, actor: Actor) -> HoldState:
        """Hold a document; doing so again under the same reference changes nothing.

        Raises
        ------
        NotFound, Erased, Unavailable
            As for `Documents.cancel`.
        """
        for _ in range(TRIES):
            record = known_document(self._records, tenant, document_id).record
            holds = self._holds.place(record, new.reference, actor=actor)
            if holds is not None:
                return HoldState(document_id=document_id, references=holds)
        raise Unavailable(RetryableCode.THROTTLED)

    def release(self, tenant: str, document_id: str, reference: str, *, actor: Actor) -> HoldState:
        """Take one hold from a document.

        Raises
        ------
        Conflict
            It is not held under this reference.
        NotFound, Erased, Unavailable
            As for `Documents.cancel`.
        """
        for _ in range(TRIES):
            record = known_document(self._records, tenant, document_id).record
            try:
                holds = self._holds.release(record, reference, actor=actor)
            except OtherHold:
                raise Conflict("The document is not held under this reference.") from None
            if holds is not None:
                return HoldState(document_id=document_id, references=holds)
        raise Unavailable(RetryableCode.THROTTLED)
