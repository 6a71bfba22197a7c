"""Type, sensitivity and language of one document, from its pages in order.

Transparent weighted rules, each with its evidence: `doctype` says what it is, `markings` and
`personal` what it must not be shown as, `sensitivity` decides by the tenant's policy. Nothing
here logs, and memory does not grow with the page count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.language import LanguageCount
from docparser.model import (
    Classification,
    DocumentType,
    Evidence,
    PageStatus,
    ReviewReason,
    TypeDecision,
    WarningCode,
)
from docparser.policy import default_policy

from .decisions import Decisions
from .doctype import MODEL_VERSION, TypeScore
from .markings import MarkingWatch
from .personal import PersonalData
from .reading import Reading
from .sensitivity import decide_level

if TYPE_CHECKING:
    from docparser.model import LevelDecision, Page, PiiFinding, Policy


class Classifier:
    """Reads one document page by page, then decides.

    Parameters
    ----------
    policy
        The rules of the document's tenant; without them, the default ones.
    least_confidence
        Below it (0..1) the type is ``unknown``, and with it the level CONFIDENTIAL unless a
        marking announces another.

    >>> classifier = Classifier(policy)
    >>> for page in shard.pages:  # every shard, in order
    ...     classifier.read(page)
    >>> classification = classifier.decide()
    """

    def __init__(self, policy: Policy | None = None, *, least_confidence: float = 0.6) -> None:
        self._policy = policy or default_policy()
        self._least_confidence = least_confidence
        self._type = TypeScore()
        self._markings = MarkingWatch()
        self._personal = PersonalData(self._policy)
        self._language = LanguageCount()
        self._unread: Evidence | None = None
        self._disguised: Evidence | None = None
        self._hidden: Evidence | None = None

    def read(self, page: Page) -> list[PiiFinding]:
        """Take one page into account, and return the personal data on it, in its order.

        A page that is not OK counts as unread.
        """
        if page.status is not PageStatus.OK:
            self.miss(page.number)
            return []
        reading = Reading(page)
        if reading.disguised:
            self._disguised = _once_more(self._disguised, "text.disguised", page.number)
        if page.hides_text:
            self._hidden = _once_more(self._hidden, "text.hidden", page.number)
        self._markings.read(reading)
        self._language.read(reading.lower)
        self._language.lean(self._type.read(reading))
        return self._personal.read(reading)

    def miss(self, number: int) -> None:
        """Take into account a page that nobody read: it could say anything."""
        self._unread = _once_more(self._unread, "page.unread", number)

    def decide(self, decisions: Decisions | None = None) -> Classification:
        """Return the classification of what was read so far; an empty document is unknown.

        Parameters
        ----------
        decisions
            What people have said of the document.
        """
        decisions = decisions or Decisions()
        found = self._type.decide(self._least_confidence)
        kind = found if decisions.type is None else _corrected(found, decisions.type)
        level = decide_level(
            self._policy,
            (kind,) if kind is found else (kind, found),
            self._markings,
            self._personal,
            pages=tuple(
                seen for seen in (self._unread, self._disguised, self._hidden) if seen is not None
            ),
            decisions=decisions,
        )
        warnings = {
            WarningCode.MARKINGS_DIFFER: self._markings.differ,
            WarningCode.TEXT_DISGUISED: self._disguised is not None,
            WarningCode.TEXT_HIDDEN: self._hidden is not None,
        }
        return Classification(
            type=kind,
            level=level,
            language=self._language.decide(),
            pii=dict(sorted(self._personal.counts.items())),
            identifiers_verified=self._personal.verified,
            policy=self._policy.version,
            model=MODEL_VERSION,
            review=() if decisions.reviewed else self._doubts(kind, level, decisions),
            warnings=tuple(code for code, noticed in warnings.items() if noticed),
        )

    def _doubts(
        self, kind: TypeDecision, level: LevelDecision, decisions: Decisions
    ) -> tuple[ReviewReason, ...]:
        """Return why a person should look at the document."""
        least = self._policy.review
        unnamed = kind.value is DocumentType.UNKNOWN
        doubts = []
        if unnamed or kind.confidence < least.least_type_confidence:
            doubts.append(ReviewReason.TYPE_UNSURE)
        if level.confidence < least.least_level_confidence:
            doubts.append(ReviewReason.LEVEL_UNSURE)
        # Two people have read it by then, and decided what it is.
        if self._markings.differ and decisions.approved is None:
            doubts.append(ReviewReason.MARKINGS_DIFFER)
        return tuple(doubts)


def _corrected(kind: TypeDecision, said: DocumentType) -> TypeDecision:
    """Return a person's word, with what the rules would have said as its alternative."""
    word = Evidence(rule="review.type", weight=1.0, page=1, phrase="")
    others = ((kind.value, kind.confidence), *kind.alternatives)
    return TypeDecision(
        value=said,
        confidence=1.0,
        alternatives=tuple(entry for entry in others if entry[0] is not said),
        evidence=(word, *kind.evidence),
    )


def _once_more(seen: Evidence | None, rule: str, number: int) -> Evidence:
    """Return the evidence that a whole page gives, counted over the pages."""
    if seen is not None:
        return seen.model_copy(update={"count": seen.count + 1})
    return Evidence(rule=rule, weight=0.5, page=number, phrase="")
