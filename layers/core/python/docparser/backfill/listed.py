"""An object as a listing, an inventory or a manifest names it, and the batch that it comes in."""

from __future__ import annotations

import hashlib
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple
from urllib.parse import unquote_plus

from pydantic import Field

from docparser.model import Lane, LanePolicy, Level, Noun, Priority, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

RUN = r"[a-z0-9][a-z0-9-]{0,59}"
"""The name of a run: with an attempt behind it, it names an execution, in 80 characters at most."""


class Kind(StrEnum):
    """What names the objects; each has its reader in the state machine.

    A PREFIX of a bucket, the ``manifest.json`` of an S3 INVENTORY in CSV, or a manifest: LINES of
    JSON, or CSV with a header. Both have ``key``, and may have ``version_id`` and ``name``.
    """

    PREFIX = "prefix"
    INVENTORY = "inventory"
    LINES = "lines"
    CSV = "csv"


class Asked(Noun):
    """What is asked for every document of a run."""

    policy: LanePolicy | None = None
    level: Level | None = None
    lane: Lane | None = None


class Job(Noun):
    """What a run is: whose documents, out of which bucket, below which prefix.

    Objects that a list names outside of bucket and prefix are skipped.
    """

    run: Annotated[str, Field(pattern=f"^{RUN}$")]
    kind: Kind
    tenant: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,30}$")]
    bucket: str
    prefix: str = ""
    priority: Priority = Priority.STANDARD
    options: Asked = Asked()


class Common(Noun):
    """What the batches of a run have in common."""

    job: Job


class Batch(Noun):
    """The event of `functions/backfill`: some rows of what names a job's objects."""

    common: Common = Field(alias="BatchInput")
    rows: tuple[dict[str, Any], ...] = Field(alias="Items")

    @property
    def job(self) -> Job:
        """The job."""
        return self.common.job


class Listed(NamedTuple):
    """One object; ``size_bytes`` is None where the list does not tell it.

    ``skipped`` says that it is nothing to be read: a folder's placeholder, a delete marker, an
    older version, or an object outside of what the run may take.
    """

    source: Source
    name: str
    etag: str = ""
    size_bytes: int | None = None
    skipped: bool = False

    @property
    def item_id(self) -> str:
        """Who it is within its run: the same object with other content is another item."""
        told = (self.source.bucket, self.source.key, self.source.version_id or self.etag)
        return hashlib.sha256("/".join(told).encode("utf-8", "surrogatepass")).hexdigest()


def listed(job: Job, row: Mapping[str, Any]) -> Listed:
    """Return the object that a row names.

    A row without a key is skipped like one of another bucket. An inventory's keys are URL-encoded,
    as S3 writes them into its CSV files; Step Functions hands them over as they stand there.
    """
    told = {str(name).replace("_", "").lower(): value for name, value in row.items()}
    bucket = _text(told, "bucket") or job.bucket
    key = _text(told, "key")
    if job.kind is Kind.INVENTORY:
        key = unquote_plus(key)
    size = _text(told, "size")
    older = _text(told, "islatest").lower() == "false"
    deleted = _text(told, "isdeletemarker").lower() == "true"
    outside = bucket != job.bucket or not key.startswith(job.prefix)
    return Listed(
        source=Source(bucket=bucket, key=key, version_id=_text(told, "versionid") or None),
        name=_text(told, "name") or key.rstrip("/").rpartition("/")[2],
        etag=_text(told, "etag").strip('"'),
        size_bytes=int(size) if size.isdecimal() else None,
        skipped=not key or key.endswith("/") or older or deleted or outside,
    )


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    return "" if value is None else str(value)
