"""Models in another process: a worker's proxy for each of them, and the side that runs them.

Pictures and outputs lie in memory that both processes share; messages say only where.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from . import journal
from .channel import Message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from .backends import Model
    from .channel import Channel
    from .settings import OcrSettings
    from .shared_memory import SharedMemory
    from .weights import Weights

_CHANNELS = 3

# In a row. One page may have pictures that no model takes; so many have not.
_MOST_FAILURES = 8


class Setup(NamedTuple):
    """What a worker is told before it reads: the settings, and what belongs to the models."""

    settings: OcrSettings
    weights: Weights


class ModelFailed(Exception):  # noqa: N818 - it says what happened
    """The model could not be run with these pictures."""


class Watched:
    """A `Model` that tells when it fails again and again: a GPU that has lost its context does.

    Parameters
    ----------
    model
        The model.
    give_up
        What is called then; whoever runs the container starts another.
    """

    def __init__(self, model: Model, give_up: Callable[[], None]) -> None:
        self._model = model
        self._give_up = give_up
        self._failures = 0

    def __call__(self, batch: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
        """Run a batch, as the model does."""
        try:
            outputs = self._model(batch)
        except Exception:
            self._failures += 1
            if self._failures >= _MOST_FAILURES:
                self._give_up()
            raise
        self._failures = 0
        return outputs


class Line:
    """A worker's way to the models: one call at a time, whichever model and thread it is."""

    def __init__(self, channel: Channel, memory: SharedMemory) -> None:
        self._channel = channel
        self._memory = memory
        self._lock = threading.Lock()

    def call(self, model: int, batch: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
        """Have a model run with a batch of images; return its outputs, as copies.

        Raises
        ------
        ModelFailed
            The model failed.
        ValueError
            The batch is larger than the memory.
        """
        with self._lock:
            self._memory.put(batch)
            self._channel.send(Message({"model": model, "shape": batch.shape}))
            outputs = self._channel.receive().values.get("outputs")
            if outputs is None:
                raise ModelFailed
            return tuple(
                self._memory.array(dtype, shape, offset).copy() for dtype, shape, offset in outputs
            )


class RemoteModel:
    """A `Model` that runs elsewhere."""

    def __init__(self, line: Line, number: int) -> None:
        self._line = line
        self._number = number

    def __call__(self, batch: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
        """Run a batch; see `Line.call`."""
        return self._line.call(self._number, batch)


def answered(asked: Message, memory: SharedMemory, models: Sequence[Model]) -> Message:
    """Run the model that a worker asks for, with the pictures in its memory.

    Raises
    ------
    KeyError, IndexError, TypeError, ValueError
        The worker asks for what cannot be: it is not to be trusted any more.
    """
    model, shape = models[asked.values["model"]], asked.values["shape"]
    batch = memory.array("u1", shape, 0)
    if batch.ndim != 4 or batch.shape[3] != _CHANNELS or batch.size == 0:
        raise ValueError("no batch of images")
    try:
        outputs = model(batch)
        places = []
        offset = 0
        for output in outputs:
            places.append((output.dtype.str, output.shape, offset))
            offset = memory.put(output, offset)
    except Exception as error:  # noqa: BLE001 - the page cannot be read, and no other is hurt
        journal.write_defect("model failed", error)
        return Message({"failed": True})
    return Message({"outputs": places})
