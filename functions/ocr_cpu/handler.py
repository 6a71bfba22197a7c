"""ocr_cpu: the OCR engine reads a shard of scanned pages on the function's own CPU."""

from __future__ import annotations

import atexit
from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.function import Request, function
from docparser.model import OcrAnswer, Page, Plan, PlannedShard, Shard, Source, Stage
from docparser.ocr.cpu_lane import CpuLane
from docparser.ocr.shards import Shards
from docparser.store.blobs import Blobs, Sources
from docparser_ocr.session import Reader
from docparser_ocr.settings import OcrSettings

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(settings.WorkBucket, OcrSettings):
    """What ocr_cpu needs, the engine's own settings included."""


class ShardRequest(Request):
    """The pinned source, and the planned pages to read."""

    source: Source
    shard: PlannedShard


SETTINGS = settings.load(Settings)
SHARDS = Shards(Blobs(aws.s3(), SETTINGS.work_bucket))
# The models are opened here, where Lambda does not throttle the CPU, and for every invocation.
# Its workers get its settings by pickle: if these were of a class of ours, each worker would import
# this module, and start workers of its own.
READER = Reader(settings.load(OcrSettings)).__enter__()
atexit.register(READER.__exit__, None, None, None)
LANE = CpuLane(
    sources=Sources(aws.s3()),
    shards=SHARDS,
    reader=READER,
    page_deadline_s=SETTINGS.page_deadline_s,
)


@function(Stage.READ, ShardRequest, uses=(Plan, OcrAnswer, Page, Shard))
def handler(request: ShardRequest, call: Call) -> dict[str, Any]:
    """Return how many pages were read, and where they lie."""
    shard = LANE.run(request.ref, request.source, request.shard, call)
    return SHARDS.summary(request.ref, shard)
