"""Document types on the shared collection: the cascade, its parts alone, and plain baselines.

All decide the same texts in the same run. None of the texts was trained on; the nearest centroids
are, which is why they are shown with a text left out and with its whole collection left out. The
texts have no geometry: each line stands below the other. Classes of fewer than five texts are in
the accuracy and not in the macro-F1: a smoke test::

    uv run python -m benchmarks.classify types

Then, with the geometry that the text lane gives, PDFs and electronic invoices of another
collection; some have the same text as a labelled one, the others stand apart.

The result is kept in ``benchmarks/results/classify_types.json``.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from statistics import mean
from typing import TYPE_CHECKING, Any

from docparser.classify import Classifier
from docparser.classify.doctype import MODEL_VERSION, SAY, CueScore, fading, likely
from docparser.classify.linear import Voice
from docparser.classify.reading import Reading
from docparser.model import DocumentType

from benchmarks.classify import baselines
from benchmarks.classify.collection import DATA, ROOT, Labelled, filed, labelled
from benchmarks.classify.report import types_rows
from benchmarks.classify.scores import expected_calibration_error, f1_intervals, f1_of, wilson
from benchmarks.classify.training.documents import documents
from benchmarks.machine import stamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from benchmarks.classify.baselines import Decide

RESULT = ROOT / "benchmarks" / "results" / "classify_types.json"
FEWEST_TEXTS = 5
"""A class of fewer texts has no F1 to speak of."""
LEAST_CONFIDENCE = 0.6
_GENERATED_A_TYPE = 60
_SEED = 7


def main() -> None:
    """Decide, print, and keep the result."""
    texts = labelled()
    said, confidences = ours(texts)
    generated = baselines.centroids_of(
        (m.kind.value, m.text) for m in documents(_GENERATED_A_TYPE, _SEED)
    )
    deciders: dict[str, Decide] = {
        "docparser": said,
        "cues alone": alone(texts, model=False),
        "model alone": alone(texts, model=True),
        "majority class": baselines.majority(texts),
        "plain keywords": baselines.keywords(texts),
        "TF-IDF, a text left out": baselines.centroids(texts, lambda text: text.name),
        "TF-IDF, its collection left out": baselines.centroids(texts, lambda text: text.collection),
        "TF-IDF on the generated documents": {t.name: generated(t.text) for t in texts},
    }
    right = [said[text.name] == text.label for text in texts]
    result = {
        **stamp("classify_types"),
        "collection": DATA.name,
        "texts": len(texts),
        "model": MODEL_VERSION,
        "fewest_texts_of_a_class": FEWEST_TEXTS,
        "deciders": {name: scores(texts, decided) for name, decided in deciders.items()},
        "languages": by_language(texts, said),
        "files": of_files(),
        "ece": round(expected_calibration_error([confidences[t.name] for t in texts], right), 4),
    }
    RESULT.write_text(json.dumps(result, indent=2, ensure_ascii=False) + "\n")
    print("\n".join(types_rows(result)))


def ours(texts: Sequence[Labelled]) -> tuple[Decide, dict[str, float]]:
    """Return what the classifier says of each text, and how sure it is of its best guess."""
    said, sure = {}, {}
    for text in texts:
        classifier = Classifier()
        for page in text.pages():
            classifier.read(page)
        decided = classifier.decide().type
        said[text.name] = decided.value.value
        abstained = decided.value is DocumentType.UNKNOWN
        sure[text.name] = 1 - decided.confidence if abstained else decided.confidence
    return said, sure


def alone(texts: Sequence[Labelled], *, model: bool) -> Decide:
    """Return what the model, or else the cues, would say without the other, at the same bar."""
    said = {}
    for text in texts:
        cues, voice = CueScore(), Voice()
        for page in text.pages():
            reading = Reading(page)
            cues.read(reading)
            voice.read(reading, fading(page.number))
        points = {kind: SAY * much for kind, much in voice.surprise().items()}
        shares = likely(points if model else cues.points())
        best = max(shares, key=shares.__getitem__, default=DocumentType.UNKNOWN)
        sure = shares.get(best, 0.0) >= LEAST_CONFIDENCE
        said[text.name] = (best if sure else DocumentType.UNKNOWN).value
    return said


def of_files() -> dict[str, dict[str, int]]:
    """Return how many files of each kind there are, right ones, abstentions, and unknown texts."""
    found: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for file in filed():
        classifier = Classifier()
        for page in file.pages():
            classifier.read(page)
        said = classifier.decide().type.value
        right = said.value == file.label
        found[file.kind].update(
            files=1,
            right=right,
            abstained=said is DocumentType.UNKNOWN,
            not_in_texts=not file.known,
            not_in_texts_right=right and not file.known,
        )
    return {kind: dict(counts) for kind, counts in found.items()}


def scores(texts: Sequence[Labelled], said: Mapping[str, str]) -> dict[str, Any]:
    """Return accuracy, abstentions, macro-F1 and the classes, with 95% intervals."""
    pairs = [(text.label, said[text.name]) for text in texts]
    counts = Counter(truth for truth, _ in pairs)
    right = Counter(truth for truth, label in pairs if truth == label)
    given = Counter(label for _, label in pairs)
    f1 = f1_of(pairs)
    names = [name for name in f1 if counts[name] >= FEWEST_TEXTS]
    intervals, whole = f1_intervals(pairs, names)
    return {
        "accuracy": round(right.total() / len(pairs), 3),
        "accuracy_95": wilson(right.total(), len(pairs)),
        "abstained": given[DocumentType.UNKNOWN.value],
        "macro_f1": round(mean(f1[name] for name in names), 3),
        "macro_f1_95": whole,
        "macro_f1_all_classes": round(mean(f1.values()), 3),
        "classes": {
            name: {
                "texts": counts[name],
                "right": right[name],
                "precision": round(right[name] / given[name], 3) if given[name] else None,
                "recall": round(right[name] / counts[name], 3),
                "recall_95": wilson(right[name], counts[name]),
                "f1": round(f1[name], 3),
                "f1_95": intervals.get(name),
            }
            for name in sorted(f1, key=lambda name: (-counts[name], name))
        },
        "confusions": {
            f"{truth} -> {label}": count
            for (truth, label), count in sorted(Counter(pairs).items())
            if truth != label
        },
    }


def by_language(texts: Sequence[Labelled], said: Mapping[str, str]) -> dict[str, dict[str, int]]:
    """Return how many texts of each language there are, and how many are right."""
    counts = Counter(text.language for text in texts)
    right = Counter(text.language for text in texts if said[text.name] == text.label)
    return {
        language: {"texts": count, "right": right[language]}
        for language, count in counts.most_common()
    }


if __name__ == "__main__":
    main()
