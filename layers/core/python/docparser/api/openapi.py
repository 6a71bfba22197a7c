"""The API's reference, generated from its routes and models.

``python -m docparser.api.openapi docs/openapi.json`` writes it; a test holds the file to the code.
Powertools makes paths and parameters; what each call may answer is listed beside the routes, since
a function that serves requests has no use for it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from pydantic.json_schema import models_json_schema

from . import (
    audit_reference,
    document_reference,
    governance_reference,
    policy_reference,
    review_reference,
)
from .answers import JSON
from .health import VERSION
from .models import ProblemDetails
from .problems import CONTENT_TYPE, Forbidden, Problem, Throttled, Unavailable
from .routes import resolver

if TYPE_CHECKING:
    from docparser.model import Noun

    from .rooms import Rooms

_REF = "#/components/schemas/{model}"
_REQUEST_ID = "c6af9ac6-7b61-11e6-9a41-93e8deadbeef"

_PARTS = (
    document_reference.REFERENCE,
    policy_reference.REFERENCE,
    review_reference.REFERENCE,
    governance_reference.REFERENCE,
    audit_reference.REFERENCE,
)
_BODIES = {name: example for part in _PARTS for name, example in part.bodies.items()}
MODELS: dict[str, tuple[type[Noun], str, Any]] = {
    name: model for part in _PARTS for name, model in part.models.items()
}
"""What is answered: by a name, the noun, a sentence and an example."""
_ANSWERS = {name: answers for part in _PARTS for name, answers in part.answers.items()}
_PROBLEMS = {name: problems for part in _PARTS for name, problems in part.problems.items()}
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
    kinds = {kind for kind, _, _ in MODELS.values()} | {ProblemDetails}
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
    kind, description, example = MODELS[of]
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
