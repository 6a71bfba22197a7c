"""Anchors: what each day adds to the trail, kept where it can be neither changed nor taken back.

==========  ===============================  ==========================================
object      key in the audit bucket          what it is
==========  ===============================  ==========================================
events      ``events/<day>/<hex>-0001.jsonl``  the day's events, one in a line
heads       ``heads/<day>/<hex>-0001.jsonl``   the last event of each chain that moved
section     ``sections/<day>/<hex>.json``      the parts of one sixteenth of all documents
anchor      ``anchors/<day>.json``             all parts with their hashes, on a chain
==========  ===============================  ==========================================

``<hex>`` is the first hex digit of the documents' ids; in a part documents stand by their ids. The
day of an event is that of its moment, in UTC.
"""

from __future__ import annotations

from datetime import date  # noqa: TC003 - Pydantic reads it when it runs
from typing import Annotated, Literal

from pydantic import Field

from docparser.model import Event, Noun
from docparser.model.base import DocumentId, Sha256, Tenant, schema_tag
from docparser.store import chain

HEX = "0123456789abcdef"
ANCHORS = "anchors/"

Kind = Literal["events", "heads"]


class Head(Noun):
    """The last event of a revision on a day, by its hash."""

    tenant: Tenant
    document_id: DocumentId
    revision: Annotated[int, Field(ge=1)]
    seq: Annotated[int, Field(ge=1)]
    sha256: Sha256


class Part(Noun):
    """Lines of one kind: those of the documents ``first`` to ``last``, and nothing else's.

    ``sha256`` is that of the bytes, ``version_id`` the version of the object that has them.
    """

    kind: Kind
    key: str
    version_id: str | None
    sha256: Sha256
    lines: Annotated[int, Field(ge=1)]
    first: DocumentId
    last: DocumentId

    def may_hold(self, document_id: str) -> bool:
        """Whether a document's lines would stand in it."""
        return self.first <= document_id <= self.last


class Section(Noun):
    """The parts of a day that hold the documents whose ids begin with one hex digit."""

    schema_: str = schema_tag("audit-section")
    day: date
    parts: tuple[Part, ...]


class Anchor(Noun):
    """A day of the trail. ``previous`` is the hash of the anchor before, None for the first."""

    schema_: str = schema_tag("audit-anchor")
    day: date
    previous: Sha256 | None
    parts: tuple[Part, ...]
    sha256: Sha256 | None = None

    def sealed(self) -> Anchor:
        """Return it with its hash: SHA-256 over its canonical form, as an event's is."""
        return self.model_copy(update={"sha256": chain.digest(self)})

    @property
    def whole(self) -> bool:
        """Whether its hash is that of what it says."""
        return self.sha256 == chain.digest(self)

    def of(self, kind: Kind) -> int:
        """Return how many lines of a kind the day has."""
        return sum(part.lines for part in self.parts if part.kind == kind)


def head_of(event: Event) -> Head | None:
    """Return an event as the head of its chain; None if it is from before there were chains."""
    if event.sha256 is None:
        return None
    return Head(
        tenant=event.ref.tenant,
        document_id=event.ref.document_id,
        revision=event.ref.revision,
        seq=event.seq,
        sha256=event.sha256,
    )


def anchor_key(day: date) -> str:
    """Return the key of a day's anchor."""
    return f"{ANCHORS}{day.isoformat()}.json"


def section_key(day: date, first_hex: str) -> str:
    """Return the key of the list of one sixteenth's parts."""
    return f"sections/{day.isoformat()}/{first_hex}.json"


def part_key(kind: Kind, day: date, first_hex: str, number: int) -> str:
    """Return the key of a part; numbers count from 1."""
    return f"{kind}/{day.isoformat()}/{first_hex}-{number:04d}.jsonl"
