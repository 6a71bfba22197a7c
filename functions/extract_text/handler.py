"""extract_text: the text layer of a shard's pages, or its parts, word boxes included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.bounded import Bounds
from docparser.function import Request, function
from docparser.model import Page, Plan, PlannedShard, Shard, Source, Stage
from docparser.ocr.shard import TextLane
from docparser.ocr.shards import Shards
from docparser.store.blobs import Blobs, Sources
from pydantic import Field

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(settings.WorkBucket, settings.Limits, settings.Parsing):
    """What extract_text needs; the deadline of a page in seconds."""

    page_deadline_s: int = Field(default=30, gt=0)


class ShardRequest(Request):
    """The pinned source, and the planned pages to read."""

    source: Source
    shard: PlannedShard


SETTINGS = settings.load(Settings)
WORK = Blobs(aws.s3(), SETTINGS.work_bucket)
SHARDS = Shards(WORK)
LANE = TextLane(
    sources=Sources(aws.s3()),
    work=WORK,
    bounds=Bounds(
        memory_bytes=SETTINGS.parser_memory_mb << 20,
        seconds=SETTINGS.page_deadline_s,
        cpu_seconds=SETTINGS.page_deadline_s,
        file_bytes=SETTINGS.max_bytes,
    ),
)


@function(Stage.READ, ShardRequest, uses=(Plan, Page, Shard))
def handler(request: ShardRequest, call: Call) -> dict[str, Any]:
    """Return how many pages were read, and where they lie."""
    shard = LANE.run(request.ref, request.source, request.shard, call)
    return SHARDS.summary(request.ref, shard)
