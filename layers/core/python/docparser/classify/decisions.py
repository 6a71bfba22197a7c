"""What people have said of a document, and what became of the wait for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docparser.model import Review, strictest

if TYPE_CHECKING:
    from docparser.model import DocumentType, Level, Record

_DECIDED = frozenset({Review.APPROVED, Review.CORRECTED})


class Decisions(NamedTuple):
    """Decisions of people about a document; without any, everything is left to the rules.

    ``declared`` is the level that the document has at least, ``approved`` what two people let it
    become, ``type`` what a person says that it is. ``reviewed`` tells that a person has looked at
    it, ``overdue`` that it waited for one who never came.
    """

    declared: Level | None = None
    approved: Level | None = None
    type: DocumentType | None = None
    reviewed: bool = False
    overdue: bool = False

    @classmethod
    def of(cls, record: Record, declared: Level | None) -> Decisions:
        """Return what a record tells of decisions.

        Parameters
        ----------
        record
            The record of a revision that is being classified. It waits for nothing but a person
            before that, so that one which has waited did so for a review.
        declared
            The level that its owner named when it came.
        """
        levels = [level for level in (declared, record.declared_level) if level is not None]
        reviewed = record.review in _DECIDED
        return cls(
            declared=strictest(*levels) if levels else None,
            approved=record.approved_level,
            type=record.corrected_type,
            reviewed=reviewed,
            overdue=record.waits > 0 and not reviewed,
        )
