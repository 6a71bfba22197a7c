"""Reading inputs: the models in this process, and workers that read pages with them."""

from __future__ import annotations

import os
import pickle
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple, Self

from docparser.errors import Rejected
from docparser.model import (
    LaneReason,
    OcrAnswer,
    Page,
    PageCode,
    PageStatus,
    RejectedCode,
)

from . import backends, layout, weights
from .backends import Backend, Models
from .batching import Batching, Merging
from .channel import Message
from .engine import ENGINE
from .inference import Setup, Watched
from .metrics import Metrics
from .processes import resident_bytes
from .reader import STAGES
from .settings import OcrSettings, cores
from .source import Sheet
from .workers import WorkerLost, Workers

if TYPE_CHECKING:
    from pathlib import Path

# A GPU is busy with so many pictures, and two batches at once keep it so while one is copied.
_ON_GPU = Merging(wait_s=0.003, pictures=64, pixels=8_000_000, at_once=2)


class ReadPage(NamedTuple):
    """A page as it goes into the answer: JSON of `docparser.model.Page`, and the seconds it took.

    It stays JSON, as the server would spend more time on taking it apart than on all the rest.
    """

    content: bytes
    seconds: float


class Session:
    """The models, open, and the workers, as a context; several threads may read pages at once.

    Raises
    ------
    BackendMissing, FileNotFoundError, WorkersMissing
        On entering: the models or the workers could not be started.
    """

    def __init__(self, settings: OcrSettings, metrics: Metrics | None = None) -> None:
        self.settings = settings
        self.metrics = metrics or Metrics()
        self.backend = ""
        self.weights_sha256 = ""
        self.broken = False
        self._workers = Workers(settings.ocr_threads, self.metrics)
        self._open = ExitStack()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._open.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def able(self) -> bool:
        """Whether pages find a worker."""
        return self._workers.able

    def open(self, path: Path, media_type: str, deadline_s: float) -> int:
        """Return how many pages an input of one of `docparser_ocr.reader.MEDIA_TYPES` has.

        Raises
        ------
        Rejected
            ``EMPTY``, ``CORRUPT`` (opening it takes longer than the deadline, too), ``ENCRYPTED``
            or ``TOO_MANY_PAGES``.
        WorkersMissing
            No worker could be started.
        """
        message = Message({"do": "open", "path": str(path), "media_type": media_type})
        try:
            answer = self._opened(message, deadline_s).values
        except WorkerLost:
            raise Rejected(RejectedCode.CORRUPT) from None
        if answer["done"] == "rejected":
            raise Rejected(RejectedCode(answer["code"]))
        return int(answer["pages"])

    def read(
        self, path: Path, media_type: str, number: int, deadline_s: float, language: str = "und"
    ) -> ReadPage:
        """Return one page, read within a deadline in seconds, or with its code.

        ``language`` is what the page is said to be in: ISO 639-1, or ``und``.

        Raises
        ------
        WorkersMissing
            No worker could be started.
        """
        started = time.monotonic()
        message = Message(
            {
                "do": "page",
                "path": str(path),
                "media_type": media_type,
                "number": number,
                "deadline_s": deadline_s,
                "language": language,
            }
        )
        try:
            answer = self._workers.ask(message, deadline_s)
        except WorkerLost as error:
            code = PageCode.PAGE_DEADLINE if error.late else PageCode.PAGE_UNREADABLE
            return self._failed(number, code, started)
        if answer.values["done"] != "page":
            return self._failed(number, PageCode.PAGE_UNREADABLE, started)
        self._count(answer.values["status"], answer.values["code"] or "", started)
        for stage in STAGES:
            if stage in answer.values["stages"]:
                self.metrics.stage_seconds.labels(stage).observe(answer.values["stages"][stage])
        return ReadPage(answer.content, time.monotonic() - started)

    def _opened(self, message: Message, deadline_s: float) -> Message:
        """Return what a worker says of an input; two may die of it, since one may be dying anyhow.

        Raises
        ------
        WorkerLost
            Both died, or one took longer than the deadline.
        """
        try:
            return self._workers.ask(message, deadline_s)
        except WorkerLost as error:
            if error.late:
                raise
        return self._workers.ask(message, deadline_s)

    def release(self, path: Path) -> None:
        """Let go of an input that is read no more."""
        self._workers.release(str(path))

    def _failed(self, number: int, code: PageCode, started: float) -> ReadPage:
        self._count(PageStatus.ERROR, code, started)
        sheet = Sheet(number, 0.0, 0.0, 0, LaneReason.IMAGE_INPUT)
        return ReadPage(layout.failed(sheet, code).to_json(), time.monotonic() - started)

    def _count(self, status: str, code: str, started: float) -> None:
        self.metrics.pages.labels(status, code).inc()
        self.metrics.page_seconds.observe(time.monotonic() - started)

    def _start(self) -> None:
        self._open.callback(self._workers.close)
        self._workers.launch()
        prepared = weights.prepared(self.settings.ocr_models)
        backend = backends.chosen(self.settings.ocr_backend)
        streams = min(self.settings.ocr_threads, cores())
        models = backends.opened(backend, prepared, at_once=streams)
        merging = _ON_GPU if backend is Backend.TORCH else _on_cpu(streams)
        batched = [
            self._batched(name, model, merging)
            for name, model in zip(Models._fields, models, strict=True)
        ]
        # A caller's class of settings would make the workers import its module.
        values = self.settings.model_dump(include=set(OcrSettings.model_fields))
        setup = Setup(OcrSettings.model_validate(values), prepared)
        self._workers.open(batched, pickle.dumps(setup))
        self.backend, self.weights_sha256 = backend, prepared.sha256
        self.metrics.watch_resident("server", lambda: resident_bytes(os.getpid()))
        self.metrics.watch_resident(
            "workers", lambda: sum(map(resident_bytes, self._workers.processes))
        )

    def _batched(self, name: str, model: backends.Model, merging: Merging) -> Batching:
        batching = Batching(Watched(model, self._give_up), merging, self.metrics.observer(name))
        self.metrics.watch_queue(name, lambda: batching.depth)
        return self._open.enter_context(batching)

    def _give_up(self) -> None:
        self.broken = True


def _on_cpu(streams: int) -> Merging:
    """Return how calls are merged where that saves nothing: only those that wait for a stream."""
    return Merging(wait_s=0.0, pictures=16, pixels=300_000, at_once=streams)


class Reader:
    """Reads whole inputs, without HTTP, as a context.

    ::

        with Reader(settings) as reader:
            answer = reader.read(path, "application/pdf", deadline_s=30)

    Raises
    ------
    BackendMissing, FileNotFoundError, WorkersMissing
        On entering: the models or the workers could not be started.
    """

    def __init__(self, settings: OcrSettings) -> None:
        self._session = Session(settings)
        self._threads = ThreadPoolExecutor(settings.ocr_threads, thread_name_prefix="page")

    def __enter__(self) -> Self:
        self._session.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._threads.shutdown(cancel_futures=True)
        self._session.__exit__()

    def read(self, path: Path, media_type: str, deadline_s: float) -> OcrAnswer:
        """Return the pages of an input of one of `docparser_ocr.reader.MEDIA_TYPES`.

        ``deadline_s`` is how long each page may take, in seconds; a page that cannot be read has
        its code.

        Raises
        ------
        Rejected
            The input as a whole cannot be read.
        WorkersMissing
            No worker could be started.
        """
        session = self._session
        try:
            count = session.open(path, media_type, deadline_s)
            pages = list(
                self._threads.map(
                    lambda number: session.read(path, media_type, number, deadline_s),
                    range(1, count + 1),
                )
            )
        finally:
            session.release(path)
        busy_s = sum(page.seconds for page in pages)
        return OcrAnswer(
            engine=ENGINE,
            backend=session.backend,
            weights_sha256=session.weights_sha256,
            seconds=round(busy_s / session.settings.ocr_threads, 3),
            pages=tuple(Page.model_validate_json(page.content) for page in pages),
        )
