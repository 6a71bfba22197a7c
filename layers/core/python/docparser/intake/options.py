"""What an upload's owner asks for, such as a level or a lane. It travels as object metadata."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import quote, unquote

from docparser import observability
from docparser.model import Lane, LanePolicy, Level

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docparser.model import Record

E = TypeVar("E", bound=StrEnum)

_POLICY = "policy"
_LEVEL = "level"
_LANE = "lane"
_PASSWORD = "password"  # noqa: S105 - the name of the option
_REDACT = "redact"
_PARENT = "parent"
_DEPTH = "depth"

_TRUE = "true"
_DOCUMENT_ID = re.compile(r"d[0-9a-f]{32}")
_NUMBER = re.compile(r"[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class Options:
    """A document's options; None is what its owner left to us.

    ``level`` is the least level that the document has whatever is found in it, ``lane`` the one
    that its pages are read in where it may read them. ``password`` opens an encrypted file: it is
    in the object's metadata and nowhere else. ``redact`` asks for renditions without personal data,
    whatever the tenant's policy says. A file that was inside another one has a ``parent``
    and stands ``depth`` files deep.
    """

    policy: LanePolicy | None = None
    level: Level | None = None
    lane: Lane | None = None
    password: str | None = field(default=None, repr=False)
    parent: str | None = None
    depth: int = 0
    redact: bool = False

    @classmethod
    def read(cls, metadata: Mapping[str, str]) -> Options:
        """Return the options in an object's metadata; whoever dropped it wrote them.

        An option that is no word of ours is counted. It is then ignored, but for a level, which is
        the strictest one, because its owner wanted some.
        """
        level = _known(Level, _LEVEL, metadata)
        if level is None and metadata.get(_LEVEL, "").strip():
            level = Level.CONFIDENTIAL
        return cls(
            policy=_known(LanePolicy, _POLICY, metadata),
            level=level,
            lane=_known(Lane, _LANE, metadata),
            password=unquote(metadata.get(_PASSWORD, "")) or None,
            redact=metadata.get(_REDACT, "").strip().casefold() == _TRUE,
            parent=_shaped(_DOCUMENT_ID, _PARENT, metadata),
            depth=int(_shaped(_NUMBER, _DEPTH, metadata) or 0),
        )

    @classmethod
    def of(cls, record: Record) -> Options:
        """Return the options that a record keeps: all but the password."""
        return cls(
            policy=record.policy,
            level=record.declared_level,
            lane=record.lane,
            redact=bool(record.redact),
            parent=record.parent,
            depth=record.depth,
        )

    def over(self, record: Record) -> Options:
        """Return these options where they say something, and a record's where they do not.

        The level is the stricter one: what was declared once is not taken back.
        """
        return Options(
            policy=self.policy or record.policy,
            level=strictest(self.level, record.declared_level),
            lane=self.lane or record.lane,
            password=self.password,
            redact=self.redact or bool(record.redact),
            parent=record.parent,
            depth=record.depth,
        )

    def metadata(self) -> dict[str, str]:
        """Return the options as an object's metadata carries them."""
        named = {_POLICY: self.policy, _LEVEL: self.level, _LANE: self.lane}
        said = {name: value.value for name, value in named.items() if value is not None}
        if self.password is not None:
            said[_PASSWORD] = quote(self.password, safe="")
        if self.redact:
            said[_REDACT] = _TRUE
        if self.parent is not None:
            said |= {_PARENT: self.parent, _DEPTH: str(self.depth)}
        return said

    def facts(self) -> dict[str, Any]:
        """Return the options as a record keeps them."""
        return {
            "policy": self.policy,
            "lane": self.lane,
            "declared_level": self.level,
            "redact": self.redact or None,
            "parent": self.parent,
            "depth": self.depth,
        }


def strictest(*levels: Level | None) -> Level | None:
    """Return the strictest of the levels that are given; None is none at all."""
    given = [level for level in levels if level is not None]
    return min(given, key=[*Level].index, default=None)  # the strictest comes first


def _known(kind: type[E], name: str, metadata: Mapping[str, str]) -> E | None:
    said = metadata.get(name, "").strip()
    if not said:
        return None
    for value in kind:
        if said.casefold() == value.casefold():
            return value
    observability.count("OptionUnreadable", option=name)
    return None


def _shaped(pattern: re.Pattern[str], name: str, metadata: Mapping[str, str]) -> str | None:
    said = metadata.get(name, "")
    if not said or pattern.fullmatch(said):
        return said or None
    observability.count("OptionUnreadable", option=name)
    return None
