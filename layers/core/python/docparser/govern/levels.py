"""Levels that people change: stricter at once, looser by two of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from docparser.intake.options import Options
from docparser.intake.revisions import RESULT
from docparser.model import Action, Level, Stage, Status, WaitingFor, now, strictest
from docparser.store.level_requests import LevelRequest

from .refusals import BelowFloor, NoRequest, NothingToLower, Pending, SameActor, SameLevel

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from docparser.intake.revisions import Revisions
    from docparser.model import Actor, Fact, Record
    from docparser.store.level_requests import LevelRequests
    from docparser.store.policies import Policies
    from docparser.store.records import Records

REQUEST_LIFE = timedelta(days=30)
"""How long a request for a looser level waits for a second person."""


class Levels:
    """Changes the levels of documents, each change with its events.

    Every call returns None where the document has moved on since its record was read; the caller
    looks again. A call whose machine ends in the middle may be repeated: what its event says has
    been asked for is done then.

    Parameters
    ----------
    records, revisions, requests, policies
        What is known of documents, who opens revisions, what was asked for, the tenants' rules.
    clock
        What time it is.
    """

    def __init__(
        self,
        *,
        records: Records,
        revisions: Revisions,
        requests: LevelRequests,
        policies: Policies,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._records = records
        self._revisions = revisions
        self._requests = requests
        self._policies = policies
        self._clock = clock

    # ------------------------------------------------------------------ stricter
    def raise_to(self, record: Record, level: Level, *, actor: Actor, reason: str) -> Record | None:
        """Make a document's level stricter, and let it walk again from Classify.

        A walk that has not ended begins anew, and one that failed after it had copied into zones is
        tried again at once. What has neither a result nor a walk keeps the level until it is. A
        request for a looser one is void then.

        Returns
        -------
        Record or None
            The QUEUED record, or the one that keeps the level.

        Raises
        ------
        SameLevel
            It is as strict already.
        """
        has = level_of(record)
        if has is not None and strictest(level, has) is has:
            raise SameLevel
        source_of = self._walks_from(record)
        # Of a walk that failed late, copies lie in zones that the stricter level may forbid.
        lies_somewhere = record.status is Status.FAILED and bool(record.zones)
        stays = source_of is None and not lies_somewhere
        kept: dict[str, Any] = {"declared_level": level} if stays else {}
        also = [self.voiding(record)]
        if kept:
            also.append(self._records.while_current(record.ref))
        noted = self._records.note(
            record,
            Action.LEVEL_RAISED,
            actor=actor,
            facts={"level": level, "reason": reason} | ({"instead_of": has} if has else {}),
            also=also,
            **kept,
        )
        if noted is None or stays:
            return noted
        if source_of is None:
            return self._revisions.attempt(noted, noted.source, Options(level=level), actor=actor)
        before, begins_at = source_of
        return self._revisions.open_next(
            noted,
            noted.source if before is None else self._revisions.restored(noted),
            Options(level=level),
            begins_at=begins_at,
            actor=actor,
        )

    def _walks_from(self, record: Record) -> tuple[Record | None, Stage | None] | None:
        """Return what a stricter walk begins from: which result, and where; None for nothing.

        Without a result it is the upload, which the walk that has not ended was to read.
        """
        if record.status is Status.AWAITING_UPLOAD:
            return None
        before = record if record.status in RESULT else self._records.result_before(record.ref)
        if before is None:
            return None if record.status.terminal else (None, None)
        if not record.status.terminal and record.begins_at is None:
            return None, None
        # The files inside are sent by preflight alone, which has to tell them of the level.
        return before, Stage.PREFLIGHT if before.children else Stage.CLASSIFY

    # ------------------------------------------------------------------ looser
    def request(
        self, record: Record, level: Level, *, actor: Actor, reason: str
    ) -> LevelRequest | None:
        """Ask for a looser level, which a second person may approve once there is a result.

        Raises
        ------
        NothingToLower
            The document is neither COMPLETED or PARTIAL, nor does it wait for a review.
        SameLevel
            The level is no looser.
        BelowFloor
            The document is of a type that is CONFIDENTIAL whoever agrees.
        Pending
            Another request waits.
        """
        reviewed = record.waiting_for is WaitingFor.REVIEW
        if not (record.status in RESULT or reviewed) or record.level is None:
            raise NothingToLower
        if strictest(level, record.level) is level:
            raise SameLevel
        self._check_floor(record, level)
        moment = self._clock()
        former = self._requests.of(record.ref)
        if former is not None and self._holds(former, record):
            raise Pending
        request = LevelRequest(
            revision=record.ref.revision,
            level=level,
            instead_of=record.level,
            reason=reason,
            by=actor,
            at=moment,
            until=moment + REQUEST_LIFE,
        )
        noted = self._records.note(
            record,
            Action.LEVEL_REQUESTED,
            actor=actor,
            facts={"level": level, "instead_of": record.level, "reason": reason},
            also=[self._requests.putting(record.ref, request, former)],
        )
        return None if noted is None else request

    def pending(self, record: Record) -> LevelRequest | None:
        """Return the request that waits for a second person, if any."""
        request = self._requests.of(record.ref)
        return request if request is not None and self._holds(request, record) else None

    def voiding(self, record: Record) -> dict[str, Any]:
        """Return the write that takes any request away, for who makes the level stricter."""
        return self._requests.dropping(record.ref)

    def decide(self, record: Record, *, approve: bool, actor: Actor) -> Record | None:
        """Approve or refuse the request for a looser level; who made it may only take it back.

        Returns
        -------
        Record or None
            The QUEUED record of the revision that goes by the approved level, or the record as it
            stays.

        Raises
        ------
        NoRequest
            There is none that holds.
        NothingToLower
            The document that it is for is still under way.
        SameActor
            The approver is who made it.
        BelowFloor
            The rules have become stricter since it was made.
        """
        request = self.pending(record)
        if request is None:
            raise NoRequest
        told: dict[str, Fact] = {
            "level": request.level,
            "instead_of": request.instead_of,
            "requested_by": request.by,
        }
        if not approve:
            return self._records.note(
                record,
                Action.LEVEL_REFUSED,
                actor=actor,
                facts=told,
                also=[self._requests.dropping(record.ref, request)],
            )
        if record.status not in RESULT:
            raise NothingToLower
        if request.approved_by is None:
            if actor == request.by:
                raise SameActor
            self._check_floor(record, request.level)
            approving = self._requests.approving(record.ref, request, actor)
            noted = self._records.note(
                record, Action.LEVEL_APPROVED, actor=actor, facts=told, also=[approving]
            )
            if noted is None:
                return None
            record = noted
        following = self._revisions.open_next(
            record,
            self._revisions.restored(record),
            Options(),
            begins_at=Stage.CLASSIFY,
            approved_level=request.level,
            declared_level=request.level,
            actor=actor,
        )
        if following is not None:
            self._requests.drop(record.ref, request)
        return following

    def _holds(self, request: LevelRequest, record: Record) -> bool:
        """Whether a request still is for what its author has seen."""
        return (
            request.revision == record.ref.revision
            and request.instead_of is record.level
            and self._clock() < request.until
        )

    def _check_floor(self, record: Record, level: Level) -> None:
        rules = self._policies.of(record.ref.tenant).types
        rule = rules.get(record.type) if record.type is not None else None
        # Any other floor is lifted by who releases a document.
        if rule is None or (rule.floor is Level.CONFIDENTIAL and level is not rule.floor):
            raise BelowFloor


def level_of(record: Record) -> Level | None:
    """Return the level that a document has, or is known to have at least.

    It may have been made stricter since it was classified, for when it is tried again.
    """
    known = [level for level in (record.level, record.declared_level) if level is not None]
    return strictest(*known) if known else None
