"""Files that are replaced whole or not at all."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write_beside(path: Path, text: str) -> Path:
    """Write the text, durably, to a neighbour of ``path`` that is yet to be renamed to it."""
    beside = path.with_name(f"{path.name}.new")
    with beside.open("w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    return beside


def write_atomically(path: Path, text: str) -> None:
    """Replace the file's content; a crash leaves the old or the new one."""
    write_beside(path, text).replace(path)
