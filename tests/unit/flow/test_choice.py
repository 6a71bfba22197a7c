"""Which documents walk next: high before standard, few slots before many, old before young."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from docparser.flow.choice import Chosen, choose, common_slots
from docparser.model import Priority, Ref
from docparser.store.waiting import Waiter
from hypothesis import given, settings
from hypothesis import strategies as st

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)


def waiter(
    tenant: str, minute: int, priority: Priority = Priority.STANDARD, number: int = 0
) -> Waiter:
    return Waiter(
        ref=Ref(tenant=tenant, document_id=f"d{minute:016x}{number:016x}"),
        priority=priority,
        queued_at=BEGIN + timedelta(minutes=minute),
    )


def tenants(chosen: list[Chosen]) -> list[str]:
    return [one.waiter.ref.tenant for one in chosen]


def test_nobody_waits_or_nothing_is_free() -> None:
    assert choose([], held={}, free=[1, 2], count=2) == []
    assert choose([waiter("a", 1)], held={}, free=[], count=2) == []


def test_tenants_take_turns_whatever_the_order_they_came_in() -> None:
    flood = [waiter("flood", minute) for minute in range(20)]
    late = [waiter("a", 30), waiter("b", 31)]
    assert tenants(choose([*flood, *late], held={}, free=[1, 2, 3, 4], count=4)) == [
        "flood", "a", "b", "flood"
    ]  # fmt: skip


def test_who_has_slots_waits_for_who_has_fewer() -> None:
    waiting = [waiter("a", 1), waiter("a", 2), waiter("b", 3), waiter("b", 4)]
    chosen = choose(waiting, held={"a": 2, "b": 1}, free=[1, 2, 3], count=4)
    # b draws level; then the older document decides
    assert tenants(chosen) == ["b", "a", "b"]


def test_the_oldest_of_a_tenant_comes_first() -> None:
    waiting = [waiter("a", minute) for minute in (3, 1, 2)]
    chosen = choose(waiting, held={}, free=[1, 2, 3], count=3)
    assert [one.waiter.queued_at.minute for one in chosen] == [1, 2, 3]


def test_high_comes_first_and_alone_may_have_the_last_fifth() -> None:
    waiting = [waiter("a", 1), waiter("a", 2), waiter("b", 9, Priority.HIGH)]
    chosen = choose(waiting, held={}, free=[8, 9, 10], count=10)
    assert [(one.waiter.priority, one.number) for one in chosen] == [("high", 9), ("standard", 8)]


def test_a_slot_of_a_high_document_counts_for_its_tenant() -> None:
    waiting = [waiter("a", 1, Priority.HIGH), waiter("a", 2), waiter("b", 3)]
    chosen = choose(waiting, held={}, free=[1, 2], count=2)
    assert tenants(chosen) == ["a", "b"]


def test_few_slots_keep_none_back() -> None:
    assert [common_slots(count) for count in (1, 4, 5, 8, 100)] == [1, 4, 4, 7, 80]


@settings(max_examples=100, deadline=None)
@given(
    queues=st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 12), min_size=1),
    high=st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 4)),
    held=st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 6)),
    count=st.integers(1, 30),
    data=st.data(),
)
def test_no_slot_twice_none_idle_and_nobody_is_left_behind(
    queues: dict[str, int],
    high: dict[str, int],
    held: dict[str, int],
    count: int,
    data: st.DataObject,
) -> None:
    free = data.draw(st.lists(st.integers(1, count), unique=True))
    waiting = [
        waiter(tenant, minute, priority, ord(tenant))
        for priority, many in ((Priority.STANDARD, queues), (Priority.HIGH, high))
        for tenant, documents in many.items()
        for minute in range(documents)
    ]
    chosen = choose(waiting, held=held, free=free, count=count)
    numbers = [one.number for one in chosen]
    assert len(set(numbers)) == len(numbers)
    assert set(numbers) <= set(free)
    # The last slots are for high documents alone
    standard = [one for one in chosen if one.waiter.priority is Priority.STANDARD]
    assert all(one.number <= common_slots(count) for one in standard)
    # As many start as can
    common = sum(number <= common_slots(count) for number in free)
    highs = min(sum(high.values()), len(free))
    left = common - max(highs - (len(free) - common), 0)
    assert len(chosen) == highs + min(sum(queues.values()), left)
    # Who waits on has no fewer slots, but for one, than who got one
    has = Counter(held)
    for one in chosen:
        has[one.waiter.ref.tenant] += 1
    got = Counter(tenants(standard))
    for tenant, documents in queues.items():
        if got[tenant] < documents:
            assert all(has[tenant] >= has[other] - 1 for other in got)
