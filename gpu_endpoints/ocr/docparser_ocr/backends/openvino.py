"""OpenVINO, on the CPU."""

from __future__ import annotations

import queue
from typing import TYPE_CHECKING, Any, Literal

import openvino  # type: ignore[import-untyped]
from openvino import Layout, Type
from openvino.preprocess import PrePostProcessor  # type: ignore[import-untyped]

from . import openvino_graph

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray


class OpenVinoModel:
    """A compiled model with as many streams, of one thread each, as may run at once.

    The recogniser is run in 8 bits where the processor is fast in them: two thirds of the time of
    16 bits. The detector is not: it gains a tenth, and cuts lines less closely. ``exact`` keeps all
    in 32 bits.
    """

    def __init__(
        self,
        path: Path,
        *,
        streams: int,
        role: Literal["detector", "recogniser"] | None = None,
        exact: bool = False,
    ) -> None:
        core = openvino.Core()
        model = core.read_model(str(path))
        if role == "recogniser" and not exact and openvino_graph.is_fast_in_8_bits():
            openvino_graph.quantise(model)
        if role == "detector":
            openvino_graph.enlarge_by_convolutions(model)
        _take_bytes(model)
        compiled = core.compile_model(
            model,
            "CPU",
            {
                "NUM_STREAMS": streams,
                "INFERENCE_NUM_THREADS": streams,
                # Two thirds of the time of 32 bits, for 0.003 of word F1 (measured). A processor
                # without it works in 32 bits all the same.
                "INFERENCE_PRECISION_HINT": "f32" if exact else "bf16",
            },
        )
        self._outputs = compiled.outputs
        self._requests: queue.SimpleQueue[openvino.InferRequest] = queue.SimpleQueue()
        for _ in range(streams):
            self._requests.put(compiled.create_infer_request())

    def __call__(self, batch: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
        """Run a batch; the outputs are copies, as the request's own arrays are used again."""
        request = self._requests.get()
        try:
            results = request.infer([batch])
            return tuple(results[port].copy() for port in self._outputs)
        finally:
            self._requests.put(request)


def _take_bytes(model: openvino.Model) -> None:
    """Let the graph take pixels as they are and scale them to -1..1 itself."""
    steps = PrePostProcessor(model)
    pixels = steps.input()
    pixels.tensor().set_element_type(Type.u8).set_layout(Layout("NHWC"))
    pixels.model().set_layout(Layout("NCHW"))
    pixels.preprocess().convert_element_type(Type.f32).mean(127.5).scale(127.5)
    steps.build()
