"""How models are run: one protocol, and a backend for each kind of machine."""

from __future__ import annotations

from enum import StrEnum
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from docparser_ocr.weights import Weights


class Model(Protocol):
    """A model that may be run by several threads at once."""

    def __call__(self, batch: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
        """Run a batch of images (batch, height, width, BGR) and return the model's outputs."""


class Models(NamedTuple):
    """The three models that reading a page takes."""

    detector: Model
    recogniser: Model
    direction: Model


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
    files = weights.detector, weights.recogniser, weights.direction
    match backend:
        case Backend.OPENVINO:
            from .openvino import OpenVinoModel

            return Models(
                OpenVinoModel(weights.detector, streams=at_once, role="detector"),
                OpenVinoModel(weights.recogniser, streams=at_once, role="recogniser"),
                OpenVinoModel(weights.direction, streams=at_once),
            )
        case Backend.ONNXRUNTIME:
            from .onnxruntime import OnnxRuntimeModel

            return Models(*(OnnxRuntimeModel(file) for file in files))
        case Backend.TORCH:
            from . import torch

            return torch.models(weights)
