"""Parameter and result normalisation for service integrations, driven by botocore models.

State machines write ``PascalCase`` keys; each API has its own casing. Blob parameters may be
given as JSON objects, and streaming bodies must come back as text.
"""

from __future__ import annotations

import functools
import json
from typing import Any

import botocore
import botocore.session
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service import (  # noqa: E501
    StateTaskService,
)

from docparser_local.bridge.clients import BOTO_NAMES

_SESSION = botocore.session.get_session()


@functools.lru_cache(maxsize=64)
def _operations(service: str) -> dict[str, Any]:
    model = _SESSION.get_service_model(service)
    return {
        botocore.xform_name(name): model.operation_model(name) for name in model.operation_names
    }


def _operation(task: Any, service: str | None, action: str | None) -> Any | None:
    name = service or task._get_boto_service_name()
    return _operations(BOTO_NAMES.get(name, name)).get(action or task._get_boto_service_action())


def to_request(value: Any, shape: Any) -> Any:
    """Rename keys to the API's casing and serialise objects given for blobs and strings."""
    kind = getattr(shape, "type_name", None)
    if kind == "structure" and isinstance(value, dict):
        return {key: to_request(v, member) for key, v, member in _members(value, shape)}
    if kind == "list" and isinstance(value, list):
        return [to_request(item, shape.member) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {key: to_request(item, shape.value) for key, item in value.items()}
    if kind == "blob" and not isinstance(value, (bytes, str)):
        return json.dumps(value, separators=(",", ":")).encode()
    if kind == "string" and isinstance(value, (dict, list)):
        return json.dumps(value, separators=(",", ":"))
    return value


def to_result(value: Any, shape: Any) -> Any:
    """Rename keys to PascalCase and read streaming bodies."""
    kind = getattr(shape, "type_name", None)
    if kind == "structure" and isinstance(value, dict):
        return {
            (key[0].upper() + key[1:] if member is not None else key): to_result(v, member)
            for key, v, member in _members(value, shape)
        }
    if kind == "list" and isinstance(value, list):
        return [to_result(item, shape.member) for item in value]
    if kind == "map" and isinstance(value, dict):
        return {key: to_result(item, shape.value) for key, item in value.items()}
    return value.read().decode("utf-8", "replace") if hasattr(value, "read") else value


def _members(value: dict[str, Any], shape: Any) -> list[tuple[str, Any, Any | None]]:
    by_lower = {name.lower(): name for name in shape.members}
    rows = []
    for key, item in value.items():
        real = by_lower.get(key.lower(), key)
        rows.append((real, item, shape.members.get(real)))
    return rows


def install() -> None:
    """Replace the interpreter's normalisation, which this trimmed copy left incomplete."""

    def normalise_parameters(
        task: Any,
        parameters: dict[str, Any],
        boto_service_name: str | None = None,
        service_action_name: str | None = None,
    ) -> None:
        operation = _operation(task, boto_service_name, service_action_name)
        if operation is not None and operation.input_shape is not None:
            _overwrite(parameters, to_request(parameters, operation.input_shape))

    def normalise_response(
        task: Any,
        response: Any,
        boto_service_name: str | None = None,
        service_action_name: str | None = None,
    ) -> None:
        operation = _operation(task, boto_service_name, service_action_name)
        if (
            operation is not None
            and operation.output_shape is not None
            and isinstance(response, dict)
        ):
            _overwrite(response, to_result(response, operation.output_shape))

    StateTaskService._normalise_parameters = normalise_parameters
    StateTaskService._normalise_response = normalise_response


def _overwrite(target: dict[str, Any], replacement: dict[str, Any]) -> None:
    target.clear()
    target.update(replacement)
