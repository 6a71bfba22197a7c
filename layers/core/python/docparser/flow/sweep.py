"""The sweep: once a minute, whatever somebody should have ended and did not."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from docparser import observability
from docparser.function import Call, frames
from docparser.model import (
    Priority,
    Record,
    RejectedCode,
    Review,
    Status,
    TerminalCode,
    WaitingFor,
    now,
)
from docparser.outcome import INTERRUPTED, QUEUED_LEASE
from docparser.store.slots import CLOCK_SKEW

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from docparser.govern.retention import Expiry
    from docparser.outcome import Stop
    from docparser.store.executions import Executions
    from docparser.store.records import Records
    from docparser.store.slots import Slots
    from docparser.store.waiting import Queues

    from .cleanup import Cleanup
    from .dispatcher import Dispatcher
    from .parking import Resumption

LAST_WRITE = timedelta(minutes=16) + CLOCK_SKEW
"""How long after a document's end one of its functions may still write: Lambda's 15 minutes, and
what the clocks of who ended it and of who looks may be apart."""

_PARTS = "0123456789abcdef"
_LOOKED_AT = 50  # of one part of the index, in one run
_RENEWED = timedelta(minutes=5)
_HELD = timedelta(days=1)


class Sweep:
    """Looks at every revision whose lease has run out, and at the slots.

    Whether a walk still runs is asked of Step Functions: no clock decides it. One that runs for
    longer than a document may take is ended; the state machine itself waits for people, who take
    weeks. Every revision that was looked at has ended or has a new lease, so that none is looked at
    all the time, and none that cannot be helped keeps others from being looked at.

    Parameters
    ----------
    records, queues, executions, slots
        What is known of documents, their queues, their walks and the slots.
    stop, cleanup, dispatcher, resumption, expiry
        Who ends a walk, who cleans up after one, who begins one, who lets one go on that waits, and
        who erases what was kept long enough.
    last_write
        How long after a document's end one of its functions may still write.
    patience
        After so many seconds a run looks at nothing more; the next one goes on.
    clock
        What time it is.
    """

    def __init__(
        self,
        *,
        records: Records,
        queues: Queues,
        executions: Executions,
        slots: Slots,
        stop: Stop,
        cleanup: Cleanup,
        dispatcher: Dispatcher,
        resumption: Resumption,
        expiry: Expiry,
        last_write: timedelta = LAST_WRITE,
        patience: timedelta = timedelta(seconds=30),
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._records = records
        self._queues = queues
        self._executions = executions
        self._slots = slots
        self._stop = stop
        self._cleanup = cleanup
        self._dispatcher = dispatcher
        self._resumption = resumption
        self._expiry = expiry
        self._last_write = last_write
        self._patience_s = patience.total_seconds()
        self._clock = clock

    def run(self) -> int:
        """Look after what is overdue, then start what waits; return how many were looked at."""
        until = time.monotonic() + self._patience_s
        looked_at = 0
        # What waits comes last: there may be very many, and hardly one of them needs anything.
        for queued in (False, True):
            for part in random.sample(_PARTS, len(_PARTS)):
                if time.monotonic() > until:
                    break
                looked_at += self._look_after(part, until, queued=queued)
        for part in random.sample(_PARTS, len(_PARTS)):
            if time.monotonic() > until:
                break
            looked_at += self._expiry.run(part)
        moment = self._clock()
        for slot in self._slots.held():
            if slot.expired(moment):
                self._slots.free(slot)
        if looked_at:
            observability.log("looked after", count=looked_at)
        self._dispatcher.run()
        return looked_at

    def _look_after(self, part: str, until: float, *, queued: bool) -> int:
        overdue = self._records.overdue(part, self._clock(), _LOOKED_AT, queued=queued)
        waits = self._queues.holds(one for one in overdue if one.status is Status.QUEUED)
        enrolled: set[tuple[Priority, str]] = set()
        looked_at = 0
        for record in overdue:
            if time.monotonic() > until:
                break
            looked_at += 1
            try:
                if self._look_at(record, waits=record.ref.execution_name in waits):
                    enrolled.add((record.priority, record.ref.tenant))
            except Exception as error:  # noqa: BLE001 - one document must not stop all others
                observability.log_error(
                    "not looked after",
                    **record.ref.model_dump(mode="json"),
                    error_type=type(error).__name__,
                    frames=frames(error),
                )
                self._later(record)
        for priority, tenant in enrolled:
            self._queues.mark(priority, tenant)
        return looked_at

    def _look_at(self, record: Record, *, waits: bool) -> bool:
        """Do what a revision needs; return whether its document waits for a slot."""
        match record.status:
            case Status.AWAITING_UPLOAD:
                if self._is_late(record):
                    self._records.change_from(
                        record, Status.CANCELLED, stage=record.stage, code=TerminalCode.DEADLINE
                    )
            case Status.QUEUED if waits:
                # Its tenant may have been forgotten, or there are many before it.
                self._later(record, QUEUED_LEASE)
                return True
            case Status.QUEUED | Status.RUNNING | Status.WAITING:
                return self._look_at_walk(record)
            case Status.CANCELLED:
                self._clean_up(record)
            case Status.REJECTED if record.code == RejectedCode.REFUSED:
                self._clean_up(record)
            case Status.ERASED:
                self._expiry.remind(record)
            case Status.FAILED:
                return self._stop.again(record) is not None
            case _:
                self._records.cleaned(record)
        return False

    def _look_at_walk(self, record: Record) -> bool:
        """Look whether an attempt walks; one that should and does not is ended, or begun."""
        walk = self._executions.find(record.ref)
        if walk is None and record.status is Status.QUEUED:
            self._queues.put(record)
            self._later(record, QUEUED_LEASE)
            return True
        if walk is not None and walk.runs:
            self._look_at_running(record)
            return False
        # Its end was told to nobody, or nobody listened.
        error = INTERRUPTED if walk and walk.error == INTERRUPTED else "TIMED_OUT"
        self._stop.run(record.ref, error=error, cause="", call=Call())
        return False

    def _look_at_running(self, record: Record) -> None:
        """Let a walk go on that has waited long enough; end one that has run too long."""
        if record.status is Status.WAITING:
            self._go_on(record)
        elif record.status is Status.QUEUED:
            self._later(record)
        elif self._resumption.answer(record) or not self._is_late(record):
            return
        # Not where another run has let it go on since this one saw it.
        elif self._records.renew(record, self._clock() + _RENEWED):
            self._stop.run(record.ref, error="TIMED_OUT", cause="", call=Call())
            self._executions.stop(record.ref)

    def _is_late(self, record: Record) -> bool:
        """Whether a lease has run out, whoever's clock it was written by."""
        return record.lease_until is not None and record.lease_until + CLOCK_SKEW < self._clock()

    def _go_on(self, waiting: Record) -> None:
        expired = waiting.waiting_for is WaitingFor.REVIEW and waiting.review is Review.REQUIRED
        if not expired:
            self._resumption.resume(waiting)
            return
        # Nobody has looked at it in time. Classify sees that it waited in vain.
        self._resumption.resume(waiting, code=TerminalCode.DEADLINE)
        observability.count("ReviewExpired")

    def _clean_up(self, gone: Record) -> None:
        """Delete what is there now and, once no function of it can write any more, the rest.

        Of a document that was refused as of one that was cancelled, nothing stays; unless it is
        held, and this is all that there is of it.
        """
        self._executions.stop(gone.ref)
        if self._is_held(gone):
            self._later(gone, _HELD)
            return
        # First: a zone that hangs may end this run, but not the next one as well.
        later = self._clock() + _RENEWED
        if not self._records.renew(gone, later):
            return
        gone = gone.model_copy(update={"lease_until": later})
        self._cleanup.run(gone)
        ended = gone.finished_at or gone.updated_at
        if self._clock() >= ended + self._last_write:
            self._records.cleaned(gone)
        else:
            self._records.renew(gone, ended + self._last_write)

    def _is_held(self, gone: Record) -> bool:
        known = self._records.known(gone.ref.tenant, gone.ref.document_id)
        return (
            known is not None
            and known.hold is not None
            and known.record.ref.revision == gone.ref.revision
            and self._records.is_all_there_is(gone)
        )

    def _later(self, record: Record, lease: timedelta = _RENEWED) -> None:
        self._records.renew(record, self._clock() + lease)
