"""What the rules add to the reference."""

from __future__ import annotations

from http import HTTPStatus

from docparser.model import TenantPolicy
from docparser.policy import merged

from .policy import NewPolicy, PolicyHistory, PolicyState
from .problems import Conflict, InvalidRequest, NotFound, Unsupported
from .reference import SHA256, Reference

_OWN = {
    "pii": {"person": {"level": "INTERNAL"}},
    "sync": [{"types": ["report"], "tags": {"audience": "staff"}}],
    "retention": [{"type": "invoice", "days": 3650, "lock_days": 30}],
    "review": {"mode": "park", "days": 7},
}
_ACTOR = "arn:aws:iam::000000000000:user/alice"
_AT = "2026-01-01T12:00:00.000Z"
_HOLDS = merged(TenantPolicy.model_validate(_OWN), 3).model_dump(mode="json")
_STATE = {
    "version": _HOLDS["version"],
    "tenant_version": 3,
    "readable": True,
    "policy": _HOLDS,
    "own": _OWN,
    "actor": _ACTOR,
    "at": _AT,
    "sha256": SHA256,
}
_CHANGE = {
    "action": "policy.changed",
    "tenant": "default",
    "version": 3,
    "at": _AT,
    "actor": _ACTOR,
    "policy": _OWN,
    "previous": SHA256,
    "sha256": SHA256,
}

REFERENCE = Reference(
    bodies={
        "setPolicy": NewPolicy.model_validate({"replaces": 2, "policy": _OWN}).model_dump(
            mode="json", exclude_unset=True
        )
    },
    models={
        "policy": (PolicyState, "The rules.", _STATE),
        "policy_versions": (PolicyHistory, "Versions.", {"items": [_CHANGE], "next_cursor": None}),
    },
    answers={
        "getPolicy": {"200": "policy"},
        "setPolicy": {"200": "policy"},
        "listPolicyVersions": {"200": "policy_versions"},
    },
    problems={
        "getPolicy": (
            NotFound("There never was such a version."),
            InvalidRequest("Not as documented: version."),
        ),
        "setPolicy": (
            InvalidRequest("The body must be JSON.", status=HTTPStatus.BAD_REQUEST),
            Conflict("Another version of the policy holds by now; look at it first."),
            Unsupported(),
            InvalidRequest("Looser than a tenant may say: types.payslip."),
        ),
        "listPolicyVersions": (InvalidRequest("The cursor is none of ours."),),
    },
)
