"""What an image's OCR is, as JSON: engine, weights and commit.

Run in the project's environment, whose packages are those of the image::

    uv run python gpu_endpoints/ocr/description.py | python gpu_endpoints/ocr/register.py ...
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from docparser_ocr import weights
from docparser_ocr.engine import ENGINE


def description() -> dict[str, str]:
    """Return the engine's name, the SHA-256 of its weights and the commit of the working tree.

    A commit that the working tree differs from is marked ``-dirty``.
    """
    with tempfile.TemporaryDirectory() as cache:
        sha256 = weights.prepared(Path(cache)).sha256
    return {"engine": ENGINE, "weights_sha256": sha256, "commit": _commit()}


def _commit() -> str:
    def git(*arguments: str) -> str:
        folder = Path(__file__).parent
        return subprocess.run(
            ["git", *arguments],  # noqa: S607 - the git that the caller uses
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no")
    return git("rev-parse", "HEAD") + ("-dirty" if changed else "")


if __name__ == "__main__":
    json.dump(description(), sys.stdout)
