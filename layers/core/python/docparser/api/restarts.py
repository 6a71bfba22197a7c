"""Documents that walk again because somebody asks: their next revision, their next attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.intake.options import Options
from docparser.model import SYSTEM, RejectedCode, RetryableCode, Stage, Status

from .documents import TRIES, known_document, state_of
from .models import Beginning
from .problems import Conflict, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from docparser.intake.revisions import Revisions
    from docparser.model import Record
    from docparser.store.records import Records

    from .models import DocumentState, NewRevision

_STAGES = {Beginning.READ: Stage.READ, Beginning.CLASSIFY: Stage.CLASSIFY}
_MAY_BE_REPROCESSED = frozenset(
    {Status.COMPLETED, Status.PARTIAL, Status.REJECTED, Status.CANCELLED}
)
_NOT_FAILED = "Only what has failed can be tried again."


class Restarts:
    """Opens revisions and attempts for those who ask for them.

    Parameters
    ----------
    records
        What is known of documents.
    revisions
        Opens them.
    """

    def __init__(self, *, records: Records, revisions: Revisions) -> None:
        self._records = records
        self._revisions = revisions

    def reprocess(
        self, tenant: str, document_id: str, asked: NewRevision, *, actor: str = SYSTEM
    ) -> DocumentState:
        """Open a document's next revision from what is stored of it; the old result stays.

        Raises
        ------
        Conflict
            Its walk has not ended, or has FAILED; a person rejected it; or it has no result that
            this could begin from.
        NotFound, Erased, Unavailable
            As for `Documents.cancel`.
        """
        options = Options(asked.policy, asked.level, asked.lane, redact=asked.redact)
        stage = _STAGES[asked.from_]

        def open_next(record: Record) -> Record | None:
            if record.status not in _MAY_BE_REPROCESSED:
                raise Conflict("Only what was read, rejected or cancelled can be read again.")
            if record.code == RejectedCode.REFUSED:
                raise Conflict("A person has rejected this document: nothing is left of it.")
            return self._revisions.reprocess(record, from_stage=stage, options=options, actor=actor)

        return self._restarted(tenant, document_id, open_next, "There is nothing to begin from.")

    def retry(self, tenant: str, document_id: str, *, actor: str = SYSTEM) -> DocumentState:
        """Give a FAILED document its next attempt.

        Raises
        ------
        Conflict
            It has not failed.
        NotFound, Erased, Unavailable
            As for `Documents.cancel`.
        """

        def attempt(record: Record) -> Record | None:
            if record.status is not Status.FAILED:
                raise Conflict(_NOT_FAILED)
            return self._revisions.again(record, actor=actor)

        return self._restarted(tenant, document_id, attempt, _NOT_FAILED)

    def _restarted(
        self,
        tenant: str,
        document_id: str,
        restart: Callable[[Record], Record | None],
        refusal: str,
    ) -> DocumentState:
        """Restart a document as it stands; look again where it has moved on meanwhile."""
        before: Record | None = None
        for _ in range(TRIES):
            known = known_document(self._records, tenant, document_id)
            if known.record == before:
                # Nobody was faster: it cannot be.
                raise Conflict(refusal)
            restarted = restart(known.record)
            if restarted is not None:
                return state_of(known._replace(record=restarted))
            before = known.record
        raise Unavailable(RetryableCode.THROTTLED)
