"""Our engine, one page at a time: reads the pictures whose paths stand on its standard input.

For each line it answers with a line: the page as JSON.
"""

from __future__ import annotations

import sys
from pathlib import Path

from docparser.settings import load
from docparser_ocr.session import Reader
from docparser_ocr.settings import OcrSettings

MEDIA_TYPES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".tif": "image/tiff",
    ".tiff": "image/tiff",
}
_PAGE_LIMIT_S = 600.0


def main() -> None:
    """Read until the input ends."""
    with Reader(load(OcrSettings)) as reader:
        for line in sys.stdin:
            path = Path(line.strip())
            answer = reader.read(path, MEDIA_TYPES[path.suffix.lower()], _PAGE_LIMIT_S)
            sys.stdout.write(answer.pages[0].model_dump_json() + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
