"""Fit what a word's confidence means: prints the knots of `docparser_ocr.calibration`.

Reads the pages of the shared collection whose truth was typed by people, and the pages that
`benchmarks.ocr.pages` draws. Documents, not pages, are put into halves, kind by kind; what is
fitted on one half is judged on the other, and the knots are those of all::

    uv run --group bench python -m benchmarks.ocr_calibration
"""

from __future__ import annotations

import csv
import json
import re
import sys
import tempfile
from itertools import groupby, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from docparser_ocr import backends, layout, weights
from docparser_ocr.deadline import Deadline
from docparser_ocr.engine import Engine
from docparser_ocr.reader import opened
from docparser_ocr.settings import OcrSettings

from benchmarks.machine import stamp
from benchmarks.ocr import pages, scores
from benchmarks.ocr_quality import DATA, IMAGES, PAGE_LIMIT_S, ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

RESULT = ROOT / "benchmarks" / "results" / "ocr_calibration.json"

# So many groups of as many wrong words each; groups that are out of order become one.
_GROUPS = 6

Judged = list[tuple[float, bool]]


class Document(NamedTuple):
    """The words of a document's pages: how sure the recogniser was, and whether they are right."""

    kind: str
    name: str
    words: Judged


def documents() -> list[Document]:
    """Read every page; return the documents by kind and name."""
    settings = OcrSettings()
    prepared = weights.prepared(settings.ocr_models)
    models = backends.opened(backends.chosen(None), prepared, at_once=1)
    engine = Engine(models, prepared.characters, prepared.full_characters)
    found: dict[tuple[str, str], Judged] = {}
    with tempfile.TemporaryDirectory() as name:
        drawn = Path(name) / "drawn"
        pages.write(drawn)
        for folder, kinds in ((DATA / "ocr", {"human"}), (drawn, {"drawn"})):
            for row in _manifest(folder):
                if row["truth_kind"] not in kinds:
                    continue
                path = folder / row["file"]
                kind = row["doc_kind"] if folder != drawn else "drawn"
                words = _judged(engine, path, (folder / row["truth"]).read_text("utf-8"), settings)
                found.setdefault((kind, _document(path.stem)), []).extend(words)
    return [Document(*key, words) for key, words in sorted(found.items())]


def _manifest(folder: Path) -> list[dict[str, str]]:
    with (folder / "manifest.tsv").open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _document(stem: str) -> str:
    """Pages of a book are one document, and so are the pictures of one test page."""
    return "tess" if stem.startswith("tess_") else re.sub(r"_f\d+$", "", stem)


def _judged(engine: Engine, path: Path, truth: str, settings: OcrSettings) -> Judged:
    source = opened(path, IMAGES[path.suffix], settings)
    deadline = Deadline(PAGE_LIMIT_S)
    sheet, picture = source.look(1, deadline)
    source.close()
    if not isinstance(picture, np.ndarray):
        raise SystemExit(f"ocr_calibration: {path.name} cannot be read")
    page = layout.page(sheet, engine.read(picture, deadline), confidence=float)
    words = (word for block in page.blocks for line in block.lines for word in line.words)
    return scores.verdicts(truth, ((word.text, word.confidence) for word in words))


def fitted(judged: Judged) -> list[tuple[float, float]]:
    """Return the knots of a map that rises, from 0 to 1."""
    certainty, right = np.array(sorted(judged), float).T
    wrong = np.cumsum(1 - right)
    limits = np.linspace(0, wrong[-1], _GROUPS + 1)[1:-1]
    cuts = [0, *np.searchsorted(wrong, limits).tolist(), len(right)]
    groups: list[tuple[float, float, int]] = []
    for first, last in pairwise(cuts):
        if first == last:
            continue
        groups.append((certainty[first:last].mean(), right[first:last].mean(), last - first))
        # Pool adjacent violators.
        while len(groups) > 1 and groups[-2][1] >= groups[-1][1]:
            one, other = groups.pop(-2), groups.pop()
            count = one[2] + other[2]
            means = [(one[i] * one[2] + other[i] * other[2]) / count for i in (0, 1)]
            groups.append((means[0], means[1], count))
    knots = [(round(float(x), 6), round(float(y), 4)) for x, y, _ in groups]
    return [(0.0, 0.0), *(knot for knot in knots if knot[0] < 1), (1.0, knots[-1][1])]


def halves(found: Sequence[Document]) -> tuple[list[Document], list[Document]]:
    """Put every second document of each kind into the other half."""
    parts: tuple[list[Document], list[Document]] = ([], [])
    for _, same in groupby(found, key=lambda document: document.kind):
        for index, document in enumerate(same):
            parts[index % 2].append(document)
    return parts


def _words(found: Iterable[Document]) -> Judged:
    return [word for document in found for word in document.words]


def _ece(judged: Judged, knots: Sequence[tuple[float, float]] | None = None) -> float:
    means: Callable[[float], float] = float
    if knots is not None:
        xs, ys = zip(*knots, strict=True)

        def means(certainty: float) -> float:
            return float(np.interp(certainty, xs, ys))

    error = scores.calibration([(means(certainty), right) for certainty, right in judged])["ece"]
    return float(error)


def main() -> int:
    """Fit, judge, print and keep the result."""
    found = documents()
    parts = [_words(part) for part in halves(found)]
    held_out = [
        {
            "fitted_on_words": len(one),
            "words": len(other),
            "ece_before": _ece(other),
            "ece_after": _ece(other, fitted(one)),
        }
        for one, other in (parts, parts[::-1])
    ]
    result = stamp("ocr_calibration") | {"held_out": held_out, "knots": fitted(_words(found))}
    RESULT.write_text(json.dumps(result, indent=2) + "\n", "utf-8")
    json.dump(result, sys.stdout, indent=2)
    return 0


if __name__ == "__main__":
    sys.exit(main())
