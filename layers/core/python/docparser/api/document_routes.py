"""Routes of documents: announced, listed, looked at, cancelled, and what was read of them."""

# Without `from __future__ import annotations`: Powertools reads those of the routes at run time.
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Header, Query

from docparser.model import DocumentType, Status

from .actor import actor_of
from .answers import JSON, answer, tagged
from .content import ContentFormat, RedactedFormat
from .models import NewDocument
from .parameters import TENANT, Cursor, DocumentIdPath
from .rooms import Rooms

Revision = Annotated[int | None, Query(ge=1, le=9999, description="The current one by default.")]

METHODS = {
    "/documents": ("GET", "POST"),
    "/documents/<document_id>": ("GET", "DELETE"),
    "/documents/<document_id>/content": ("GET",),
    "/documents/<document_id>/redacted": ("GET",),
}
BODIES = {"/documents": NewDocument}


def add(app: APIGatewayRestResolver, rooms: Rooms) -> None:
    """Let the API answer them."""

    @app.post(
        "/documents",
        operation_id="createDocument",
        summary="Announce a file",
        description="Say what is about to be sent; the answer says where to, or that it is known.",
    )
    def create_document(new: Annotated[NewDocument, Body()]) -> Response[str]:
        actor = actor_of(app.current_event.raw_event)
        created = rooms.documents.create(TENANT, new, actor=actor)
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
        return answer(found)

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
        return tagged(rooms.documents.get(TENANT, document_id), if_none_match)

    @app.delete(
        "/documents/<document_id>",
        operation_id="cancelDocument",
        summary="Cancel a document",
        description="End the document's walk, or the wait for its upload, as CANCELLED.",
    )
    def cancel_document(document_id: DocumentIdPath) -> Response[str]:
        actor = actor_of(app.current_event.raw_event)
        state = rooms.documents.cancel(TENANT, document_id, actor=actor)
        return answer(state, HTTPStatus.ACCEPTED)

    @app.get(
        "/documents/<document_id>/content",
        operation_id="getContent",
        summary="Get what was read of a document",
        description="Redirect to a URL that is good for five minutes; send it no Authorization.",
    )
    def get_content(
        document_id: DocumentIdPath,
        format: Annotated[  # noqa: A002 - the parameter's name
            ContentFormat,
            Query(description="JSON, Markdown, plain text, PDF or ALTO; of a table, JSON or CSV."),
        ] = ContentFormat.JSON,
        revision: Revision = None,
        part: Annotated[
            str | None,
            Query(
                pattern="^(s[0-9]{4}|t[0-9]{4,6})$",
                description="With `format=json`: the pages of one shard, by the id under which "
                "the document names it. With `format=json` or `format=csv`: the rows of one table.",
            ),
        ] = None,
    ) -> Response[str]:
        return _there(
            rooms.content.location(TENANT, document_id, format, revision=revision, part=part)
        )

    @app.get(
        "/documents/<document_id>/redacted",
        operation_id="getRedacted",
        summary="Get a document without its personal data",
        description="Redirect as for the content. Who may have this and not the content is decided "
        "by IAM, by the path.",
    )
    def get_redacted(
        document_id: DocumentIdPath,
        format: Annotated[  # noqa: A002 - the parameter's name
            RedactedFormat, Query(description="Plain text, Markdown, or a PDF of pictures.")
        ] = RedactedFormat.TEXT,
        revision: Revision = None,
    ) -> Response[str]:
        return _there(rooms.content.redacted(TENANT, document_id, format, revision=revision))


def _there(url: str) -> Response[str]:
    headers = {"Location": url, "Cache-Control": "no-store"}
    return Response(HTTPStatus.SEE_OTHER, body="", headers=headers)
