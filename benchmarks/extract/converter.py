"""Turn the outputs of ``docparser process`` into the folder that the fields' score helper reads.

``process`` names the JSON of ``invoice.pdf`` ``invoice.pdf.json``; the helper wants
``invoice.json``, with its own names for the fields and plain values::

    uv run docparser process FILE... --out OUT
    uv run python -m benchmarks.extract.converter OUT PRED_DIR
    python3 ../shared/data/score/score_fields.py --set ../shared/data/fields --pred PRED_DIR
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# What a label set calls otherwise than we do.
_LISTS = {"party"}
_DURATION = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
_FIGURES = re.compile(r"[0-9][-/. ][0-9]")
_UNITS = ("year", "month", "week", "day")


def prediction(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a result as the score helper names and writes them.

    Money is its amount, an address its text as printed, a duration a number and its unit in
    English; a field of which there are many is a list.
    """
    said: dict[str, list[str]] = defaultdict(list)
    for field in document.get("fields", ()):
        said[field["name"]].append(plain(field))
    return {name: values if name in _LISTS else values[0] for name, values in said.items()}


def plain(field: Mapping[str, Any]) -> str:
    """Return a value as text."""
    value = field["value"]
    if field["type"] == "money":
        return str(value["amount"])
    if field["type"] == "address":
        return str(value.get("text") or field["raw"])
    if field["name"] == "date" and not _FIGURES.search(field["raw"]):
        # Of receipts the helper wants dates as printed, and reads them where they are all figures.
        return str(field["raw"])
    if field["type"] == "duration":
        return _in_words(str(value))
    return str(value)


def _in_words(duration: str) -> str:
    """Return ``P2Y`` as ``2 years``."""
    counts = _DURATION.fullmatch(duration)
    parts = zip(counts.groups() if counts else (), _UNITS, strict=False)
    words = [f"{count} {unit}{'' if count == '1' else 's'}" for count, unit in parts if count]
    return " ".join(words) or duration


def results(out: Path) -> Iterable[tuple[str, dict[str, Any]]]:
    """Yield name of the source and result of every document below a folder of outputs."""
    for path in sorted(out.rglob("*.json")):
        yield path.name.removesuffix(".json"), json.loads(path.read_text("utf-8"))


def main(arguments: list[str] | None = None) -> int:
    """Write the predictions; return 2 where two would have one name, or there are none."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.extract.converter")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("predictions", type=Path, metavar="PRED_DIR")
    options = parser.parse_args(arguments)
    options.predictions.mkdir(parents=True, exist_ok=True)
    written: dict[str, str] = {}
    for name, document in results(options.out):
        stem = Path(name).stem
        if stem in written:
            print(f"{written[stem]} and {name} would both be {stem}.json", file=sys.stderr)
            return 2
        written[stem] = name
        text = json.dumps(prediction(document), ensure_ascii=False, indent=1)
        (options.predictions / f"{stem}.json").write_text(text, encoding="utf-8")
    if not written:
        print(f"no result in {options.out}", file=sys.stderr)
        return 2
    print(f"{len(written)} predictions in {options.predictions}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
