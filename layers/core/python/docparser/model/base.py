"""The base of every noun, and the scalar types that nouns share."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PlainSerializer


class Noun(BaseModel):
    """A frozen value object; its validation errors never quote the input."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        # A function imports the whole model but uses a part of it, whose schemas it builds in its
        # init phase (`init_phase.end`); building all of it costs 18 ms more (measured).
        defer_build=True,
        serialize_by_alias=True,
        validate_by_name=True,
    )

    def to_json(self) -> bytes:
        """Return the noun as compact UTF-8 JSON, the form in which it is stored."""
        return self.model_dump_json().encode()


def _whole_milliseconds(moment: datetime) -> datetime:
    """Return the moment in UTC, cut to milliseconds, so that it survives a round trip."""
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    moment = moment.astimezone(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def rfc3339(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC with milliseconds and ``Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def now() -> datetime:
    """Return the current moment in UTC, in whole milliseconds."""
    return _whole_milliseconds(datetime.now(UTC))


Moment = Annotated[
    datetime,
    AfterValidator(_whole_milliseconds),
    PlainSerializer(rfc3339, return_type=str, when_used="json"),
]
"""A moment: UTC, milliseconds; in JSON RFC 3339 with ``Z``."""

Money = Annotated[
    Decimal, PlainSerializer(lambda amount: f"{amount:.6f}", return_type=str, when_used="json")
]
"""US dollars; in JSON a string with six decimals."""

Confidence = Annotated[float, Field(ge=0, le=1)]
"""0 (a guess) to 1 (certain)."""

Language = Annotated[str, Field(pattern=r"^([a-z]{2}|und)$")]
"""ISO 639-1, or ``und`` when unknown."""

Tenant = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")]
DocumentId = Annotated[str, Field(pattern=r"^d[0-9a-f]{32}$")]
ShardId = Annotated[str, Field(pattern=r"^s[0-9]{4}$")]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def schema_tag(noun: str) -> Any:
    """Return the field that names a file's kind and version, such as ``docparser/plan/1``."""
    return Field(default=f"docparser/{noun}/1", alias="schema", pattern=f"^docparser/{noun}/1$")
