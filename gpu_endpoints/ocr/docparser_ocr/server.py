"""The container's routes: ``GET /ping``, ``POST /invocations`` and ``GET /metrics``.

::

    python -m docparser_ocr.server --port 4568 [--host 127.0.0.1]
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import warnings
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from docparser.errors import ConfigurationError, Rejected
from docparser.model import ApiCode, RejectedCode, RetryableCode
from docparser.settings import load
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from . import attributes, journal
from . import metrics as metrics_text
from .reader import MEDIA_TYPES
from .service import Service, Unavailable
from .settings import OcrSettings
from .workers import WorkersMissing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from types import FrameType

    from starlette.requests import Request


def application(service: Service) -> Starlette:
    """Return the ASGI application; models load once the port is open."""

    async def ping(_request: Request) -> Response:
        return Response(status_code=200 if service.ready else 503)

    async def invocations(request: Request) -> Response:
        try:
            with service.admitted():
                response = await _answered(service, request)
        except (Unavailable, WorkersMissing):
            response = _problem(503, RetryableCode.THROTTLED, "busy, loading or about to stop")
        except ClientDisconnect:
            response = Response(status_code=400)
        service.metrics.requests.labels(str(response.status_code)).inc()
        return response

    # Starlette runs it on a thread: it asks the system for every worker's memory.
    def metrics(_request: Request) -> Response:
        return Response(service.metrics.to_text(), media_type=metrics_text.MEDIA_TYPE)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        with service:
            yield

    return Starlette(
        routes=[
            Route("/ping", ping, methods=["GET"]),
            Route("/invocations", invocations, methods=["POST"]),
            Route("/metrics", metrics, methods=["GET"]),
        ],
        lifespan=lifespan,
    )


async def _answered(service: Service, request: Request) -> Response:
    """Answer a request that was let in."""
    settings = service.settings
    try:
        asked = attributes.parse(
            request.headers.get(attributes.HEADER, ""), deadline_s=settings.page_deadline_s
        )
    except attributes.InvalidAttributes as error:
        return _problem(400, ApiCode.INVALID_REQUEST, str(error))
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        return _problem(415, RejectedCode.UNSUPPORTED, "PDF, PNG, JPEG and TIFF are read")
    with tempfile.TemporaryDirectory(prefix="docparser-ocr-") as folder:
        path = Path(folder) / "shard"
        try:
            await _stored(request, path, settings.max_bytes)
            answer = await service.read(path, media_type, asked, request.is_disconnected)
        except Rejected as error:
            too_large = {RejectedCode.TOO_LARGE, RejectedCode.TOO_MANY_PAGES}
            return _problem(
                413 if error.code in too_large else 400, error.code, "the input cannot be read"
            )
    return Response(answer, media_type="application/json")


async def _stored(request: Request, path: Path, most: int) -> None:
    """Write the request's body to a file.

    Raises
    ------
    Rejected
        ``TOO_LARGE``, before anything is received if the length is announced.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise Rejected(RejectedCode.TOO_LARGE)
    size = 0
    with path.open("wb") as file:
        async for chunk in request.stream():
            size += len(chunk)
            if size > most:
                raise Rejected(RejectedCode.TOO_LARGE)
            file.write(chunk)


def _problem(status: int, code: str, detail: str) -> Response:
    """Return problem details (RFC 9457); the detail is ours and constant."""
    body = {
        "type": f"urn:docparser:problem:{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
    }
    headers = {"retry-after": "1"} if status == 503 else None
    return Response(json.dumps(body), status, headers, media_type="application/problem+json")


class _Server(uvicorn.Server):
    """A server that, when told to stop, lets what runs end first and takes in nothing new.

    uvicorn closes its port at once, so that a load balancer's ping would find nobody; here it is
    answered with 503 until the last page is read. A second signal gives up requests.
    """

    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        """Drain at the first signal, stop at the second."""
        if self._service.draining:
            self.should_exit = self.force_exit = True
        self._service.drain()

    async def on_tick(self, counter: int) -> bool:
        """Stop once nothing runs any more; uvicorn asks ten times a second."""
        if self._service.draining and self._service.idle:
            self.should_exit = True
        return await super().on_tick(counter) or self._service.broken


def main(arguments: list[str] | None = None) -> int:
    """Serve until told to stop.

    Returns
    -------
    int
        0 after SIGTERM or SIGINT, 1 if the models could not be loaded, 2 for wrong settings.
    """
    parser = argparse.ArgumentParser(prog="python -m docparser_ocr.server")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args(arguments)
    # A library's warning may quote what it reads; what a page lacks is told by its code.
    warnings.simplefilter("ignore")
    journal.open_on(sys.stderr)
    try:
        service = Service(load(OcrSettings))
    except ConfigurationError as error:
        parser.error(str(error))
    config = uvicorn.Config(
        application(service),
        host=options.host,
        port=options.port,
        log_config=None,
        access_log=False,
        lifespan="on",
    )
    _Server(config, service).run()
    return 1 if service.broken else 0


if __name__ == "__main__":
    sys.exit(main())
