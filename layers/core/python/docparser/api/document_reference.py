"""What documents, their restarts and the search add to the reference."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from .health import VERSION
from .models import (
    CreatedDocument,
    DocumentList,
    DocumentState,
    FoundPassages,
    Health,
)
from .problems import (
    Conflict,
    Erased,
    Held,
    InvalidRequest,
    NotFound,
    NotReady,
    Problem,
    TooLarge,
    Unsupported,
)
from .reference import DOCUMENT_ID, SHA256, Reference

if TYPE_CHECKING:
    from docparser.model import Noun

_NEW_DOCUMENT = {
    "name": "invoice.pdf",
    "sha256": SHA256,
    "size": 48213,
    "priority": "standard",
    "tags": {"customer": "4711"},
    "policy": "quality",
    "level": "INTERNAL",
    "redact": True,
}
_NEW_REVISION = {"from": "classify", "level": "RESTRICTED"}
STATE = {
    "document_id": DOCUMENT_ID,
    "revision": 1,
    "attempt": 1,
    "status": "COMPLETED",
    "stage": "complete",
    "code": None,
    "type": "invoice",
    "level": "RESTRICTED",
    "name": "invoice.pdf",
    "priority": "standard",
    "size_bytes": 48213,
    "content_sha256": SHA256,
    "pages": 3,
    "failed_pages": 0,
    "pages_by_lane": {"text": 2, "gpu": 1},
    "zones": ["vault", "backup"],
    "index": "METADATA",
    "chunks": 1,
    "violations": 0,
    "row_gaps": 0,
    "warnings": [],
    "parent": None,
    "depth": 0,
    "children": 0,
    "malware": "OFF",
    "policy": "quality",
    "lane": None,
    "declared_level": "INTERNAL",
    "begins_at": None,
    "failures": 0,
    "review": "NONE",
    "waiting_for": None,
    "approved_level": None,
    "corrected_type": None,
    "policy_version": "1",
    "pii": {"iban": 1, "email": 2},
    "redact": True,
    "retain_until": "2036-01-01T12:00:00.000Z",
    "hold": None,
    "cost_usd": "0.000612",
    "cost_by_lane": {"text": "0.000004", "gpu": "0.000020"},
    "created_at": "2026-01-01T12:00:00.000Z",
    "updated_at": "2026-01-01T12:00:07.250Z",
    "finished_at": "2026-01-01T12:00:07.250Z",
}
_CREATED = {
    "document_id": DOCUMENT_ID,
    "status": "AWAITING_UPLOAD",
    "upload": {
        "method": "PUT",
        "url": "https://intake.example/standard/default/0123?X-Amz-Signature=4567",
        "headers": {
            "x-amz-meta-name": "invoice.pdf",
            "x-amz-meta-sha256": SHA256,
            "x-amz-meta-policy": "quality",
            "x-amz-meta-level": "INTERNAL",
            "x-amz-meta-redact": "true",
            "x-amz-checksum-sha256": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
            "content-length": "48213",
        },
        "expires_at": "2026-01-01T12:15:00.000Z",
    },
}
_HIT = {
    "document_id": DOCUMENT_ID,
    "revision": 1,
    "page": 2,
    "polygon": [[0.12, 0.31], [0.48, 0.31], [0.48, 0.33], [0.12, 0.33]],
    "score": 7.25,
    "snippet": "The delivery date is fourteen days after the order was confirmed.",
}

_MODELS: dict[str, tuple[type[Noun], str, Any]] = {
    "created": (CreatedDocument, "Send the bytes to `upload`.", _CREATED),
    "known": (
        CreatedDocument,
        "The content is known: there is nothing to send.",
        {"document_id": DOCUMENT_ID, "status": "COMPLETED"},
    ),
    "state": (DocumentState, "The document.", STATE),
    "list": (DocumentList, "Documents.", {"items": [STATE], "next_cursor": None}),
    "passages": (FoundPassages, "Passages.", {"hits": [_HIT], "next_cursor": None}),
    "health": (Health, "All is well.", {"status": "ok", "version": VERSION}),
}
_ETAG = {"description": "Changes with every part of the document.", "schema": {"type": "string"}}
_LOCATION = {"description": "Good for five minutes.", "schema": {"type": "string"}}

_ANSWERS: dict[str, dict[str, Any]] = {
    "createDocument": {"201": "created", "200": "known"},
    "listDocuments": {"200": "list"},
    "getDocument": {
        "200": "state",
        "304": {"description": "The caller has this very state.", "headers": {"ETag": _ETAG}},
    },
    "cancelDocument": {"202": "state"},
    "reprocessDocument": {"202": "state"},
    "retryDocument": {"202": "state"},
    "getContent": {
        "303": {"description": "Where the content is.", "headers": {"Location": _LOCATION}}
    },
    "getRedacted": {
        "303": {"description": "Where the rendition is.", "headers": {"Location": _LOCATION}}
    },
    "search": {"200": "passages"},
    "health": {"200": "health"},
}
_MALFORMED = InvalidRequest("The body must be JSON.", status=HTTPStatus.BAD_REQUEST)
_PROBLEMS: dict[str, tuple[Problem, ...]] = {
    "createDocument": (
        _MALFORMED,
        Erased("These bytes were erased."),
        TooLarge(),
        Unsupported(),
        InvalidRequest("Not as documented: size."),
    ),
    "listDocuments": (InvalidRequest("Not as documented: limit."),),
    "getDocument": (NotFound(), Erased(), InvalidRequest("Not as documented: If-None-Match.")),
    "cancelDocument": (NotFound(), Held(), Conflict(), Erased()),
    "reprocessDocument": (
        _MALFORMED,
        NotFound(),
        Conflict("Only what was read, rejected or cancelled can be read again."),
        Erased(),
        Unsupported(),
        InvalidRequest("Not as documented: from."),
    ),
    "retryDocument": (NotFound(), Conflict("Only what has failed can be tried again."), Erased()),
    "getContent": (NotFound(), NotReady(), Erased(), InvalidRequest("Not as documented: format.")),
    "getRedacted": (
        NotFound("There is no such rendition of this document."),
        NotReady(),
        Erased(),
        InvalidRequest("Not as documented: format."),
    ),
    "search": (
        NotFound("This deployment has no search index."),
        InvalidRequest("Not as documented: q."),
    ),
    "health": (),
}

REFERENCE = Reference(
    bodies={"createDocument": _NEW_DOCUMENT, "reprocessDocument": _NEW_REVISION},
    models=_MODELS,
    answers=_ANSWERS,
    problems=_PROBLEMS,
)
