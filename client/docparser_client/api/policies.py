"""The calls about a tenant's rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser.model import Moment  # noqa: TC002 - pydantic reads the annotations

from .nouns import Answer
from .understanding import understood

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .transport import Transport

_PATH = "/policy"


class PolicyState(Answer):
    """The rules that hold, or held: all of them, and which the tenant has set itself.

    ``version`` is what decisions name, ``tenant_version`` counts the tenant's changes. Where
    ``readable`` is false, the service cannot read what was set and lets nothing out.
    """

    version: str
    tenant_version: int
    readable: bool = True
    policy: dict[str, Any]
    own: dict[str, Any] | None = None
    actor: str | None = None
    at: Moment | None = None


class PolicyVersion(Answer):
    """One change of a tenant's rules."""

    version: int
    at: Moment
    actor: str
    policy: dict[str, Any]
    sha256: str


class _PolicyVersions(Answer):
    items: tuple[PolicyVersion, ...]
    next_cursor: str | None = None


class Policies:
    """The rules of the caller's tenant."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def get(self, version: str | None = None) -> PolicyState:
        """Return the rules that hold, or those of a version that a decision names.

        Raises
        ------
        NotFound
            There never was such a version.
        InvalidRequest
            It is no version.
        """
        return understood(PolicyState, self._transport.call("GET", _PATH, {"version": version}))

    def change(self, policy: Mapping[str, Any], *, replaces: int) -> PolicyState:
        """Set what the tenant wants otherwise than the default; {} takes all back.

        Parameters
        ----------
        policy
            What it says, as JSON has it.
        replaces
            The ``tenant_version`` that it was made from. The same change again is the same one.

        Raises
        ------
        Conflict
            Another version holds by now.
        InvalidRequest
            It is no policy, or looser than a tenant may say.
        """
        body = {"replaces": replaces, "policy": dict(policy)}
        return understood(PolicyState, self._transport.call("PUT", _PATH, body=body))

    def versions(self, page_size: int = 50) -> Iterator[PolicyVersion]:
        """Yield the changes of the tenant's rules, the newest first."""
        for response in self._transport.pages(f"{_PATH}/versions", {"limit": page_size}):
            yield from understood(_PolicyVersions, response).items
