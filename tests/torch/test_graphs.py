"""When shapes are captured, replayed and given up, on a card that is none.

No GPU is at hand where these tests run. The card here computes at once, on the CPU, and notes what
it is asked for; everything else is the code that runs on a GPU.
"""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from docparser_ocr.weights import Weights

torch = pytest.importorskip("torch", reason="torch is not installed")

from docparser_ocr.backends import torch as backend  # noqa: E402 - after it was asked for

if TYPE_CHECKING:
    from collections.abc import Iterator


class Card:
    """What is used of `torch.cuda`; ``asked`` are the captures, replays and waits in order."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    @contextmanager
    def graph(self, captured: Graph, **options: Any) -> Iterator[None]:
        assert set(options) == {"pool", "stream", "capture_error_mode"}
        self.asked.append("capture")
        captured.card = self
        yield


class Graph:
    card: Card
    module: Any
    inputs: Any
    outputs: Any

    def replay(self) -> None:
        self.card.asked.append("replay")
        for output, value in zip(self.outputs, self.module(*self.inputs), strict=True):
            output.copy_(value)


class Stream:
    def record_event(self) -> None: ...

    def wait_event(self, event: object) -> None: ...

    def synchronize(self) -> None: ...


class Event:
    def __init__(self, *, blocking: bool) -> None: ...

    def record(self, stream: Stream) -> None: ...

    def synchronize(self) -> None: ...


@pytest.fixture
def card(monkeypatch: pytest.MonkeyPatch) -> Card:
    card = Card()
    empty, to, capture = torch.empty, torch.Tensor.to, backend._OnGpu._capture
    for name, value in (
        ("Stream", Stream),
        ("Event", Event),
        ("CUDAGraph", Graph),
        ("graph", card.graph),
        ("stream", lambda stream: nullcontext()),
        ("graph_pool_handle", lambda: None),
    ):
        monkeypatch.setattr(torch.cuda, name, value)

    def moved(tensor: Any, place: Any, *rest: Any, **options: Any) -> Any:
        return tensor.clone() if place == "cuda" else to(tensor, place, *rest, **options)

    def captured(runner: Any, given: Any) -> Any:
        made = capture(runner, given)
        made.graph.module, made.graph.inputs = runner._module, made.inputs
        made.graph.outputs = made.outputs
        return made

    monkeypatch.setattr(torch, "empty", lambda *a, pin_memory=False, **k: empty(*a, **k))
    monkeypatch.setattr(torch.Tensor, "to", moved)
    monkeypatch.setattr(torch.Tensor, "record_stream", lambda tensor, stream: None)
    monkeypatch.setattr(torch.nn.Module, "to", lambda module, place: module)
    monkeypatch.setattr(backend._OnGpu, "_capture", captured)
    monkeypatch.setattr(backend, "_MOST_GRAPHS", 2)
    return card


def test_a_shape_is_captured_when_it_comes_again(card: Card, prepared: Weights) -> None:
    # Given a model on the card, and the same on the CPU
    on_card = backend.TorchModel(prepared.recogniser, device="cuda", dtype=torch.float32)
    on_cpu = backend.TorchModel(prepared.recogniser, device="cpu")
    random = np.random.default_rng(0)
    for count, wide, asked in (
        (3, 64, []),  # seen once: not captured
        (5, 64, []),  # filled up to six
        (5, 64, ["capture", "replay"]),
        (6, 64, ["replay"]),
        (3, 64, ["capture", "replay"]),
        (2, 96, []),  # a third shape: the oldest graph, of six, goes
        (5, 64, []),
    ):
        # When a batch is run
        batch = random.integers(0, 256, (count, 48, wide, 3), np.uint8)
        answer, expected = on_card(batch), on_cpu(batch)
        # Then the card does what that shape's past asks for, and answers as the CPU does.
        assert card.asked == asked
        card.asked.clear()
        for one, other in zip(answer, expected, strict=True):
            np.testing.assert_array_equal(one, other)


def test_pages_of_two_sizes_share_a_frame_and_its_graph(card: Card, prepared: Weights) -> None:
    options = {"framed": True, "dtype": torch.float32}
    on_card = backend.TorchModel(prepared.detector, device="cuda", **options)
    on_cpu = backend.TorchModel(prepared.detector, device="cpu", **options)
    random = np.random.default_rng(0)
    for tall, asked in ((224, []), (256, ["capture", "replay"]), (288, ["replay"])):
        batch = random.integers(0, 256, (1, tall, 224, 3), np.uint8)
        (scores,), (expected,) = on_card(batch), on_cpu(batch)
        assert card.asked == asked
        card.asked.clear()
        assert scores.shape == (1, 1, tall, 224)
        np.testing.assert_allclose(scores, expected, atol=1e-6)
