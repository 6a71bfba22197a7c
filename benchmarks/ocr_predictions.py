"""Turn the outputs of ``docparser process`` into the folder that the OCR score helper reads.

``process`` names the text of ``page.png`` ``page.png.txt``; the helper wants ``page.txt``::

    uv run docparser process ../shared/data/ocr/images --out OUT
    uv run python -m benchmarks.ocr_predictions OUT PRED_DIR
    python3 ../shared/data/score/score_ocr.py --set ../shared/data/ocr --pred PRED_DIR --kind human
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from benchmarks.ocr.our_reader import MEDIA_TYPES


def predictions(out: Path) -> dict[str, Path]:
    """Return the text of each image below a folder, by the image's name without its suffix.

    Raises
    ------
    ValueError
        Two images have one name but for their suffix or folder, or there is none.
    """
    found: dict[str, Path] = {}
    for path in sorted(out.rglob("*.txt")):
        image = Path(path.stem)
        if image.suffix.lower() not in MEDIA_TYPES:
            continue
        if (other := found.get(image.stem)) is not None:
            raise ValueError(f"{other} and {path} would both be {image.stem}.txt")
        found[image.stem] = path
    if not found:
        raise ValueError(f"no text of an image in {out}")
    return found


def main(arguments: list[str] | None = None) -> int:
    """Copy the texts; return 2 where that is not possible without losing one."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ocr_predictions")
    parser.add_argument("out", type=Path, metavar="OUT")
    parser.add_argument("predictions", type=Path, metavar="PRED_DIR")
    options = parser.parse_args(arguments)
    try:
        found = predictions(options.out)
    except ValueError as error:
        print(error, file=sys.stderr)
        return 2
    options.predictions.mkdir(parents=True, exist_ok=True)
    for stem, path in found.items():
        (options.predictions / f"{stem}.txt").write_bytes(path.read_bytes())
    print(f"{len(found)} texts in {options.predictions}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
