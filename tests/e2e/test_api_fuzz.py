"""Whatever schemathesis makes of the reference, the running API answers as it says there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import schemathesis
from docparser.api.models import LONGEST_PASSWORD
from docparser.settings import Limits
from hypothesis import HealthCheck, settings
from schemathesis.specs.openapi.checks import (
    ignored_auth,
    missing_required_header,
    positive_data_acceptance,
    unsupported_method,
)

from tests.e2e.signing import signed

if TYPE_CHECKING:
    from tests.stack import Pipeline

REFERENCE = Path(__file__).parents[2] / "docs" / "openapi.json"
EXAMPLES = 50

# What API Gateway itself decides: 403, and not 401 or 405, is its answer to a request without a
# signature and to a method that no route takes; and the embedded one looks at no signature, only
# for one. tests/e2e/test_api.py says what comes instead.
GATEWAY = [ignored_auth, missing_required_header, unsupported_method]

schema = schemathesis.openapi.from_path(
    REFERENCE,
    config=schemathesis.Config.from_dict(
        # Parameters that nobody knows are left unread: a signature may be among them.
        {"generation": {"allow-extra-parameters": False}}
    ),
).exclude(operation_id="setPolicy")
# Whoever sets the tenant's policy changes what every other test of the stack sees: what that call
# refuses is tested on a table of its own (tests/contract/api/test_policy.py).


def too_large(body: Any) -> bool:
    """Whether a request announces a file that no deployment with our limits reads."""
    size = body.get("size") if isinstance(body, dict) else None
    return isinstance(size, (int, float)) and size > Limits().max_bytes


def untransportable(body: Any) -> bool:
    """Whether a request holds a password that S3 cannot carry with the object."""
    password = body.get("password") if isinstance(body, dict) else None
    return isinstance(password, str) and len(quote(password, safe="")) > LONGEST_PASSWORD


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
def test_the_api_answers_as_documented(pipeline: Pipeline, case: schemathesis.Case) -> None:
    excluded = list(GATEWAY)
    odd = too_large(case.body) or untransportable(case.body)
    if {"cursor", "q", "part"} & (case.query or {}).keys() or odd:
        # No schema can say which words were given out as cursors, or hold anything to search for,
        # nor how large a file a deployment reads, nor how long words are when percent-encoded.
        excluded.append(positive_data_acceptance)
    url = pipeline.outputs.api_url
    case.call_and_validate(
        base_url=url, headers=signed(pipeline.outputs, case.method, url), excluded_checks=excluded
    )
