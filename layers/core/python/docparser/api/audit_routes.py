"""Routes of the audit trail."""

# Without `from __future__ import annotations`: Powertools reads those of the routes at run time.
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from docparser.model import Noun

from .answers import answer
from .parameters import TENANT, Cursor, DocumentIdPath
from .rooms import Rooms

METHODS = {
    "/documents/<document_id>/events": ("GET",),
    "/audit/verification": ("GET",),
}
BODIES: dict[str, type[Noun]] = {}


def add(app: APIGatewayRestResolver, rooms: Rooms) -> None:
    """Let the API answer them."""

    @app.get(
        "/documents/<document_id>/events",
        operation_id="listEvents",
        summary="List what happened to a document",
        description="List the events of all revisions, the first first, with their hashes. They "
        "stay when the document is erased.",
    )
    def list_events(
        document_id: DocumentIdPath,
        limit: Annotated[int, Query(ge=1, le=1000, description="How many at most.")] = 200,
        cursor: Cursor = None,
    ) -> Response[str]:
        return answer(rooms.audit.events(TENANT, document_id, limit=limit, cursor=cursor))

    @app.get(
        "/audit/verification",
        operation_id="verifyTrail",
        summary="Verify what happened to a document",
        description="Compute the hashes of a document's events anew, and say where they are not "
        "what they were. What was made to fit again is found beside the anchors alone, which the "
        "command `docparser audit verify` reads.",
    )
    def verify_trail(
        document_id: Annotated[
            str,
            Query(
                description="A document's id.",
                json_schema_extra={"pattern": "^d[0-9a-f]{32}$"},
            ),
        ],
    ) -> Response[str]:
        return answer(rooms.audit.verification(TENANT, document_id))
