"""Every benchmark but those of OCR engines, the short ones first: ``python -m benchmarks``."""

from __future__ import annotations

from benchmarks import api, init, pipeline, scans, search, text_lane
from benchmarks.classify import __main__ as classify


def main() -> None:
    """Run each; all print, and keep their result in ``benchmarks/results``."""
    for benchmark in (text_lane, classify, init, search, pipeline, api, scans):
        print(f"\n{benchmark.__name__}")
        benchmark.main()


if __name__ == "__main__":
    main()
