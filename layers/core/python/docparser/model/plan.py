"""The page plan: what preflight found, and who reads which pages."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .base import Moment, Noun, Sha256, ShardId, schema_tag
from .codes import Lane, LaneReason, WarningCode
from .page import Gap


class Source(Noun):
    """The pinned object that a revision reads: one version of one key."""

    bucket: str
    key: str
    version_id: str | None = None


class PlannedShard(Noun):
    """Pages ``first_page``..``last_page`` (inclusive, from 1) that one function reads."""

    shard_id: ShardId
    first_page: Annotated[int, Field(ge=1)]
    last_page: Annotated[int, Field(ge=1)]
    lane: Lane


class Plan(Noun):
    """Every page of a source exactly once, in shards; reasons are listed per page, in order.

    A ``refused`` page is not read whatever its lane, for the reason that its code names.
    """

    schema_: str = schema_tag("plan")
    media_type: str
    content_sha256: Sha256
    size_bytes: int
    created_at: Moment
    shards: tuple[PlannedShard, ...]
    reasons: tuple[LaneReason, ...]
    refused: tuple[Gap, ...] = ()
    warnings: tuple[WarningCode, ...] = ()

    @property
    def page_count(self) -> int:
        """How many pages the source has."""
        return len(self.reasons)
