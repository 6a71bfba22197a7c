"""Asynchronous invocations: what a request may say, and what is remembered of it.

The limits are those of the service model that ships with botocore (sagemaker-runtime 2017-05-13);
boto3 itself checks lengths and ranges, but no patterns.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docparser_local.model_gateway.endpoint import Endpoint

PREFIX = "x-amzn-sagemaker-"
CUSTOM_ATTRIBUTES = f"{PREFIX}custom-attributes"
MAX_INLINE_BYTES = 128_000
_DEFAULT_TTL_S = 21_600
_DEFAULT_TIMEOUT_S = 900
_OUTPUT_SUFFIX = ".out"
_FAILURE_SUFFIX = "-error.out"


class InvalidRequestError(ValueError):
    """The request breaks a constraint of the API; the text is the answer's message."""


@dataclass(frozen=True)
class _Text:
    """A text header: its member's name in the service model, its longest form, its pattern."""

    header: str
    member: str
    longest: int
    pattern: str

    def read(self, headers: Mapping[str, str]) -> str | None:
        value = headers.get(PREFIX + self.header)
        if value is None:
            return None
        if len(value) > self.longest:
            raise _violation(
                value, self.member, f"have length less than or equal to {self.longest}"
            )
        if not re.fullmatch(self.pattern, value):
            raise _violation(
                value, self.member, f"satisfy regular expression pattern: {self.pattern}"
            )
        return value


@dataclass(frozen=True)
class _Seconds:
    """A number of seconds between two bounds."""

    header: str
    member: str
    least: int
    most: int

    def read(self, headers: Mapping[str, str], default: int) -> int:
        value = headers.get(PREFIX + self.header)
        if value is None:
            return default
        if not re.fullmatch(r"-?[0-9]{1,9}", value):
            raise InvalidRequestError(f"{self.member} is no integer")
        if int(value) < self.least:
            raise _violation(
                value, self.member, f"have value greater than or equal to {self.least}"
            )
        if int(value) > self.most:
            raise _violation(value, self.member, f"have value less than or equal to {self.most}")
        return int(value)


_ASCII = r"[\x20-\x7e]*"
_CONTENT_TYPE = _Text("content-type", "contentType", 1024, _ASCII)
_ACCEPT = _Text("accept", "accept", 1024, _ASCII)
_ATTRIBUTES = _Text("custom-attributes", "customAttributes", 1024, _ASCII)
_INFERENCE_ID = _Text("inference-id", "inferenceId", 64, r"[\x21-\x7e][\x20-\x7e]*")
_INPUT = _Text("inputlocation", "inputLocation", 1024, r"(https|s3)://([^/]+)/?(.*)")
_EXTENSION = _Text(
    "s3outputpathextension",
    "s3OutputPathExtension",
    512,
    r"(?!s3:|https:)[a-zA-Z0-9!_.*'()/-]+",
)
_FILENAME = _Text("filename", "filename", 32, r"(?!.*\..*\.)[a-zA-Z0-9][a-zA-Z0-9\-_.]*")
_TTL = _Seconds("requestttlseconds", "requestTTLSeconds", 60, 21_600)
_TIMEOUT = _Seconds("invocationtimeoutseconds", "invocationTimeoutSeconds", 1, 3_600)


class Invocation(BaseModel):
    """An accepted asynchronous invocation; all that a later run of the gateway needs of it.

    ``received_at`` and ``number`` order invocations: epoch seconds, and a random id of this
    invocation's own, since the caller may use an InferenceId again. ``body`` is the inline payload
    of a request without an input location.
    """

    model_config = ConfigDict(
        frozen=True,
        hide_input_in_errors=True,
        ser_json_bytes="base64",
        val_json_bytes="base64",
    )

    number: str
    endpoint_name: str
    received_at: float
    inference_id: str
    input_location: str | None
    body: bytes | None
    content_type: str | None
    accept: str | None
    custom_attributes: str | None
    output_location: str
    failure_location: str
    ttl_s: int
    timeout_s: int

    @property
    def expires_at(self) -> float:
        """The epoch second after which nobody starts it any more."""
        return self.received_at + self.ttl_s

    def model_headers(self) -> dict[str, str]:
        """Return the headers with which the container is called."""
        given = {
            "Content-Type": self.content_type,
            "Accept": self.accept,
            CUSTOM_ATTRIBUTES: self.custom_attributes,
        }
        return {name: value for name, value in given.items() if value is not None}


def accept(
    endpoint: Endpoint, headers: Mapping[str, str], body: bytes, received_at: float
) -> Invocation:
    """Read an InvokeEndpointAsync request.

    Parameters
    ----------
    headers
        Names in lower case.
    received_at
        Epoch seconds.

    Raises
    ------
    InvalidRequestError
        A header or the body breaks the service model.
    """
    input_location = _INPUT.read(headers)
    if (input_location is None) == (not body):
        raise InvalidRequestError("Exactly one of InputLocation and Body must be provided.")
    if len(body) > MAX_INLINE_BYTES:
        raise InvalidRequestError(f"Body is larger than {MAX_INLINE_BYTES} bytes")
    inference_id = _INFERENCE_ID.read(headers) or str(uuid.uuid4())
    filename = _FILENAME.read(headers)
    folder = (_EXTENSION.read(headers) or "").strip("/")
    stem = filename.partition(".")[0] if filename else inference_id
    return Invocation(
        number=uuid.uuid4().hex,
        endpoint_name=endpoint.name,
        received_at=received_at,
        inference_id=inference_id,
        input_location=input_location,
        body=body or None,
        content_type=_CONTENT_TYPE.read(headers),
        accept=_ACCEPT.read(headers),
        custom_attributes=_ATTRIBUTES.read(headers),
        output_location=_join(endpoint.output, folder, filename or stem + _OUTPUT_SUFFIX),
        failure_location=_join(endpoint.failure, folder, stem + _FAILURE_SUFFIX),
        ttl_s=_TTL.read(headers, _DEFAULT_TTL_S),
        timeout_s=_TIMEOUT.read(headers, _DEFAULT_TIMEOUT_S),
    )


def _join(base: str, folder: str, name: str) -> str:
    return "/".join(filter(None, [base.rstrip("/"), folder, name]))


def _violation(value: str, member: str, constraint: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"1 validation error detected: Value '{value}' at '{member}' failed to satisfy "
        f"constraint: Member must {constraint}"
    )
