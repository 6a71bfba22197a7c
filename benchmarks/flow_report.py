"""The README's table of the flow, from the last results: ``python -m benchmarks.flow_report``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"


def rows(flow: dict[str, Any], backfill: dict[str, Any], killed: dict[str, Any]) -> list[str]:
    """Return what is measured, found and asked, one row of Markdown each."""
    storm, long, bombs, bursts = (flow[part] for part in ("storm", "long", "bombs", "bursts"))
    few, great, again = bursts["runs"]
    slowest = max(
        row["seconds"] for name, row in bombs.items() if isinstance(row, dict) and "ends" in row
    )
    lost = storm["without_exactly_one_result"]
    return [
        f"| {storm['documents']} documents, {storm['deliveries']} deliveries: executions per "
        f"document; documents without exactly one result | {storm['executions_per_document']}; "
        f"{lost} | 1.0; 0 |",
        *(
            f"| {run['documents']:,} one-page documents at once: completed; documents a second; "
            f"p50, p95 in s | {run['completed']:,}; {run['documents_per_second']}; "
            f"{run['latency_p50_s']}, {run['latency_p95_s']} | all |"
            for run in (few, great, again)
        ),
        "| documents a second, the great burst by the small ones | "
        f"{bursts['great_to_small']} | 1 |",
        f"| a PDF of {long['many']['pages']:,} pages: its pages read in; whole walk | "
        f"{long['many']['reading_s']} s; {long['many']['walk_s']} s | |",
        f"| its reading, by 100 times that of {long['few']['pages']} pages | "
        f"{long['reading_to_as_many_times_the_few']} | 1.1 |",
        "| peak memory of any function's workers, by that for 30 pages | "
        f"{long['largest_peak_memory_ratio']} | 1.2 |",
        f"| the slowest of three kinds of bombs, upload to rejection | {slowest} s | 1 s |",
        f"| a backfill of {backfill['rows']:,} objects, command and engine killed: documents "
        "without exactly one result | "
        f"{backfill['documents_without_exactly_one_result']} of {backfill['documents']:,} | 0 |",
        f"| the whole stack killed {killed['kills']} times, {killed['documents']:,} documents in "
        "all: without exactly one final result; finished ones whose versions changed | "
        f"{len(killed['results_not_exactly_one'])}; {len(killed['versions_changed'])} | 0; 0 |",
    ]


def main() -> None:
    names = ("flow", "flow_backfill", "flow_kill")
    print("\n".join(rows(*(json.loads((RESULTS / f"{name}.json").read_text()) for name in names))))


if __name__ == "__main__":
    main()
