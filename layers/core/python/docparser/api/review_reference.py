"""What the review queue adds to the reference."""

from __future__ import annotations

from http import HTTPStatus

from .document_reference import STATE
from .problems import Conflict, Erased, Forbidden, InvalidRequest, NotFound, Unsupported
from .reference import DOCUMENT_ID, SHA256, Reference
from .review_models import ClaimedReview, ReviewCases, ReviewList

_ACTOR = "arn:aws:iam::000000000000:user/alice"
_UNTIL = "2026-01-01T12:30:00.000Z"
_PARKED = STATE | {
    "status": "WAITING",
    "stage": "review",
    "type": "unknown",
    "level": "CONFIDENTIAL",
    "zones": [],
    "index": None,
    "chunks": None,
    "review": "REQUIRED",
    "waiting_for": "review",
    "retain_until": None,
    "finished_at": None,
}
_CASE = {
    "document_id": DOCUMENT_ID,
    "revision": 1,
    "content_sha256": SHA256,
    "decision": "correct",
    "at": _UNTIL,
    "type": "unknown",
    "type_confidence": 0.41,
    "level": "CONFIDENTIAL",
    "level_confidence": 0.5,
    "rules": ["pii.iban", "type.unknown"],
    "policy": "2026-11-22",
    "model": "2026-11-22",
    "definition": "invoice/1",
    "violations": ["net_and_tax_are_gross"],
    "missing": [],
    "corrected_type": "invoice",
    "corrected_level": None,
    "corrected_fields": ["grand_total"],
}
_UNREAD = InvalidRequest("Not as documented: limit.")

REFERENCE = Reference(
    bodies={
        "decideReview": {
            "decision": "correct",
            "type": "invoice",
            "fields": {"grand_total": ["1234.56 EUR"]},
        }
    },
    models={
        "reviews": (
            ReviewList,
            "Documents to look at.",
            {
                "items": [
                    {"document": _PARKED, "claimed_by": _ACTOR, "claimed_until": _UNTIL},
                ],
                "next_cursor": None,
            },
        ),
        "claimed": (
            ClaimedReview,
            "The document is yours to decide about.",
            {
                "document": _PARKED,
                "claimed_by": _ACTOR,
                "claimed_until": _UNTIL,
                "reasons": ["TYPE_UNSURE"],
                "type_confidence": 0.41,
                "level_confidence": 0.5,
                "rules": ["pii.iban", "type.unknown"],
                "definition": "invoice/1",
                "violations": ["net_and_tax_are_gross"],
                "missing": [],
                "row_gaps": 0,
                "original": "https://intake.example/standard/default/0123?X-Amz-Signature=4567",
            },
        ),
        "cases": (ReviewCases, "Decisions.", {"items": [_CASE], "next_cursor": None}),
    },
    answers={
        "listReviews": {"200": "reviews"},
        "listReviewCases": {"200": "cases"},
        "claimReview": {"200": "claimed"},
        "decideReview": {"202": "state"},
    },
    problems={
        "listReviews": (_UNREAD,),
        "listReviewCases": (_UNREAD,),
        "claimReview": (
            NotFound(),
            Conflict("Somebody else looks at this document just now."),
            Erased(),
        ),
        "decideReview": (
            InvalidRequest("The body must be JSON.", status=HTTPStatus.BAD_REQUEST),
            NotFound(),
            Forbidden("Claim the document first: the claim is missing or too old."),
            Conflict("Nobody is asked to look at this document."),
            Erased(),
            Unsupported(),
            InvalidRequest("Not as documented: decision."),
        ),
    },
)
