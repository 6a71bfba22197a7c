"""complete: the final record; then the intermediates are purged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.function import Request, function
from docparser.model import Event, Record, Source, Stage
from docparser.outcome import Complete
from docparser.pricing import Use
from docparser.store.blobs import Blobs, Sources
from docparser.store.policies import Policies
from docparser.store.records import Records

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(settings.Table, settings.WorkBucket, settings.OcrBucket):
    """What complete needs."""


class CompleteRequest(Request):
    """The pinned source, into how many shards it was cut, and how many of them were scans."""

    source: Source
    shards: int
    scans: int


SETTINGS = settings.load(Settings)
COMPLETE = Complete(
    work=Blobs(aws.s3(), SETTINGS.work_bucket),
    exchange=Blobs(aws.s3(), SETTINGS.ocr_bucket),
    sources=Sources(aws.s3()),
    records=Records(aws.dynamodb(), SETTINGS.table),
    policies=Policies(aws.dynamodb(), SETTINGS.table),
)


@function(Stage.COMPLETE, CompleteRequest, uses=(Record, Event, Use))
def handler(request: CompleteRequest, call: Call) -> dict[str, Any]:
    """Return the status that the record ends with."""
    status = COMPLETE.run(
        request.ref, request.source, shards=request.shards, scans=request.scans, call=call
    )
    return {"status": status}
