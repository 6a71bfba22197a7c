"""The review queue: what a person should look at, who does so, and what they decide."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from docparser import observability
from docparser.extract.corrections import kind_of
from docparser.govern import refusals
from docparser.intake.options import Options
from docparser.intake.revisions import RESULT
from docparser.model import (
    Action,
    RejectedCode,
    RetryableCode,
    Review,
    Stage,
    Status,
    WaitingFor,
    now,
    strictest,
)
from docparser.pricing import cost_usd, use_of_stop
from docparser.store.claims import Claim
from docparser.store.records import CLEANING
from docparser.store.reviews import AT_ONCE

from . import cursor as cursors
from .documents import TRIES, known_document, state_of
from .problems import Conflict, Forbidden, Held, InvalidRequest, Unavailable
from .review_models import (
    ClaimedReview,
    ReviewCase,
    ReviewCases,
    ReviewDecision,
    ReviewItem,
    ReviewList,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from docparser.extract.corrections import Corrections
    from docparser.flow.parking import Resumption
    from docparser.govern.levels import Levels
    from docparser.intake.revisions import Revisions
    from docparser.model import Event, Fact, Level, Record, Ref
    from docparser.model.record import Actor
    from docparser.store.claims import Claims
    from docparser.store.executions import Executions
    from docparser.store.presigned import PresignedUrls
    from docparser.store.records import Known, Records
    from docparser.store.reviews import Found, Reviews

    from .corrections import FieldCorrections
    from .models import DocumentState
    from .review_models import NewReview

CLAIM_LIFE = timedelta(minutes=30)
"""How long nobody else may decide about a document that somebody looks at."""

_LOOKED_AT = 10  # calls of the table for one answer
_REASON = "review"
_NOBODY_ASKS = "Nobody is asked to look at this document."
_ORIGINAL = "application/octet-stream"
_REVIEWS = {
    ReviewDecision.APPROVE: Review.APPROVED,
    ReviewDecision.CORRECT: Review.CORRECTED,
    ReviewDecision.REJECT: Review.REJECTED,
}


class ReviewRoom:
    """Lets people look at documents one by one, and decide.

    Parameters
    ----------
    records, reviews, claims
        What is known of documents, which ones should be looked at, and by whom they are.
    resumption, revisions, levels, executions, corrections
        Who lets a parked document go on, opens a finished one's next revision, takes requests for
        looser levels, stops what was rejected, and takes corrected fields.
    originals
        Signs URLs of the intake bucket.
    clock
        What time it is.
    """

    def __init__(
        self,
        *,
        records: Records,
        reviews: Reviews,
        claims: Claims,
        resumption: Resumption,
        revisions: Revisions,
        levels: Levels,
        executions: Executions,
        corrections: FieldCorrections,
        originals: PresignedUrls,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._records = records
        self._reviews = reviews
        self._claims = claims
        self._resumption = resumption
        self._revisions = revisions
        self._levels = levels
        self._executions = executions
        self._corrections = corrections
        self._originals = originals
        self._clock = clock

    # ------------------------------------------------------------------ looked at
    def list(self, tenant: str, *, limit: int, cursor: str | None) -> ReviewList:
        """Return documents that somebody should look at, the oldest first.

        Raises
        ------
        InvalidRequest
            The cursor is none of ours.
        """
        found, position = _gather(
            lambda step, after: self._reviews.required(tenant, limit=step, after=after),
            limit,
            cursor,
        )
        claims = self._claims.of_all(known.record.ref for known in found)
        return ReviewList(
            items=tuple(self._item(known, claims) for known in found), next_cursor=position
        )

    def cases(self, tenant: str, *, limit: int, cursor: str | None) -> ReviewCases:
        """Return what people have decided, beside what was decided without them.

        Raises
        ------
        InvalidRequest
            The cursor is none of ours.
        """
        found, position = _gather(
            lambda step, after: self._reviews.decided(tenant, limit=step, after=after),
            limit,
            cursor,
        )
        cases = (self._case(known.record) for known in found)
        return ReviewCases(
            items=tuple(case for case in cases if case is not None), next_cursor=position
        )

    def _item(self, known: Known, claims: dict[str, Claim]) -> ReviewItem:
        ref = known.record.ref
        claim = claims.get(ref.document_id)
        holds = claim is not None and claim.holds(ref, self._clock())
        return ReviewItem(
            document=state_of(known),
            claimed_by=claim.by if claim and holds else None,
            claimed_until=claim.until if claim and holds else None,
        )

    # ------------------------------------------------------------------ claimed
    def claim(self, tenant: str, document_id: str, *, actor: Actor) -> ClaimedReview:
        """Let nobody else decide about a document for half an hour; again, for one more.

        Raises
        ------
        Conflict
            Somebody else looks at it, or nobody is asked to.
        NotFound, Erased, Unavailable
            As for `Documents.cancel`.
        """
        for _ in range(TRIES):
            known = known_document(self._records, tenant, document_id)
            record = known.record
            _check_asked(record)
            moment = self._clock()
            former = self._claims.of(record.ref)
            if former is not None and former.by != actor and former.holds(record.ref, moment):
                raise Conflict("Somebody else looks at this document just now.")
            claim = Claim(
                revision=record.ref.revision, by=actor, at=moment, until=moment + CLAIM_LIFE
            )
            noted = self._records.note(
                record,
                Action.REVIEW_CLAIMED,
                actor=actor,
                also=[self._claims.taking(record.ref, claim, former)],
            )
            if noted is not None:
                return self._claimed(known._replace(record=noted), claim)
        raise Unavailable(RetryableCode.THROTTLED)

    def _claimed(self, known: Known, claim: Claim) -> ClaimedReview:
        record = known.record
        found = _Found.of(self._records.events(record.ref))
        return ClaimedReview(
            document=state_of(known),
            claimed_by=claim.by,
            claimed_until=claim.until,
            reasons=found.reasons,
            **found.weighed(),
            row_gaps=found.extracted.get("row_gaps", 0),
            original=self._original(record),
        )

    def _original(self, record: Record) -> str | None:
        source = record.source
        if record.status is not Status.WAITING or source.bucket != self._originals.bucket:
            return None
        return self._originals.download(
            source.key,
            file_name=record.ref.document_id,
            content_type=_ORIGINAL,
            version_id=source.version_id,
        )

    # ------------------------------------------------------------------ decided
    def decide(
        self, tenant: str, document_id: str, said: NewReview, *, actor: Actor
    ) -> DocumentState:
        """Do what a person has decided: a parked document goes on, or goes for good.

        A finished one gets its next revision where something about it changes.

        Raises
        ------
        Forbidden
            The caller has not claimed it, or too long ago.
        Conflict
            Nobody is asked to look at it; it cannot be rejected any more; or the looser level
            cannot be asked for.
        Held
            It shall be rejected, of which nothing would be left, and a legal hold keeps it.
        InvalidRequest
            The type has no such fields, or their values are not in their form.
        NotFound, Erased, Unavailable
            As for `Documents.cancel`.
        """
        for _ in range(TRIES):
            known = known_document(self._records, tenant, document_id)
            record = known.record
            if self._was_corrected(record, said):
                # An earlier call died before it opened the revision.
                decided = self._corrected(record, said, actor)
            else:
                _check_asked(record)
                claim = self._claims.of(record.ref)
                if claim is None or claim.by != actor or not claim.holds(record.ref, self._clock()):
                    raise Forbidden("Claim the document first: the claim is missing or too old.")
                decided = self._decide(record, said, claim)
            if decided is not None:
                return state_of(known._replace(record=decided))
            if said.decision is ReviewDecision.REJECT and known.hold is not None:
                raise Held
        raise Unavailable(RetryableCode.THROTTLED)

    def _decide(self, record: Record, said: NewReview, claim: Claim) -> Record | None:
        """Return the record as it stands then, or None if it has moved on meanwhile."""
        corrections = self._checked(record, said)
        if said.level is not None and _is_looser(said.level, record):
            self._ask(record, said, said.level, claim.by)
        written: dict[str, Any] = {
            "actor": claim.by,
            "facts": _told(record, said),
            "also": [self._claims.dropping(record.ref, claim)],
            "review": _REVIEWS[said.decision],
        }
        if said.decision is ReviewDecision.REJECT:
            return self._reject(record, written)
        changes = _corrected_facts(record, said)
        if "approved_level" in changes:
            written["also"].append(self._levels.voiding(record))
        if corrections is not None:
            # Before anybody can go by them.
            changes["corrections"] = self._corrections.put(_goes_by_them(record), corrections)
        action = Action.REVIEW_DECIDED
        if record.status is Status.WAITING:
            decided = self._resumption.resume(record, action=action, **written, **changes)
        else:
            decided = self._records.note(record, action, **written, **changes)
        if decided is None or decided.review is not written["review"]:
            if corrections is not None:
                self._corrections.drop(_goes_by_them(record), changes["corrections"])
            return None
        if decided.status in RESULT and _changes_something(record, said):
            return self._corrected(decided, said, claim.by)
        return decided

    def _checked(self, record: Record, said: NewReview) -> Corrections | None:
        """Return the fields that are corrected, if any are."""
        if not said.fields:
            return None
        found = _Found.of(self._records.events(record.ref)).extracted
        kind = said.type or kind_of(found.get("definition", "")) or record.type
        return self._corrections.checked(record.ref.tenant, kind, said.fields)

    def _was_corrected(self, record: Record, said: NewReview) -> bool:
        """Whether a document bears this very correction, and no revision goes by it yet."""
        if not _bears(record, said):
            return False
        if not said.fields:
            return _changes_something(record, said)
        # The revision that goes by corrections bears them as well; the decision is not in its own
        # events.
        decided = _decided(self._records.events(record.ref))
        return decided is not None and decided.facts.get("fields") == _names(said)

    def _ask(self, record: Record, said: NewReview, level: Level, actor: Actor) -> None:
        """Ask for a looser level: the document goes on under its own until a second one agrees."""
        if (said.type is not None or said.fields) and record.status in RESULT:
            raise Conflict("Type and fields change first: ask for a looser level once they have.")
        try:
            pending = self._levels.pending(record)
            if pending is None or (pending.level, pending.by) != (level, actor):
                self._levels.request(record, level, actor=actor, reason=_REASON)
        except refusals.BelowFloor:
            raise Conflict("No document of this type is let out at this level.") from None
        except refusals.Pending:
            raise Conflict("Another request for a looser level waits.") from None
        except refusals.Refusal:
            raise Conflict("The looser level cannot be asked for.") from None

    def _corrected(self, record: Record, said: NewReview, actor: Actor) -> Record | None:
        """Open the revision that goes by a correction, of a document that has a result."""
        stricter = said.level is not None and not _is_looser(said.level, record)
        # The files inside are sent by preflight alone, which has to tell them of the level.
        inside = stricter and bool(record.children)
        corrections = record.corrections if said.fields else None
        opened = self._revisions.open_next(
            record,
            self._revisions.restored(record),
            Options(level=record.declared_level),
            begins_at=Stage.PREFLIGHT if inside else Stage.CLASSIFY,
            actor=actor,
            review=Review.CORRECTED,
            corrected_type=record.corrected_type,
            corrections=corrections,
            approved_level=None if stricter else record.approved_level,
        )
        if opened is None and corrections is not None:
            following = _goes_by_them(record)
            other = self._records.get(following)
            # It may be another call for the same correction that was faster.
            if other is not None and other.corrections != corrections:
                self._corrections.drop(following, corrections)
        return opened

    def _reject(self, record: Record, written: dict[str, Any]) -> Record | None:
        if record.status is not Status.WAITING:
            raise Conflict("The document has gone on: it can be erased, and not rejected.")
        if self._records.restricts(record):
            raise Conflict("Its level becomes stricter: it can be erased, and not rejected.")
        rejected = self._records.change_from(
            record,
            Status.REJECTED,
            stage=Stage.REVIEW,
            code=RejectedCode.REFUSED,
            action=Action.REVIEW_DECIDED,
            cost_usd=cost_usd(use_of_stop(gb_seconds=record.gb_seconds)),
            unless_held=self._records.is_all_there_is(record),
            # The sweep removes what there is of it, once nobody writes any more.
            lease_until=self._clock() + CLEANING,
            **written,
        )
        if rejected is None or rejected.review is not Review.REJECTED:
            return None
        self._executions.stop(record.ref)
        observability.count("DocumentFinished", status=Status.REJECTED)
        observability.count("Rejected", code=RejectedCode.REFUSED)
        return rejected

    # ------------------------------------------------------------------ told
    def _case(self, record: Record) -> ReviewCase | None:
        """Return the decision in a revision's events, if it is the one that holds it.

        The revision that a correction opened tells of it by its review alone.
        """
        events = [*self._records.events(record.ref)]
        decided = _decided(events)
        if decided is None:
            return None
        found = _Found.of(events[: events.index(decided)])
        if not found.classified:
            return None
        said = decided.facts
        return ReviewCase(
            document_id=record.ref.document_id,
            revision=record.ref.revision,
            content_sha256=record.content_sha256,
            decision=ReviewDecision(str(said["decision"])),
            at=decided.at,
            type=found.classified["type"],
            level=found.classified["level"],
            **found.weighed(),
            policy=found.classified.get("policy"),
            model=found.classified.get("model"),
            corrected_type=said.get("type"),
            corrected_level=said.get("level"),
            corrected_fields=said.get("fields", ()),
        )


class _Found(NamedTuple):
    """What the audit trail tells of the last decisions without people."""

    classified: dict[str, Any]
    extracted: dict[str, Any]

    @classmethod
    def of(cls, events: Iterable[Event]) -> _Found:
        """Return what some events tell."""
        told = {event.action: dict(event.facts) for event in events}
        return cls(told.get(Action.CLASSIFIED, {}), told.get(Action.EXTRACTED, {}))

    @property
    def reasons(self) -> tuple[str, ...]:
        """Return why a person should look at the document."""
        both = (*self.classified.get("reasons", ()), *self.extracted.get("reasons", ()))
        return tuple(dict.fromkeys(both))

    def weighed(self) -> dict[str, Any]:
        """Return by what was decided."""
        return {
            "type_confidence": self.classified.get("type_confidence"),
            "level_confidence": self.classified.get("level_confidence"),
            "rules": self.classified.get("rules", ()),
            "definition": self.extracted.get("definition", ""),
            "violations": self.extracted.get("violations", ()),
            "missing": self.extracted.get("missing", ()),
        }


def _decided(events: Iterable[Event]) -> Event | None:
    """Return the first decision of a person in a revision's events."""
    return next((event for event in events if event.action is Action.REVIEW_DECIDED), None)


def _gather(
    look: Callable[[int, str | None], Found], limit: int, cursor: str | None
) -> tuple[list[Known], str | None]:
    """Return so many documents, and the cursor to go on by; a bounded number is looked at."""
    try:
        position = None if cursor is None else cursors.decode(cursor, cursors.REVISION)
    except cursors.InvalidCursor:
        raise InvalidRequest("cursor: not one that this service gave.") from None
    gathered: list[Known] = []
    for _ in range(_LOOKED_AT):
        step = min(AT_ONCE, limit - len(gathered))
        found = look(step, position)
        gathered += [known for _, known in found.revisions]
        position = found.position
        if position is None or len(gathered) >= limit:
            break
    return gathered, None if position is None else cursors.encode(position)


def _check_asked(record: Record) -> None:
    waits = record.status is Status.WAITING and record.waiting_for is WaitingFor.REVIEW
    if record.review is not Review.REQUIRED or not (waits or record.status in RESULT):
        raise Conflict(_NOBODY_ASKS)


def _corrected_facts(record: Record, said: NewReview) -> dict[str, Any]:
    """Return what a record bears of a correction, but for its fields."""
    changes: dict[str, Any] = {}
    if said.type is not None:
        changes["corrected_type"] = said.type
        if record.corrected_type not in (None, said.type) and record.level is not None:
            # What another person's type demanded is not taken back by one alone.
            changes["declared_level"] = _strictest(record.level, record.declared_level)
    if said.level is not None and not _is_looser(said.level, record):
        declared = changes.get("declared_level", record.declared_level)
        changes["declared_level"] = _strictest(said.level, declared)
        if said.level is not record.level:
            # What two people let it become ends where one knows better, or are about to.
            changes["approved_level"] = None
    return changes


def _bears(record: Record, said: NewReview) -> bool:
    """Whether a finished document bears a correction."""
    return (
        record.status in RESULT
        and record.review is Review.CORRECTED
        and said.decision is ReviewDecision.CORRECT
        and said.type in (None, record.corrected_type)
        and (said.level is None or said.level is record.declared_level)
    )


def _goes_by_them(record: Record) -> Ref:
    """Return the revision that goes by corrections of a document: one that waits goes on itself."""
    if record.status is Status.WAITING:
        return record.ref
    return record.ref.model_copy(update={"revision": record.ref.revision + 1, "attempt": 1})


def _changes_something(record: Record, said: NewReview) -> bool:
    retyped = said.type is not None and said.type is not record.type
    stricter = said.level not in (None, record.level) and not _is_looser(said.level, record)
    return retyped or stricter or bool(said.fields)


def _is_looser(level: Level | None, record: Record) -> bool:
    if level is None or record.level is None or level is record.level:
        return False
    return strictest(level, record.level) is record.level


def _strictest(level: Level, declared: Level | None) -> Level:
    return level if declared is None else strictest(level, declared)


def _told(record: Record, said: NewReview) -> dict[str, Fact]:
    """Return what the audit trail tells of a decision."""
    facts: dict[str, Fact] = {"decision": said.decision.value}
    if record.type is not None:
        facts["instead_of_type"] = record.type.value
    if record.level is not None:
        facts["instead_of_level"] = record.level.value
    if said.type is not None:
        facts["type"] = said.type.value
    if said.level is not None:
        facts["level"] = said.level.value
    if said.fields:
        facts["fields"] = _names(said)
    return facts


def _names(said: NewReview) -> tuple[str, ...]:
    """Return the names of the fields that are corrected."""
    return tuple(sorted(said.fields))
