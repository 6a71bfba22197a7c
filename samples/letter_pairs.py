"""Count letter pairs: `uv run python -m samples.letter_pairs` writes the table of intake's model.

One text in each of many languages is enough: pairs that any of them has often are cheap, and so
few are common to none that an exchange of letters cannot avoid those.
"""

from __future__ import annotations

import importlib.util
import math
from collections import Counter
from itertools import pairwise
from pathlib import Path

from docparser.intake.garble import latin_words

TEXTS = Path(__file__).parent / "text" / "languages"
ALPHABET = " abcdefghijklmnopqrstuvwxyz"

# Pairs added to every row in which a language counts for 1,000: what was not seen may exist.
SMOOTHING = 0.3

HEAD = '''"""What letter pairs cost; made by `python -m samples.letter_pairs`, not by hand.

Row: the first of two letters. Column: the second. Cost: minus the natural logarithm of the second
one's probability after the first, times 10. A space stands for the beginning and the end of a word.
"""

from __future__ import annotations

ALPHABET = "{alphabet}"

COSTS = tuple(
    tuple(map(int, row.split()))
    for row in """
{rows}
""".strip().splitlines()
)
'''


def table() -> str:
    """Return the module that holds the costs."""
    counts: Counter[tuple[str, str]] = Counter()
    for path in sorted(TEXTS.glob("*.txt")):
        text = f" {' '.join(latin_words(path.read_text(encoding='utf-8')))} "
        pairs = Counter(pairwise(text))
        for pair, times in pairs.items():
            counts[pair] += 1000 * times / pairs.total()
    rows = []
    for before in ALPHABET:
        row = [counts[before, after] + SMOOTHING for after in ALPHABET]
        rows.append(" ".join(f"{-10 * math.log(count / sum(row)):2.0f}" for count in row))
    return HEAD.format(alphabet=ALPHABET, rows="\n".join(rows))


def main() -> None:
    """Write the table beside the code that reads it."""
    spec = importlib.util.find_spec("docparser.intake.letter_pairs")
    if spec is None or spec.origin is None:
        raise SystemExit("docparser is not installed")
    Path(spec.origin).write_text(table(), encoding="utf-8")


if __name__ == "__main__":
    main()
