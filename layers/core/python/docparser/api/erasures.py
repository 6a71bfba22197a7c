"""Erasures, as callers ask for them and see them proven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import ConfigDict, Field

from docparser.govern import refusals
from docparser.model import Erasure, RetryableCode, Status
from docparser.model.base import DocumentId, Noun

from .documents import TRIES, known_document
from .levels import Reason
from .problems import Erased, Held, NotFound, Unavailable

if TYPE_CHECKING:
    from docparser.govern.erasures import ErasureRequests
    from docparser.model import Record
    from docparser.model.record import Actor
    from docparser.store.records import Records


class NewErasure(Noun):
    """Why a document shall be erased, and whether ``only`` itself.

    Without that, the files inside it that came with it are erased too.
    """

    model_config = ConfigDict(strict=True)

    reason: Reason
    only: Annotated[bool, Field(description="Leave the files inside it as they are.")] = False


class ErasureState(Noun):
    """An erasure: ``proof`` is null until all that there was has been deleted."""

    document_id: DocumentId
    status: Status
    proof: Erasure | None


class ErasureRoom:
    """Erases documents for those who ask for it.

    Parameters
    ----------
    records, requests
        What is known of documents, and who begins erasures.
    """

    def __init__(self, *, records: Records, requests: ErasureRequests) -> None:
        self._records = records
        self._requests = requests

    def show(self, tenant: str, document_id: str) -> ErasureState:
        """Return how far an erasure is.

        Raises
        ------
        NotFound
            There is no such document, or nobody has erased it.
        """
        return _state(self._erased(tenant, document_id))

    def begin(
        self, tenant: str, document_id: str, asked: NewErasure, *, actor: Actor
    ) -> ErasureState:
        """Erase a document; a walk that has not ended is CANCELLED. To ask again is fine.

        Raises
        ------
        Held
            It is under a legal hold, or a file inside it is, or what it lies in.
        NotFound, Unavailable
            As for `Documents.cancel`.
        """
        for _ in range(TRIES):
            try:
                record = known_document(self._records, tenant, document_id).record
            except Erased:
                return self.show(tenant, document_id)
            try:
                begun = self._requests.begin(
                    record, actor=actor, reason=asked.reason, children=not asked.only
                )
            except refusals.Held:
                raise Held from None
            if begun is not None:
                return _state(begun)
        raise Unavailable(RetryableCode.THROTTLED)

    def _erased(self, tenant: str, document_id: str) -> Record:
        try:
            known_document(self._records, tenant, document_id)
        except Erased:
            record = self._records.current(tenant, document_id)
            if record is not None:
                return record
        raise NotFound


def _state(record: Record) -> ErasureState:
    return ErasureState(
        document_id=record.ref.document_id, status=record.status, proof=record.erasure
    )
