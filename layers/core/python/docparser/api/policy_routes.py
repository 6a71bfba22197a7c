"""Routes of the rules that levels, zones and reviews follow from."""

# Without `from __future__ import annotations`: Powertools reads those of the routes at run time.
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from .actor import actor_of
from .answers import answer
from .parameters import TENANT, Cursor
from .policy import VERSION, NewPolicy
from .rooms import Rooms

METHODS = {
    "/policy": ("GET", "PUT"),
    "/policy/versions": ("GET",),
}
BODIES = {"/policy": NewPolicy}


def add(app: APIGatewayRestResolver, rooms: Rooms) -> None:
    """Let the API answer them."""

    @app.get(
        "/policy",
        operation_id="getPolicy",
        summary="Look at the rules",
        description="Tell the rules that hold, or those that a decision names by their version.",
    )
    def get_policy(
        version: Annotated[
            str | None,
            Query(pattern=VERSION, description="As `policy_version` of a document names it."),
        ] = None,
    ) -> Response[str]:
        if version is None:
            return answer(rooms.policies.current(TENANT))
        return answer(rooms.policies.former(TENANT, version))

    @app.put(
        "/policy",
        operation_id="setPolicy",
        summary="Change the rules",
        description="Set what is wanted otherwise than the default; some of it only stricter. What "
        "was classified before keeps its level until it is classified again.",
    )
    def set_policy(new: Annotated[NewPolicy, Body()]) -> Response[str]:
        actor = actor_of(app.current_event.raw_event)
        return answer(rooms.policies.change(TENANT, new, actor))

    @app.get(
        "/policy/versions",
        operation_id="listPolicyVersions",
        summary="List the versions of the rules",
        description="List who set which rules and when, the newest first; none is ever deleted.",
    )
    def list_policy_versions(
        limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 50,
        cursor: Cursor = None,
    ) -> Response[str]:
        return answer(rooms.policies.history(TENANT, limit=limit, cursor=cursor))
