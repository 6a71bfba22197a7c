"""place: fills the zone that this function has rights in, or purges it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from docparser import aws, settings
from docparser.errors import Terminal
from docparser.function import Request, function
from docparser.model import Document, Placement, Record, Source, Stage, TerminalCode, Zone
from docparser.route.opened import opened
from docparser.route.placing import Place
from docparser.route.zones import ZonePlaces
from docparser.store.blobs import Blobs
from docparser.store.erasures import Erasures
from docparser.store.records import Records

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(settings.Table, settings.WorkBucket, ZonePlaces):
    """What place needs, besides where its own zone is; a queue, where copies may be locked."""

    zone: Zone
    purge_queue: str = ""


class PlaceRequest(Request):
    """What to do in which zone; the pinned source becomes the zone's original."""

    source: Source
    zone: Zone
    do: Literal["fill", "purge"]


SETTINGS = settings.load(Settings)
PLACE = Place(
    zone=SETTINGS.zone,
    store=opened(SETTINGS, SETTINGS.zone),
    work=Blobs(aws.s3(), SETTINGS.work_bucket),
    records=Records(aws.dynamodb(), SETTINGS.table),
    erasures=Erasures(aws.dynamodb(), SETTINGS.table, aws.sqs(), SETTINGS.purge_queue)
    if SETTINGS.purge_queue
    else None,
)


@function(Stage.PLACE, PlaceRequest, uses=(Record, Source, Document, Placement))
def handler(request: PlaceRequest, call: Call) -> dict[str, Any]:
    """Return the zone, which was reached."""
    if request.zone is not SETTINGS.zone:
        raise Terminal(TerminalCode.INTERNAL)
    if request.do == "fill":
        PLACE.fill(request.ref, request.source, call)
    else:
        PLACE.purge(request.ref, call)
    return {"zone": request.zone, "away": False}
