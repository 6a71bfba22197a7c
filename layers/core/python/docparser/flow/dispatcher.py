"""The dispatcher: documents that wait get slots, fairly over tenants, and their walks begin."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from docparser import observability
from docparser.model import Priority, Record, Status, now

from .choice import ORDER, choose, common_slots

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

    from docparser.store.executions import Executions
    from docparser.store.records import Records
    from docparser.store.slots import Slot, Slots
    from docparser.store.waiting import Enrolled, Queues, Waiter

    from .choice import Chosen

AFTER_DEADLINE = timedelta(minutes=10)
"""How much longer than a document's deadline a slot is leased."""

# One pass looks at so many tenants of a priority, or at twice as many as there are free slots;
# which, among those with as few slots, is chance.
_TENANTS = 20
# More passes than that are needed only while other runs take the same slots.
_PASSES = 20


@dataclass(frozen=True)
class _Occupied:
    """The slots as one pass sees them: those that are held, and those that may be taken.

    ``free`` has the number of each that may be taken, and whose it was if it had a holder.
    ``checked`` says that no holder has ended, ``idle`` that one of them may never have started.
    """

    count: int
    held: list[Slot]
    free: dict[int, Slot | None]
    checked: bool = False
    idle: bool = True

    def has_for(self, priorities: Collection[Priority], but: Collection[int] = ()) -> int:
        """Return how many free slots documents of some priorities may have."""
        last = self.count if Priority.HIGH in priorities else common_slots(self.count)
        return sum(number <= last for number in self.free if number not in but)

    def suffices(self, waiting: Sequence[Waiter]) -> bool:
        """Whether there is a free slot for everybody."""
        standard = sum(waiter.priority is Priority.STANDARD for waiter in waiting)
        return standard <= self.has_for({Priority.STANDARD}) and len(waiting) <= len(self.free)

    def tenants(self) -> Counter[str]:
        """Return how many slots each tenant has."""
        return Counter(slot.ref.tenant for slot in self.held)


class _Seen(NamedTuple):
    """Documents that may start, the priorities of which there may be more, and who has none."""

    ready: list[Waiter]
    cut: set[Priority]
    struck: int


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
        if not occupied.has_for(rosters):
            occupied = self._reconciled(occupied)
            if not occupied.has_for(rosters) and not occupied.idle:
                return 0, False
        seen = self._look(rosters, occupied)
        names = {slot.holder for slot in occupied.held}
        # A run that took a slot for it died before it was started, or is about to start it.
        resumed = [waiter for waiter in seen.ready if waiter.name in names]
        coming = [waiter for waiter in seen.ready if waiter.name not in names]
        if not occupied.checked and not occupied.suffices(coming):
            occupied = self._reconciled(occupied)
        chosen = choose(
            coming, held=occupied.tenants(), free=list(occupied.free), count=self._slots.count
        )
        begun, lost = self._start(resumed, chosen, occupied)
        unseen = occupied.has_for(seen.cut, but={one.number for one in chosen}) if seen.cut else 0
        return begun, lost > 0 or (unseen > 0 and bool(chosen or seen.struck))

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
        return _Occupied(self._slots.count, list(held.values()), free)

    def _look(self, rosters: dict[Priority, list[Enrolled]], occupied: _Occupied) -> _Seen:
        """Return documents that may start now, of the tenants that have the fewest slots."""
        ready: list[Waiter] = []
        cut: set[Priority] = set()
        struck = 0
        has = occupied.tenants()
        for priority, roster in rosters.items():
            free = occupied.has_for({priority})
            self._shuffle(roster)
            tenants = sorted(roster, key=lambda one: has[one.tenant])[: max(2 * free, _TENANTS)]
            # If all have as many waiting, each gets its part; if they do not, there is more to see.
            each = min(max(2 * free // len(tenants), 10), self._slots.count)
            if len(roster) > len(tenants):
                cut.add(priority)
            for enrolled in tenants:
                found, empty = self._ready(priority, enrolled.tenant, each)
                if empty:
                    struck += self._queues.strike(priority, enrolled)
                if len(found) == each:
                    cut.add(priority)
                ready += found
        return _Seen(ready, cut, struck)

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
        held, free, idle = [], dict(occupied.free), False
        for slot in occupied.held:
            record = records.get(slot.holder)
            if _walks(record, slot.ref.attempt):
                held.append(slot)
                idle = idle or (record is not None and record.status is Status.QUEUED)
            elif slot.number <= self._slots.count:
                free[slot.number] = slot
        return _Occupied(self._slots.count, held, free, checked=True, idle=idle)

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
