"""Stock RapidOCR, as its wheel comes: reads the pictures whose paths stand on its standard input.

Runs in an environment of its own (`benchmarks.ocr.engines`), which has rapidocr and onnxruntime and
nothing of this project. For each line it answers with a line: the text as JSON, in stock's order.
"""

from __future__ import annotations

import json
import sys

from rapidocr import RapidOCR  # type: ignore[import-untyped]


def main() -> None:
    """Read until the input ends; ``--upright`` switches stock's turning of single lines off."""
    params = {"Global.log_level": "error", "EngineConfig.onnxruntime.intra_op_num_threads": 1}
    if "--upright" in sys.argv[1:]:
        params["Global.use_cls"] = False
    engine = RapidOCR(params=params)
    for line in sys.stdin:
        found = engine(line.strip())
        print(json.dumps("\n".join(found.txts or ())), flush=True)


if __name__ == "__main__":
    main()
