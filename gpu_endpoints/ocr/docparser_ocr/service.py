"""What the server does: let requests in, and have their pages read by the workers."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

from docparser.model import OcrAnswer

from . import journal
from .engine import ENGINE
from .metrics import Metrics
from .session import Session

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from pathlib import Path

    from .attributes import Attributes
    from .session import ReadPage
    from .settings import OcrSettings

# So many requests for each worker are let in before the next is told to come again.
_REQUESTS_PER_WORKER = 4


class Unavailable(Exception):  # noqa: N818 - it says what is the case
    """The models still load, as many requests as may wait do, or the server is about to stop."""


class Service:
    """The session and who waits for it; used on the event loop's thread, as a context.

    Memory does not grow with an input's pages: so many pictures of pages exist at once as there
    are workers.
    """

    def __init__(self, settings: OcrSettings) -> None:
        self.settings = settings
        self.metrics = Metrics()
        self.draining = False
        self._session = Session(settings, self.metrics)
        self._loaded = threading.Event()
        self._unloadable = False
        self._loading = threading.Thread(target=self._load, name="load")
        self._requests = 0
        self._threads = ThreadPoolExecutor(settings.ocr_threads, thread_name_prefix="page")
        self.metrics.watch_running(lambda: self._requests)

    def __enter__(self) -> Service:
        self._loading.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._loading.join()
        self._threads.shutdown(cancel_futures=True)
        if self._loaded.is_set():
            self._session.__exit__()

    @property
    def ready(self) -> bool:
        """Whether requests are taken in."""
        usable = self._session.able and not self._session.broken
        return self._loaded.is_set() and not self.draining and usable

    @property
    def broken(self) -> bool:
        """Whether the models could not be loaded, or fail whatever they are given."""
        return self._unloadable or self._session.broken

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
        if not self.ready or self._requests >= _REQUESTS_PER_WORKER * self.settings.ocr_threads:
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
    ) -> bytes:
        """Read an input's pages; those of several requests take turns.

        ``given_up`` is asked between pages whether the caller still waits. If not, the answer
        lacks the pages that were not begun, and nobody sees it.

        Returns
        -------
        bytes
            `docparser.model.OcrAnswer` as JSON.

        Raises
        ------
        Rejected
            The input as a whole cannot be read.
        WorkersMissing
            No worker could be started.
        """
        loop = asyncio.get_running_loop()
        session, threads = self._session, self._threads
        pages: list[ReadPage] = []
        running: deque[asyncio.Future[ReadPage]] = deque()
        try:
            count = await loop.run_in_executor(
                threads, session.open, path, media_type, asked.deadline_s
            )
            for number in range(1, count + 1):
                running.append(
                    loop.run_in_executor(
                        threads,
                        session.read,
                        path,
                        media_type,
                        number,
                        asked.deadline_s,
                        asked.language,
                    )
                )
                if len(running) == self.settings.ocr_threads:
                    pages.append(await running.popleft())
                    if await given_up():
                        break
            for future in running:
                pages.append(await future)  # noqa: PERF401 - one after the other, as they end
        finally:
            # A page that is still being read holds the file.
            await asyncio.gather(*running, return_exceptions=True)
            session.release(path)
        busy_s = sum(page.seconds for page in pages)
        journal.write("shard read", count=len(pages), seconds=round(busy_s, 3))
        return self._answer(pages, busy_s / self.settings.ocr_threads)

    def _answer(self, pages: list[ReadPage], seconds: float) -> bytes:
        """Put pages, which are JSON already, into an answer without pages."""
        frame = OcrAnswer(
            engine=ENGINE,
            backend=self._session.backend,
            weights_sha256=self._session.weights_sha256,
            seconds=round(seconds, 3),
            pages=(),
        )
        head = json.dumps(json.loads(frame.to_json()) | {"pages": []}).encode()
        return head.removesuffix(b"]}") + b",".join(page.content for page in pages) + b"]}"

    def _load(self) -> None:
        started = time.monotonic()
        try:
            self._session.__enter__()
        except Exception as error:  # noqa: BLE001 - whatever it is, the process ends with it
            journal.write_defect("models not loaded", error)
            self._unloadable = True
            return
        self._loaded.set()
        journal.write("models loaded", seconds=round(time.monotonic() - started, 3))
