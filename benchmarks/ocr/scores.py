"""How well a text was read, counted as the shared collections count it.

Case, white space, quotes, dashes and the long s are folded. CER and WER are edits by the length of
the truth, summed over pages; word F1 does not ask for order.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rapidfuzz.distance import Levenshtein

if TYPE_CHECKING:
    from collections.abc import Iterable

_FOLDED = {
    ord(other): plain
    for others, plain in (
        ("\u017f", "s"),
        ("\u00ac\u2013\u2014", "-"),
        ("\u2018\u2019", "'"),
        ("\u201c\u201d", '"'),
    )
    for other in others
}
_BINS = 10


@dataclass
class Tally:
    """Edits and lengths, summed over pages."""

    pages: int = 0
    edits: int = 0
    characters: int = 0
    word_edits: int = 0
    words: int = 0
    same: int = 0
    read: int = 0

    def add(self, truth: str, found: str) -> None:
        """Count a page."""
        gold, got = fold(truth), fold(found)
        gold_words, got_words = gold.split(), got.split()
        self.pages += 1
        self.edits += Levenshtein.distance(gold, got)
        self.characters += len(gold)
        self.word_edits += Levenshtein.distance(gold_words, got_words)
        self.words += len(gold_words)
        self.same += sum((Counter(gold_words) & Counter(got_words)).values())
        self.read += len(got_words)

    def rates(self) -> dict[str, float]:
        """Return pages, CER, WER and word F1."""
        return {
            "pages": self.pages,
            "cer": round(self.edits / max(self.characters, 1), 4),
            "wer": round(self.word_edits / max(self.words, 1), 4),
            "word_f1": round(2 * self.same / max(self.words + self.read, 1), 4),
        }


def fold(text: str) -> str:
    """Return a text without the differences that do not count."""
    plain = unicodedata.normalize("NFKC", text).translate(_FOLDED).casefold().translate(_FOLDED)
    return re.sub(r"\s+", " ", plain).strip()


def verdicts(truth: str, words: Iterable[tuple[str, float]]) -> list[tuple[float, bool]]:
    """Return each read word's confidence, and whether the truth has the word at its place.

    Places are those of the alignment with the fewest edits of words.
    """
    pairs = [(fold(text), confidence) for text, confidence in words]
    pairs = [(text, confidence) for text, confidence in pairs if text]
    gold, got = fold(truth).split(), [text for text, _ in pairs]
    right = [False] * len(got)
    for block in Levenshtein.opcodes(gold, got).as_matching_blocks():
        for index in range(block.b, block.b + block.size):
            right[index] = True
    return [(confidence, ok) for (_, confidence), ok in zip(pairs, right, strict=True)]


def calibration(judged: list[tuple[float, bool]]) -> dict[str, Any]:
    """Return the expected calibration error over ten bins of one width, and the bins.

    M. P. Naeini, G. Cooper, M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
    binning", AAAI 2015: the mean over words of the distance between a bin's mean confidence and
    its share of right words.
    """
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
    for confidence, right in judged:
        bins[min(int(confidence * _BINS), _BINS - 1)].append((confidence, right))
    rows, error = [], 0.0
    for members in bins:
        if not members:
            continue
        claimed = sum(confidence for confidence, _ in members) / len(members)
        true = sum(right for _, right in members) / len(members)
        error += abs(claimed - true) * len(members) / len(judged)
        rows.append({"words": len(members), "claimed": round(claimed, 3), "right": round(true, 3)})
    return {"words": len(judged), "ece": round(error, 4), "bins": rows}
