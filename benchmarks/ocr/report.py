"""The last result as the tables that the README quotes: ``python -m benchmarks.ocr.report``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULT = Path(__file__).parents[1] / "results" / "ocr.json"

_KINDS = (
    ("drawn", "ALL", "drawn pages"),
    ("human", "kind=receipt", "receipts"),
    ("human", "kind=book", "books of the 18th century"),
    ("human", "kind=letter", "letters"),
    ("human", "kind=text", "a page in six languages"),
    ("derived", "kind=invoice lang=de", "invoices, German"),
    ("derived", "kind=invoice lang=fr", "invoices, French"),
    ("derived", "kind=contract/letter", "contracts"),
)


def against(result: dict[str, Any]) -> list[str]:
    """Return how our engine stands to stock, on pages drawn and public, and how its server does."""
    rows = [
        "| what | drawn pages | public pages, typed truth | asked |",
        "|---|---|---|---|",
    ]
    stock, upright = "stock RapidOCR", "stock RapidOCR, lines upright"
    for label, other, key, asked in (
        ("CPU seconds a page, stock RapidOCR's by ours", stock, "cpu_times_fewer", "4"),
        ("CER, ours by stock RapidOCR's as it comes", stock, "cer_share", "0.25"),
        ("CER, ours by stock's without its turning of lines", upright, "cer_share", "1"),
    ):
        found = [result["against"][truth][other][key] for truth in ("drawn", "human")]
        rows.append(f"| {label} | {found[0]} | {found[1]} | {asked} |")
    two, held = result["two_cores"], result["memory"]
    rows.append(f"| pages a second, two at a time by one at a time | {two['ratio']} | | 1.8 |")
    rows.append(f"| server's memory after 1,000 pages by after 50 | {held['ratio']} | | 1.1 |")
    rows.append("| pages a second on a GPU | unmeasured | unmeasured | 60 |")
    return rows


def kinds(result: dict[str, Any]) -> list[str]:
    """Return CER and word F1 by kind of page and engine, and what a page costs."""
    engines = result["engines"]
    rows = [
        f"| CER / word F1 | pages | {' | '.join(engines)} |",
        "|---|---|" + "---|" * len(engines),
    ]
    for truth, group, label in _KINDS:
        found = [engine[truth]["groups"][group] for engine in engines.values()]
        rates = " | ".join(f"{each['cer']} / {each['word_f1']}" for each in found)
        rows.append(f"| {label} | {found[0]['pages']} | {rates} |")
    for truth, label in (("drawn", "drawn"), ("human", "typed truth")):
        costs = " | ".join(str(engine[truth]["cpu_s_a_page"]) for engine in engines.values())
        rows.append(f"| CPU seconds a page, {label} | | {costs} |")
    return rows


def tables(result: dict[str, Any]) -> str:
    """Return both tables as Markdown."""
    return "\n".join([*against(result), "", *kinds(result)])


def main() -> None:
    """Print the tables of the last result."""
    print(tables(json.loads(RESULT.read_text("utf-8"))))


if __name__ == "__main__":
    main()
