"""A model that fails whatever it is given is given up; one that a picture fails is not."""

from __future__ import annotations

import numpy as np
import pytest
from docparser_ocr.inference import _MOST_FAILURES, Watched

BATCH = np.zeros((1, 2, 2, 3), np.uint8)


class Model:
    def __init__(self) -> None:
        self.works = True

    def __call__(self, batch: np.ndarray) -> tuple[np.ndarray, ...]:
        if not self.works:
            raise RuntimeError
        return (batch,)


def failing(watched: Watched, times: int) -> None:
    for _ in range(times):
        with pytest.raises(RuntimeError):
            watched(BATCH)


def test_a_model_that_fails_and_fails_is_given_up() -> None:
    model, told = Model(), []
    watched = Watched(model, lambda: told.append(True))
    assert watched(BATCH)[0] is BATCH
    model.works = False
    failing(watched, _MOST_FAILURES - 1)
    assert told == []
    failing(watched, 1)
    assert told == [True]


def test_a_model_that_works_again_is_kept() -> None:
    model, told = Model(), []
    watched = Watched(model, lambda: told.append(True))
    for _ in range(3):
        model.works = False
        failing(watched, _MOST_FAILURES - 1)
        model.works = True
        watched(BATCH)
    assert told == []
