"""The routes of the API: those of its parts together, and what none of them takes.

A part is a module with ``METHODS`` (what each of its resources takes), ``BODIES`` (what is sent to
them) and ``add(app, rooms)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response

from . import (
    audit_routes,
    document_routes,
    erasure_routes,
    hold_routes,
    level_routes,
    policy_routes,
    restart_routes,
    review_routes,
    search_routes,
)
from .entrance import read_json
from .problems import CONTENT_TYPE, MethodNotAllowed, problem_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from docparser.model import Noun

    from .rooms import Rooms

_PARTS = (
    document_routes,
    restart_routes,
    review_routes,
    search_routes,
    policy_routes,
    level_routes,
    hold_routes,
    erasure_routes,
    audit_routes,
)

METHODS: dict[str, tuple[str, ...]] = {
    path: methods for part in _PARTS for path, methods in part.METHODS.items()
}
"""What each resource takes; everything else is refused by name, with 405."""

BODIES: dict[str, type[Noun]] = {
    path: noun for part in _PARTS for path, noun in part.BODIES.items()
}
"""What is sent to a resource."""

_ALL_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def resolver(rooms: Rooms) -> APIGatewayRestResolver:
    """Return the API in front of some rooms."""
    app = APIGatewayRestResolver(enable_validation=True, json_body_deserializer=read_json)
    for part in _PARTS:
        part.add(app, rooms)
    _add_refusals(app)
    return app


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
