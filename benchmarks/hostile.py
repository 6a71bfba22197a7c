"""How the pipeline takes hostile files: what `process` said of them, scored by the set's scorer.

The set lies beside the project; its scorer knows for each file what is fair::

    uv run docparser process ../shared/data/hostile/files --out OUT
    uv run python -m benchmarks.hostile OUT/outcomes.tsv

Prints the scorer's own figures, and which codes were given how often.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("DOCPARSER_DATA_DIR", ROOT.parent / "shared" / "data"))
SCORER = DATA / "score" / "score_hostile.py"

OUTCOMES = {"COMPLETED": "accept", "PARTIAL": "accept_partial", "REJECTED": "reject"}
"""What the scorer calls a final status; any other one is a document that was failed."""


def rows(path: Path) -> list[dict[str, str]]:
    """Return the rows of a table of `process` or of a manifest."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def main() -> None:
    """Score a table of outcomes."""
    if len(sys.argv) != 2:
        sys.exit("usage: python -m benchmarks.hostile OUT/outcomes.tsv")
    if not SCORER.exists():
        sys.exit(f"there is no {SCORER.name} beside the project")
    known = {row["name"] for row in rows(DATA / "hostile" / "manifest.tsv")}
    # Files inside a file have rows of their own, which nobody expects anything of.
    given = [
        (Path(row["name"]).name, row)
        for row in rows(Path(sys.argv[1]))
        if Path(row["name"]).name in known and Path(row["name"]).parent.name in {"", "files"}
    ]
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".tsv") as table:
        table.write("name\toutcome\n")
        for name, row in given:
            table.write(f"{name}\t{OUTCOMES.get(row['status'], 'crash')}\n")
        table.flush()
        subprocess.run(
            [sys.executable, SCORER, "--set", DATA / "hostile", "--pred", table.name], check=True
        )
    seconds = sorted(float(row["seconds"]) for _, row in given)
    print(f"\nslowest {seconds[-1]:.1f} s, median {seconds[len(seconds) // 2]:.1f} s")
    for (status, code), count in Counter((row["status"], row["code"]) for _, row in given).items():
        print(f"{count:5}  {status} {code}")


if __name__ == "__main__":
    main()
