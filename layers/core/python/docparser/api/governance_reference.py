"""What levels, holds and erasures add to the reference."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from .erasures import ErasureState
from .holds import HoldState
from .levels import LevelState
from .problems import (
    Conflict,
    Erased,
    Forbidden,
    Held,
    InvalidRequest,
    NotFound,
    NotReady,
    Problem,
    Unsupported,
)
from .reference import DOCUMENT_ID, SHA256, Reference

if TYPE_CHECKING:
    from docparser.model import Noun

_LEVEL = {
    "document_id": DOCUMENT_ID,
    "revision": 1,
    "status": "COMPLETED",
    "level": "RESTRICTED",
    "declared_level": None,
    "approved_level": None,
    "request": {
        "level": "INTERNAL",
        "instead_of": "RESTRICTED",
        "reason": "press release of May",
        "by": "arn:aws:iam::123456789012:user/alice",
        "at": "2026-01-01T12:00:00.000Z",
        "until": "2026-01-31T12:00:00.000Z",
    },
}
_ERASURE = {
    "document_id": DOCUMENT_ID,
    "status": "ERASED",
    "proof": {
        "erased_at": "2026-01-01T12:00:00.000Z",
        "versions": 24,
        "size_bytes": 1_482_131,
        "passages": 12,
        "objects_sha256": SHA256,
        "residuals": ["POINT_IN_TIME_RECOVERY_35_DAYS"],
    },
}
_MODELS: dict[str, tuple[type[Noun], str, Any]] = {
    "level": (LevelState, "The document's level.", _LEVEL),
    "hold": (
        HoldState,
        "What the document is held for.",
        {"document_id": DOCUMENT_ID, "references": ["matter 2026/17"]},
    ),
    "erasure": (ErasureState, "How far the erasure is.", _ERASURE),
}
_MALFORMED = InvalidRequest("The body must be JSON.", status=HTTPStatus.BAD_REQUEST)
_PROBLEMS: dict[str, tuple[Problem, ...]] = {
    "getLevel": (NotFound(), Erased()),
    "changeLevel": (
        _MALFORMED,
        NotFound(),
        NotReady(),
        Conflict("The document has this level."),
        Erased(),
        Unsupported(),
        InvalidRequest("Not as documented: level."),
    ),
    "decideLevel": (
        _MALFORMED,
        Forbidden("Who asked for a looser level cannot approve it."),
        NotFound(),
        Conflict("No request for a looser level waits."),
        Erased(),
        Unsupported(),
        InvalidRequest("Not as documented: approve."),
    ),
    "placeHold": (
        _MALFORMED,
        NotFound(),
        Erased(),
        Unsupported(),
        InvalidRequest("Not as documented: reference."),
    ),
    "releaseHold": (
        NotFound(),
        Conflict("The document is not held under this reference."),
        Erased(),
        InvalidRequest("Not as documented: reference."),
    ),
    "getErasure": (NotFound(),),
    "eraseDocument": (
        _MALFORMED,
        NotFound(),
        Held(),
        Unsupported(),
        InvalidRequest("Not as documented: reason."),
    ),
}

REFERENCE = Reference(
    bodies={
        "changeLevel": {"level": "INTERNAL", "reason": "press release of May"},
        "decideLevel": {"approve": True},
        "placeHold": {"reference": "matter 2026/17"},
        "eraseDocument": {"reason": "request 4711", "only": False},
    },
    models=_MODELS,
    answers={
        "getLevel": {"200": "level"},
        "changeLevel": {"202": "level"},
        "decideLevel": {"202": "level"},
        "placeHold": {"200": "hold"},
        "releaseHold": {"200": "hold"},
        "getErasure": {"200": "erasure"},
        "eraseDocument": {"202": "erasure"},
    },
    problems=_PROBLEMS,
)
