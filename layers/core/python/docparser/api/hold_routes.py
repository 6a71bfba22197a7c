"""Routes of legal holds."""

# Without `from __future__ import annotations`: Powertools reads those of the routes at run time.
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from .actor import actor_of
from .answers import answer
from .holds import REFERENCE, NewHold
from .parameters import TENANT, DocumentIdPath
from .rooms import Rooms

METHODS = {"/documents/<document_id>/hold": ("PUT", "DELETE")}
BODIES = {"/documents/<document_id>/hold": NewHold}


def add(app: APIGatewayRestResolver, rooms: Rooms) -> None:
    """Let the API answer them."""

    @app.put(
        "/documents/<document_id>/hold",
        operation_id="placeHold",
        summary="Hold a document",
        description="Nothing erases a document while it is held: no request, no retention. The "
        "files inside it are held with it, and so is what it lies in.",
    )
    def place_hold(document_id: DocumentIdPath, new: Annotated[NewHold, Body()]) -> Response[str]:
        actor = actor_of(app.current_event.raw_event)
        return answer(rooms.holds.place(TENANT, document_id, new, actor=actor))

    @app.delete(
        "/documents/<document_id>/hold",
        operation_id="releaseHold",
        summary="Release a document",
        description="Take the hold of one reference away; others stay.",
    )
    def release_hold(
        document_id: DocumentIdPath,
        reference: Annotated[
            str, Query(pattern=REFERENCE, description="Under which it was placed.")
        ],
    ) -> Response[str]:
        actor = actor_of(app.current_event.raw_event)
        return answer(rooms.holds.release(TENANT, document_id, reference, actor=actor))
