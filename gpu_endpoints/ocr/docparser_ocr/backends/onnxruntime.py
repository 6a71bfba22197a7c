"""ONNX Runtime, on the CPU: 32 bits on every processor, and what other backends are held to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


class OnnxRuntimeModel:
    """A session whose runs take the thread that asks for them and no other."""

    def __init__(self, path: Path) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        # Shapes differ from call to call: patterns kept for each of them would only grow.
        options.enable_mem_pattern = False
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
        self._input = self._session.get_inputs()[0].name

    def __call__(self, batch: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
        """Run a batch, its pixels scaled to -1..1."""
        pixels = np.ascontiguousarray(batch.transpose(0, 3, 1, 2), np.float32)
        pixels -= 127.5
        pixels /= 127.5
        return tuple(self._session.run(None, {self._input: pixels}))
