"""Scores of decisions: F1 per class with its interval, and how honest the confidence is."""

from __future__ import annotations

import random
from collections import Counter
from statistics import mean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_BINS = 10
_RESAMPLES = 2_000
_SEED = 20_261_122
Pair = tuple[str, str]
"""The truth, and what was said."""


def f1_of(pairs: Iterable[Pair]) -> dict[str, float]:
    """Return F1 of every class that the truth has."""
    counts = Counter(pairs)
    held, given, right = Counter[str](), Counter[str](), Counter[str]()
    for (truth, said), count in counts.items():
        held[truth] += count
        given[said] += count
        right[truth] += count * (truth == said)
    return {name: 2 * right[name] / (held[name] + given[name]) for name in sorted(held)}


def f1_intervals(
    pairs: Sequence[Pair], names: Iterable[str]
) -> tuple[dict[str, tuple[float, float]], tuple[float, float]]:
    """Return the 95% intervals of F1 per class, and of their mean, by a bootstrap.

    Resampled within each class, so that each keeps its number of texts; where every text is right
    the interval is a point, which says that there are few texts and not that there is no doubt:
    `wilson` is the better guide there.
    """
    chance = random.Random(_SEED)
    names = tuple(names)
    groups = [[pair for pair in pairs if pair[0] == name] for name in {p[0] for p in pairs}]
    groups.sort()
    drawn: dict[str, list[float]] = {name: [] for name in names}
    means = []
    for _ in range(_RESAMPLES):
        found = f1_of(pair for group in groups for pair in chance.choices(group, k=len(group)))
        for name in names:
            drawn[name].append(found[name])
        means.append(mean(found[name] for name in names))
    return {name: _middle(values) for name, values in drawn.items()}, _middle(means)


def _middle(values: list[float]) -> tuple[float, float]:
    """Return the ends between which 95% of some values lie."""
    ordered = sorted(values)
    edge = round(0.025 * len(ordered))
    return round(ordered[edge], 3), round(ordered[-edge - 1], 3)


def wilson(right: int, count: int) -> tuple[float, float]:
    """Return the 95% interval of a share (Wilson's score interval)."""
    z = 1.96
    share = right / count
    centre = share + z * z / (2 * count)
    spread = z * (share * (1 - share) / count + z * z / (4 * count * count)) ** 0.5
    whole = 1 + z * z / count
    return round((centre - spread) / whole, 3), round((centre + spread) / whole, 3)


def expected_calibration_error(sure: Sequence[float], right: Sequence[bool]) -> float:
    """Return the mean gap between confidence and accuracy over ten bins, by their size."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for confidence, hit in zip(sure, right, strict=True):
        bins.setdefault(min(int(_BINS * confidence), _BINS - 1), []).append((confidence, hit))
    return sum(
        abs(sum(confidence for confidence, _ in held) - sum(hit for _, hit in held))
        for held in bins.values()
    ) / len(sure)
