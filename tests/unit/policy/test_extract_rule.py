"""How fields are read: a tenant's own rules, and what none of them allows."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from docparser.api.policy import NewPolicy
from docparser.model import (
    DocumentType,
    ExtractRule,
    Level,
    LlmRule,
    TenantPolicy,
    TextractFeature,
)
from docparser.policy import closed, default_policy, loosened, merged
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

# The machine that runs this may be busy with other things.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

SCHEMA: dict[str, Any] = {
    "properties": {"project": {"type": "string", "x-docparser": {"least_confidence": 1.0}}},
    "x-docparser": {"name": "form", "type": "form"},
}
EVERYTHING: dict[str, Any] = {
    "country": "DE",
    "least_confidence": 0.7,
    "textract": ["expense", "queries"],
    "textract_levels": ["PUBLIC", "CONFIDENTIAL"],
    "queries": {"project": "Which project is it?"},
    "llm": {"model_id": "eu.example.model-1:0", "usd_per_document": "0.10", "usd_per_day": 5},
    "schemas": [SCHEMA],
}


def test_by_default_nothing_is_asked() -> None:
    for policy in (default_policy(), closed()):
        assert policy.extract == ExtractRule(least_confidence=0.5)
        assert policy.extract.textract == ()
        assert policy.extract.llm is None


def test_what_a_tenant_says_holds() -> None:
    said = {"replaces": 0, "policy": {"extract": EVERYTHING}}
    own = NewPolicy.model_validate_json(json.dumps(said)).policy

    policy = merged(own, 1)

    assert loosened(own) == ()
    assert policy.extract == own.extract
    rule = policy.extract
    assert rule.textract == (TextractFeature.EXPENSE, TextractFeature.QUERIES)
    assert rule.llm is not None
    assert (rule.llm.usd_per_document, rule.llm.usd_per_day) == (Decimal("0.10"), Decimal(5))
    assert rule.llm.levels == (Level.PUBLIC, Level.INTERNAL)
    again = TenantPolicy.model_validate_json(own.model_dump_json())
    assert again == own
    assert merged(TenantPolicy(redact=True), 1).extract == default_policy().extract


levels = st.lists(st.sampled_from(Level), max_size=4).map(tuple)


@UNHURRIED
@given(levels, levels)
def test_no_language_model_ever_sees_what_is_confidential(
    levels: tuple[Level, ...], textract: tuple[Level, ...]
) -> None:
    llm = LlmRule(model_id="m", levels=levels)
    own = TenantPolicy(extract=ExtractRule(llm=llm, textract_levels=textract))

    policy = merged(own, 1)

    assert policy.extract.llm is not None
    assert policy.extract.llm.levels == tuple(
        level for level in levels if level is not Level.CONFIDENTIAL
    )
    assert policy.extract.textract_levels == textract
    said = Level.CONFIDENTIAL in levels
    assert loosened(own) == (("extract.llm.levels",) if said else ())


def test_a_policy_of_before_has_the_bytes_of_before() -> None:
    # Its versions are chained by their hashes: a word more, and none could be read again.
    assert "extract" not in TenantPolicy().model_dump_json()
    assert "extract" not in TenantPolicy().model_dump(mode="json")
    assert "extract" in TenantPolicy(extract=ExtractRule()).model_dump_json()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("country", "Germany"),
        ("least_confidence", 1.5),
        ("textract", ["everything"]),
        ("textract_levels", ["SECRET"]),
        ("queries", {"project": ""}),
        ("queries", {"Project": "Which?"}),
        ("queries", {f"q{at}": "Which?" for at in range(16)}),
        ("llm", {"model_id": "a b"}),
        ("llm", {"model_id": "m", "usd_per_document": 0}),
        ("llm", {"model_id": "m", "usd_per_day": -1}),
        ("llm", {}),
        ("schemas", [SCHEMA, SCHEMA]),
        ("schemas", [{}]),
        ("schemas", ["form"]),
        ("anything", 1),
    ],
)
def test_what_is_no_rule_is_refused(name: str, value: Any) -> None:
    said = {"replaces": 0, "policy": {"extract": {**EVERYTHING, name: value}}}

    with pytest.raises(ValidationError):
        NewPolicy.model_validate_json(json.dumps(said))


def test_a_schema_is_kept_as_it_was_said() -> None:
    own = NewPolicy.model_validate({"replaces": 0, "policy": {"extract": EVERYTHING}}).policy

    assert own.extract is not None
    assert own.extract.schemas[0] == SCHEMA
    assert DocumentType.FORM.value in own.model_dump_json()
