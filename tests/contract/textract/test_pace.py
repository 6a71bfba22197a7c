"""The token bucket on a real table: what all callers together do, however many there are."""

from __future__ import annotations

import itertools
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from docparser.errors import Retryable
from docparser.store.pace import Pace

if TYPE_CHECKING:
    from tests.contract.engine.running import Engine


def pace(engine: Engine, api: str, per_second: float, **clock: Any) -> Pace:
    client = engine.client("dynamodb")
    return Pace(client, "pages", api=api, per_second=per_second, **clock)


@pytest.fixture
def api() -> str:
    return f"Detect-{uuid.uuid4().hex[:8]}"


class Clock:
    """A clock that runs only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.now += seconds


def test_calls_are_evenly_spaced(engine: Engine, api: str) -> None:
    clock = Clock()
    taken = pace(engine, api, 4, now=clock, sleep=clock.sleep)
    for _ in range(4):
        taken.take(10)
    assert clock.now == pytest.approx(1_800_000_000.75, abs=0.01)
    clock.now += 100  # a bucket that nobody used holds one token, not a hundred
    taken.take(10)
    before = clock.now
    taken.take(10)
    assert clock.now - before == pytest.approx(0.25, abs=0.01)


def test_who_would_wait_too_long_takes_no_token(engine: Engine, api: str) -> None:
    clock = Clock()
    taken = pace(engine, api, 0.1, now=clock, sleep=lambda _seconds: None)
    for _ in range(3):
        taken.take(25)  # now, in 10 and in 20 seconds
    for _ in range(3):
        with pytest.raises(Retryable, match="THROTTLED"):
            taken.take(25)
    clock.now += 5
    taken.take(25)  # in 25 seconds: those who were refused have moved nothing


def test_an_api_has_a_bucket_of_its_own(engine: Engine, api: str) -> None:
    clock = Clock()
    for name in (api, f"{api}-other"):
        pace(engine, name, 0.01, now=clock, sleep=clock.sleep).take(0)
    assert clock.slept == []


def test_the_bucket_ends_by_itself(engine: Engine, api: str) -> None:
    pace(engine, api, 5).take(0)
    key = {"pk": {"S": f"P#{api}"}, "sk": {"S": "BUCKET"}}
    item = engine.client("dynamodb").get_item(TableName="pages", Key=key)["Item"]
    assert time.time() < int(item["expires_at"]["N"]) < time.time() + 4000


def test_many_callers_at_once_stay_below_the_quota(engine: Engine, api: str) -> None:
    # Given: eight functions that each want three pages, four pages a second
    per_second = 8
    paces = [pace(engine, api, per_second) for _ in range(8)]

    def call(taken: Pace) -> list[float]:
        moments = []
        for _ in range(3):
            taken.take(20)
            moments.append(time.monotonic())
        return moments

    # When
    with ThreadPoolExecutor(8) as pool:
        moments = sorted(itertools.chain.from_iterable(pool.map(call, paces)))
    # Then: 24 tokens are 23 steps, and nowhere are there more than the quota and one in a second
    assert moments[-1] - moments[0] >= 23 / per_second - 0.25
    for first, later in zip(moments, moments[per_second + 2 :], strict=False):
        assert later - first >= 1
