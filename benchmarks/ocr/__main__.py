"""Our engine, stock RapidOCR and Tesseract on the same pages, in one run.

Each engine is a process with one thread; page by page they take turns, so that a noisy machine is
as noisy for all. Read are pages of known text that the benchmark draws itself, and, where it lies
beside the project, the shared collection of public images, whose truth typed by people, derived
from a text layer and read by another engine is kept apart. Then the server of the container: what a
second core brings, and what memory it keeps. One command::

    make bench-ocr

The result is kept in ``benchmarks/results/ocr.json`` and ``ocr.svg``.
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from docparser_ocr.engine import ENGINE

from benchmarks.machine import stamp
from benchmarks.ocr import pages, plot, report
from benchmarks.ocr import server as ocr_server
from benchmarks.ocr.engines import ROOT, ours, stock, tesseract
from benchmarks.ocr.scores import Tally, calibration, verdicts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.ocr.engines import Engine, Reading

RESULTS = ROOT / "benchmarks" / "results"
DATA = Path(os.environ.get("DOCPARSER_DATA_DIR") or ROOT.parent / "shared" / "data")
_SCALING_ROUNDS = 3
_MEMORY_AFTER = (50, 1000)


class Picture(NamedTuple):
    """A picture, what is on it, and whose truth that is of which kind of document."""

    path: Path
    truth: str
    truth_kind: str
    kind: str
    language: str


def pictures(collection: Path) -> Iterator[Picture]:
    """Yield the pictures of a collection, as its manifest lists them."""
    with (collection / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            truth = (collection / row["truth"]).read_text("utf-8")
            path = collection / row["file"]
            yield Picture(path, truth, row["truth_kind"], row["doc_kind"], row["lang"])


class _Account:
    """What one engine read: tallies by truth and kind, seconds, and its words' confidences."""

    def __init__(self) -> None:
        self.tallies: dict[str, dict[str, Tally]] = defaultdict(lambda: defaultdict(Tally))
        self.cpu_s: dict[str, list[float]] = defaultdict(list)
        self.wall_s: dict[str, list[float]] = defaultdict(list)
        self.judged: list[tuple[float, bool]] = []

    def add(self, picture: Picture, reading: Reading) -> None:
        """Count a page."""
        groups = ["ALL", f"kind={picture.kind}"]
        if picture.truth_kind != "drawn":
            groups.append(f"kind={picture.kind} lang={picture.language}")
        for group in groups:
            self.tallies[picture.truth_kind][group].add(picture.truth, reading.text)
        self.cpu_s[picture.truth_kind].append(reading.cpu_s)
        self.wall_s[picture.truth_kind].append(reading.wall_s)
        if reading.page is not None and picture.truth_kind in {"drawn", "human"}:
            lines = (line for block in reading.page.blocks for line in block.lines)
            words = [(word.text, word.confidence) for line in lines for word in line.words]
            self.judged += verdicts(picture.truth, words)

    def summary(self) -> dict[str, Any]:
        """Return the account as plain data, by kind of truth."""
        return {
            truth: {
                **groups["ALL"].rates(),
                "cpu_s_a_page": _mean(self.cpu_s[truth]),
                "wall_s_a_page": _mean(self.wall_s[truth]),
                "groups": {name: tally.rates() for name, tally in sorted(groups.items())},
            }
            for truth, groups in self.tallies.items()
        }


def compared(engines: Sequence[Engine], asked: Sequence[Picture]) -> dict[str, _Account]:
    """Let every engine read every picture, in turns."""
    accounts = {engine.name: _Account() for engine in engines}
    for engine in engines:
        engine.read(asked[0].path)  # models load, buffers are made
    for picture in asked:
        for engine in engines:
            accounts[engine.name].add(picture, engine.read(picture.path))
    return accounts


def against(result: dict[str, Any], truth: str) -> dict[str, Any]:
    """Return how our engine stands to each other one on the pages of one kind of truth."""
    own = result[ENGINE][truth]
    return {
        name: {
            "cpu_times_fewer": round(row[truth]["cpu_s_a_page"] / own["cpu_s_a_page"], 2),
            "cer_share": round(own["cer"] / max(row[truth]["cer"], 1e-9), 3),
        }
        for name, row in result.items()
        if name != ENGINE
    }


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), 3)


def _print(result: dict[str, Any]) -> None:
    engines = result["engines"]
    print(f"{'truth':8}{'pages of':34}{'n':>4}  {'engine':30}{'CER':>8}{'word F1':>9}")
    for truth in next(iter(engines.values())):
        for group in next(iter(engines.values()))[truth]["groups"]:
            for name, row in engines.items():
                rates = row[truth]["groups"][group]
                print(
                    f"{truth:8}{group:34}{rates['pages']:4}  {name:30}"
                    f"{rates['cer']:8.4f}{rates['word_f1']:9.4f}"
                )
    two, held = result["two_cores"], result["memory"]
    print(f"expected calibration error of our words: {result['calibration']['ece']}")
    print(
        f"server: {two['pages_per_second_one']} pages/s one at a time, "
        f"{two['pages_per_second_two']} two at a time: {two['ratio']} times"
    )
    print(
        f"server's memory in MB after so many pages: {held['resident_mb']}: {held['ratio']} times"
    )
    print(f"\n{report.tables(result)}")


def main() -> None:
    """Measure, print the tables, and keep the result and its plot."""
    result: dict[str, Any] = stamp("ocr")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        pages.write(folder / "drawn")
        asked = list(pictures(folder / "drawn"))
        if (DATA / "ocr" / "manifest.tsv").exists():
            asked += pictures(DATA / "ocr")
        else:
            print(f"without the collection of public images: none in {DATA}")
        others = tesseract()
        if not others:
            print("without Tesseract: it is not installed, or not with its languages")
        engines = [ours(folder / "models", ENGINE), *stock(folder / "stock"), *others]
        try:
            accounts = compared(engines, asked)
        finally:
            for engine in engines:
                engine.close()
        result["engines"] = {name: account.summary() for name, account in accounts.items()}
        truths = result["engines"][ENGINE]
        result["against"] = {truth: against(result["engines"], truth) for truth in truths}
        result["calibration"] = calibration(accounts[ENGINE].judged)
        drawn = [p.path.read_bytes() for p in asked if p.truth_kind == "drawn"]
        result["two_cores"] = ocr_server.scaling(folder / "models", drawn, _SCALING_ROUNDS)
        result["memory"] = ocr_server.memory(folder / "models", drawn, _MEMORY_AFTER)
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / "ocr.json").write_text(json.dumps(result, indent=2) + "\n")
    plot.draw(result["engines"], RESULTS / "ocr.svg")
    _print(result)


if __name__ == "__main__":
    main()
