"""What an upload's owner asks for: a policy, a level, a lane. It travels as object metadata."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from docparser import observability
from docparser.model import Lane, LanePolicy, Level

if TYPE_CHECKING:
    from collections.abc import Mapping

E = TypeVar("E", bound=StrEnum)

_POLICY = "policy"
_LEVEL = "level"
_LANE = "lane"


class Options(NamedTuple):
    """A document's options; None is what its owner left to us.

    ``level`` is the least level that the document has whatever is found in it, ``lane`` the one
    that its pages are read in where it may read them.
    """

    policy: LanePolicy | None = None
    level: Level | None = None
    lane: Lane | None = None

    @classmethod
    def read(cls, metadata: Mapping[str, str]) -> Options:
        """Return the options in an object's metadata; whoever dropped it wrote them.

        An option that is no word of ours is counted. A policy or a lane is then ignored; a level
        is the strictest one, because its owner wanted some.
        """
        level = _known(Level, _LEVEL, metadata)
        if level is None and metadata.get(_LEVEL, "").strip():
            level = Level.CONFIDENTIAL
        return cls(
            policy=_known(LanePolicy, _POLICY, metadata),
            level=level,
            lane=_known(Lane, _LANE, metadata),
        )

    def metadata(self) -> dict[str, str]:
        """Return the options as an object's metadata carries them."""
        named = {_POLICY: self.policy, _LEVEL: self.level, _LANE: self.lane}
        return {name: value.value for name, value in named.items() if value is not None}


def _known(kind: type[E], name: str, metadata: Mapping[str, str]) -> E | None:
    said = metadata.get(name, "").strip()
    if not said:
        return None
    for value in kind:
        if said.casefold() == value.casefold():
            return value
    observability.count("OptionUnreadable", option=name)
    return None
