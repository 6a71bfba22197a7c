"""Routes by which documents walk again."""

# Without `from __future__ import annotations`: Powertools reads those of the routes at run time.
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from .actor import actor_of
from .answers import answer
from .models import NewRevision
from .parameters import TENANT, DocumentIdPath
from .rooms import Rooms

METHODS = {
    "/documents/<document_id>/revisions": ("POST",),
    "/documents/<document_id>/attempts": ("POST",),
}
BODIES = {"/documents/<document_id>/revisions": NewRevision}


def add(app: APIGatewayRestResolver, rooms: Rooms) -> None:
    """Let the API answer them."""

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
        actor = actor_of(app.current_event.raw_event)
        state = rooms.restarts.reprocess(TENANT, document_id, asked, actor=actor)
        return answer(state, HTTPStatus.ACCEPTED)

    @app.post(
        "/documents/<document_id>/attempts",
        operation_id="retryDocument",
        summary="Try a failed document again",
        description="Give a document that has FAILED its next attempt; what was read is kept.",
    )
    def retry_document(document_id: DocumentIdPath) -> Response[str]:
        actor = actor_of(app.current_event.raw_event)
        state = rooms.restarts.retry(TENANT, document_id, actor=actor)
        return answer(state, HTTPStatus.ACCEPTED)
