"""Type, sensitivity and language of one document, from its pages in order.

Transparent weighted rules, each with its evidence: `cues` and `doctype` say what it is,
`markings` and `identifiers` what it must not be shown as, `sensitivity` decides. Nothing here
logs, and memory does not grow with the page count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.language import LanguageCount
from docparser.model import Classification, Evidence, PageStatus

from .doctype import TypeScore
from .identifiers import IdentifierWatch
from .markings import MarkingWatch
from .reading import Reading
from .sensitivity import decide_level

if TYPE_CHECKING:
    from docparser.model import Level, Page


class Classifier:
    """Reads one document page by page, then decides.

    Parameters
    ----------
    least_confidence
        Below it (0..1) the type is ``unknown``, and with it the level CONFIDENTIAL unless a
        marking announces another.

    >>> classifier = Classifier()
    >>> for page in shard.pages:  # every shard, in order
    ...     classifier.read(page)
    >>> classification = classifier.decide()
    """

    def __init__(self, least_confidence: float = 0.6) -> None:
        self._least_confidence = least_confidence
        self._type = TypeScore()
        self._markings = MarkingWatch()
        self._identifiers = IdentifierWatch()
        self._language = LanguageCount()
        self._unread: Evidence | None = None

    def read(self, page: Page) -> None:
        """Take one page into account; one that is not OK counts as unread."""
        if page.status is not PageStatus.OK:
            self.miss(page.number)
            return
        reading = Reading(page)
        self._markings.read(reading)
        self._identifiers.read(reading)
        self._language.read(reading.lower)
        self._language.lean(self._type.read(reading))

    def miss(self, number: int) -> None:
        """Take into account a page that nobody read: it could say anything."""
        count = self._unread.count + 1 if self._unread else 1
        page = self._unread.page if self._unread else number
        self._unread = Evidence(rule="page.unread", weight=0.5, count=count, page=page, phrase="")

    def decide(self, declared: Level | None = None) -> Classification:
        """Return the classification of what was read so far; an empty document is unknown.

        ``declared`` is the level that the document has at least, if its owner named one.
        """
        kind = self._type.decide(self._least_confidence)
        return Classification(
            type=kind,
            level=decide_level(kind, self._markings, self._identifiers, self._unread, declared),
            language=self._language.decide(),
        )
