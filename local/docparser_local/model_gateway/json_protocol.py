"""AWS's JSON 1.1 protocol: one path, and the operation in a header."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from starlette.responses import Response

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from starlette.requests import Request

    Operation = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]

_TARGET = "x-amz-target"
_MEDIA_TYPE = "application/x-amz-json-1.1"


class ServiceError(Exception):
    """An operation refuses a request, with the code and the words of the service."""

    def __init__(self, code: str, message: str, status: int = HTTPStatus.BAD_REQUEST) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
        self.status = status


def dispatch(operations: Mapping[str, Operation]) -> Callable[[Request], Awaitable[Response]]:
    """Return what answers every request of these operations, by ``Service.Operation``."""

    async def answer(request: Request) -> Response:
        operation = operations.get(request.headers.get(_TARGET, ""))
        try:
            if operation is None:
                raise ServiceError("UnknownOperationException", "")
            return _response(HTTPStatus.OK, await operation(_members(await request.body())))
        except ServiceError as error:
            return _response(error.status, {"__type": error.code, "message": error.message})

    return answer


def _members(body: bytes) -> dict[str, Any]:
    try:
        members = json.loads(body)
    except ValueError:
        members = None
    if not isinstance(members, dict):
        raise ServiceError("SerializationException", "")
    return members


def _response(status: int, members: dict[str, Any]) -> Response:
    headers = {"x-amzn-requestid": str(uuid4())}
    return Response(json.dumps(members), status, headers, _MEDIA_TYPE)
