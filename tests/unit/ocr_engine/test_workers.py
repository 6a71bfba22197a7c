"""Workers that are asked directly, by models that do what none should."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from docparser_ocr import weights
from docparser_ocr.channel import Message
from docparser_ocr.inference import Setup
from docparser_ocr.metrics import Metrics
from docparser_ocr.settings import OcrSettings
from docparser_ocr.workers import Workers
from numpy.typing import NDArray
from PIL import Image


class Interrupted(BaseException):
    """What no caller of a model expects."""


class Blank:
    """A detector that sees nothing, and is interrupted in its second run."""

    def __init__(self) -> None:
        self.runs = 0

    def __call__(self, batch: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
        self.runs += 1
        if self.runs == 2:
            raise Interrupted
        return (np.zeros((len(batch), 1, *batch.shape[1:3]), np.float32),)


def test_a_worker_whose_answer_was_not_taken_answers_nobody_else(tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), "white").save(tmp_path / "page.png")
    page = {
        "do": "page",
        "path": str(tmp_path / "page.png"),
        "media_type": "image/png",
        "number": 1,
        "deadline_s": 20.0,
        "language": "und",
    }
    setup = pickle.dumps(Setup(OcrSettings(), weights.prepared(tmp_path / "models")))
    workers = Workers(1, Metrics())
    workers.launch()
    try:
        workers.open([Blank()] * 4, setup)
        (first,) = workers.processes
        # Given a page whose caller went away in the middle
        with pytest.raises(Interrupted):
            workers.ask(Message(page), 20)
        # Then the next page is read, by another worker
        assert workers.ask(Message(page), 20).values["status"] == "OK"
        assert workers.processes != [first]
    finally:
        workers.close()
