"""Routes of the search, and of the service itself."""

# Without `from __future__ import annotations`: Powertools reads those of the routes at run time.
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Query

from docparser.model import Noun

from .answers import answer
from .parameters import TENANT, Cursor
from .rooms import Rooms

METHODS = {"/search": ("GET",), "/health": ("GET",)}
BODIES: dict[str, type[Noun]] = {}


def add(app: APIGatewayRestResolver, rooms: Rooms) -> None:
    """Let the API answer them."""

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
        return answer(rooms.passages.find(TENANT, q, limit=limit, cursor=cursor))

    @app.get(
        "/health",
        operation_id="health",
        summary="Ask whether the service answers",
        description="Say whether all is well; the one call without authorization.",
    )
    def health() -> Response[str]:
        return answer(rooms.monitor.check())
