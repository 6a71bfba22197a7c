"""What the system tells of a process."""

from __future__ import annotations

import os
from pathlib import Path


def resident_bytes(process: int) -> int:
    """Return the memory that a process holds; 0 where the system does not tell."""
    try:
        pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")
