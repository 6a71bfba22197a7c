"""Calls of several threads in one batch."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from docparser_ocr.batching import Batching, Merging
from numpy.typing import NDArray

MERGING = Merging(wait_s=0.0, pictures=8, pixels=10_000, at_once=1)


def sums(batch: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
    """A model: what each picture adds up to, and its first pixel."""
    return batch.sum(axis=(1, 2, 3), dtype=np.int64), batch[:, 0, 0]


def pictures(value: int, *, count: int = 1, wide: int = 4) -> NDArray[np.uint8]:
    return np.full((count, 4, wide, 3), value, np.uint8)


class Gate:
    """A model that runs once it may, and tells which batches it got."""

    def __init__(self) -> None:
        self.open = threading.Event()
        self.entered = threading.Event()
        self.shapes: list[tuple[int, ...]] = []

    def __call__(self, batch: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
        self.shapes.append(batch.shape)
        self.entered.set()
        assert self.open.wait(10)
        if (batch == 13).any():
            raise ValueError("a picture that the model cannot take")
        return sums(batch)


class Log:
    def __init__(self) -> None:
        self.batches: list[tuple[int, int]] = []

    def ran(self, calls: int, pictures: int, seconds: float) -> None:
        assert seconds >= 0
        self.batches.append((calls, pictures))


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.002)


def behind_one(
    merging: Merging, calls: list[NDArray[np.uint8]]
) -> tuple[Gate, Log, list[tuple[NDArray[Any], ...] | BaseException]]:
    """Have calls wait, in this order, while the model is busy with another; return the answers."""
    gate, log = Gate(), Log()
    with Batching(gate, merging, log) as batching, ThreadPoolExecutor(16) as threads:
        first = threads.submit(batching, pictures(1, wide=2))
        assert gate.entered.wait(10)
        futures = []
        for index, call in enumerate(calls):
            futures.append(threads.submit(batching, call))
            until(lambda index=index: batching.depth == index + 1)  # type: ignore[misc]
        gate.open.set()
        answers = [future.exception(10) or future.result() for future in futures]
        first.result()
    return gate, log, answers


def test_what_waits_runs_together_and_each_gets_its_own() -> None:
    calls = [pictures(2), pictures(3, count=3), pictures(4, count=2)]
    gate, log, answers = behind_one(MERGING, calls)
    assert gate.shapes == [(1, 4, 2, 3), (6, 4, 4, 3)]
    assert log.batches == [(1, 1), (3, 6)]
    for call, answer in zip(calls, answers, strict=True):
        assert not isinstance(answer, BaseException)
        for given, wanted in zip(answer, sums(call), strict=True):
            np.testing.assert_array_equal(given, wanted)


def test_other_shapes_do_not_run_together() -> None:
    gate, _, _ = behind_one(MERGING, [pictures(2), pictures(3, wide=8), pictures(4)])
    assert gate.shapes[1:] == [(2, 4, 4, 3), (1, 4, 8, 3)]


@pytest.mark.parametrize(
    "merging", [MERGING._replace(pictures=3), MERGING._replace(pixels=3 * 16 + 15)]
)
def test_a_batch_is_no_larger_than_allowed(merging: Merging) -> None:
    gate, _, _ = behind_one(merging, [pictures(value, count=2) for value in (2, 3)])
    assert gate.shapes[1:] == [(2, 4, 4, 3)] * 2


def test_a_call_larger_than_a_batch_runs_by_itself() -> None:
    gate, _, _ = behind_one(MERGING, [pictures(2, count=20)])
    assert gate.shapes[1:] == [(20, 4, 4, 3)]


def test_an_error_reaches_its_caller_only() -> None:
    _, log, answers = behind_one(MERGING, [pictures(2), pictures(13), pictures(3)])
    assert [isinstance(answer, ValueError) for answer in answers] == [False, True, False]
    assert log.batches == [(1, 1), (1, 1), (1, 1)]


def test_the_first_waits_a_little_for_the_next() -> None:
    log = Log()
    patient = MERGING._replace(wait_s=5.0, pictures=2)
    with Batching(sums, patient, log) as batching, ThreadPoolExecutor(2) as threads:
        started = time.monotonic()
        list(threads.map(batching, [pictures(1), pictures(2)]))
        # A full batch waits no longer.
        assert time.monotonic() - started < 4
    assert log.batches == [(2, 2)]


def test_several_batches_run_at_once() -> None:
    both = threading.Barrier(2, timeout=10)

    def model(batch: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
        both.wait()
        return sums(batch)

    twice = MERGING._replace(at_once=2, pictures=1)
    with Batching(model, twice, Log()) as batching, ThreadPoolExecutor(2) as threads:
        list(threads.map(batching, [pictures(1), pictures(2)]))


def test_callers_are_held_up_where_too_many_wait() -> None:
    gate = Gate()
    few = MERGING._replace(waiting=2, pictures=1)
    with Batching(gate, few, Log()) as batching, ThreadPoolExecutor(6) as threads:
        futures = [threads.submit(batching, pictures(value)) for value in range(1, 7)]
        until(lambda: batching.depth == 2)
        time.sleep(0.05)
        assert batching.depth == 2
        gate.open.set()
        assert [int(f.result()[0][0]) for f in futures] == [48 * value for value in range(1, 7)]


def test_a_closed_one_takes_no_calls() -> None:
    with Batching(sums, MERGING, Log()) as batching:
        batching(pictures(1))
    with pytest.raises(RuntimeError):
        batching(pictures(1))
