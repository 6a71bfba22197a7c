"""How much say the model has, and how sure a decision may be: fitted on what was held out."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from docparser.classify.linear import ENOUGH_WORDS
from docparser.model import DocumentType

from benchmarks.classify.scores import expected_calibration_error
from benchmarks.classify.training.documents import KINDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from benchmarks.classify.training.logistic import Model, Sample

_SAYS = (0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0)
_BARS = (0.5, 0.75, 1.0, 1.25, 1.5, 1.75, 2.0, 2.25, 2.5, 2.75, 3.0)
_TEMPERATURES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.35, 1.5, 1.75, 2.0)
_LEAST_CONFIDENCE = 0.6
_MOST = 0.99


class Scored(NamedTuple):
    """A text that the model had not seen: points of the cues, what the model says, the truth.

    Both arrays have an entry for each of `KINDS`; ``truth`` is the place in them, or their length
    where nobody could tell.
    """

    cues: NDArray[np.float64]
    cued: NDArray[np.bool_]
    said: NDArray[np.float64]
    truth: int


class Fitted(NamedTuple):
    """The constants of `docparser.classify.doctype`."""

    say: float
    abstain: float
    temperature: float

    def constants(self) -> dict[str, float]:
        """Return them under the names that they have there."""
        return {"SAY": self.say, "ABSTAIN": self.abstain, "TEMPERATURE": self.temperature}


def scored(model: Model, sample: Sample) -> Scored:
    """Return what is known of a text before the constants are."""
    logits = model.logits(sample)
    parts = np.exp(logits - logits.max())
    parts /= parts.sum()
    said = parts * np.log(np.maximum(len(KINDS) * parts, 1.0))
    truth = sample.made.kind
    return Scored(
        cues=np.array([sample.cues.get(kind, 0.0) for kind in KINDS]),
        cued=np.array([kind in sample.cues for kind in KINDS]),
        said=said * min(1.0, model.words(sample) / ENOUGH_WORDS),
        truth=len(KINDS) if truth is DocumentType.UNKNOWN else KINDS.index(truth),
    )


def fitted(texts: list[Scored]) -> Fitted:
    """Return the constants under which the truth is likeliest."""
    truth = np.array([text.truth for text in texts])

    def loss(entry: tuple[float, float, float]) -> float:
        held = shares(texts, Fitted(*entry))[np.arange(len(texts)), truth]
        return float(-np.log(np.maximum(held, 1e-9)).mean())

    return Fitted(*min(product(_SAYS, _BARS, _TEMPERATURES), key=loss))


def shares(
    texts: list[Scored], constants: Fitted, *, cues: bool = True, model: bool = True
) -> NDArray[np.float64]:
    """Return a row per text: how likely each kind is, "unknown" last.

    As `docparser.classify.doctype` does it, for many texts at once.
    """
    shown = np.array([text.cued for text in texts]) & cues
    points = np.where(shown, np.array([text.cues for text in texts]), -np.inf)
    if model:
        doubt = 1 - _shares(points, constants)[:, :-1].max(axis=1, keepdims=True)
        said = np.array([text.said for text in texts])
        heard = np.where(shown, points, 0) + constants.say * doubt * said
        points = np.where(shown | (said > 0), heard, -np.inf)
    return _shares(points, constants)


def _shares(points: NDArray[np.float64], constants: Fitted) -> NDArray[np.float64]:
    points = np.hstack([points, np.full((len(points), 1), constants.abstain)])
    parts = np.exp((points - points.max(axis=1, keepdims=True)) / constants.temperature)
    return np.asarray(parts / parts.sum(axis=1, keepdims=True))


def scores(texts: list[Scored], constants: Fitted) -> dict[str, Any]:
    """Return how often each part of the cascade is right, and how far its confidence is off."""
    truth = np.array([text.truth for text in texts])
    known = truth < len(KINDS)

    def part(make: Callable[[], NDArray[np.float64]]) -> dict[str, float]:
        likely = make()
        best = likely[:, :-1].argmax(axis=1)
        sure = np.minimum(likely[np.arange(len(texts)), best], _MOST)
        given = sure >= _LEAST_CONFIDENCE
        right = best == truth
        return {
            "accuracy": round(float((right & given)[known].mean()), 3),
            "abstained": round(float((~given)[known].mean()), 3),
            "right_of_those_given": round(float(right[given].mean()), 3),
            "strange_texts_abstained": round(float((~given)[~known].mean()), 3),
            "ece": round(expected_calibration_error(sure.tolist(), right.tolist()), 4),
        }

    return {
        "texts": len(texts),
        "cues_alone": part(lambda: shares(texts, constants, model=False)),
        "model_alone": part(lambda: shares(texts, constants, cues=False)),
        "both": part(lambda: shares(texts, constants)),
    }
