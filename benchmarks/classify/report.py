"""The last results as tables for the README: ``python -m benchmarks.classify.report``."""

from __future__ import annotations

import json
from importlib import import_module
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parents[1] / "results"


def result(part: str) -> dict[str, Any]:
    """Return the last result of a part; that of ``speed`` is ``classify.json``."""
    name = "classify" if part == "speed" else f"classify_{part}"
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
    return found


def rows(part: str) -> list[str]:
    """Return the last result of a part as rows of Markdown."""
    found = result(part)
    if part == "types":
        return types_rows(found)
    if part == "speed":
        return speed_rows(found)
    made = import_module(f"benchmarks.classify.{part}").rows(found)
    return [row if isinstance(row, str) else f"| {' | '.join(row)} |" for row in made]


def types_rows(found: dict[str, Any]) -> list[str]:
    """Return who decides how well, then the classes of our own decisions."""
    least = found["fewest_texts_of_a_class"]
    table = [
        f"| {found['texts']} texts | accuracy | abstained | macro-F1, classes of {least} or more |",
        "|---|---|---|---|",
    ]
    for name, held in found["deciders"].items():
        accuracy, macro = _with(held, "accuracy"), _with(held, "macro_f1")
        table.append(f"| {name} | {accuracy} | {held['abstained']} | {macro} |")
    table += ["", "| class | texts | recall | precision | F1 |", "|---|---|---|---|---|"]
    for name, held in found["deciders"]["docparser"]["classes"].items():
        f1 = _with(held, "f1") if held["f1_95"] else f"{held['f1']} (few texts)"
        recall, precision = _with(held, "recall"), held["precision"]
        table.append(f"| {name} | {held['texts']} | {recall} | {precision} | {f1} |")
    table += ["", "| files, real pages | right | of those in no labelled text | abstained |"]
    table.append("|---|---|---|---|")
    for kind, held in found["files"].items():
        apart = f"{held['not_in_texts_right']} of {held['not_in_texts']}"
        right = f"{held['right']} of {held['files']}"
        table.append(f"| {kind} | {right} | {apart} | {held['abstained']} |")
    return table


def speed_rows(found: dict[str, Any]) -> list[str]:
    """Return what a document of ten pages costs."""
    ten = found["ten_pages"]
    return [
        "| ten pages of 3,000 characters | measured | asked |",
        "|---|---|---|",
        f"| CPU milliseconds, type, personal data and level | {ten['cpu_ms']} "
        f"| under {ten['cpu_ms_target']:g} |",
        f"| of them the type | {ten['cpu_ms_type_only']} | |",
        f"| memory of the process, MB | {found['memory_mb']} | under {found['memory_mb_target']} |",
    ]


def _with(held: dict[str, Any], name: str) -> str:
    low, high = held[f"{name}_95"]
    return f"{held[name]} ({low} to {high})"


if __name__ == "__main__":
    for part in ("types", "pii", "leaks", "speed"):
        print("\n".join(rows(part)), end="\n\n")
