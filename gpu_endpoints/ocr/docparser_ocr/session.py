"""Reading inputs without HTTP: the engine, kept open from one input to the next."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from docparser.model import OcrAnswer

from . import backends, weights
from .engine import ENGINE, Engine
from .reader import opened, read_page

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

    from .settings import OcrSettings


class Reader:
    """The engine with its models open, as a context.

    ::

        with Reader(settings) as reader:
            answer = reader.read(path, "application/pdf", deadline_s=30)
    """

    def __init__(self, settings: OcrSettings) -> None:
        self._settings = settings
        prepared = weights.prepared(settings.ocr_models)
        self._backend = backends.chosen(settings.ocr_backend)
        self._weights_sha256 = prepared.sha256
        models = backends.opened(self._backend, prepared, at_once=settings.ocr_threads)
        self._engine = Engine(models, prepared.characters)

    def __enter__(self) -> Reader:
        self._engine.warm_up()
        self._threads = ThreadPoolExecutor(self._settings.ocr_threads, thread_name_prefix="page")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._threads.shutdown()

    def read(self, path: Path, media_type: str, deadline_s: float) -> OcrAnswer:
        """Return the pages of an input of one of `docparser_ocr.reader.MEDIA_TYPES`.

        ``deadline_s`` is how long each page may take, in seconds; a page that cannot be read has
        its code.

        Raises
        ------
        Rejected
            The input as a whole cannot be read.
        """
        started = time.monotonic()
        source = opened(path, media_type, self._settings)
        try:
            pages = self._threads.map(
                lambda number: read_page(self._engine, source, number, deadline_s),
                range(1, source.page_count + 1),
            )
            return OcrAnswer(
                engine=ENGINE,
                backend=self._backend,
                weights_sha256=self._weights_sha256,
                pages=tuple(pages),
                seconds=round(time.monotonic() - started, 3),
            )
        finally:
            source.close()
