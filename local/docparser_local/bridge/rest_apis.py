"""REST APIs (API Gateway v1): what ministack's differ in from AWS's.

- The path is matched and handed over as it was sent; only path parameters are decoded. A request's
  repeated headers and parameters keep all their values, the last one being the single value.
- A function that fails, or answers with something other than a proxy response, is a 502, and the
  API's own 5XX response applies to it.
- A request validator of a template validates; a method of a template uses it.
- A key that ministack does not know names its caller: on AWS there is always one.
- Nobody is throttled: the limits protect an account from its callers, and here there is one caller.
"""

from __future__ import annotations

import base64
import json
import time
from collections import defaultdict
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeGuard
from urllib.parse import unquote

from ministack.core.responses import get_account_id, new_uuid
from ministack.core.router import extract_access_key_id
from ministack.services import apigateway_v1
from ministack.services.cloudformation import provisioners

if TYPE_CHECKING:
    from docparser_local.http_server import Application, Message, Receive, Send

# What is in front of a request's path ends with <id>/<stage> or <id>/<stage>/_user_request_.
_PREFIXES = ("/_aws/execute-api/", "/restapis/")
_PREFIX_SEGMENTS = 5
_FAILED = "Internal server error"
_VALIDATOR = "AWS::ApiGateway::RequestValidator"
_NO_SCOPE: Message = {"raw_path": b"", "headers": []}

_scope: ContextVar[Message] = ContextVar("request", default=_NO_SCOPE)

Answer = tuple[int, dict[str, Any], bytes]


class RawRequests:
    """Lets the REST APIs see a request as it was sent; ministack passes on what it made of it."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if str(scope.get("path", "")).startswith(_PREFIXES):
            _scope.set(scope)
        await self._application(scope, receive, send)


def install() -> None:
    """Replace how requests become events, answers responses, and validators resources."""
    execute = apigateway_v1.handle_execute

    async def execute_raw(
        api_id: str, stage: str, method: str, _path: str, headers: Any, body: bytes, query: Any
    ) -> Answer:
        result: Answer = await execute(api_id, stage, method, _raw_path(), headers, body, query)
        return result

    apigateway_v1.handle_execute = execute_raw
    apigateway_v1._invoke_lambda_proxy_v1 = invoke_proxy
    apigateway_v1._check_throttle = lambda *_request: None
    provisioners._RESOURCE_HANDLERS[_VALIDATOR] = {
        "create": _create_validator,
        "update": _update_validator,
        "delete": _delete_validator,
    }


def _raw_path() -> str:
    """Return the path below the stage, not decoded."""
    segments = _scope.get()["raw_path"].decode("ascii").split("/", _PREFIX_SEGMENTS)
    return "/" + "".join(segments[_PREFIX_SEGMENTS:])


# ---------------------------------------------------------------- a request and its answer
async def invoke_proxy(
    integration: dict[str, Any],
    api_id: str,
    stage_name: str,
    stage: dict[str, Any],
    resource: dict[str, Any],
    path: str,
    method: str,
    headers: dict[str, str],
    body: bytes,
    query: dict[str, list[str]] | None,
    path_parameters: dict[str, str] | None,
    *,
    owner_account_id: str | None = None,
    owner_region: str | None = None,
    binary_media_types: list[str] | None = None,
    authorizer_context: dict[str, Any] | None = None,
    caller_identity: dict[str, Any] | None = None,
) -> Any:
    """Invoke the function of an AWS_PROXY integration; return ministack's answer or error."""
    context = _context(api_id, stage_name, resource, path, method)
    event = {
        "resource": resource["path"],
        "path": path,
        "httpMethod": method,
        **_headers(),
        "queryStringParameters": {name: v[-1] for name, v in (query or {}).items()} or None,
        "multiValueQueryStringParameters": query or None,
        "pathParameters": {n: unquote(v) for n, v in (path_parameters or {}).items()} or None,
        "stageVariables": stage.get("variables") or None,
        "requestContext": {
            **context,
            "identity": _identity(headers, caller_identity),
            **({} if authorizer_context is None else {"authorizer": authorizer_context}),
        },
        **_body(body, headers, binary_media_types),
    }
    function = apigateway_v1._extract_lambda_ref_from_integration_uri(integration.get("uri", ""))
    result, missing = await apigateway_v1._call_lambda_raw(
        function, event, account_id=owner_account_id, region=owner_region
    )
    if missing:
        return apigateway_v1._gw_error("API_CONFIGURATION_ERROR", _FAILED)
    answer = None if result.get("error") or result.get("throttle") else result.get("body")
    if not _is_proxy_answer(answer):
        if "DEFAULT_5XX" in apigateway_v1._gateway_responses.get(api_id, {}):
            return apigateway_v1._gw_error("DEFAULT_5XX", _FAILED)
        text = json.dumps({"message": _FAILED}).encode()
        return 502, {"Content-Type": "application/json"}, text
    status, answered, content = _response(answer, headers, binary_media_types)
    return status, {**answered, "x-amzn-requestid": context["requestId"]}, content


def _headers() -> dict[str, Any]:
    values = defaultdict(list)
    for name, value in _scope.get()["headers"]:
        values[name.decode("latin-1")].append(value.decode("latin-1"))
    single = {name: rows[-1] for name, rows in values.items()}
    return {"headers": single, "multiValueHeaders": dict(values)}


def _context(
    api_id: str, stage_name: str, resource: dict[str, Any], path: str, method: str
) -> dict[str, Any]:
    now = time.time()
    request_id = new_uuid()
    return {
        "accountId": get_account_id(),
        "apiId": api_id,
        "resourceId": resource["id"],
        "resourcePath": resource["path"],
        "httpMethod": method,
        "stage": stage_name,
        "path": f"/{stage_name}{path}",
        "protocol": "HTTP/1.1",
        "requestId": request_id,
        "extendedRequestId": request_id,
        "requestTime": datetime.fromtimestamp(now, UTC).strftime("%d/%b/%Y:%H:%M:%S +0000"),
        "requestTimeEpoch": int(now * 1000),
    }


def _identity(headers: dict[str, str], caller: dict[str, Any] | None) -> dict[str, Any]:
    """Return who calls: as ministack knows the key, or else by the name that the key gives."""
    return {
        "sourceIp": "127.0.0.1",
        "userAgent": headers.get("user-agent"),
        **(caller or {"accessKey": extract_access_key_id(headers) or None}),
    }


def _body(body: bytes, headers: dict[str, str], binary: list[str] | None) -> dict[str, Any]:
    if not body:
        return {"body": None, "isBase64Encoded": False}
    if apigateway_v1._media_type_matches(headers.get("content-type"), binary):
        return {"body": base64.b64encode(body).decode("ascii"), "isBase64Encoded": True}
    return {"body": body.decode("utf-8", "replace"), "isBase64Encoded": False}


def _is_proxy_answer(answer: Any) -> TypeGuard[dict[str, Any]]:
    return (
        isinstance(answer, dict)
        and str(answer.get("statusCode", "")).isdecimal()
        and isinstance(answer.get("body", ""), str | None)
    )


def _response(
    answer: dict[str, Any], request_headers: dict[str, str], binary: list[str] | None
) -> Answer:
    """Shape a function's answer; a header in both forms counts in the form with many values."""
    headers: dict[str, Any] = {"content-type": ("Content-Type", "application/json")}
    for name, value in (answer.get("headers") or {}).items():
        headers[name.lower()] = (name, value)
    for name, values in (answer.get("multiValueHeaders") or {}).items():
        if values:
            headers[name.lower()] = (name, list(values))
    body = answer.get("body") or ""
    accepted = apigateway_v1._media_type_matches(request_headers.get("accept"), binary)
    if answer.get("isBase64Encoded") and accepted:
        content = base64.b64decode(body)
    else:
        content = body.encode()
    return int(answer["statusCode"]), dict(headers.values()), content


# ---------------------------------------------------------------- validators of a template
def _create_validator(logical_id: str, properties: Any, _stack: str) -> tuple[str, dict[str, str]]:
    data = {
        "name": properties.get("Name") or logical_id,
        "validateRequestBody": properties.get("ValidateRequestBody"),
        "validateRequestParameters": properties.get("ValidateRequestParameters"),
    }
    api_id = properties["RestApiId"]
    status, _, body = apigateway_v1._create_request_validator(api_id, data)
    if status != 201:
        raise ValueError(f"{logical_id}: {body!r}")
    validator_id = json.loads(body)["id"]
    return validator_id, {"RequestValidatorId": validator_id}


def _update_validator(
    validator_id: str, old: Any, new: Any, stack: str
) -> tuple[str, dict[str, str]]:
    created = _create_validator(validator_id, new, stack)
    _delete_validator(validator_id, old)
    return created


def _delete_validator(validator_id: str, properties: Any) -> None:
    apigateway_v1._delete_request_validator(properties["RestApiId"], validator_id)


def use_validator(method: str, properties: Any) -> None:
    """Give a template's method its validator.

    Parameters
    ----------
    method
        Physical id, ``<api>-<resource>-<verb>``.
    """
    if validator := properties.get("RequestValidatorId"):
        api_id, resource_id, verb = method.split("-")
        methods = apigateway_v1._resources[api_id][resource_id]["resourceMethods"]
        methods[verb]["requestValidatorId"] = validator
