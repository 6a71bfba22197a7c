"""The labelled documents through the whole pipeline, and their fields against the truth.

``docparser process`` reads, classifies and extracts on a stack of this run's own; receipts are
photos that our OCR reads. A type that is not told costs its fields, as it does our users. Beside
it the patterns of `baseline`, on the same text. The result is kept in
``benchmarks/results/extract_fields.json``::

    uv run python -m benchmarks.extract fields
"""

from __future__ import annotations

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks.extract import baseline
from benchmarks.extract.converter import prediction
from benchmarks.extract.documents import DATA, labelled
from benchmarks.extract.scores import Scored, at, bag, scored, summary
from benchmarks.machine import stamp

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.extract.documents import Labelled

RESULT = Path(__file__).parents[1] / "results" / "extract_fields.json"
PORT = 4590

# Floor and aim of micro-F1, then of the share of documents with every field right.
TARGETS: dict[str, tuple[float, float, float | None, float | None]] = {
    "receipts": (0.88, 0.95, None, None),
    "invoices without XML": (0.93, 0.97, 0.65, 0.85),
    "invoices with XML": (1.0, 1.0, 1.0, 1.0),
    "XML": (1.0, 1.0, 1.0, 1.0),
    "agreements": (0.70, 0.85, None, None),
}


def main(kept: Path | None = None) -> None:
    """Measure all sets, or read the outputs of an earlier run from a folder."""
    sets = labelled()
    if not sets:
        print("the labelled documents are not there: nothing was measured")
        return
    head = stamp("extract_fields")
    with tempfile.TemporaryDirectory() as home:
        out = kept or _processed(Path(home), [each for part in sets.values() for each in part])
        ends = statuses(out)
        found = {name: measured(name, documents, out) for name, documents in sets.items()}
        for name, documents in sets.items():
            found[name]["statuses"] = Counter(ends[each.name] for each in documents)
    RESULT.write_text(json.dumps({**head, "sets": found}, indent=2) + "\n")
    print("\n".join(rows(found)))


def statuses(out: Path) -> dict[str, str]:
    """Return how each document ended: no document of these sets lacks a row."""
    with (out / "outcomes.tsv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row["status"] for row in csv.DictReader(file, delimiter="\t")}


def measured(name: str, documents: list[Labelled], out: Path) -> dict[str, Any]:
    """Return the figures of one set, beside those of the patterns."""
    ours, theirs, pages = [], [], 0
    confident: list[tuple[str, float, bool]] = []
    types: dict[str, int] = {}
    for each in documents:
        result = json.loads((out / f"{each.name}.json").read_text("utf-8"))
        pages += result["page_count"]
        kind = result["classification"]["type"]["value"]
        types[kind] = types.get(kind, 0) + 1
        said = prediction(result)
        ours.append(scored(each.seller, each.truth, each.asked(), said))
        confident += confidences(each, result)
        text = (out / f"{each.name}.txt").read_text("utf-8")
        patterns = baseline.prediction(each.kind, text)
        theirs.append(scored(each.seller, each.truth, each.asked(), patterns))
    low, aim, complete_low, complete_aim = TARGETS[name]
    return {
        "types": types,
        "pages": pages,
        **summary(ours),
        "micro_f1_floor": low,
        "micro_f1_aim": aim,
        "complete_floor": complete_low,
        "complete_aim": complete_aim,
        "calibration": calibration(confident),
        "patterns": _short(summary(theirs)),
        "wrong": wrong(ours),
    }


def confidences(document: Labelled, result: Mapping[str, Any]) -> list[tuple[str, float, bool]]:
    """Return name, confidence and rightness of every value that is scored."""
    found = []
    first: set[str] = set()
    for field in result.get("fields", ()):
        name = field["name"]
        truth = bag(name, at(document.truth, name))
        said = prediction({"fields": [field]})[name]
        if name not in document.asked() or not truth:
            continue
        if isinstance(said, str):
            if name in first:
                continue  # only the first of several is scored
            first.add(name)
        found.append((name, field["confidence"], (bag(name, said) & truth).total() > 0))
    return found


def calibration(values: list[tuple[str, float, bool]]) -> dict[str, Any]:
    """Return how far confidence is from the share that is right, over ten bins of equal width."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for _, confidence, right in values:
        bins[min(int(confidence * 10), 9)].append((confidence, right))
    error = 0.0
    for part in bins.values():
        said = sum(confidence for confidence, _ in part) / len(part)
        held = sum(right for _, right in part) / len(part)
        error += len(part) / len(values) * abs(said - held)
    return {"values": len(values), "expected_error": round(error, 3)}


def wrong(documents: list[Scored]) -> dict[str, int]:
    """Return how many documents have a field wrong or without a value, by field."""
    names = sorted({name for each in documents for name in each.fields})
    lacking = {
        name: sum(
            each.fields[name].right < each.fields[name].true
            for each in documents
            if name in each.fields
        )
        for name in names
    }
    return {name: count for name, count in lacking.items() if count}


def _short(found: dict[str, Any]) -> dict[str, Any]:
    names = ("micro_f1", "micro_f1_95", "micro_f1_by_seller", "complete")
    return {name: found[name] for name in names}


def _processed(home: Path, documents: list[Labelled]) -> Path:
    """Walk documents through a stack of this run's own; return the folder of its outputs.

    Raises
    ------
    CalledProcessError
        The stack did not start.
    """
    given, out = home / "given", home / "out"
    for each in documents:
        copy = given / each.path.relative_to(DATA)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(each.path, copy)
    settings = {
        "DOCPARSER_HOME": str(home / "stack"),
        "DOCPARSER_ENDPOINT": f"http://127.0.0.1:{PORT}",
    }
    command = Path(sys.executable).with_name("docparser")
    environment = {**os.environ, **settings}
    try:
        process = [command, "process", given, "--out", out]
        ended = subprocess.run(process, env=environment, stdout=subprocess.DEVNULL, check=False)
        # 1 where a document is PARTIAL, which is reported.
        if ended.returncode not in {0, 1}:
            ended.check_returncode()
    finally:
        subprocess.run([command, "down"], env=environment, stdout=subprocess.DEVNULL, check=True)
    return out


def rows(found: dict[str, Any]) -> list[str]:
    """Return the sets, then the fields of each, as rows of Markdown."""
    table = [
        "| set | documents (sellers) | micro-F1 | by seller | at least / aim | patterns "
        "| every field right | at least / aim | calibration error |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, held in found.items():
        floor, aim = held["micro_f1_floor"], held["micro_f1_aim"]
        asked = ""
        if held["complete_floor"] is not None:
            asked = f"{held['complete_floor']} / {held['complete_aim']}"
        table.append(
            f"| {name} | {held['documents']} ({held['sellers']}) | {_with(held, 'micro_f1')} "
            f"| {held['micro_f1_by_seller']} | {floor} / {aim} | {held['patterns']['micro_f1']} "
            f"| {_with(held, 'complete')} | {asked} | {held['calibration']['expected_error']} |"
        )
    table += ["", "| set | field | values | precision | recall | F1 |", "|---|---|---|---|---|---|"]
    for name, held in found.items():
        for field, part in held["fields"].items():
            table.append(
                f"| {name} | {field} | {part['values']} | {part['precision']} | {part['recall']} "
                f"| {_with(part, 'f1')} |"
            )
    return table


def _with(held: dict[str, Any], name: str) -> str:
    low, high = held[f"{name}_95"]
    return f"{held[name]} ({low} to {high})"


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
