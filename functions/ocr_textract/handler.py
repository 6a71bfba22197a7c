"""ocr_textract: a shard of scanned pages is read by Textract, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.function import Request, function
from docparser.model import Page, Plan, PlannedShard, Shard, Source, Stage
from docparser.ocr.shards import Shards
from docparser.ocr.textract_lane import Textract, TextractLane
from docparser.store.blobs import Blobs, Sources
from docparser.store.pace import Pace
from pydantic import Field

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(settings.Table, settings.WorkBucket):
    """What ocr_textract needs; the account's quota in pages a second, the same for each API."""

    textract_pages_per_second: float = Field(default=1.0, gt=0, le=100)


class ShardRequest(Request):
    """The pinned source, and the planned pages to read."""

    source: Source
    shard: PlannedShard


SETTINGS = settings.load(Settings)
WORK = Blobs(aws.s3(), SETTINGS.work_bucket)
SHARDS = Shards(WORK)
LANE = TextractLane(
    sources=Sources(aws.s3()),
    work=WORK,
    shards=SHARDS,
    textract=Textract(
        aws.textract(),
        **{
            name: Pace(
                aws.dynamodb(),
                SETTINGS.table,
                api=api,
                per_second=SETTINGS.textract_pages_per_second,
            )
            for name, api in (("detect", "DetectDocumentText"), ("analyze", "AnalyzeDocument"))
        },
    ),
)


@function(Stage.READ, ShardRequest, uses=(Plan, Page, Shard))
def handler(request: ShardRequest, call: Call) -> dict[str, Any]:
    """Return how many pages were read, and where they lie."""
    shard = LANE.run(request.ref, request.source, request.shard, call)
    return SHARDS.summary(request.ref, shard)
