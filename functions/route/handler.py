"""route: decides to which zones a result is copied, and out of which it is purged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.extract.corrections import Corrections, said_of
from docparser.function import Request, function
from docparser.model import (
    Classification,
    Document,
    Event,
    Exports,
    Extraction,
    Manifest,
    Placement,
    Policy,
    Record,
    Stage,
)
from docparser.route.stage import Route
from docparser.store.blobs import Blobs
from docparser.store.records import Records

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(settings.Table, settings.WorkBucket):
    """What route needs: no zone is among it."""


class RouteRequest(Request):
    """Whether Extract has come to its end."""

    extracted: bool


SETTINGS = settings.load(Settings)
ROUTE = Route(
    work=Blobs(aws.s3(), SETTINGS.work_bucket),
    records=Records(aws.dynamodb(), SETTINGS.table),
    said=said_of,
)


@function(
    Stage.ROUTE,
    RouteRequest,
    uses=(
        Record, Event, Manifest, Classification, Extraction, Corrections, Policy, Exports, Document,
        Placement,
    ),
)  # fmt: skip
def handler(request: RouteRequest, call: Call) -> dict[str, Any]:
    """Return the zones to fill, and those to purge afterwards."""
    routed = ROUTE.run(request.ref, call, extracted=request.extracted)
    return {"fill": list(routed.fill), "purge": list(routed.purge)}
