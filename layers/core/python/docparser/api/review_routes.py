"""Routes of the review queue."""

# Without `from __future__ import annotations`: Powertools reads those of the routes at run time.
from http import HTTPStatus
from typing import Annotated

from aws_lambda_powertools.event_handler import APIGatewayRestResolver, Response
from aws_lambda_powertools.event_handler.openapi.params import Body, Query

from .actor import actor_of
from .answers import answer
from .parameters import TENANT, Cursor, DocumentIdPath
from .review_models import NewReview
from .rooms import Rooms

METHODS = {
    "/reviews": ("GET",),
    "/reviews/cases": ("GET",),
    "/documents/<document_id>/review": ("POST",),
    "/documents/<document_id>/review/claim": ("POST",),
}
BODIES = {"/documents/<document_id>/review": NewReview}

_Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]


def add(app: APIGatewayRestResolver, rooms: Rooms) -> None:
    """Let the API answer them."""

    @app.get(
        "/reviews",
        operation_id="listReviews",
        summary="List documents to look at",
        description="List documents that a person should look at, the oldest first: parked ones, "
        "which are WAITING, and finished ones.",
    )
    def list_reviews(limit: _Limit = 50, cursor: Cursor = None) -> Response[str]:
        return answer(rooms.reviews.list(TENANT, limit=limit, cursor=cursor))

    @app.get(
        "/reviews/cases",
        operation_id="listReviewCases",
        summary="List decisions of people",
        description="List what people have decided, beside what was decided without them: by names "
        "of rules and hashes, without a word of any document.",
    )
    def list_review_cases(limit: _Limit = 50, cursor: Cursor = None) -> Response[str]:
        return answer(rooms.reviews.cases(TENANT, limit=limit, cursor=cursor))

    @app.post(
        "/documents/<document_id>/review/claim",
        operation_id="claimReview",
        summary="Claim a document to look at",
        description="Let nobody else decide about it for 30 minutes; claimed again, for 30 more.",
    )
    def claim_review(document_id: DocumentIdPath) -> Response[str]:
        actor = actor_of(app.current_event.raw_event)
        return answer(rooms.reviews.claim(TENANT, document_id, actor=actor))

    @app.post(
        "/documents/<document_id>/review",
        operation_id="decideReview",
        summary="Decide about a document",
        description="Approve what was decided, correct its type, level or fields, or reject a "
        "document that waits: of that, nothing stays. A parked document goes on; a finished one "
        "gets its next revision if something about it changes.",
    )
    def decide_review(
        document_id: DocumentIdPath, said: Annotated[NewReview, Body()]
    ) -> Response[str]:
        actor = actor_of(app.current_event.raw_event)
        state = rooms.reviews.decide(TENANT, document_id, said, actor=actor)
        return answer(state, HTTPStatus.ACCEPTED)
