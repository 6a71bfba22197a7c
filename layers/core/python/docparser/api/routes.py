"""The routes of the API: what each takes, and what it leads to."""

# Without `from __future__ import annotations`: Powertools reads those of the routes at run time.
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Path, Query

from docparser.model import DocumentType, Noun, Status

from .content import Content, ContentFormat
from .documents import Documents
from .entrance import read_json
from .health import Monitor
from .models import DocumentState, NewDocument, NewRevision
from .passages import Passages
from .problems import CONTENT_TYPE, MethodNotAllowed, problem_of
from .restarts import Restarts

JSON = "application/json"
TENANT = "default"  # of every caller whom IAM lets in

# A malformed id is as unknown as any other: the form is told, and 404 is the answer either way.
DocumentIdPath = Annotated[
    str, Path(description="A document's id.", json_schema_extra={"pattern": "^d[0-9a-f]{32}$"})
]
Cursor = Annotated[
    str | None, Query(max_length=2048, description="`next_cursor` of the answer before.")
]

METHODS = {
    "/documents": ("GET", "POST"),
    "/documents/<document_id>": ("GET", "DELETE"),
    "/documents/<document_id>/content": ("GET",),
    "/documents/<document_id>/revisions": ("POST",),
    "/documents/<document_id>/attempts": ("POST",),
    "/search": ("GET",),
    "/health": ("GET",),
}
"""What each resource takes; everything else is refused by name, with 405."""

_ALL_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@dataclass(frozen=True)
class Rooms:
    """What the routes lead to."""

    documents: Documents
    restarts: Restarts
    content: Content
    passages: Passages
    monitor: Monitor


def resolver(rooms: Rooms) -> APIGatewayRestResolver:
    """Return the API in front of some rooms."""
    app = APIGatewayRestResolver(enable_validation=True, json_body_deserializer=read_json)
    _add_documents(app, rooms)
    _add_restarts(app, rooms)
    _add_search(app, rooms)
    _add_refusals(app)
    return app


def _add_documents(app: APIGatewayRestResolver, rooms: Rooms) -> None:
    @app.post(
        "/documents",
        operation_id="createDocument",
        summary="Announce a file",
        description="Say what is about to be sent; the answer says where to, or that it is known.",
    )
    def create_document(new: Annotated[NewDocument, Body()]) -> Response[str]:
        created = rooms.documents.create(TENANT, new)
        status = HTTPStatus.OK if created.upload is None else HTTPStatus.CREATED
        return Response(status, JSON, created.model_dump_json(exclude_none=True))

    @app.get(
        "/documents",
        operation_id="listDocuments",
        summary="List documents",
        description="List documents in their current revisions, the newest first.",
    )
    def list_documents(
        status: Annotated[Status | None, Query(description="Only those of one status.")] = None,
        type: Annotated[  # noqa: A002 - the parameter's name
            DocumentType | None, Query(description="Only those of one type.")
        ] = None,
        limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 50,
        cursor: Cursor = None,
    ) -> Response[str]:
        found = rooms.documents.list(TENANT, status=status, kind=type, limit=limit, cursor=cursor)
        return _answer(found)

    @app.get(
        "/documents/<document_id>",
        operation_id="getDocument",
        summary="Look at a document",
        description="Tell a document's current revision; its ETag changes with every part of it.",
    )
    def get_document(
        document_id: DocumentIdPath,
        if_none_match: Annotated[
            str | None, Header(alias="If-None-Match", description="ETags that the caller has.")
        ] = None,
    ) -> Response[str]:
        return _tagged(rooms.documents.get(TENANT, document_id), if_none_match)

    @app.delete(
        "/documents/<document_id>",
        operation_id="cancelDocument",
        summary="Cancel a document",
        description="End the document's walk, or the wait for its upload, as CANCELLED.",
    )
    def cancel_document(document_id: DocumentIdPath) -> Response[str]:
        return _answer(rooms.documents.cancel(TENANT, document_id), HTTPStatus.ACCEPTED)

    @app.get(
        "/documents/<document_id>/content",
        operation_id="getContent",
        summary="Get what was read of a document",
        description="Redirect to a URL that is good for five minutes; send it no Authorization.",
    )
    def get_content(
        document_id: DocumentIdPath,
        format: Annotated[  # noqa: A002 - the parameter's name
            ContentFormat, Query(description="JSON, Markdown or plain text.")
        ] = ContentFormat.JSON,
        revision: Annotated[
            int | None, Query(ge=1, le=9999, description="The current one by default.")
        ] = None,
        part: Annotated[
            str | None,
            Query(
                pattern="^s[0-9]{4}$",
                description="With `format=json`: the pages of one shard, by the id under which "
                "the document names it.",
            ),
        ] = None,
    ) -> Response[str]:
        url = rooms.content.location(TENANT, document_id, format, revision=revision, part=part)
        headers = {"Location": url, "Cache-Control": "no-store"}
        return Response(HTTPStatus.SEE_OTHER, body="", headers=headers)


def _add_restarts(app: APIGatewayRestResolver, rooms: Rooms) -> None:
    @app.post(
        "/documents/<document_id>/revisions",
        operation_id="reprocessDocument",
        summary="Read a document again",
        description="Open the document's next revision, from what is stored of it. The result that "
        "there is stays where it is, and can be got by its revision.",
    )
    def reprocess_document(
        document_id: DocumentIdPath, asked: Annotated[NewRevision, Body()]
    ) -> Response[str]:
        state = rooms.restarts.reprocess(TENANT, document_id, asked)
        return _answer(state, HTTPStatus.ACCEPTED)

    @app.post(
        "/documents/<document_id>/attempts",
        operation_id="retryDocument",
        summary="Try a failed document again",
        description="Give a document that has FAILED its next attempt; what was read is kept.",
    )
    def retry_document(document_id: DocumentIdPath) -> Response[str]:
        return _answer(rooms.restarts.retry(TENANT, document_id), HTTPStatus.ACCEPTED)


def _add_search(app: APIGatewayRestResolver, rooms: Rooms) -> None:
    @app.get(
        "/search",
        operation_id="search",
        summary="Search in documents",
        description="Find passages that match, the best first, each with its page and where on it.",
    )
    def search(
        q: Annotated[
            str, Query(min_length=1, max_length=400, description='Words, or "a phrase" in quotes.')
        ],
        limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 20,
        cursor: Cursor = None,
    ) -> Response[str]:
        return _answer(rooms.passages.find(TENANT, q, limit=limit, cursor=cursor))

    @app.get(
        "/health",
        operation_id="health",
        summary="Ask whether the service answers",
        description="Say whether all is well; the one call without authorization.",
    )
    def health() -> Response[str]:
        return _answer(rooms.monitor.check())


def _add_refusals(app: APIGatewayRestResolver) -> None:
    for path, methods in METHODS.items():
        others = [method for method in _ALL_METHODS if method not in methods]
        refuse = _refusing(", ".join(methods))
        app.route(path, others, include_in_schema=False, enable_validation=False)(refuse)

    def answer_problem(error: Exception) -> Response[str]:
        problem = problem_of(error)
        details = problem.details(app.current_event.request_context.request_id)
        return Response(
            problem.status, CONTENT_TYPE, details.model_dump_json(), headers=problem.headers
        )

    app.exception_handler(Exception)(answer_problem)


def _refusing(allowed: str) -> Callable[..., Response[str]]:
    def refuse(**_: str) -> Response[str]:
        raise MethodNotAllowed(allowed)

    return refuse


def _answer(noun: Noun, status: HTTPStatus = HTTPStatus.OK) -> Response[str]:
    return Response(status, JSON, noun.model_dump_json())


def _tagged(state: DocumentState, if_none_match: str | None) -> Response[str]:
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
