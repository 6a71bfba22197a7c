"""Routes by which people change levels."""

# Without `from __future__ import annotations`: Powertools reads those of the routes at run time.
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body

from .actor import actor_of
from .answers import answer
from .levels import LevelApproval, NewLevel
from .parameters import TENANT, DocumentIdPath
from .rooms import Rooms

METHODS = {
    "/documents/<document_id>/level": ("GET", "POST"),
    "/documents/<document_id>/level/approval": ("POST",),
}
BODIES = {
    "/documents/<document_id>/level": NewLevel,
    "/documents/<document_id>/level/approval": LevelApproval,
}


def add(app: APIGatewayRestResolver, rooms: Rooms) -> None:
    """Let the API answer them."""

    @app.get(
        "/documents/<document_id>/level",
        operation_id="getLevel",
        summary="Look at a document's level",
        description="Tell the level, and the request for a looser one that waits, if any.",
    )
    def get_level(document_id: DocumentIdPath) -> Response[str]:
        return answer(rooms.levels.show(TENANT, document_id))

    @app.post(
        "/documents/<document_id>/level",
        operation_id="changeLevel",
        summary="Change a document's level",
        description="A stricter level holds at once: the document's next revision is opened, and "
        "nothing of it stays where the level forbids it. A looser one is a request that a second "
        "person has to approve within 30 days.",
    )
    def change_level(
        document_id: DocumentIdPath, asked: Annotated[NewLevel, Body()]
    ) -> Response[str]:
        actor = actor_of(app.current_event.raw_event)
        state = rooms.levels.change(TENANT, document_id, asked, actor=actor)
        return answer(state, HTTPStatus.ACCEPTED)

    @app.post(
        "/documents/<document_id>/level/approval",
        operation_id="decideLevel",
        summary="Approve a looser level, or refuse it",
        description="Whoever asked for it may take it back, and cannot approve it. Once approved, "
        "the document's next revision is opened, which goes by that level.",
    )
    def decide_level(
        document_id: DocumentIdPath, said: Annotated[LevelApproval, Body()]
    ) -> Response[str]:
        actor = actor_of(app.current_event.raw_event)
        state = rooms.levels.decide(TENANT, document_id, said, actor=actor)
        return answer(state, HTTPStatus.ACCEPTED)
