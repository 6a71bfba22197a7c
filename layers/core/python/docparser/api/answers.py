"""What the routes answer, as HTTP."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import Response

if TYPE_CHECKING:
    from docparser.model import Noun

    from .models import DocumentState

JSON = "application/json"


def answer(noun: Noun, status: HTTPStatus = HTTPStatus.OK) -> Response[str]:
    """Return a noun as JSON."""
    return Response(status, JSON, noun.model_dump_json())


def tagged(state: DocumentState, if_none_match: str | None) -> Response[str]:
    """Return a document with its ETag, or 304 if the caller has this very one."""
    body = state.model_dump_json()
    # Stages note what they find without a change of status: only the whole tells what changed.
    digest = hashlib.sha256(body.encode()).hexdigest()[:16]
    etag = f'"r{state.revision}-a{state.attempt}-{digest}"'
    headers = {"ETag": etag, "Cache-Control": "private, no-cache"}
    known = {tag.strip().removeprefix("W/") for tag in (if_none_match or "").split(",")}
    if known & {etag, "*"}:
        return Response(HTTPStatus.NOT_MODIFIED, body="", headers=headers)
    return Response(HTTPStatus.OK, JSON, body, headers=headers)
