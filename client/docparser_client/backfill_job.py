"""What a run of a backfill is: its source, its name, the input of its executions."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from docparser.backfill.listed import RUN, Asked, Job, Kind
from docparser.model import Lane, LanePolicy, Level, Priority

from .errors import UsageError
from .report import printable

if TYPE_CHECKING:
    from .upload import Options

Listing = Literal["prefix", "inventory", "manifest"]
"""What names the objects: the prefix itself, an S3 inventory, a manifest of the user's own."""

_URI = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<key>.*))?", re.DOTALL)
_TENANT = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")


class Place(NamedTuple):
    """A bucket and a key, or a prefix; empty for the whole bucket."""

    bucket: str
    key: str


class Planned(NamedTuple):
    """A run: its job, and the object that lists its objects, None for a prefix."""

    job: Job
    listing: Place | None

    @property
    def execution_input(self) -> str:
        """The input of each of its executions: always the same text, so that two starts are one."""
        said: dict[str, Any] = {"job": self.job.model_dump(mode="json")}
        if self.listing is not None:
            said["list"] = self.listing._asdict()
        return json.dumps(said, sort_keys=True)


def plan(
    source: str,
    *,
    kind: Listing,
    listing: str | None,
    tenant: str,
    name: str | None,
    priority: str,
    options: Options,
) -> Planned:
    """Return the run that a command asks for.

    Without a name it has one that source, tenant and options alone decide: the same command again
    is the same run.

    Raises
    ------
    UsageError
        An address is none of S3, a list is missing, or a tenant or a name is none.
    """
    if not _TENANT.fullmatch(tenant):
        raise UsageError(f"{printable(tenant)} is no tenant")
    if name is not None and not re.fullmatch(RUN, name):
        raise UsageError(
            f"{printable(name)} is no name of a run: up to 60 of a-z, 0-9 and -, no - first"
        )
    place = _place(source)
    listed = None if listing is None else _place(listing)
    if (kind == "prefix") is not (listed is None) or (listed is not None and not listed.key):
        raise UsageError("an inventory or a manifest is one object: s3://bucket/key")
    job = Job(
        run=name or "unnamed",
        kind=_kind(kind, listed),
        tenant=tenant,
        bucket=place.bucket,
        prefix=place.key,
        priority=Priority(priority),
        options=Asked(
            policy=options.policy and LanePolicy(options.policy),
            level=options.level and Level(options.level),
            lane=options.lane and Lane(options.lane),
        ),
    )
    planned = Planned(job, listed)
    if name is None:
        told = Planned(job.model_copy(update={"priority": Priority.STANDARD}), listed)
        digest = hashlib.sha256(told.execution_input.encode()).hexdigest()[:24]
        return planned._replace(job=job.model_copy(update={"run": f"b{digest}"}))
    return planned


def _place(uri: str) -> Place:
    match = _URI.fullmatch(uri)
    if match is None:
        raise UsageError(f"{printable(uri)} is not s3://bucket/prefix")
    return Place(match["bucket"], match["key"] or "")


def _kind(kind: Listing, listing: Place | None) -> Kind:
    if kind == "prefix" or listing is None:
        return Kind.PREFIX
    if kind == "inventory":
        return Kind.INVENTORY
    return Kind.CSV if listing.key.endswith(".csv") else Kind.LINES
