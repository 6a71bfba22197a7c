"""What the torch backend is held to: ONNX Runtime, on real pages.

torch is not in the lock: the image that the container is built on brings it. Where it cannot be
imported, these tests are skipped.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import pytest
from docparser_ocr import backends, weights
from docparser_ocr.backends import Backend, Models
from docparser_ocr.deadline import Deadline
from docparser_ocr.engine import Engine, ReadPage

if TYPE_CHECKING:
    from docparser_ocr.weights import Weights
    from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("DOCPARSER_DATA_DIR") or ROOT.parent / "shared" / "data")

# Scans of our own, then of others where they are at hand: a receipt, print of the 18th century.
PICTURES = (
    ROOT / "samples" / "documents" / "de" / "bibliothek.png",
    ROOT / "samples" / "documents" / "en" / "receipt.jpg",
    DATA / "ocr" / "images" / "sroie_332.jpg",
    DATA / "ocr" / "images" / "fr18_bpt6k1281160s_f30.jpg",
)


@dataclass
class Recorded:
    """A model, and the batches that it was given with what it answered."""

    model: backends.Model
    calls: list[tuple[NDArray[np.uint8], tuple[NDArray[Any], ...]]] = field(default_factory=list)

    def __call__(self, batch: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
        answer = self.model(batch)
        self.calls.append((batch.copy(), answer))
        return answer


@dataclass(frozen=True)
class Reference:
    """Pages as ONNX Runtime reads them, and what its models were given and answered."""

    pictures: list[NDArray[np.uint8]]
    pages: list[ReadPage]
    detector: Recorded
    recogniser: Recorded
    direction: Recorded


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Weights:
    return weights.prepared(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def reference(prepared: Weights) -> Reference:
    models = backends.opened(Backend.ONNXRUNTIME, prepared, at_once=1)
    recorded = [Recorded(model) for model in models]
    engine = Engine(Models(*recorded), prepared.characters, prepared.full_characters)
    pictures = [np.asarray(cv2.imread(str(path)), np.uint8) for path in PICTURES if path.exists()]
    pages = [engine.read(picture, Deadline(600)) for picture in pictures]
    detector, recogniser, direction, *_ = recorded
    return Reference(pictures, pages, detector, recogniser, direction)
