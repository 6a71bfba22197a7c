"""The door itself: what comes from API Gateway, made safe to read; what goes back, always said."""

from __future__ import annotations

import base64
import binascii
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn

from docparser import observability
from docparser.function import Call

from .problems import CONTENT_TYPE, InvalidRequest, Problem, Unsupported, problem_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from aws_lambda_powertools.event_handler import APIGatewayRestResolver

_JSON = "application/json"


def entrance(app: APIGatewayRestResolver) -> Callable[[dict[str, Any], Any], dict[str, Any]]:
    """Return the Lambda handler of an API; it answers every request and raises nothing."""

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        call = Call()
        request_id = event["requestContext"]["requestId"]
        observability.bind(request_id, None)
        try:
            answer = app.resolve(readable(event), context)
        except Exception as error:  # noqa: BLE001 - the edge: nothing passes unsaid
            answer = refusal(problem_of(error), request_id)
        observability.log(
            "answered", code=str(answer["statusCode"]), seconds=round(call.seconds, 4)
        )
        return answer

    return handler


def readable(event: dict[str, Any]) -> dict[str, Any]:
    """Return an event whose body, if it has one, is JSON's text.

    Raises
    ------
    Unsupported
        The body is said to be something else.
    InvalidRequest
        400: it is no UTF-8.
    """
    body = event.get("body")
    if not body:
        return event
    headers: Mapping[str, str] = event.get("headers") or {}
    named = {name.lower(): value for name, value in headers.items()}
    if _media_type(named.get("content-type", _JSON)) != _JSON:
        raise Unsupported
    if event.get("isBase64Encoded"):
        try:
            body = base64.b64decode(body, validate=True).decode()
        except (binascii.Error, UnicodeError):
            raise InvalidRequest("The body must be UTF-8.", status=HTTPStatus.BAD_REQUEST) from None
    named["content-type"] = _JSON
    return {**event, "headers": named, "body": body, "isBase64Encoded": False}


def read_json(text: str) -> Any:
    """Return what a body says.

    Raises
    ------
    InvalidRequest
        400: it is no JSON, or nested or long beyond what anybody would send.
    """
    try:
        return json.loads(text, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        # ValueError: also integers of more digits than Python reads.
        raise InvalidRequest("The body must be JSON.", status=HTTPStatus.BAD_REQUEST) from None


def refusal(problem: Problem, request_id: str) -> dict[str, Any]:
    """Return a problem as API Gateway takes it."""
    return {
        "statusCode": problem.status.value,
        "headers": {"Content-Type": CONTENT_TYPE, **problem.headers},
        "body": problem.details(request_id).model_dump_json(),
        "isBase64Encoded": False,
    }


def _media_type(content_type: str) -> str:
    return content_type.partition(";")[0].strip().lower()


def _no_constant(_: str) -> NoReturn:
    raise ValueError  # NaN and Infinity are Python's, not JSON's
