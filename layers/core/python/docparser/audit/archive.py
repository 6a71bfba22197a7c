"""What was anchored, read back, and whether it is what was written."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from pydantic import ValidationError

from docparser.model import Event, Noun

from .anchors import ANCHORS, Anchor, Head, Kind, Part, anchor_key
from .trail import Finding, Tampering

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from docparser.store.audit_bucket import AuditBucket, Kept

N = TypeVar("N", bound=Noun)

_DAY = timedelta(days=1)


class Archive:
    """The anchors of a deployment, and the lines in their parts.

    An anchor counts as it was first written. One that was written over, that does not fit the one
    before it, or is not what its own hash says, is a finding; so is a part whose bytes are not
    those that the anchor names. Their lines are not believed.

    Attributes
    ----------
    anchors
        Those that are what was written, by their days.
    findings
        What is wrong in the bucket: more is found while lines are read.
    """

    def __init__(self, bucket: AuditBucket) -> None:
        self._bucket = bucket
        self.anchors: dict[date, Anchor] = {}
        self.findings: list[Finding] = []
        self._read()

    def covers(self, day: date) -> bool:
        """Whether a day was anchored."""
        return day in self.anchors

    @property
    def begins(self) -> date | None:
        """The first day that was anchored."""
        return min(self.anchors, default=None)

    @property
    def ends(self) -> date | None:
        """The last day that was anchored."""
        return max(self.anchors, default=None)

    def heads(self, document_id: str | None = None) -> Iterator[Head]:
        """Yield the heads of all days, day by day; those of one document if asked."""
        return self._lines("heads", Head, document_id)

    def events(self, document_id: str) -> Iterator[Event]:
        """Yield the events of one document, day by day."""
        return self._lines("events", Event, document_id)

    def _lines(self, kind: Kind, noun: type[N], document_id: str | None) -> Iterator[N]:
        for anchor in self.anchors.values():
            for part in anchor.parts:
                if part.kind != kind:
                    continue
                if document_id is not None and not part.may_hold(document_id):
                    continue
                # An id is hexadecimal: it stands in a line as it is, whatever the noun.
                wanted = b"" if document_id is None else document_id.encode()
                for line in self._body(part).splitlines():
                    if wanted in line:
                        yield noun.model_validate_json(line)

    def _body(self, part: Part) -> bytes:
        """Return the lines of a part; none if they are not those that were anchored."""
        body = self._bucket.version(part.key, part.version_id)
        if body is None or hashlib.sha256(body).hexdigest() != part.sha256:
            self._found(Tampering.ANCHOR_FORGED, part.key)
            return b""
        return body

    def _read(self) -> None:
        last: Anchor | None = None
        expected: date | None = None
        for kept in self._bucket.kept(ANCHORS):
            anchor = self._anchor(kept)
            if anchor is None or not kept.alone:
                self._found(Tampering.ANCHOR_FORGED, kept.key)
            if anchor is None:
                # Nothing is known of its day, but that it had an anchor.
                last, expected = None, expected and expected + _DAY
                continue
            if expected not in (None, anchor.day) or (expected is None and anchor.previous):
                self._found(Tampering.ANCHOR_MISSING, anchor_key(anchor.day - _DAY))
            elif last is not None and anchor.previous != last.sha256:
                # What was written later says what was there: that is not what was first written.
                self._found(Tampering.ANCHOR_FORGED, anchor_key(last.day))
                del self.anchors[last.day]
            self.anchors[anchor.day] = anchor
            last, expected = anchor, anchor.day + _DAY

    def _anchor(self, kept: Kept) -> Anchor | None:
        """Return an anchor as it was first written; None if it is not what its hash says."""
        body = self._bucket.version(kept.key, kept.version_id)
        try:
            anchor = Anchor.model_validate_json(body or b"")
        except ValidationError:
            return None
        return anchor if kept.key == anchor_key(anchor.day) and anchor.whole else None

    def _found(self, code: Tampering, key: str) -> None:
        finding = Finding(code=code, key=key)
        if finding not in self.findings:
            self.findings.append(finding)
