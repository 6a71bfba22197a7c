"""route: copies to the zones that the level allows, verified by checksum."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.function import Request, function
from docparser.model import (
    Classification,
    Document,
    Exports,
    Manifest,
    Placement,
    Record,
    Source,
    Stage,
    Zone,
)
from docparser.route.stage import Route
from docparser.store.blobs import Blobs
from docparser.store.records import Records

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(settings.Table, settings.WorkBucket, settings.ZoneBuckets):
    """What route needs."""


class RouteRequest(Request):
    """The pinned source, which becomes the zones' original."""

    source: Source


SETTINGS = settings.load(Settings)
ROUTE = Route(
    work=Blobs(aws.s3(), SETTINGS.work_bucket),
    zones={
        Zone.VAULT: Blobs(aws.s3(), SETTINGS.vault_bucket),
        Zone.BACKUP: Blobs(aws.s3(), SETTINGS.backup_bucket),
        Zone.SYNC: Blobs(aws.s3(), SETTINGS.sync_bucket),
    },
    records=Records(aws.dynamodb(), SETTINGS.table),
)


@function(
    Stage.ROUTE,
    RouteRequest,
    uses=(Record, Manifest, Classification, Exports, Source, Document, Placement),
)
def handler(request: RouteRequest, call: Call) -> dict[str, Any]:
    """Return the zones that hold the document now."""
    return {"zones": list(ROUTE.run(request.ref, request.source, call).zones)}
