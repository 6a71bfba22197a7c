"""How models are run: one protocol, and a backend for each kind of machine."""

from __future__ import annotations

import threading
from enum import StrEnum
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from docparser_ocr.weights import Weights


class Model(Protocol):
    """A model that may be run by several threads at once."""

    def __call__(self, batch: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
        """Run a batch of images (batch, height, width, BGR) and return the model's outputs."""


class Models(NamedTuple):
    """The models that reading a page takes; the last, pages that are not in Latin script alone."""

    detector: Model
    recogniser: Model
    direction: Model
    full_recogniser: Model


class Deferred:
    """A model that is opened when it is first run: most processes never need it."""

    def __init__(self, open_model: Callable[[], Model]) -> None:
        self._open = open_model
        self._model: Model | None = None
        self._lock = threading.Lock()

    def __call__(self, batch: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
        """Run a batch, after opening the model if this is its first."""
        with self._lock:
            if self._model is None:
                self._model = self._open()
        return self._model(batch)


class Backend(StrEnum):
    """What runs the models."""

    OPENVINO = "openvino"
    ONNXRUNTIME = "onnxruntime"
    TORCH = "torch"


class BackendMissing(Exception):  # noqa: N818 - it says what is the case
    """No backend is installed, or not the one that was asked for."""


def chosen(asked: Backend | None) -> Backend:
    """Return the backend that was asked for, or the fastest that this machine has.

    That is torch where it finds a GPU, then OpenVINO, then ONNX Runtime.

    Raises
    ------
    BackendMissing
        It is not installed, or none is.
    """
    if asked is not None:
        if find_spec(asked) is None:
            raise BackendMissing(asked)
        return asked
    if find_spec("torch") is not None:
        import torch

        if torch.cuda.is_available():
            return Backend.TORCH
    for backend in (Backend.OPENVINO, Backend.ONNXRUNTIME):
        if find_spec(backend) is not None:
            return backend
    raise BackendMissing


def opened(backend: Backend, weights: Weights, *, at_once: int) -> Models:
    """Return the models, ready to be run by ``at_once`` threads; the backend is installed."""
    full = weights.full_recogniser
    match backend:
        case Backend.OPENVINO:
            from .openvino import OpenVinoModel

            return Models(
                OpenVinoModel(weights.detector, streams=at_once, role="detector"),
                OpenVinoModel(weights.recogniser, streams=at_once, role="recogniser"),
                OpenVinoModel(weights.direction, streams=at_once),
                Deferred(lambda: OpenVinoModel(full, streams=at_once, role="recogniser")),
            )
        case Backend.ONNXRUNTIME:
            from .onnxruntime import OnnxRuntimeModel

            return Models(
                OnnxRuntimeModel(weights.detector),
                OnnxRuntimeModel(weights.recogniser),
                OnnxRuntimeModel(weights.direction),
                Deferred(lambda: OnnxRuntimeModel(full)),
            )
        case Backend.TORCH:
            from . import torch

            return torch.models(weights)
