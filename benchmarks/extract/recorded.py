"""Recorded responses of Textract, against what two libraries and a plain walk make of them.

Our reader's predictions are scored by ``../shared/data/score/score_textract.py``. The result is
kept in ``benchmarks/results/extract_textract.json``::

    uv run python -m benchmarks.extract recorded
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.extract import textract
from benchmarks.extract.documents import DATA
from benchmarks.machine import stamp

RESULT = Path(__file__).parents[1] / "results" / "extract_textract.json"
SET = DATA.parent / "textract"
HELPER = DATA.parent / "score" / "score_textract.py"
REFERENCES = ("walk", "textractor", "trp")


def main() -> None:
    """Measure, keep the result, print its rows."""
    if not SET.exists():
        print("the recorded responses are not there: nothing was measured")
        return
    with tempfile.TemporaryDirectory() as predictions:
        read_wrongly = textract.main([str(SET), predictions])
        found = {
            **stamp("extract_textract"),
            "no_document_is_read": not read_wrongly,
            "references": {name: _scores(name, predictions) for name in REFERENCES},
        }
    RESULT.write_text(json.dumps(found, indent=2) + "\n")
    print("\n".join(rows(found)))


def _scores(reference: str, predictions: str) -> dict[str, dict[str, Any]]:
    """Return the helper's figures by name."""
    command = [sys.executable, HELPER, "--set", SET, "--pred", predictions, "--ref", reference]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    lines = re.findall(r"^(\w+) +([\d.]+) \(n=(\d+)\)$", told, re.MULTILINE)
    return {name: {"score": float(score), "responses": int(n)} for name, score, n in lines}


def rows(found: dict[str, Any]) -> list[str]:
    """Return the result as rows of Markdown."""
    walk = found["references"]["walk"]
    table = [
        "| Textract, recorded | responses | plain walk | textractor | trp |",
        "|---|---|---|---|---|",
    ]
    for name, held in walk.items():
        others = [found["references"][each].get(name, {}) for each in REFERENCES[1:]]
        scores = " | ".join(f"{other.get('score', '')}" for other in others)
        table.append(f"| {name} | {held['responses']} | {held['score']} | {scores} |")
    return table


if __name__ == "__main__":
    main()
