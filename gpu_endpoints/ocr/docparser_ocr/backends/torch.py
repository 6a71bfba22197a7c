"""PyTorch: on a GPU with CUDA graphs, in 16 bits; on a CPU the same operators, in 32.

A model is some 200 small kernels. Started one by one they cost a core more time than the GPU needs
for them, so a shape that comes again is captured as a CUDA graph, which is one start. A graph has a
shape of its own, so shapes are few: a batch is filled up to one of few sizes, and a page's picture
is put into one of few frames, outside of which the detector sees nothing (`torch_module`), so that
it finds what it would find without. The widths of lines are few as they come (`recognition`).
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from . import Deferred, Models, onnx_graph, torch_module

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from docparser_ocr.weights import Weights

# A third more work than asked for, at most; more than the last is done in several runs.
_BATCHES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64)

# Sides of a page's frame in steps of the detector's stride. Most pages are as large as pages may
# be, or as pages in fine print may be (`detection`): 34 by 25 and 49 by 37 hold A4 and Letter at
# those sizes, which fill them to 95 %.
_FRAME_STRIDE = 32
_FRAMES = (6, 9, 13, 18, 25, 34, 37, 49, 65, 85, 110)

# Graphs that are kept of one model: those of nearly all widths and batches of lines. They share
# their memory, so that one takes little beyond its inputs and outputs.
_MOST_GRAPHS = 400

Shape = tuple[int, ...]


def models(weights: Weights, *, device: str | None = None, compiled: bool = False) -> Models:
    """Return the models on a device, ``cuda`` where there is one, else ``cpu``."""
    place = device or ("cuda" if torch.cuda.is_available() else "cpu")
    if place == "cpu":
        # A page has one thread; torch's own would fight with those of the other pages.
        torch.set_num_threads(1)

    def opened(file: Path) -> TorchModel:
        return TorchModel(file, device=place, framed=file == weights.detector, compiled=compiled)

    return Models(
        opened(weights.detector),
        opened(weights.recogniser),
        opened(weights.direction),
        Deferred(lambda: opened(weights.full_recogniser)),
    )


class TorchModel:
    """A model that several threads may run.

    Parameters
    ----------
    path
        The ONNX file.
    device
        ``cpu`` or ``cuda``.
    framed
        Whether pictures are put into frames; for a model that gives a value for each pixel.
    dtype
        The numbers it works with; float16 on a GPU and float32 on a CPU if none is named. Of two
        kinds with 16 bits, which are as fast, float16 is eight times as exact; what these models
        compute never comes near its largest number (measured: 128 of 65,504).
    compiled
        Whether ``torch.compile`` merges operators further; each new shape takes it minutes.
    """

    def __init__(
        self,
        path: Path,
        *,
        device: str,
        framed: bool = False,
        dtype: Any = None,
        compiled: bool = False,
    ) -> None:
        numbers = dtype or (torch.float32 if device == "cpu" else torch.float16)
        graph = onnx_graph.fused(onnx_graph.read(path))
        module = torch_module.module(graph, numbers, masked=framed).to(device)
        if compiled:
            module = torch.compile(module, dynamic=False)
        self._framed = framed
        self._runner = _OnGpu(module) if device.startswith("cuda") else _OnCpu(module)

    def __call__(self, batch: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
        """Run a batch of images (batch, height, width, BGR); return the model's outputs.

        Raises
        ------
        ValueError
            The model has frames, and a side is no multiple of 32 pixels.
        """
        parts = [
            self._runner(self._request(batch[first : first + _BATCHES[-1]]))
            for first in range(0, len(batch), _BATCHES[-1])
        ]
        return parts[0] if len(parts) == 1 else tuple(map(np.concatenate, zip(*parts, strict=True)))

    def _request(self, batch: NDArray[np.uint8]) -> _Request:
        count, tall, wide, channels = batch.shape
        frame = (_frame(tall), _frame(wide)) if self._framed else (tall, wide)
        return _Request(batch, (_at_least(count, _BATCHES), *frame, channels), framed=self._framed)


@dataclass(frozen=True)
class _Request:
    """Pictures, and the shape that they are filled up to."""

    batch: NDArray[np.uint8]
    shape: Shape
    framed: bool

    def inputs(self, *, pinned: bool) -> list[Any]:
        """Return the pictures in their frames and, if they have any, where they end."""
        count, tall, wide, _ = self.batch.shape
        # What is left over is not seen, so it is left as it is.
        pixels = torch.empty(self.shape, dtype=torch.uint8, pin_memory=pinned)
        pixels[:count, :tall, :wide] = torch.from_numpy(self.batch)
        if not self.framed:
            return [pixels]
        extents = torch.empty((self.shape[0], 2), dtype=torch.int64, pin_memory=pinned)
        extents[:, 0], extents[:, 1] = tall, wide
        return [pixels, extents]

    def cut(self, output: Any) -> Any:
        """Return the part of an output that was asked for."""
        count, tall, wide, _ = self.batch.shape
        return output[:count, :, :tall, :wide] if self.framed else output[:count]


class _OnCpu:
    def __init__(self, module: Any) -> None:
        self._module = module

    def __call__(self, request: _Request) -> tuple[NDArray[Any], ...]:
        with torch.inference_mode():
            outputs = self._module(*request.inputs(pinned=False))
            return tuple(request.cut(output).contiguous().numpy() for output in outputs)


@dataclass(frozen=True)
class _Captured:
    """A CUDA graph with the tensors that it reads and writes, always the same ones."""

    graph: Any
    inputs: Sequence[Any]
    outputs: Sequence[Any]

    def __call__(self, given: Sequence[Any]) -> Sequence[Any]:
        for mine, other in zip(self.inputs, given, strict=True):
            mine.copy_(other)
        self.graph.replay()
        return self.outputs


class _OnGpu:
    """Copies in, kernels and copies out have a stream each, so that calls overlap.

    Graphs of one model share their memory and therefore run one after the other, on one stream;
    what they give is copied before the next may run. Other models run beside it.
    """

    def __init__(self, module: Any) -> None:
        self._module = module
        self._copies_in, self._kernels, self._copies_out = (torch.cuda.Stream() for _ in range(3))
        self._memory = torch.cuda.graph_pool_handle()
        self._lock = threading.Lock()
        # None for a shape that was seen once: most of those never come again.
        self._graphs: OrderedDict[Shape, _Captured | None] = OrderedDict()

    def __call__(self, request: _Request) -> tuple[NDArray[Any], ...]:
        with torch.inference_mode():
            with torch.cuda.stream(self._copies_in):
                hosts = request.inputs(pinned=True)
                given = [host.to("cuda", non_blocking=True) for host in hosts]
                arrived = self._copies_in.record_event()
            with self._lock, torch.cuda.stream(self._kernels):
                self._kernels.wait_event(arrived)
                outputs = [request.cut(output).clone() for output in self._run(given)]
                computed = self._kernels.record_event()
            with torch.cuda.stream(self._copies_out):
                self._copies_out.wait_event(computed)
                answers = [
                    torch.empty(output.shape, dtype=output.dtype, pin_memory=True).copy_(
                        output, non_blocking=True
                    )
                    for output in outputs
                ]
                # A thread that waits for this event sleeps, instead of asking all the time.
                copied = torch.cuda.Event(blocking=True)
                copied.record(self._copies_out)
            for tensor in given:
                tensor.record_stream(self._kernels)
            for tensor in outputs:
                tensor.record_stream(self._copies_out)
            copied.synchronize()
            return tuple(answer.numpy() for answer in answers)

    def _run(self, given: Sequence[Any]) -> Sequence[Any]:
        """Start the model; a shape's second run is captured, and later ones use what it was."""
        shape = tuple(given[0].shape)
        known = shape in self._graphs
        captured = self._graphs.get(shape)
        if known and captured is None:
            captured = self._capture(given)
        self._graphs[shape] = captured
        self._graphs.move_to_end(shape)
        if len(self._graphs) > _MOST_GRAPHS:
            # A graph may only go once it has run.
            self._kernels.synchronize()
            self._graphs.popitem(last=False)
        outputs: Sequence[Any] = captured(given) if captured else self._module(*given)
        return outputs

    def _capture(self, given: Sequence[Any]) -> _Captured:
        inputs = [tensor.clone() for tensor in given]
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(
            graph,
            pool=self._memory,
            stream=self._kernels,
            # Threads of other models go on meanwhile.
            capture_error_mode="thread_local",
        ):
            outputs = self._module(*inputs)
        return _Captured(graph, inputs, outputs)


def _at_least(count: int, sizes: Sequence[int]) -> int:
    return next(size for size in sizes if size >= count)


def _frame(side: int) -> int:
    """Return the side, in pixels, of the frame that holds a picture's side."""
    steps, rest = divmod(side, _FRAME_STRIDE)
    if rest:
        raise ValueError(f"a side of {side} pixels is no multiple of {_FRAME_STRIDE}")
    # Longer than any frame is what no page is: it keeps its length.
    return _FRAME_STRIDE * (steps if steps > _FRAMES[-1] else _at_least(steps, _FRAMES))
