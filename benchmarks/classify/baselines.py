"""What the classifier is held against: the commonest class, plain keywords, nearest centroids."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from math import log, sqrt
from typing import TYPE_CHECKING

from docparser.classify.cues import CUES
from docparser.model import DocumentType

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.classify.collection import Labelled

_WORD = re.compile(r"[^\W\d_]{2,}")
Decide = dict[str, str]
"""A label for the name of every text."""


def majority(texts: Sequence[Labelled]) -> Decide:
    """Say of every text that it is of the commonest class."""
    commonest = Counter(text.label for text in texts).most_common(1)[0][0]
    return dict.fromkeys((text.name for text in texts), commonest)


def keywords(texts: Sequence[Labelled]) -> Decide:
    """Count the phrases of each type that stand anywhere, without weights, places or pages."""
    said = {}
    for text in texts:
        lower = " ".join(text.text.lower().split())
        counts = Counter(
            cue.type for cue in CUES if cue.weight > 0 and cue.phrase.strip("*") in lower
        )
        best = max(counts, key=lambda kind: (counts[kind], kind), default=DocumentType.UNKNOWN)
        said[text.name] = best.value
    return said


def centroids_of(examples: Iterable[tuple[str, str]]) -> Callable[[str], str]:
    """Return a classifier by the nearest centroid of TF-IDF vectors, from examples."""
    bags = [(label, Counter(_WORD.findall(text.lower()))) for label, text in examples]
    spread = Counter(word for _, bag in bags for word in bag)
    weight = {word: log((1 + len(bags)) / (1 + count)) + 1 for word, count in spread.items()}

    def vector(bag: Counter[str]) -> dict[str, float]:
        raw = {
            word: (1 + log(count)) * weight[word] for word, count in bag.items() if word in weight
        }
        length = sqrt(sum(value * value for value in raw.values())) or 1.0
        return {word: value / length for word, value in raw.items()}

    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for label, bag in bags:
        for word, value in vector(bag).items():
            sums[label][word] += value  # type: ignore[assignment]
    lengths = {label: sqrt(sum(v * v for v in held.values())) for label, held in sums.items()}

    def decide(text: str) -> str:
        own = vector(Counter(_WORD.findall(text.lower())))
        near = {
            label: sum(value * held[word] for word, value in own.items() if word in held)
            / (lengths[label] or 1.0)
            for label, held in sums.items()
        }
        return max(near, key=lambda label: (near[label], label))

    return decide


def centroids(texts: Sequence[Labelled], apart: Callable[[Labelled], str]) -> Decide:
    """Decide each text by those of the others that are ``apart`` from it in some respect."""
    said: Decide = {}
    for held_out in sorted({apart(text) for text in texts}):
        others = [(text.label, text.text) for text in texts if apart(text) != held_out]
        decide = centroids_of(others)
        said |= {text.name: decide(text.text) for text in texts if apart(text) == held_out}
    return said
