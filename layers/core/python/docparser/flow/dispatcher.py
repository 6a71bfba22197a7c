"""The dispatcher: documents that wait get slots, fairly over tenants, and their walks begin."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from docparser import observability
from docparser.model import Priority, Record, Status, now

from .choice import ORDER, choose, common_slots

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from docparser.store.executions import Executions
    from docparser.store.records import Records
    from docparser.store.slots import Slot, Slots
    from docparser.store.waiting import Enrolled, Queues, Waiter

    from .choice import Chosen

AFTER_DEADLINE = timedelta(minutes=10)
"""How much longer than a document's deadline a slot is leased."""

# One run looks at so many tenants of a priority; which, among those with as few slots, is chance.
_TENANTS = 100
# More passes than that are needed only while other runs take the same slots.
_PASSES = 20


class _Occupied(NamedTuple):
    """The slots as one pass sees them: those that are held, and those that may be taken.

    ``free`` has the number of each that may be taken, and whose it was if it had a holder.
    """

    held: list[Slot]
    free: dict[int, Slot | None]

    def suffices(self, waiting: Sequence[Waiter], count: int) -> bool:
        """Whether there is a free slot for everybody."""
        common = sum(number <= common_slots(count) for number in self.free)
        standard = sum(waiter.priority is Priority.STANDARD for waiter in waiting)
        return standard <= common and len(waiting) <= len(self.free)


class Dispatcher:
    """Starts documents under slots.

    Whatever dies in between, the next run repairs: a document keeps its item until it was started,
    and starting it twice under its one name is harmless. Two runs at once may meet at a slot, and
    then a condition decides; they never start more documents than there are slots.

    Parameters
    ----------
    records, queues, slots, executions
        What is known of documents, their queues, the slots and the walks.
    deadline
        How long a walk may take: a slot is leased for longer.
    clock, shuffle
        What time it is, and how chance decides between tenants.
    """

    def __init__(
        self,
        *,
        records: Records,
        queues: Queues,
        slots: Slots,
        executions: Executions,
        deadline: timedelta,
        clock: Callable[[], datetime] = now,
        shuffle: Callable[[list[Enrolled]], None] = random.shuffle,
    ) -> None:
        self._records = records
        self._queues = queues
        self._slots = slots
        self._executions = executions
        self._lease = deadline + AFTER_DEADLINE
        self._clock = clock
        self._shuffle = shuffle

    def run(self) -> int:
        """Start as many documents as there are slots for; return how many were started."""
        started = 0
        for _ in range(_PASSES):
            begun, more = self._pass()
            started += begun
            if not more:
                break
        if started:
            observability.log("dispatched", count=started)
        return started

    def _pass(self) -> tuple[int, bool]:
        """Return how many documents were started, and whether another pass may start more."""
        # In this order: who comes to a roster after it was read changes a mark that was read.
        rosters = {priority: self._queues.roster(priority) for priority in ORDER}
        rosters = {priority: enrolled for priority, enrolled in rosters.items() if enrolled}
        if not rosters:
            return 0, False
        occupied = self._occupied()
        waiting, cut = self._look(rosters, Counter(slot.ref.tenant for slot in occupied.held))
        names = {slot.holder for slot in occupied.held}
        # A run that took a slot for it died before it was started, or is about to start it.
        resumed = [waiter for waiter in waiting if waiter.name in names]
        coming = [waiter for waiter in waiting if waiter.name not in names]
        if not occupied.suffices(coming, self._slots.count):
            occupied = self._reconciled(occupied)
        chosen = choose(
            coming,
            held=Counter(slot.ref.tenant for slot in occupied.held),
            free=list(occupied.free),
            count=self._slots.count,
        )
        begun, lost = self._start(resumed, chosen, occupied)
        unseen = cut and len(occupied.free) > len(chosen)
        return begun, bool(chosen) and bool(lost or unseen)

    # ------------------------------------------------------------------ looking
    def _occupied(self) -> _Occupied:
        moment = self._clock()
        held: dict[str, Slot] = {}
        taken: set[int] = set()
        expired: dict[int, Slot] = {}
        for slot in sorted(self._slots.held(), key=lambda one: one.number):
            if slot.expired(moment):
                expired[slot.number] = slot
            elif slot.holder in held and self._slots.free(slot):
                # Two runs took a slot for the same document at once; it walks once, under one.
                continue
            else:
                held[slot.holder] = slot
                taken.add(slot.number)
        numbers = range(1, self._slots.count + 1)
        free = {number: expired.get(number) for number in numbers if number not in taken}
        return _Occupied(list(held.values()), free)

    def _look(
        self, rosters: dict[Priority, list[Enrolled]], has: Counter[str]
    ) -> tuple[list[Waiter], bool]:
        """Return documents that may start now, and whether some that may were not looked at."""
        waiting: list[Waiter] = []
        cut = False
        for priority, roster in rosters.items():
            self._shuffle(roster)
            tenants = sorted(roster, key=lambda one: has[one.tenant])[:_TENANTS]
            cut = cut or len(roster) > len(tenants)
            # If all have as many waiting, each gets its part; if they do not, there is more to see.
            each = min(max(2 * self._slots.count // len(tenants), 10), self._slots.count)
            for enrolled in tenants:
                ready, empty = self._ready(priority, enrolled.tenant, each)
                if empty:
                    self._queues.strike(priority, enrolled)
                cut = cut or len(ready) == each
                waiting += ready
        return waiting, cut

    def _ready(self, priority: Priority, tenant: str, limit: int) -> tuple[list[Waiter], bool]:
        """Return a tenant's oldest documents that may start, and whether none waits at all."""
        moment = self._clock()
        empty = True
        ready: list[Waiter] = []
        for waiter in self._queues.queue(priority, tenant, step=limit):
            empty = False
            if waiter.ready_at is None or waiter.ready_at <= moment:
                ready.append(waiter)
            if len(ready) == limit:
                break
        return ready, empty

    def _reconciled(self, occupied: _Occupied) -> _Occupied:
        """Return the slots again; those are free whose holders have ended."""
        records = self._records.standing(slot.ref for slot in occupied.held)
        held, free = [], dict(occupied.free)
        for slot in occupied.held:
            if _walks(records.get(slot.holder), slot.ref.attempt):
                held.append(slot)
            elif slot.number <= self._slots.count:
                free[slot.number] = slot
        return _Occupied(held, free)

    # ------------------------------------------------------------------ starting
    def _start(
        self, resumed: list[Waiter], chosen: list[Chosen], occupied: _Occupied
    ) -> tuple[int, int]:
        """Start documents; return how many were, and how many a slot was in vain chosen for."""
        records = self._records.standing(
            waiter.ref for waiter in (*resumed, *(one.waiter for one in chosen))
        )
        begun = lost = 0
        done: list[Waiter] = []
        for waiter in resumed:
            record = records.get(waiter.name)
            if record is not None and _waits(record, waiter):
                begun += self._executions.start(record)
            done.append(waiter)
        for waiter, number in chosen:
            record = records.get(waiter.name)
            if record is None or not _waits(record, waiter):
                # It was cancelled or refused meanwhile, or was started and its item stayed.
                done.append(waiter)
                lost += 1
                continue
            lease_until = self._clock() + self._lease
            if not self._slots.take(number, waiter, lease_until, seen=occupied.free[number]):
                lost += 1
                continue
            # If it was started before, its slot stays: the walk may run, and another run, which
            # took a second slot for it, may be told so and give up its own. One that has ended
            # frees its slot like any other.
            begun += self._executions.start(record)
            done.append(waiter)
        self._queues.remove(done)
        return begun, lost


def _waits(record: Record, waiter: Waiter) -> bool:
    return record.status is Status.QUEUED and record.ref.attempt == waiter.ref.attempt


def _walks(record: Record | None, attempt: int) -> bool:
    return record is not None and record.ref.attempt == attempt and not record.status.terminal
