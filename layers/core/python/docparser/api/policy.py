"""The rules of a tenant, as they hold and as they were: read by anyone, changed one by one."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field

from docparser.model import Moment, Noun, Policy, PolicyChange, TenantPolicy
from docparser.policy import default_policy, is_readable, loosened, merged

from .problems import Conflict, InvalidRequest, NotFound

if TYPE_CHECKING:
    from docparser.model import Actor
    from docparser.store.policies import Policies

MOST_BYTES = 64 << 10
"""The longest policy that is kept, in bytes of JSON."""

VERSION = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}([+ ][1-9][0-9]{0,5})?$"
"""Versions as they can be asked for: a plus sign in a query is often read as a space."""


_CURSOR = re.compile(r"[1-9][0-9]{0,5}", re.ASCII)


def _whole(said: Any) -> Any:
    """Return integers as such, however JSON writes them: 1.0 is the same number as 1."""
    if isinstance(said, dict):
        return {name: _whole(value) for name, value in said.items()}
    if isinstance(said, list):
        return [_whole(value) for value in said]
    return int(said) if isinstance(said, float) and said.is_integer() else said


def _strictly(said: Any) -> Any:
    """Return a policy as JSON says it: "7" is no number there, and 1 is not true."""
    if isinstance(said, TenantPolicy):
        return said
    return TenantPolicy.model_validate_json(json.dumps(_whole(said)), strict=True)


class NewPolicy(Noun):
    """What a tenant wants otherwise than the default policy; {} takes all back.

    ``replaces`` is the ``tenant_version`` that its author has seen, 0 if there is none: of two who
    change the same version only one does.
    """

    model_config = ConfigDict(strict=True)

    replaces: Annotated[int, Field(ge=0, le=999_998), BeforeValidator(_whole)]
    policy: Annotated[TenantPolicy, BeforeValidator(_strictly)]


class PolicyState(Noun):
    """The rules of a tenant: what holds, and which part of it is the tenant's own.

    ``version`` is what decisions name. ``own``, who set it and when are null where the default
    policy holds; where ``readable`` is false, what the tenant wants cannot be read, everything is
    CONFIDENTIAL and nothing is synced until it is set anew.
    """

    version: str
    tenant_version: int
    readable: bool
    policy: Policy
    own: TenantPolicy | None
    actor: str | None
    at: Moment | None
    sha256: str | None


class PolicyHistory(Noun):
    """Versions of a tenant's policy, the newest first; ``next_cursor`` asks for more."""

    items: tuple[PolicyChange, ...]
    next_cursor: str | None


class PolicyBook:
    """Opens the policies of tenants.

    Parameters
    ----------
    policies
        Where they are kept.
    """

    def __init__(self, policies: Policies) -> None:
        self._policies = policies

    def current(self, tenant: str) -> PolicyState:
        """Return the rules that hold."""
        return _state(*self._policies.holding(tenant))

    def former(self, tenant: str, version: str) -> PolicyState:
        """Return the rules of a version that a decision names.

        Raises
        ------
        NotFound
            There never was one, or it cannot be read any more.
        """
        base, _, number = version.replace(" ", "+").partition("+")
        try:
            policy = default_policy(base)
        except KeyError:
            raise NotFound from None
        if not number:
            return _state(policy, 0, None)
        change = self._policies.at(tenant, int(number))
        if change is None:
            raise NotFound
        return _state(merged(change.policy, change.version, policy), change.version, change)

    def change(self, tenant: str, new: NewPolicy, actor: Actor) -> PolicyState:
        """Set a tenant's policy; what was classified before keeps its level.

        Raises
        ------
        InvalidRequest
            It is looser than it may be, or too long.
        Conflict
            Another version holds than the one that it replaces.
        """
        if looser := loosened(new.policy):
            raise InvalidRequest(f"Looser than a tenant may say: {', '.join(looser)}.")
        if len(new.policy.to_json()) > MOST_BYTES:
            raise InvalidRequest(f"A policy has at most {MOST_BYTES} bytes.")
        change = self._policies.change(tenant, new.policy, replaces=new.replaces, actor=actor)
        if change is None:
            raise Conflict("Another version of the policy holds by now; look at it first.")
        return _state(merged(change.policy, change.version), change.version, change)

    def history(self, tenant: str, *, limit: int, cursor: str | None) -> PolicyHistory:
        """Return versions of a tenant's policy, the newest first.

        Raises
        ------
        InvalidRequest
            The cursor is none of ours.
        """
        if cursor is not None and _CURSOR.fullmatch(cursor) is None:
            raise InvalidRequest("The cursor is none of ours.")
        before = None if cursor is None else int(cursor)
        changes, more = self._policies.history(tenant, before=before, limit=limit)
        return PolicyHistory(items=tuple(changes), next_cursor=None if more is None else str(more))


def _state(policy: Policy, version: int, change: PolicyChange | None) -> PolicyState:
    return PolicyState(
        version=policy.version,
        tenant_version=version,
        readable=is_readable(policy),
        policy=policy,
        own=None if change is None else change.policy,
        actor=None if change is None else change.actor,
        at=None if change is None else change.at,
        sha256=None if change is None else change.sha256,
    )
