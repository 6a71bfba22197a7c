"""The API's reference, generated from its routes and models.

``python -m docparser.api.openapi docs/openapi.json`` writes it; a test holds the file to the code.
Powertools makes paths and parameters; what each call may answer is listed here, since a function
that serves requests has no use for it.
"""

from __future__ import annotations

import json
import sys
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic.json_schema import models_json_schema

from .health import VERSION
from .models import (
    CreatedDocument,
    DocumentList,
    DocumentState,
    FoundPassages,
    Health,
    ProblemDetails,
)
from .problems import (
    CONTENT_TYPE,
    Conflict,
    Erased,
    Forbidden,
    InvalidRequest,
    NotFound,
    NotReady,
    Problem,
    Throttled,
    TooLarge,
    Unavailable,
    Unsupported,
)
from .routes import JSON, Rooms, resolver

if TYPE_CHECKING:
    from docparser.model import Noun

_REF = "#/components/schemas/{model}"
_REQUEST_ID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"
_DOCUMENT_ID = "d3f1c7a4e9b2d3c5a6f7081929a3b4c5d"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_NEW_DOCUMENT = {
    "name": "invoice.pdf",
    "sha256": _SHA256,
    "size": 48213,
    "priority": "standard",
    "tags": {"customer": "4711"},
    "policy": "quality",
    "level": "INTERNAL",
}
_NEW_REVISION = {"from": "classify", "level": "RESTRICTED"}
_BODIES = {"createDocument": _NEW_DOCUMENT, "reprocessDocument": _NEW_REVISION}
_STATE = {
    "document_id": _DOCUMENT_ID,
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
    "content_sha256": _SHA256,
    "pages": 3,
    "failed_pages": 0,
    "pages_by_lane": {"text": 2, "gpu": 1},
    "zones": ["vault", "backup"],
    "index": "METADATA",
    "chunks": 1,
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
    "cost_usd": "0.000612",
    "cost_by_lane": {"text": "0.000004", "gpu": "0.000020"},
    "created_at": "2026-01-01T12:00:00.000Z",
    "updated_at": "2026-01-01T12:00:07.250Z",
    "finished_at": "2026-01-01T12:00:07.250Z",
}
_CREATED = {
    "document_id": _DOCUMENT_ID,
    "status": "AWAITING_UPLOAD",
    "upload": {
        "method": "PUT",
        "url": "https://intake.example/standard/default/0123?X-Amz-Signature=4567",
        "headers": {
            "x-amz-meta-name": "invoice.pdf",
            "x-amz-meta-sha256": _SHA256,
            "x-amz-meta-policy": "quality",
            "x-amz-meta-level": "INTERNAL",
            "x-amz-checksum-sha256": "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
            "content-length": "48213",
        },
        "expires_at": "2026-01-01T12:15:00.000Z",
    },
}
_HIT = {
    "document_id": _DOCUMENT_ID,
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
        {"document_id": _DOCUMENT_ID, "status": "COMPLETED"},
    ),
    "state": (DocumentState, "The document.", _STATE),
    "list": (DocumentList, "Documents.", {"items": [_STATE], "next_cursor": None}),
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
    "cancelDocument": (NotFound(), Conflict(), Erased()),
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
    "search": (
        NotFound("This deployment has no search index."),
        InvalidRequest("Not as documented: q."),
    ),
    "health": (),
}
_EVERYWHERE: tuple[Problem, ...] = (Throttled(), Problem(), Unavailable())
_AUTHORIZED: tuple[Problem, ...] = (Forbidden(),)


def reference() -> dict[str, Any]:
    """Return the API's description after OpenAPI 3.1."""
    # The routes lead nowhere here: only what they take is read.
    app = resolver(cast("Rooms", None))
    made: dict[str, Any] = json.loads(
        app.get_openapi_json_schema(
            title="Docparser",
            version=VERSION,
            description="Documents in; governed, searchable, structured data out.",
        )
    )
    for path in made["paths"].values():
        for operation in path.values():
            _complete(operation)
    schemas = {
        name: schema
        for name, schema in made["components"]["schemas"].items()
        if not name.endswith("ValidationError")
    }
    kinds = {kind for kind, _, _ in _MODELS.values()} | {ProblemDetails}
    _, answered = models_json_schema(
        [(kind, "serialization") for kind in sorted(kinds, key=lambda kind: kind.__name__)],
        ref_template=_REF,
    )
    return {
        **made,
        "servers": [{"url": "/v1"}],
        "security": [{"sigv4": []}],
        "components": {
            "schemas": dict(sorted({**schemas, **answered["$defs"]}.items())),
            "securitySchemes": {
                "sigv4": {
                    "type": "apiKey",
                    "name": "Authorization",
                    "in": "header",
                    "description": "AWS Signature Version 4, service `execute-api`.",
                    "x-amazon-apigateway-authtype": "awsSigv4",
                }
            },
        },
    }


def _complete(operation: dict[str, Any]) -> None:
    """Give an operation its answers; a parameter that is left out is not null."""
    name = operation["operationId"]
    problems = [*_PROBLEMS[name], *_EVERYWHERE]
    if name == "health":
        operation["security"] = []
    else:
        problems += _AUTHORIZED
    for parameter in operation.get("parameters", []):
        alternatives = parameter["schema"].pop("anyOf", [{}])
        parameter["schema"] |= alternatives[0]
    for body in operation.get("requestBody", {}).get("content", {}).values():
        body["example"] = _BODIES[name]
    answers = {status: _answer(of) for status, of in _ANSWERS[name].items()}
    answers |= {str(problem.status.value): _problem(problem) for problem in problems}
    operation["responses"] = dict(sorted(answers.items()))


def _answer(of: str | dict[str, Any]) -> dict[str, Any]:
    if isinstance(of, dict):
        return of
    kind, description, example = _MODELS[of]
    return {"description": description, "content": {JSON: _content(kind, example)}}


def _problem(problem: Problem) -> dict[str, Any]:
    details = problem.details(_REQUEST_ID)
    content = {CONTENT_TYPE: _content(ProblemDetails, details.model_dump(mode="json"))}
    return {"description": details.title, "content": content}


def _content(kind: type[Noun], example: Any) -> dict[str, Any]:
    return {"schema": {"$ref": _REF.format(model=kind.__name__)}, "example": example}


def main() -> None:
    """Write the reference to the file that the command line names."""
    text = json.dumps(reference(), indent=2, ensure_ascii=False)
    Path(sys.argv[1]).write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
