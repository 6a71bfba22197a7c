"""Reading a shard: which kind of input it is, and each of its pages by itself."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NamedTuple

from docparser.errors import Rejected
from docparser.model import LaneReason, PageCode, RejectedCode

from . import journal, layout
from .deadline import Deadline, DeadlineExceeded
from .image_pages import ImagePages
from .pdf_pages import PdfPages
from .source import Sheet

if TYPE_CHECKING:
    from pathlib import Path

    from docparser.model import Page

    from .engine import Engine
    from .settings import OcrSettings
    from .source import Source

_SOURCES: dict[str, type[PdfPages | ImagePages]] = {
    "application/pdf": PdfPages,
    "image/jpeg": ImagePages,
    "image/png": ImagePages,
    "image/tiff": ImagePages,
}

MEDIA_TYPES = frozenset(_SOURCES)
"""The kinds of input that can be read."""

STAGES = ("decode", "read", "layout")
"""The stages of a page: its picture is made, its lines are read, and they are put in order."""


class TimedPage(NamedTuple):
    """A page, and the seconds that each of the `STAGES` took that it went through."""

    page: Page
    stages: dict[str, float]


def opened(path: Path, media_type: str, settings: OcrSettings) -> Source:
    """Open an input of one of `MEDIA_TYPES`; the caller closes it.

    Raises
    ------
    Rejected
        ``EMPTY``, ``CORRUPT``, ``ENCRYPTED`` or ``TOO_MANY_PAGES``.
    """
    if path.stat().st_size == 0:
        raise Rejected(RejectedCode.EMPTY)
    source = _SOURCES[media_type](
        path, dpi=settings.render_dpi, max_pixels=settings.max_page_pixels
    )
    if source.page_count > settings.max_pages:
        source.close()
        raise Rejected(RejectedCode.TOO_MANY_PAGES)
    return source


def read_page(engine: Engine, source: Source, number: int, deadline_s: float) -> Page:
    """Read one page; whatever is wrong with it becomes its code and not its neighbours'.

    Returns
    -------
    Page
        Status OK, without blocks if nothing is written on it; or ERROR with ``PAGE_UNREADABLE``,
        ``PAGE_TOO_LARGE`` or ``PAGE_DEADLINE``.
    """
    return timed_page(engine, source, number, deadline_s).page


def timed_page(
    engine: Engine, source: Source, number: int, deadline_s: float, language: str = "und"
) -> TimedPage:
    """Read one page, as `read_page` does, and tell how long its stages took.

    ``language`` is what the page is said to be in: ISO 639-1, or ``und``.
    """
    deadline = Deadline(deadline_s)
    sheet = Sheet(number, 0.0, 0.0, 0, LaneReason.IMAGE_INPUT)
    clock = _Clock()
    try:
        sheet, picture = source.look(number, deadline)
        clock.note("decode")
        if isinstance(picture, PageCode):
            return TimedPage(layout.failed(sheet, picture), clock.stages)
        read = engine.read(picture, deadline, language)
        clock.note("read")
        page = layout.page(sheet, read)
        clock.note("layout")
        return TimedPage(page, clock.stages)
    except DeadlineExceeded:
        return TimedPage(layout.failed(sheet, PageCode.PAGE_DEADLINE), clock.stages)
    except Exception as error:  # noqa: BLE001 - a defect at one page is not its neighbours' fault
        journal.write_defect("page not read", error)
        return TimedPage(layout.failed(sheet, PageCode.PAGE_UNREADABLE), clock.stages)


class _Clock:
    """Seconds of a page's stages, by name."""

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self._since = time.monotonic()

    def note(self, stage: str) -> None:
        """Take down a stage that has just ended."""
        now = time.monotonic()
        self.stages[stage] = now - self._since
        self._since = now
