"""The calls by which people change levels, hold documents and erase them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.model import Level, Moment, Status  # noqa: TC002 - pydantic reads the annotations

from .nouns import Answer
from .paths import document_path
from .understanding import understood

if TYPE_CHECKING:
    from .transport import Transport


class LevelRequest(Answer):
    """Somebody's request for a looser level, which waits for a second person."""

    level: Level
    instead_of: Level
    reason: str
    by: str
    at: Moment
    until: Moment


class LevelState(Answer):
    """A document's level, and the request for a looser one, if any.

    A revision that has just been opened has no level yet: then ``declared_level`` is the least that
    it will have.
    """

    document_id: str
    revision: int
    status: Status
    level: Level | None = None
    declared_level: Level | None = None
    approved_level: Level | None = None
    request: LevelRequest | None = None


class Holds(Answer):
    """What a document is held for."""

    document_id: str
    references: tuple[str, ...]


class Proof(Answer):
    """What an erasure has deleted: numbers, bytes, and a hash over all objects.

    ``residuals`` names what time alone deletes, or what was not to be deleted.
    """

    erased_at: Moment
    versions: int
    size_bytes: int
    passages: int
    objects_sha256: str
    residuals: tuple[str, ...] = ()


class Erasure(Answer):
    """An erasure; without a ``proof`` it is under way."""

    document_id: str
    status: Status
    proof: Proof | None = None


class Governance:
    """The levels, holds and erasures of the caller's tenant."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    # ------------------------------------------------------------------ levels
    def level(self, document_id: str) -> LevelState:
        """Return a document's level."""
        answer = self._transport.call("GET", document_path(document_id, "level"))
        return understood(LevelState, answer)

    def change_level(self, document_id: str, level: str, *, reason: str) -> LevelState:
        """Make a document's level stricter at once, or ask for a looser one.

        Raises
        ------
        NotReady
            A looser level is asked for what has no result.
        Conflict
            It has this level, its type forbids the looser one, or another request waits.
        """
        where = document_path(document_id, "level")
        body = {"level": level, "reason": reason}
        answer = self._transport.call("POST", where, body=body, repeatable=False)
        return understood(LevelState, answer)

    def decide_level(self, document_id: str, *, approve: bool) -> LevelState:
        """Approve or refuse the request for a looser level.

        Raises
        ------
        AccessDenied
            The caller has made it, and only somebody else can approve it.
        Conflict
            There is none.
        """
        where = document_path(document_id, "level", "approval")
        answer = self._transport.call("POST", where, body={"approve": approve}, repeatable=False)
        return understood(LevelState, answer)

    # ------------------------------------------------------------------ holds
    def hold(self, document_id: str, reference: str) -> Holds:
        """Let nothing erase a document until it is released; again is fine."""
        where = document_path(document_id, "hold")
        return understood(Holds, self._transport.call("PUT", where, body={"reference": reference}))

    def release(self, document_id: str, reference: str) -> Holds:
        """Take the hold of one reference from a document.

        Raises
        ------
        Conflict
            It is not held under it.
        """
        where = document_path(document_id, "hold")
        words = {"reference": reference}
        answer = self._transport.call("DELETE", where, words, repeatable=False)
        return understood(Holds, answer)

    # ------------------------------------------------------------------ erasures
    def erase(self, document_id: str, *, reason: str, only: bool = False) -> Erasure:
        """Erase a document and, unless ``only`` itself, the files inside it; again is fine.

        Raises
        ------
        Conflict
            A legal hold forbids it (``HELD``).
        """
        where = document_path(document_id, "erasure")
        body = {"reason": reason, "only": only}
        return understood(Erasure, self._transport.call("POST", where, body=body))

    def erasure(self, document_id: str) -> Erasure:
        """Return how far an erasure is.

        Raises
        ------
        NotFound
            There is no such document, or nobody has erased it.
        """
        answer = self._transport.call("GET", document_path(document_id, "erasure"))
        return understood(Erasure, answer)
