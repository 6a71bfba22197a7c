"""What the server does: let requests in, and read their pages on a few threads."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from docparser.model import OcrAnswer

from . import backends, journal, weights
from .engine import ENGINE, Engine
from .reader import opened, read_page

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from docparser.model import Page

    from .attributes import Attributes
    from .settings import OcrSettings
    from .source import Source

# So many requests for each thread are let in before the next is told to come again.
_REQUESTS_PER_THREAD = 4


class Unavailable(Exception):  # noqa: N818 - it says what is the case
    """The models still load, as many requests as may wait do, or the server is about to stop."""


class Service:
    """The engine and its threads; used on the event loop's thread, as a context.

    Memory does not grow with an input's pages: so many pictures of pages exist at once as there
    are threads.
    """

    def __init__(self, settings: OcrSettings) -> None:
        self.settings = settings
        self.draining = False
        self.broken = False
        self._engine: Engine | None = None
        self._backend = ""
        self._weights_sha256 = ""
        self._requests = 0
        self._threads = ThreadPoolExecutor(settings.ocr_threads, thread_name_prefix="page")

    def __enter__(self) -> Service:
        threading.Thread(target=self._load, name="load", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)

    @property
    def ready(self) -> bool:
        """Whether requests are taken in."""
        return self._engine is not None and not self.draining

    @property
    def idle(self) -> bool:
        """Whether no request is being answered."""
        return self._requests == 0

    def drain(self) -> None:
        """Take in nothing new."""
        self.draining = True

    @contextmanager
    def admitted(self) -> Iterator[None]:
        """Hold one of the places for requests.

        Raises
        ------
        Unavailable
            There is none.
        """
        if not self.ready or self._requests >= _REQUESTS_PER_THREAD * self.settings.ocr_threads:
            raise Unavailable
        self._requests += 1
        try:
            yield
        finally:
            self._requests -= 1

    async def read(
        self,
        path: Path,
        media_type: str,
        asked: Attributes,
        given_up: Callable[[], Awaitable[bool]],
    ) -> OcrAnswer:
        """Read an input's pages; those of several requests take turns.

        ``given_up`` is asked between pages whether the caller still waits. If not, the answer
        lacks the pages that were not begun, and nobody sees it.

        Raises
        ------
        Rejected
            The input as a whole cannot be read.
        """
        engine = self._engine
        if engine is None:
            raise Unavailable
        loop = asyncio.get_running_loop()
        source = await loop.run_in_executor(self._threads, opened, path, media_type, self.settings)
        pages: list[Page] = []
        busy_s = 0.0
        running: deque[asyncio.Future[tuple[Page, float]]] = deque()
        try:
            for number in range(1, source.page_count + 1):
                running.append(
                    loop.run_in_executor(
                        self._threads, _timed, engine, source, number, asked.deadline_s
                    )
                )
                if len(running) == self.settings.ocr_threads:
                    page, seconds = await running.popleft()
                    pages.append(page)
                    busy_s += seconds
                    if await given_up():
                        break
            for future in running:
                page, seconds = await future
                pages.append(page)
                busy_s += seconds
        finally:
            # A page that is still being read holds the file.
            await asyncio.gather(*running, return_exceptions=True)
            await loop.run_in_executor(self._threads, source.close)
        journal.write("shard read", count=len(pages), seconds=round(busy_s, 3))
        return OcrAnswer(
            engine=ENGINE,
            backend=self._backend,
            weights_sha256=self._weights_sha256,
            seconds=round(busy_s / self.settings.ocr_threads, 3),
            pages=tuple(pages),
        )

    def _load(self) -> None:
        started = time.monotonic()
        try:
            prepared = weights.prepared(self.settings.ocr_models)
            self._backend = backends.chosen(self.settings.ocr_backend)
            models = backends.opened(self._backend, prepared, at_once=self.settings.ocr_threads)
            engine = Engine(models, prepared.characters)
            engine.warm_up()
            self._weights_sha256 = prepared.sha256
        except Exception as error:  # noqa: BLE001 - whatever it is, the process ends with it
            journal.write_defect("models not loaded", error)
            self.broken = True
            return
        self._engine = engine
        journal.write("models loaded", seconds=round(time.monotonic() - started, 3))


def _timed(engine: Engine, source: Source, number: int, deadline_s: float) -> tuple[Page, float]:
    """Read a page; return it and the seconds that it took its thread."""
    started = time.monotonic()
    page = read_page(engine, source, number, deadline_s)
    return page, time.monotonic() - started
