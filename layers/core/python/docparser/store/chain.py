"""The chain of a revision's events: each names the hash of the one before, and has its own.

The hash is SHA-256 over the event's *canonical form*: its fields in JSON as the noun writes them,
``sha256`` and what is None left out, keys sorted, no spaces, UTF-8. ``previous`` is one of these
fields, so that a hash stands for all that came before it. Moments are RFC 3339 in UTC with
milliseconds; a number among the facts is an integer where it is whole, and has six decimals at
most, because that is how the table gives it back.

The first event of a revision names the last one that the revision before had when it was opened:
no revision can be taken from between two others.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docparser.model import Event, Fact, Noun

_DECIMALS = 6


def canonical(noun: Noun) -> bytes:
    """Return the form of an event, or of another noun on a chain, that its hash is taken of."""
    fields = noun.model_dump(mode="json", exclude={"sha256"}, exclude_none=True)
    return json.dumps(
        fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    ).encode()


def digest(noun: Noun) -> str:
    """Return the hash of what is on a chain, in hex."""
    return hashlib.sha256(canonical(noun)).hexdigest()


def sealed(event: Event, previous: str | None) -> Event:
    """Return an event as it goes on a chain whose last hash is ``previous``."""
    linked = event.model_copy(update={"facts": exact(event.facts), "previous": previous})
    return linked.model_copy(update={"sha256": digest(linked)})


def exact(facts: Mapping[str, Fact]) -> dict[str, Fact]:
    """Return facts as the table gives them back: it keeps numbers as decimals."""
    return {name: _exact(fact) for name, fact in facts.items()}


def _exact(fact: Fact) -> Fact:
    if not isinstance(fact, float):
        return fact
    rounded = round(fact, _DECIMALS)
    return int(rounded) if rounded.is_integer() else rounded
