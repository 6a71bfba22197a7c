"""Levels: whether anything planted in a document lets it out, and how often a level is too strict.

Two thousand and more generated documents (`leak_corpus`), of which each has a level that it must at
least have. A leak is a document that ends below it: there may be none. What ends stricter than
somebody would decide who knows what was planted is over-classified: the price of closing in doubt.
Intervals are 95% (Wilson); none in n documents bounds the rate of leaks at 3/n (rule of three).

The seed of the figures is not the one that the rules were looked at with.
"""

from __future__ import annotations

import json
import math
import time
from collections import Counter
from pathlib import Path
from typing import Any

from docparser.classify import Classifier
from docparser.model import Level, LevelDecision, strictest

from benchmarks.machine import stamp

from .leak_corpus import Planted, documents

ROOT = Path(__file__).parents[2]
RESULT = ROOT / "benchmarks" / "results" / "classify_leaks.json"
COUNT = 2400
SEED = 20261122


def decided(planted: Planted) -> LevelDecision:
    """Return what the classifier says of a document."""
    classifier = Classifier()
    for page in planted.pages:
        classifier.read(page)
    return classifier.decide().level


def is_looser(level: Level, than: Level) -> bool:
    """Whether a level lets out what another one keeps."""
    return level is not than and strictest(level, than) is than


def run(count: int = COUNT, seed: int = SEED) -> dict[str, Any]:
    """Classify all documents, and count.

    Parameters
    ----------
    count, seed
        How many documents, and which.
    """
    total: Counter[str] = Counter()
    leaks: list[dict[str, Any]] = []
    leaked: Counter[str] = Counter()
    stricter: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    begun = time.process_time()
    for planted in documents(count, seed):
        decision = decided(planted)
        total[planted.truth] += 1
        if is_looser(decision.value, planted.least):
            leaks.append({"document": planted.number, "least": planted.least.value})
            leaked.update(_facets(planted))
        if is_looser(planted.truth, decision.value):
            stricter[planted.truth] += 1
            reasons[decision.evidence[0].rule] += 1
    over = stricter.total()
    # What is CONFIDENTIAL by right cannot be too strict.
    could = count - total[Level.CONFIDENTIAL]
    return {
        **stamp("classify.leaks"),
        "seed": seed,
        "documents": count,
        "leaks": len(leaks),
        "leaks_rate_at_most": round(_upper(len(leaks), count), 5),
        "leaks_where": leaks[:20],
        "leaks_of": dict(leaked.most_common()),
        "over_classified": over,
        "over_classified_share": round(over / count, 4),
        "over_classified_interval": [round(bound, 4) for bound in wilson(over, count)],
        "over_classified_share_of_what_could_be": round(over / could, 4),
        "over_classified_interval_of_what_could_be": [
            round(bound, 4) for bound in wilson(over, could)
        ],
        "over_classified_by_truth": {
            level: {"documents": total[level], "stricter": stricter[level]} for level in Level
        },
        "over_classified_by_first_rule": dict(reasons.most_common()),
        "cpu_s": round(time.process_time() - begun, 1),
    }


def _facets(planted: Planted) -> list[str]:
    """Return what was planted, one by one, to see which of it lets documents out."""
    facets = [f"marking {m.level.lower()} {m.place}" for m in planted.markings]
    if planted.identifier is not None:
        facets.append(f"identifier {planted.identifier.name}")
    return [*facets, f"disguise {planted.disguise}"]


def wilson(count: int, of: int) -> tuple[float, float]:
    """Return the 95% interval of a share (Wilson 1927)."""
    z = 1.96
    share = count / of
    middle = share + z * z / (2 * of)
    width = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return (middle - width) / (1 + z * z / of), (middle + width) / (1 + z * z / of)


def _upper(count: int, of: int) -> float:
    return 3 / of if count == 0 else wilson(count, of)[1]


def rows(result: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the table of a result: what, and how much of it."""
    low, high = result["over_classified_interval"]
    least, most = result["over_classified_interval_of_what_could_be"]
    table = [
        ("documents", f"{result['documents']}"),
        ("leaks", f"{result['leaks']} (at most {100 * result['leaks_rate_at_most']:.2f}%)"),
        (
            "over-classified",
            f"{100 * result['over_classified_share']:.1f}% ({100 * low:.1f}-{100 * high:.1f}%)",
        ),
        (
            "  of those that could be",
            f"{100 * result['over_classified_share_of_what_could_be']:.1f}% "
            f"({100 * least:.1f}-{100 * most:.1f}%)",
        ),
    ]
    for level, counts in result["over_classified_by_truth"].items():
        if counts["documents"]:
            table.append((f"  of {level}", f"{counts['stricter']} of {counts['documents']}"))
    return table


def main() -> None:
    """Measure, print, and keep the result."""
    result = run()
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    for what, value in rows(result):
        print(f"{what:26}{value}")


if __name__ == "__main__":
    main()
