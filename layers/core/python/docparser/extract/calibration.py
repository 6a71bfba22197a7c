"""How often a value with so much evidence is right.

An extractor scores its evidence between 0 and 1; what the score is worth differs by kind of
document. Platt scaling makes a share of it, ``1 / (1 + exp(-(a * logit(score) + b)))``, with ``a``
and ``b`` of each type in ``calibration.json``; `benchmarks.extract.calibrating` fits them, and
tells what error is left on sellers that it has not seen.
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from docparser.model import FieldSource

if TYPE_CHECKING:
    from docparser.model import DocumentType

PARAMETERS = Path(__file__).with_name("calibration.json")

# What an XML file or a person says is said: there is nothing to be unsure of.
_STATED = {FieldSource.XML, FieldSource.REVIEW}

# No evidence is so good, or so bad, that nothing could be learned from it.
_LEAST = 0.001


def calibrated(kind: DocumentType, source: FieldSource, score: float) -> float:
    """Return the share of values that are right, among those with this score (0..1)."""
    if source in _STATED or kind.value not in _parameters():
        return score
    slope, shift = _parameters()[kind.value]
    return round(scaled(score, slope, shift), 4)


def scaled(score: float, slope: float, shift: float) -> float:
    """Return a score after Platt scaling."""
    return 1 / (1 + math.exp(-(slope * logit(score) + shift)))


def logit(share: float) -> float:
    """Return the logarithm of the odds, of a share that is kept off 0 and 1."""
    held = min(max(share, _LEAST), 1 - _LEAST)
    return math.log(held / (1 - held))


@cache
def _parameters() -> dict[str, tuple[float, float]]:
    found = json.loads(PARAMETERS.read_text("utf-8"))
    return {kind: (held["slope"], held["shift"]) for kind, held in found["types"].items()}
