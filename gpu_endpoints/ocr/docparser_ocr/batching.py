"""The calls of several pages as one batch: what a GPU needs to be busy.

A model's call waits a few milliseconds for others of the same shape, and they run together. On a
CPU nothing is gained by that: there, only what must wait for a free stream anyway is merged.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from .backends import Model


class Merging(NamedTuple):
    """How calls are merged.

    ``wait_s`` is how long the first may wait for others, seconds; ``pictures`` and ``pixels`` are
    what a batch holds at most, if it is not one call's; ``at_once`` is how many batches run at
    the same time; ``waiting`` how many calls may wait before callers are held up.
    """

    wait_s: float
    pictures: int
    pixels: int
    at_once: int
    waiting: int = 1024


class Observer(Protocol):
    """Whoever wants to know how well it goes."""

    def ran(self, calls: int, pictures: int, seconds: float) -> None:
        """Take note of a batch: the calls and pictures in it, and how long the model took."""


@dataclass(eq=False)
class _Call:
    batch: NDArray[np.uint8]
    since: float = field(default_factory=time.monotonic)
    answered: threading.Event = field(default_factory=threading.Event)
    outputs: tuple[NDArray[Any], ...] = ()
    error: Exception | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.batch.shape[1:]

    @property
    def pixels(self) -> int:
        return int(np.prod(self.batch.shape[:3]))


class Batching:
    """A `Model` whose callers share batches; a context, as it has threads.

    A caller waits for its answer, so its calls keep their order. A model that fails with a
    merged batch is run with each call by itself: an error reaches the caller that it belongs to.
    """

    def __init__(self, model: Model, merging: Merging, observer: Observer) -> None:
        self._model = model
        self._merging = merging
        self._observer = observer
        self._waiting: deque[_Call] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._serve, name="model", daemon=True)
            for _ in range(merging.at_once)
        ]

    def __enter__(self) -> Batching:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()

    @property
    def depth(self) -> int:
        """How many calls wait."""
        return len(self._waiting)

    def __call__(self, batch: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
        """Run a batch with whatever others come at the same time; see `Model`.

        Raises
        ------
        RuntimeError
            It is closed.
        """
        call = _Call(batch)
        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or len(self._waiting) < self._merging.waiting
            )
            if self._closed:
                raise RuntimeError("the models are closed")
            self._waiting.append(call)
            self._changed.notify_all()
        call.answered.wait()
        if call.error is not None:
            raise call.error
        return call.outputs

    def _serve(self) -> None:
        while group := self._next():
            self._run(group)
            for call in group:
                call.answered.set()
            # Or else the last pictures are kept until the next come.
            del group, call

    def _next(self) -> list[_Call]:
        """Return calls that run together; none once it is closed and nobody waits."""
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._waiting)
            if not self._waiting:
                return []
            group = [self._waiting.popleft()]
            until = group[0].since + self._merging.wait_s
            full = False
            while not full:
                full = self._take(group)
                left = until - time.monotonic()
                if full or left <= 0 or self._closed:
                    break
                self._changed.wait(left)
            self._changed.notify_all()
            return group

    def _take(self, group: list[_Call]) -> bool:
        """Add what waits and fits; return whether there is room for no more."""
        most = self._merging
        pictures = sum(len(call.batch) for call in group)
        pixels = sum(call.pixels for call in group)
        for call in [call for call in self._waiting if call.shape == group[0].shape]:
            pictures += len(call.batch)
            pixels += call.pixels
            if pictures > most.pictures or pixels > most.pixels:
                return True
            self._waiting.remove(call)
            group.append(call)
        return pictures >= most.pictures or pixels >= most.pixels

    def _run(self, group: list[_Call]) -> None:
        started = time.monotonic()
        try:
            if len(group) == 1:
                group[0].outputs = self._model(group[0].batch)
            else:
                outputs = self._model(np.concatenate([call.batch for call in group]))
                first = 0
                for call in group:
                    last = first + len(call.batch)
                    call.outputs = tuple(output[first:last] for output in outputs)
                    first = last
        except Exception as error:  # noqa: BLE001 - whatever it is, its caller gets it
            if len(group) == 1:
                group[0].error = error
            else:
                for call in group:
                    self._run([call])
            return
        pictures = sum(len(call.batch) for call in group)
        self._observer.ran(len(group), pictures, time.monotonic() - started)
