"""Trains the document type model and fits how much say it has: a few minutes of CPU.

Everything follows from a seed and the grammars beside this file: no document that anybody wrote is
learned from, and none of the benchmark's. Layouts stand for sellers and collections: the say of
the model, the bar that a type has to pass and the temperature are fitted on documents of layouts
that the model did not see. Needs numpy; what runs later does not::

    uv run python -m benchmarks.classify.training

Writes the weights that ship with the classifier, and ``benchmarks/results/classify_training.json``.
The constants that it prints stand in ``docparser.classify.doctype``; a test holds them together.
"""

from __future__ import annotations

import json
from pathlib import Path

from docparser.classify.linear import MODEL_VERSION, WEIGHTS

from benchmarks.classify.training import calibration, logistic
from benchmarks.classify.training.documents import documents, strange
from benchmarks.machine import stamp

RESULT = Path(__file__).parents[2] / "results" / "classify_training.json"
SEED = 20_261_122
TEXTS_A_TYPE = 600
STRANGE = 900
FOLDS = 3


def main() -> None:
    """Train, fit, write and print."""
    samples = [logistic.sampled(made) for made in documents(TEXTS_A_TYPE, SEED)]
    odd = [logistic.sampled(made) for made in strange(STRANGE, SEED + 1)]
    held_out = []
    for fold in range(FOLDS):
        model = logistic.trained([each for each in samples if each.fold(FOLDS) != fold], SEED)
        unseen = [each for each in samples if each.fold(FOLDS) == fold]
        held_out += [calibration.scored(model, each) for each in (*unseen, *odd[fold::FOLDS])]
    fitted = calibration.fitted(held_out)
    model = logistic.trained(samples, SEED)
    size = logistic.write(model, WEIGHTS, MODEL_VERSION)
    result = {
        **stamp("classify_training"),
        "model": MODEL_VERSION,
        "seed": SEED,
        "texts": len(samples),
        "strange_texts": len(odd),
        "features": len(model.features),
        "weights_bytes": size,
        "fitted": fitted.constants(),
        "held_out_layouts": calibration.scores(held_out, fitted),
    }
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
