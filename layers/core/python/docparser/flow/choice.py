"""Which documents walk next: a pure choice among those that wait, for the slots that are free."""

from __future__ import annotations

import heapq
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import Priority

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from docparser.store.waiting import Waiter

ORDER = (Priority.HIGH, Priority.STANDARD)
"""Who is served first."""


class Chosen(NamedTuple):
    """A document, and the number of the slot that is meant for it."""

    waiter: Waiter
    number: int


def common_slots(count: int) -> int:
    """Return how many of ``1..count`` slots anybody may have; the last fifth is for `high`."""
    return count - count // 5


def choose(
    waiting: Iterable[Waiter], *, held: Mapping[str, int], free: Sequence[int], count: int
) -> list[Chosen]:
    """Choose documents for free slots, in the order in which they are to start.

    `high` comes before `standard`; within a priority the tenant with the fewest slots, then the
    document that has waited longest. So a tenant that floods the queue has, whatever the order in
    which documents came, no more slots than any other that has documents waiting.

    Parameters
    ----------
    waiting
        The documents that may start now.
    held
        How many slots each tenant has.
    free
        The numbers of the free slots.
    count
        How many slots there are.
    """
    common = common_slots(count)
    reserved = deque(sorted(number for number in free if number > common))
    shared = deque(sorted(number for number in free if number <= common))
    has = dict(held)
    chosen: list[Chosen] = []
    queues = _queues(waiting)
    for priority in ORDER:
        # High documents fill what only they may have first: the rest is left to both.
        places = [reserved, shared] if priority is Priority.HIGH else [shared]
        line = [(has.get(tenant, 0), queue[0].queued_at, tenant) for tenant, queue in
                queues.get(priority, {}).items()]  # fmt: skip
        heapq.heapify(line)
        while line and any(places):
            _, _, tenant = heapq.heappop(line)
            queue = queues[priority][tenant]
            number = next(place for place in places if place).popleft()
            chosen.append(Chosen(queue.popleft(), number))
            has[tenant] = has.get(tenant, 0) + 1
            if queue:
                heapq.heappush(line, (has[tenant], queue[0].queued_at, tenant))
    return chosen


def _queues(waiting: Iterable[Waiter]) -> dict[Priority, dict[str, deque[Waiter]]]:
    queues: dict[Priority, dict[str, deque[Waiter]]] = {}
    for waiter in sorted(waiting, key=lambda one: (one.queued_at, one.name)):
        tenants = queues.setdefault(waiter.priority, {})
        tenants.setdefault(waiter.ref.tenant, deque()).append(waiter)
    return queues
