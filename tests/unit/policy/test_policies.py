"""The default rules say something of everything; a tenant's own never loosen what is fixed."""

from __future__ import annotations

import json
from pathlib import Path

import docparser.policy.defaults
import pytest
from docparser.model import (
    DocumentType,
    Level,
    PiiRule,
    PiiType,
    Policy,
    RetentionRule,
    ReviewMode,
    ReviewRule,
    SyncRule,
    TenantPolicy,
    TypeRule,
    strictest,
)
from docparser.policy import (
    DEFAULT_VERSION,
    FIXED_TYPES,
    closed,
    default_policy,
    is_readable,
    loosened,
    merged,
)
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

DEFAULT = default_policy()
FILES = sorted(Path(docparser.policy.defaults.__file__).parent.glob("*.json"))

levels = st.sampled_from(Level)
type_rules = st.builds(TypeRule, level=levels, certainty=st.floats(0, 1), floor=levels)
pii_rules = st.builds(
    PiiRule,
    level=levels,
    lesser=st.dictionaries(
        st.sampled_from(["tax_id.de_steuernummer", "tax_id.de", "iban.mod97"]), levels
    ),
    many=st.none() | st.integers(2, 50),
    level_of_many=levels,
)
tenant_policies = st.builds(
    TenantPolicy,
    types=st.dictionaries(st.sampled_from(DocumentType), type_rules),
    pii=st.dictionaries(st.sampled_from(PiiType), pii_rules),
    redact=st.none() | st.booleans(),
)


def demanded(rule: PiiRule, count: int, name: str = "") -> Level:
    """Return what a rule demands of a count of findings that a rule of detection found."""
    level = rule.lesser.get(name, rule.level)
    if rule.many is not None and count >= rule.many:
        level = strictest(level, rule.level_of_many)
    return level


# ---------------------------------------------------------------------- the default
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_default_is_a_policy_of_its_version(path: Path) -> None:
    policy = default_policy(path.stem)

    assert policy == Policy.model_validate_json(path.read_bytes())
    assert policy.version == path.stem
    assert set(policy.types) == set(DocumentType)
    assert set(policy.pii) == set(PiiType)


def test_the_default_lets_nothing_out_by_its_type_alone() -> None:
    assert DEFAULT_VERSION in {path.stem for path in FILES}
    assert Level.PUBLIC not in {rule.level for rule in DEFAULT.types.values()}
    for kind in FIXED_TYPES - {DocumentType.UNKNOWN}:
        assert DEFAULT.types[kind].floor is Level.CONFIDENTIAL
    assert DEFAULT.types[DocumentType.UNKNOWN].level is Level.CONFIDENTIAL
    assert DEFAULT.review.mode is ReviewMode.MARK
    assert not DEFAULT.redact


@pytest.mark.parametrize(
    "version", ["", "1999-01-01", "../tenants", "..", "2026-11-22.json", "a/b"]
)
def test_there_is_no_other_default(version: str) -> None:
    with pytest.raises(KeyError):
        default_policy(version)


# ---------------------------------------------------------------------- a tenant's own
def test_nothing_said_is_the_default() -> None:
    policy = merged(TenantPolicy(), 3)

    assert policy.version == f"{DEFAULT_VERSION}+3"
    assert policy.model_copy(update={"version": DEFAULT_VERSION}) == DEFAULT


def test_what_is_said_holds() -> None:
    own = TenantPolicy(
        types={DocumentType.REPORT: TypeRule(level=Level.PUBLIC, certainty=0.9)},
        pii={PiiType.PERSON: PiiRule(level=Level.INTERNAL)},
        sync=(SyncRule(tags={"audience": "staff"}),),
        retention=(RetentionRule(type=DocumentType.INVOICE, days=3650, lock_days=10),),
        review=ReviewRule(mode=ReviewMode.PARK, days=3),
        redact=True,
    )

    policy = merged(own, 1)

    assert policy.types[DocumentType.REPORT].level is Level.PUBLIC
    assert policy.types[DocumentType.INVOICE] == DEFAULT.types[DocumentType.INVOICE]
    assert policy.pii[PiiType.PERSON].level is Level.INTERNAL
    assert policy.pii[PiiType.PERSON].many == DEFAULT.pii[PiiType.PERSON].many
    assert (policy.sync, policy.retention, policy.review) == (own.sync, own.retention, own.review)
    assert policy.redact
    assert loosened(own) == ()


def test_an_empty_list_is_said_too() -> None:
    assert DEFAULT.sync
    assert merged(TenantPolicy(sync=()), 1).sync == ()


@given(tenant_policies)
def test_whatever_a_tenant_says_no_identifier_is_let_out(own: TenantPolicy) -> None:
    policy = merged(own, 1)

    for kind, rule in policy.pii.items():
        for count in (1, 2, 19, 20, 100):
            for name in ("", "tax_id.de_steuernummer", "tax_id.de"):
                before = demanded(DEFAULT.pii[kind], count, name)
                assert strictest(demanded(rule, count, name), before) is demanded(rule, count, name)
    for kind in FIXED_TYPES:
        assert policy.types[kind].level is Level.CONFIDENTIAL
        floor = policy.types[kind].floor
        assert strictest(floor, DEFAULT.types[kind].floor) is floor


@given(tenant_policies)
def test_what_is_not_called_loose_holds_as_it_is_said(own: TenantPolicy) -> None:
    names = loosened(own)
    policy = merged(own, 1)

    least = DEFAULT.review.least_level_confidence
    assert policy.review.least_level_confidence >= least
    for kind, rule in own.types.items():
        if f"types.{kind}" not in names:
            assert policy.types[kind] == rule
    for kind, rule in own.pii.items():
        if f"pii.{kind}" not in names:
            assert policy.pii[kind].level is rule.level


@pytest.mark.parametrize(
    ("own", "names"),
    [
        ({"types": {"payslip": {"level": "INTERNAL", "certainty": 1}}}, ("types.payslip",)),
        (
            {"types": {"payslip": {"level": "CONFIDENTIAL", "certainty": 1, "floor": "PUBLIC"}}},
            ("types.payslip",),
        ),
        ({"types": {"unknown": {"level": "RESTRICTED", "certainty": 1}}}, ("types.unknown",)),
        ({"types": {"other": {"level": "PUBLIC", "certainty": 1}}}, ()),
        ({"pii": {"iban": {"level": "INTERNAL"}}}, ("pii.iban",)),
        ({"pii": {"iban": {"level": "CONFIDENTIAL"}}}, ()),
        ({"pii": {"iban": {"level": "RESTRICTED", "many": 3, "level_of_many": "PUBLIC"}}},
         ("pii.iban",)),
        ({"pii": {"phone": {"level": "PUBLIC", "many": 21}}}, ("pii.phone",)),
        ({"pii": {"phone": {"level": "PUBLIC", "many": 5}}}, ()),
        ({"pii": {"phone": {"level": "INTERNAL"}}}, ()),
        ({"review": {"least_level_confidence": 0.4}}, ("review.least_level_confidence",)),
        ({"review": {"least_level_confidence": 0.5, "mode": "off"}}, ()),
        (
            {"pii": {"tax_id": {"level": "CONFIDENTIAL", "lesser": {"tax_id.de": "PUBLIC"}}}},
            ("pii.tax_id",),
        ),
    ],
)  # fmt: skip
def test_what_is_looser_than_it_may_be_is_named(own: dict[str, object], names: tuple[str, ...]):
    assert loosened(TenantPolicy.model_validate_json(json.dumps(own))) == names


@pytest.mark.parametrize(
    "own",
    [
        {"levels": {}},
        {"types": {"poem": {"level": "PUBLIC", "certainty": 1}}},
        {"types": {"report": {"level": "SECRET", "certainty": 1}}},
        {"types": {"report": {"level": "PUBLIC", "certainty": 2}}},
        {"pii": {"iban": {"level": "RESTRICTED", "many": 1}}},
        {"sync": [{}]},
        {"retention": [{"days": 10, "lock_days": 20}]},
        {"review": {"days": 0}},
        {"review": {"days": 31}},
        [],
    ],
)
def test_what_is_no_policy_is_refused(own: object) -> None:
    with pytest.raises(ValidationError):
        TenantPolicy.model_validate_json(json.dumps(own))


def test_a_policy_that_cannot_be_read_is_replaced_by_one_that_syncs_nothing() -> None:
    policy = closed()

    assert not is_readable(policy)
    assert is_readable(DEFAULT)
    assert is_readable(merged(TenantPolicy(), 1))
    assert policy.sync == ()
    assert policy.types == DEFAULT.types
