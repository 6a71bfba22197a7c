"""Levels that people change, as callers ask for it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import ConfigDict, Field

from docparser.govern import refusals
from docparser.govern.levels import level_of
from docparser.model import Level, Moment, RetryableCode, Status, strictest
from docparser.model.base import DocumentId, Noun
from docparser.model.record import Actor

from .documents import TRIES, known_document
from .problems import Conflict, Forbidden, NotReady, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from docparser.govern.levels import Levels
    from docparser.model import Record
    from docparser.store.level_requests import LevelRequest
    from docparser.store.records import Records

Reason = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9 ._/-]{1,100}$",
        description="A code or a reference of the caller's. It stays in the audit trail.",
    ),
]


class NewLevel(Noun):
    """The level that a document shall have, and why."""

    model_config = ConfigDict(strict=True)

    level: Annotated[Level, Field(strict=False)]
    reason: Reason


class LevelApproval(Noun):
    """What a second person says to the request for a looser level."""

    model_config = ConfigDict(strict=True)

    approve: bool


class AskedLevel(Noun):
    """A request for a looser level, which waits ``until`` a moment for a second person."""

    level: Level
    instead_of: Level
    reason: str
    by: Actor
    at: Moment
    until: Moment


class LevelState(Noun):
    """The level of a document's current revision, and the request for a looser one, if any.

    A revision that has just been opened has no level yet; ``declared_level`` is the least that it
    will have, ``approved_level`` what two people have agreed on.
    """

    document_id: DocumentId
    revision: int
    status: Status
    level: Level | None
    declared_level: Level | None
    approved_level: Level | None
    request: AskedLevel | None


class LevelRoom:
    """Changes the levels of documents for those who ask for it.

    Parameters
    ----------
    records, levels
        What is known of documents, and who changes their levels.
    """

    def __init__(self, *, records: Records, levels: Levels) -> None:
        self._records = records
        self._levels = levels

    def show(self, tenant: str, document_id: str) -> LevelState:
        """Return a document's level.

        Raises
        ------
        NotFound, Erased
            As for `Documents.get`.
        """
        record = known_document(self._records, tenant, document_id).record
        return _state(record, self._levels.pending(record))

    def change(self, tenant: str, document_id: str, new: NewLevel, *, actor: Actor) -> LevelState:
        """Make a document's level stricter at once, or ask for a looser one.

        Raises
        ------
        Conflict
            It has this level; its type forbids the looser one; another request waits.
        NotReady
            A looser level is asked for what has no result.
        NotFound, Erased, Unavailable
            As for `Documents.cancel`.
        """

        def change(record: Record) -> LevelState | None:
            has = level_of(record)
            if has is None or strictest(new.level, has) is new.level:
                raised = self._levels.raise_to(record, new.level, actor=actor, reason=new.reason)
                return None if raised is None else _state(raised, None)
            asked = self._levels.request(record, new.level, actor=actor, reason=new.reason)
            return None if asked is None else _state(record, asked)

        return self._changed(tenant, document_id, change)

    def decide(
        self, tenant: str, document_id: str, said: LevelApproval, *, actor: Actor
    ) -> LevelState:
        """Approve or refuse the request for a looser level.

        Raises
        ------
        Forbidden
            Who made the request is not the second person.
        Conflict
            There is no request, or its document has changed since.
        NotFound, Erased, Unavailable
            As for `Documents.cancel`.
        """

        def decide(record: Record) -> LevelState | None:
            decided = self._levels.decide(record, approve=said.approve, actor=actor)
            return None if decided is None else _state(decided, None)

        return self._changed(tenant, document_id, decide)

    def _changed(
        self, tenant: str, document_id: str, change: Callable[[Record], LevelState | None]
    ) -> LevelState:
        """Change a document as it stands; look again where it has moved on meanwhile."""
        for _ in range(TRIES):
            record = known_document(self._records, tenant, document_id).record
            try:
                state = change(record)
            except refusals.SameLevel:
                raise Conflict("The document has this level.") from None
            except refusals.BelowFloor:
                raise Conflict("No document of this type is let out at this level.") from None
            except refusals.NothingToLower:
                raise NotReady from None
            except refusals.Pending:
                raise Conflict("Another request for a looser level waits.") from None
            except refusals.NoRequest:
                raise Conflict("No request for a looser level waits.") from None
            except refusals.SameActor:
                raise Forbidden("Who asked for a looser level cannot approve it.") from None
            if state is not None:
                return state
        raise Unavailable(RetryableCode.THROTTLED)


def _state(record: Record, request: LevelRequest | None) -> LevelState:
    asked = None
    if request is not None:
        told = {name: getattr(request, name) for name in AskedLevel.model_fields}
        asked = AskedLevel(**told)
    return LevelState(
        document_id=record.ref.document_id,
        revision=record.ref.revision,
        status=record.status,
        level=record.level,
        declared_level=record.declared_level,
        approved_level=record.approved_level,
        request=asked,
    )
