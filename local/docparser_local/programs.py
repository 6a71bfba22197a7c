"""The three programs of a stack: the engine, the model gateway and the OCR server."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from docparser_local.fingerprint import ROOT, content_fingerprint, engine_fingerprint
from docparser_local.model_gateway.endpoint import Endpoint
from docparser_local.program import Program
from docparser_local.settings import ACCOUNT, REGION
from docparser_local.workers.calls import VARIABLE

if TYPE_CHECKING:
    from pathlib import Path

    from docparser_local.settings import EngineSettings

# How many shards the endpoint has in hand: more than it has threads on a small machine, so that
# none of them waits for the next input to arrive.
_MAX_CONCURRENT = max(4, os.cpu_count() or 1)


def engine(settings: EngineSettings, calls: Path | None = None) -> Program:
    """Return the embedded AWS, whose functions may note in a file what they ask of it."""
    arguments = ["-m", "docparser_local.engine", "--claimed"]
    arguments += ["--port", str(settings.port), "--home", str(settings.home)]
    return Program(
        title="the engine",
        arguments=tuple(arguments),
        port=settings.port,
        process_file=settings.process_file("engine"),
        log=settings.log("engine"),
        fingerprint=engine_fingerprint,
        health="/_ministack/health",
        environment={VARIABLE: str(calls)} if calls else {},
    )


def model_gateway(settings: EngineSettings, env: str) -> Program:
    """Return the SageMaker Runtime API, with the endpoint that the gpu stack makes on AWS."""
    bucket = f"s3://docparser-{env}-ocr-{ACCOUNT}-{REGION}"
    topic = f"arn:aws:sns:{REGION}:{ACCOUNT}:docparser-{env}-ocr"
    endpoint = Endpoint(
        name=f"docparser-{env}-ocr",
        model_url=settings.ocr_url,
        output=f"{bucket}/output/",
        failure=f"{bucket}/failure/",
        success_topic=f"{topic}-success",
        error_topic=f"{topic}-error",
        max_concurrent=_MAX_CONCURRENT,
    )
    arguments = ["-m", "docparser_local.model_gateway", "--port", str(settings.gateway_port)]
    arguments += ["--engine", settings.url, "--spool", str(settings.invocations)]
    arguments += ["--endpoint", endpoint.model_dump_json()]
    return Program(
        title="the model gateway",
        arguments=tuple(arguments),
        port=settings.gateway_port,
        process_file=settings.process_file("gateway"),
        log=settings.log("gateway"),
        fingerprint=lambda: _fingerprint("local/docparser_local", arguments=arguments),
        health="/ping",
    )


def ocr_server(settings: EngineSettings) -> Program:
    """Return the server that the GPU container runs, on this machine's CPU."""
    arguments = ["-m", "docparser_ocr.server", "--port", str(settings.ocr_port)]
    return Program(
        title="the OCR server",
        arguments=tuple(arguments),
        port=settings.ocr_port,
        process_file=settings.process_file("ocr"),
        log=settings.log("ocr"),
        fingerprint=lambda: _fingerprint(
            "gpu_endpoints/ocr/docparser_ocr", "layers/core/python", arguments=arguments
        ),
        health="/ping",
        environment={"DOCPARSER_OCR_MODELS": str(settings.models)},
    )


def _fingerprint(*folders: str, arguments: list[str]) -> str:
    paths = [ROOT / folder for folder in (*folders, "uv.lock")]
    return content_fingerprint(ROOT, paths, *arguments)
