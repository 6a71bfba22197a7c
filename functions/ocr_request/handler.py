"""ocr_request: a shard of scanned pages goes to the OCR endpoint; its state waits by a token."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.function import Request, function
from docparser.model import Plan, PlannedShard, Source, Stage
from docparser.ocr.endpoint import OcrEndpoint
from docparser.ocr.gpu_lane import GpuLane
from docparser.ocr.shards import Shards
from docparser.store.blobs import Blobs, Sources
from docparser.store.callbacks import Callback, Callbacks, TaskTokens
from pydantic import Field

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(
    settings.Table,
    settings.WorkBucket,
    settings.OcrBucket,
    settings.OcrEndpoint,
    settings.Deadlines,
):
    """What ocr_request needs; deadlines of a shard and a page in seconds."""

    shard_deadline_s: int = Field(default=600, gt=0)
    page_deadline_s: int = Field(default=30, gt=0)


class ScanRequest(Request):
    """The pinned source, the planned pages to read, and the token of the state that waits."""

    source: Source
    shard: PlannedShard
    task_token: str


SETTINGS = settings.load(Settings)
LANE = GpuLane(
    sources=Sources(aws.s3()),
    shards=Shards(Blobs(aws.s3(), SETTINGS.work_bucket)),
    exchange=Blobs(aws.s3(), SETTINGS.ocr_bucket),
    callbacks=Callbacks(aws.dynamodb(), SETTINGS.table),
    tokens=TaskTokens(aws.states()),
    endpoint=OcrEndpoint(
        aws.sagemaker_runtime(),
        name=SETTINGS.ocr_endpoint,
        bucket=SETTINGS.ocr_bucket,
        waits_s=SETTINGS.scan_deadline_s,
        works_s=SETTINGS.shard_deadline_s,
        page_s=SETTINGS.page_deadline_s,
    ),
    deadline=timedelta(seconds=SETTINGS.scan_deadline_s),
)


@function(Stage.READ, ScanRequest, uses=(Plan, Callback))
def handler(request: ScanRequest, call: Call) -> dict[str, Any]:
    """Return nothing: the state goes on by its token."""
    LANE.request(request.ref, request.source, request.shard, request.task_token, call)
    return {}
