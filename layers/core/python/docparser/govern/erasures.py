"""Erasures: asked for by people or by retention, refused under a legal hold."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from docparser.model import Action, Status, now
from docparser.store.erasures import Erasing
from docparser.store.slots import CLOCK_SKEW

from .refusals import Held

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from docparser.model import Record, Ref
    from docparser.model.record import Actor
    from docparser.store.erasures import Erasures
    from docparser.store.holds import Holds
    from docparser.store.records import Records

LAST_WRITE = timedelta(minutes=16) + CLOCK_SKEW
"""How long after a walk was ended from outside one of its functions may still write: Lambda's 15
minutes, and what two clocks may be apart."""

REMINDED = timedelta(minutes=5)
"""After how long the sweep asks again for a purge that nobody has proven."""

# Some of these ended before their functions did: out of time, or for malware that was found late.
_STOPPED = frozenset({Status.FAILED, Status.REJECTED})
_DEEPEST = 16  # of files inside files; no deployment allows as many


class ErasureRequests:
    """Begins erasures: from then on the document is gone for everybody but its audit trail.

    Parameters
    ----------
    records, holds, erasures
        What is known of documents, what is held, and what is being erased.
    clock
        What time it is.
    """

    def __init__(
        self,
        *,
        records: Records,
        holds: Holds,
        erasures: Erasures,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._records = records
        self._holds = holds
        self._erasures = erasures
        self._clock = clock

    def begin(
        self, record: Record, *, actor: Actor, reason: str, children: bool = True
    ) -> Record | None:
        """Make a document ERASED, and let it be purged; a walk that has not ended is CANCELLED.

        Parameters
        ----------
        record
            Its current record.
        actor, reason
            Who wants it, and why: a code or a reference, no word of the document.
        children
            Whether the files inside it that came with it, and not by themselves before, are erased
            with it.

        Returns
        -------
        Record or None
            The ERASED record, or None if it has moved on since it was read. The purge is told of
            it; should this machine end before, the sweep does so.

        Raises
        ------
        Held
            The document is held, or one of those that it lies in, or a file inside it that would
            be erased with it. Nothing was changed then.
        """
        ref = record.ref
        if self._is_held(record, children=children):
            raise Held
        ended: Record | None = record
        if not record.status.terminal:
            queued = record.status is Status.QUEUED
            ended = self._records.change_from(
                record,
                Status.CANCELLED,
                stage=record.stage,
                actor=actor,
                also=[self._erasures.leaving_queue(record)] if queued else [],
                unless_held=True,
            )
        if ended is None:
            return None
        moment = self._clock()
        erasing = Erasing(
            by=actor,
            reason=reason,
            at=moment,
            children=children,
            quiet_from=max((moment, *self._last_writes(ended))),
        )
        # A hold that came since it was looked for lets none of this be written.
        above = [self._holds.absent(one) for one in self._above(ended)]
        erased = self._records.change_from(
            ended,
            Status.ERASED,
            stage=ended.stage,
            action=Action.ERASURE_REQUESTED,
            actor=actor,
            facts={"reason": reason, "children": children},
            also=[*self._erasures.beginning(ref, erasing), *above],
            finished_at=ended.finished_at,
            lease_until=moment + REMINDED,
            retain_until=None,
        )
        if erased is not None:
            self._erasures.send(ref)
        return erased

    def remind(self, record: Record) -> None:
        """Ask again for a purge that should have been proven by now."""
        self._erasures.send(record.ref)
        self._records.renew(record, self._clock() + REMINDED)

    def holds_inside(self, record: Record) -> bool:
        """Whether a file inside a document is held, or one inside that."""
        inside = self._erasures.descendants(record.ref)
        return self._holds.any_of(record.ref.tenant, inside)

    def _is_held(self, record: Record, *, children: bool) -> bool:
        tenant = record.ref.tenant
        together = [record.ref.document_id, *(one.document_id for one in self._above(record))]
        if self._holds.any_of(tenant, together):
            return True
        return children and self.holds_inside(record)

    def _above(self, record: Record) -> Iterator[Ref]:
        """Yield the documents that one lies in, the nearest first."""
        seen = {record.ref.document_id}
        above: Record | None = record
        while above is not None and above.parent is not None and above.parent not in seen:
            if len(seen) > _DEEPEST:
                return
            seen.add(above.parent)
            ref = record.ref.model_copy(update={"document_id": above.parent})
            yield ref
            above = self._records.current(ref.tenant, ref.document_id)

    def _last_writes(self, record: Record) -> Iterator[datetime]:
        """Yield until when functions of walks that were ended from outside may write."""
        for number in range(1, record.ref.revision + 1):
            ref = record.ref.model_copy(update={"revision": number})
            one = record if number == record.ref.revision else self._records.get(ref)
            if one is None or one.finished_at is None:
                continue
            # What is cleaned up after has a lease for as long as something of it may come.
            if one.status in _STOPPED or one.lease_until is not None:
                yield one.finished_at + LAST_WRITE
