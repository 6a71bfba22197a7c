"""What the server is told by its environment."""

from __future__ import annotations

import os
from pathlib import Path

from docparser.settings import Settings
from pydantic import Field

from .backends import Backend


def cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class OcrSettings(Settings):
    """Limits of an input (bytes, pages, pixels), and what the engine may use.

    ``render_dpi`` is dots per inch at which PDF pages are drawn; ``ocr_threads`` how many pages
    are read at once, each by a worker process; ``ocr_models`` the folder in which prepared models
    are kept; ``ocr_backend`` what runs them, the fastest at hand if none is named.
    """

    max_bytes: int = Field(default=524_288_000, gt=0)
    max_pages: int = Field(default=3000, gt=0)
    max_page_pixels: int = Field(default=200_000_000, gt=0)
    render_dpi: int = Field(default=200, ge=36, le=1200)
    page_deadline_s: float = Field(default=30, gt=0)
    ocr_threads: int = Field(default_factory=cores, gt=0, le=256)
    ocr_backend: Backend | None = None
    ocr_models: Path = Path(".docparser") / "models"
