"""The last results as tables for the README: ``python -m benchmarks.extract.report``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from benchmarks.extract import fields, made, recorded, speed

RESULTS = Path(__file__).parents[1] / "results"
PARTS = ("fields", "made", "recorded", "statements", "speed")


def result(part: str) -> dict[str, Any]:
    """Return the last result of a part."""
    name = "textract" if part == "recorded" else part
    found: dict[str, Any] = json.loads((RESULTS / f"extract_{name}.json").read_text("utf-8"))
    return found


def rows(part: str) -> list[str]:
    """Return the last result of a part as rows of Markdown."""
    found = result(part)
    if part == "fields":
        return fields.rows(found["sets"])
    if part == "statements":
        return statements_rows(found)
    return {"made": made, "recorded": recorded, "speed": speed}[part].rows(found)


def statements_rows(found: dict[str, Any]) -> list[str]:
    """Return how many rows of statements come out, and whether it shows where they do not."""
    table = [
        "| rows of a statement | documents | row recall (asked: 1) | PARTIAL for nothing "
        "| CPU seconds, median and most | memory, MiB |",
        "|---|---|---|---|---|---|",
    ]
    for size in found["sizes"]:
        seconds = f"{size['cpu_s_median']:.3f}, {size['cpu_s_most']:.3f}"
        table.append(
            f"| {size['rows']:,} | {size['documents']} | {size['recall']:g} "
            f"| {size['false_alarms']} | {seconds} | {size['peak_mib']} |"
        )
    table += [
        "",
        "| rows taken away, of 100 | documents | COMPLETED all the same (asked: 0) |",
        "|---|---|---|",
    ]
    for fault in found["faults"]:
        table.append(
            f"| {fault['fault']}: {fault['rows']} | {fault['documents']} | {fault['completed']} |"
        )
    items = found["line_items"]
    table.append("")
    table.append(
        "| line items of the shared invoices, without XML | invoices | recall | by seller |"
    )
    table.append("|---|---|---|---|")
    table.append(
        f"| {items['items']} | {items['documents']} | {items['recall']} "
        f"| {items['recall_by_seller']} |"
    )
    return table


if __name__ == "__main__":
    for part in PARTS:
        print("\n".join(rows(part)), end="\n\n")
