"""The wire, as boto3 speaks it.

SageMaker Runtime's InvokeEndpoint and InvokeEndpointAsync are REST-JSON; the operations of other
services are JSON 1.1.
"""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING
from uuid import uuid4

from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from docparser_local.model_gateway import json_protocol
from docparser_local.model_gateway.invocation import (
    CUSTOM_ATTRIBUTES,
    PREFIX,
    InvalidRequestError,
    accept,
)
from docparser_local.model_gateway.model_server import (
    Answer,
    BrokenConnectionError,
    InvocationTimeoutError,
    NotReadyError,
)
from docparser_local.settings import ACCOUNT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

    from docparser_local.model_gateway.json_protocol import Operation
    from docparser_local.model_gateway.runner import Runner

_SYNC_TIMEOUT_S = 60.0
_MAX_SYNC_BYTES = 6_291_456
_MODEL_ERROR_STATUS = 424
_SYNC_HEADERS = ("content-type", "accept", CUSTOM_ATTRIBUTES)


def build(runners: Mapping[str, Runner], operations: Mapping[str, Operation]) -> Starlette:
    """Return the ASGI application.

    Parameters
    ----------
    runners
        The endpoints, by name.
    operations
        What is asked for in JSON 1.1, by ``Service.Operation``.
    """

    async def ping(_request: Request) -> Response:
        return PlainTextResponse("")

    async def invoke(request: Request) -> Response:
        runner = runners.get(request.path_params["name"])
        if runner is None:
            return _not_found(request)
        body = await request.body()
        if len(body) > _MAX_SYNC_BYTES:
            return _error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "ValidationError", "Body too large")
        headers = {n: request.headers[n] for n in _SYNC_HEADERS if n in request.headers}
        try:
            answer = await runner.server.invoke(body, headers, _SYNC_TIMEOUT_S)
        except NotReadyError:
            text = "The model is not ready."
            return _error(HTTPStatus.TOO_MANY_REQUESTS, "ModelNotReadyException", text)
        except (BrokenConnectionError, InvocationTimeoutError):
            return _model_error(Answer(0, b"", ""))
        return _result(answer) if answer.ok else _model_error(answer)

    async def invoke_async(request: Request) -> Response:
        runner = runners.get(request.path_params["name"])
        if runner is None:
            return _not_found(request)
        try:
            body = await request.body()
            invocation = accept(runner.endpoint, request.headers, body, time.time())
        except InvalidRequestError as error:
            return _error(HTTPStatus.BAD_REQUEST, "ValidationError", str(error))
        await runner.submit(invocation)
        return JSONResponse(
            {"InferenceId": invocation.inference_id},
            HTTPStatus.ACCEPTED,
            {
                f"{PREFIX}outputlocation": invocation.output_location,
                f"{PREFIX}failurelocation": invocation.failure_location,
                "x-amzn-requestid": str(uuid4()),
            },
        )

    return Starlette(
        routes=[
            Route("/ping", ping),
            Route("/", json_protocol.dispatch(operations), methods=["POST"]),
            Route("/endpoints/{name}/invocations", invoke, methods=["POST"]),
            Route("/endpoints/{name}/async-invocations", invoke_async, methods=["POST"]),
        ]
    )


def _result(answer: Answer) -> Response:
    headers = {
        "content-type": answer.content_type,
        "x-amzn-invoked-production-variant": "AllTraffic",
        "x-amzn-requestid": str(uuid4()),
    }
    if answer.custom_attributes:
        headers[CUSTOM_ATTRIBUTES] = answer.custom_attributes
    return Response(answer.body, HTTPStatus.OK, headers)


def _model_error(answer: Answer) -> Response:
    side = "client" if HTTPStatus.BAD_REQUEST <= answer.status < 500 else "server"
    original = answer.body.decode("utf-8", "replace")
    return _error(
        _MODEL_ERROR_STATUS,
        "ModelError",
        f'Received {side} error ({answer.status}) from primary with message "{original}".',
        OriginalStatusCode=answer.status,
        OriginalMessage=original,
    )


def _not_found(request: Request) -> Response:
    text = f"Endpoint {request.path_params['name']} of account {ACCOUNT} not found."
    return _error(HTTPStatus.BAD_REQUEST, "ValidationError", text)


def _error(status: int, code: str, message: str, **members: object) -> Response:
    headers = {"x-amzn-errortype": code, "x-amzn-requestid": str(uuid4())}
    return JSONResponse({"Message": message, **members}, status, headers)
