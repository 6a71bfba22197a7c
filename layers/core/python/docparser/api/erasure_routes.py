"""Routes of erasures."""

# Without `from __future__ import annotations`: Powertools reads those of the routes at run time.
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from .actor import actor_of
from .answers import answer
from .erasures import NewErasure
from .parameters import TENANT, DocumentIdPath
from .rooms import Rooms

METHODS = {"/documents/<document_id>/erasure": ("GET", "POST")}
BODIES = {"/documents/<document_id>/erasure": NewErasure}


def add(app: APIGatewayRestResolver, rooms: Rooms) -> None:
    """Let the API answer them."""

    @app.get(
        "/documents/<document_id>/erasure",
        operation_id="getErasure",
        summary="Look at an erasure",
        description="Tell whether all that there was is deleted, and what that was: its number, "
        "its size and a hash over the names, versions and ETags of all objects.",
    )
    def get_erasure(document_id: DocumentIdPath) -> Response[str]:
        return answer(rooms.erasures.show(TENANT, document_id))

    @app.post(
        "/documents/<document_id>/erasure",
        operation_id="eraseDocument",
        summary="Erase a document",
        description="The document is gone for everybody at once; all its revisions, in every place "
        "and version, are deleted after that. Its id, its hash, its record without a name and its "
        "audit trail stay. The same bytes are not taken in again.",
    )
    def erase_document(
        document_id: DocumentIdPath, asked: Annotated[NewErasure, Body()]
    ) -> Response[str]:
        actor = actor_of(app.current_event.raw_event)
        state = rooms.erasures.begin(TENANT, document_id, asked, actor=actor)
        return answer(state, HTTPStatus.ACCEPTED)
