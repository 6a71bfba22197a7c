"""Fields and tables, each beside its truth and its baselines; what a page costs.

A part prints its table and keeps its result in ``benchmarks/results``; all of them, or those that
are named::

    uv run python -m benchmarks.extract
    uv run python -m benchmarks.extract fields statements
"""

from __future__ import annotations

import argparse
from importlib import import_module

PARTS = ("fields", "made", "recorded", "statements", "speed")


def main(parts: tuple[str, ...] = PARTS) -> None:
    """Run some parts in their order."""
    for part in PARTS:
        if part in parts:
            print(f"\n{part}", flush=True)
            import_module(f"benchmarks.extract.{part}").main()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("parts", nargs="*", metavar="part", help=", ".join(PARTS))
    asked = parser.parse_args().parts
    if unknown := {*asked} - {*PARTS}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    main(tuple(asked) or PARTS)
