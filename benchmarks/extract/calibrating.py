"""Fit what evidence is worth, by type of document: ``calibration.json`` beside its module.

Takes the outputs of ``docparser process`` of the labelled documents, undoes the scaling that they
were made with, and fits slope and shift by gradient steps on the log loss, drawn towards no scaling
by as much as ten values would weigh. The error that it prints is of sellers left out of the fit::

    uv run python -m benchmarks.extract.calibrating OUT
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from docparser.extract.calibration import PARAMETERS, logit, scaled

from benchmarks.extract.documents import labelled
from benchmarks.extract.fields import calibration, confidences

# A value's weight of ten: two parameters are fitted from as few as forty values.
_PRIOR = 10.0
_STEPS = 4000
_RATE = 0.5


class Seen(NamedTuple):
    """One value: whose document it is of, its score, and whether it is right."""

    seller: str
    score: float
    right: bool


def fitted(values: list[Seen]) -> tuple[float, float]:
    """Return the slope and the shift that make scores of values into shares that are right."""
    slope, shift = 1.0, 0.0
    logits = [(logit(value.score), value.right) for value in values]
    total = len(logits) + _PRIOR
    for _ in range(_STEPS):
        by_slope, by_shift = _PRIOR * (slope - 1.0), _PRIOR * shift
        for place, right in logits:
            error = 1 / (1 + math.exp(-(slope * place + shift))) - right
            by_slope += error * place
            by_shift += error
        slope = max(slope - _RATE * by_slope / total / 4, 0.05)
        shift -= _RATE * by_shift / total
    return slope, shift


def left_out(values: list[Seen]) -> float:
    """Return the calibration error of values that were scaled without knowing their seller."""
    told = []
    for seller in {value.seller for value in values}:
        slope, shift = fitted([value for value in values if value.seller != seller])
        told += [
            ("", scaled(value.score, slope, shift), value.right)
            for value in values
            if value.seller == seller
        ]
    return float(calibration(told)["expected_error"])


def collected(out: Path) -> dict[str, list[Seen]]:
    """Return the values of each type of document, with the scores that they had before."""
    made_with = json.loads(PARAMETERS.read_text("utf-8"))["types"]
    found: dict[str, list[Seen]] = defaultdict(list)
    for name, documents in labelled().items():
        if name in {"XML", "invoices with XML"}:
            continue
        for each in documents:
            result = json.loads((out / f"{each.name}.json").read_text("utf-8"))
            if not (kind := result["definition"].partition("/")[0]):
                continue
            for _, confidence, right in confidences(each, result):
                score = confidence
                if kind in made_with:
                    held = made_with[kind]
                    score = scaled(confidence, 1 / held["slope"], -held["shift"] / held["slope"])
                found[kind].append(Seen(each.seller, score, right))
    return found


def main() -> None:
    """Fit, store, and print the error before and after."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extract.calibrating")
    parser.add_argument("out", type=Path, metavar="OUT")
    types = {}
    for kind, values in sorted(collected(parser.parse_args().out).items()):
        slope, shift = fitted(values)
        before = calibration([("", value.score, value.right) for value in values])
        error = left_out(values)
        if error >= before["expected_error"]:
            slope, shift = 1.0, 0.0  # too few values to learn from
        types[kind] = {
            "slope": round(slope, 3),
            "shift": round(shift, 3),
            "values": len(values),
            "error_before": before["expected_error"],
            "error_left_out": error,
        }
        print(kind, types[kind])
    PARAMETERS.write_text(json.dumps({"types": types}, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
