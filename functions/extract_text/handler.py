"""extract_text: the text layer of a shard's pages, word boxes included."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.function import Request, function
from docparser.model import Page, Plan, PlannedShard, Shard, Source, Stage
from docparser.ocr.shard import TextLane, failed_pages
from docparser.store.blobs import Blobs, Sources
from docparser.store.layout import stage_key, uri

if TYPE_CHECKING:
    from docparser.function import Call


class ShardRequest(Request):
    """The pinned source, and the planned pages to read."""

    source: Source
    shard: PlannedShard


SETTINGS = settings.load(settings.WorkBucket)
LANE = TextLane(sources=Sources(aws.s3()), work=Blobs(aws.s3(), SETTINGS.work_bucket))


@function(Stage.READ, ShardRequest, uses=(Plan, Page, Shard))
def handler(request: ShardRequest, call: Call) -> dict[str, Any]:
    """Return how many pages were read, and where they lie."""
    shard = LANE.run(request.ref, request.source, request.shard, call)
    key = stage_key(request.ref, Stage.READ, f"{shard.shard_id}.json")
    return {
        "shard_id": shard.shard_id,
        "pages": len(shard.pages),
        "failed": failed_pages(shard),
        "uri": uri(SETTINGS.work_bucket, key),
    }
