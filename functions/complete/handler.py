"""complete: the final record; then the intermediates are purged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.function import Request, function
from docparser.model import Event, Record, Source, Stage
from docparser.outcome import Complete
from docparser.pricing import Use
from docparser.store.blobs import Blobs, Sources
from docparser.store.records import Records

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(settings.Table, settings.WorkBucket):
    """What complete needs."""


class CompleteRequest(Request):
    """The pinned source, and into how many shards it was cut."""

    source: Source
    shards: int


SETTINGS = settings.load(Settings)
COMPLETE = Complete(
    work=Blobs(aws.s3(), SETTINGS.work_bucket),
    sources=Sources(aws.s3()),
    records=Records(aws.dynamodb(), SETTINGS.table),
)


@function(Stage.COMPLETE, CompleteRequest, uses=(Record, Event, Use))
def handler(request: CompleteRequest, call: Call) -> dict[str, Any]:
    """Return the status that the record ends with."""
    status = COMPLETE.run(request.ref, request.source, shards=request.shards, call=call)
    return {"status": status}
