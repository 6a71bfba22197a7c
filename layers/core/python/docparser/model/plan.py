"""The page plan: what preflight found, and who reads which pages."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from .base import DocumentId, Moment, Noun, Sha256, ShardId, schema_tag
from .codes import Lane, LanePolicy, LaneReason, Level, Malware, RejectedCode, WarningCode
from .page import Gap


class Source(Noun):
    """The pinned object that a revision reads: one version of one key."""

    bucket: str
    key: str
    version_id: str | None = None


class Readable(Noun):
    """The object whose pages are read: the source itself, or what preflight made of it.

    A file without a password, a picture of a kind that every lane reads, or the parts of an office
    document or a mail.
    """

    source: Source
    media_type: str
    sha256: Sha256
    size_bytes: int


class Child(Noun):
    """A file inside a source: an attachment of a mail, an entry of an archive.

    It becomes a document of its own, ``document_id``, unless it was skipped for the reason that
    its ``code`` names. ``name`` is content: it stays with the result.
    """

    name: str
    size_bytes: int
    document_id: DocumentId | None = None
    code: RejectedCode | None = None


class PlannedShard(Noun):
    """Pages ``first_page``..``last_page`` (inclusive, from 1) that one function reads.

    ``fallback`` is the lane that reads them if their own lane cannot; none where there is no other.
    ``fell_back`` says that this is what happened.
    """

    shard_id: ShardId
    first_page: Annotated[int, Field(ge=1)]
    last_page: Annotated[int, Field(ge=1)]
    lane: Lane
    fallback: Lane | None = None
    fell_back: bool = False


class Plan(Noun):
    """Every page of a source exactly once, in shards; reasons are listed per page, in order.

    A ``refused`` page is not read whatever its lane, for the reason that its code names. ``policy``
    is what the lanes of scans were chosen by, ``declared_level`` what the owner says that the
    document is at least. ``normalised`` is what the lanes read where they do not read the source
    itself, ``children`` are the files inside it.
    """

    schema_: str = schema_tag("plan")
    media_type: str
    content_sha256: Sha256
    size_bytes: int
    created_at: Moment
    shards: tuple[PlannedShard, ...]
    reasons: tuple[LaneReason, ...]
    refused: tuple[Gap, ...] = ()
    policy: LanePolicy = LanePolicy.COST
    declared_level: Level | None = None
    warnings: tuple[WarningCode, ...] = ()
    normalised: Readable | None = None
    children: tuple[Child, ...] = ()
    malware: Malware = Malware.OFF

    def readable(self, source: Source) -> Readable:
        """Return the object that the lanes read, for the source that was taken in."""
        return self.normalised or Readable(
            source=source,
            media_type=self.media_type,
            sha256=self.content_sha256,
            size_bytes=self.size_bytes,
        )

    @property
    def page_count(self) -> int:
        """How many pages the source has."""
        return len(self.reasons)
