"""What the server counts and measures, in Prometheus' text format; nothing of any document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from collections.abc import Callable

_SECONDS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)
_SIZES = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128)

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """One server's; several may be in a process."""

    def __init__(self) -> None:
        self._registry = registry = CollectorRegistry()
        self.pages = Counter(
            "docparser_ocr_pages", "Pages answered", ["status", "code"], registry=registry
        )
        self.requests = Counter(
            "docparser_ocr_requests", "Invocations answered", ["status"], registry=registry
        )
        self.page_seconds = Histogram(
            "docparser_ocr_page_seconds",
            "From a worker's begin with a page to its end",
            buckets=_SECONDS,
            registry=registry,
        )
        self.stage_seconds = Histogram(
            "docparser_ocr_stage_seconds",
            "Of that, by stage",
            ["stage"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.replacements = Counter(
            "docparser_ocr_worker_replacements", "Workers replaced", ["reason"], registry=registry
        )
        self._model_seconds = Histogram(
            "docparser_ocr_model_seconds",
            "A batch in a model",
            ["model"],
            buckets=_SECONDS,
            registry=registry,
        )
        self._batch_calls = Histogram(
            "docparser_ocr_batch_calls",
            "Calls merged into a batch",
            ["model"],
            buckets=_SIZES,
            registry=registry,
        )
        self._batch_pictures = Histogram(
            "docparser_ocr_batch_pictures",
            "Pictures in a batch",
            ["model"],
            buckets=_SIZES,
            registry=registry,
        )
        self._queue_depth = Gauge(
            "docparser_ocr_queue_depth", "Calls that wait for a model", ["model"], registry=registry
        )
        self._running = Gauge(
            "docparser_ocr_requests_running", "Invocations let in", registry=registry
        )
        self._resident = Gauge(
            "docparser_ocr_resident_bytes", "Memory held", ["process"], registry=registry
        )

    def observer(self, model: str) -> ModelMetrics:
        """Return what takes note of a model's batches."""
        return ModelMetrics(
            self._model_seconds.labels(model),
            self._batch_calls.labels(model),
            self._batch_pictures.labels(model),
        )

    def watch_queue(self, model: str, depth: Callable[[], int]) -> None:
        """Ask for a queue's depth whenever the metrics are read."""
        self._queue_depth.labels(model).set_function(depth)

    def watch_running(self, requests: Callable[[], int]) -> None:
        """Ask for the invocations that run whenever the metrics are read."""
        self._running.set_function(requests)

    def watch_resident(self, process: str, resident: Callable[[], int]) -> None:
        """Ask for processes' memory, bytes, whenever the metrics are read."""
        self._resident.labels(process).set_function(resident)

    def to_text(self) -> bytes:
        """Return all figures; see `MEDIA_TYPE`."""
        return generate_latest(self._registry)


class ModelMetrics:
    """One model's batches."""

    def __init__(self, seconds: Histogram, calls: Histogram, pictures: Histogram) -> None:
        self._seconds = seconds
        self._calls = calls
        self._pictures = pictures

    def ran(self, calls: int, pictures: int, seconds: float) -> None:
        """Take note of a batch; see `batching.Observer`."""
        self._seconds.observe(seconds)
        self._calls.observe(calls)
        self._pictures.observe(pictures)
