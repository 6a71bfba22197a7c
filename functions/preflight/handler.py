"""preflight: sniff by content, enforce the limits, look at every page, write the plan."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.function import Request, function
from docparser.intake.children import Children
from docparser.intake.examine import Examined, Examiner, MadeFile, Upload
from docparser.intake.malware import Clamd
from docparser.intake.pdf import PageFacts
from docparser.intake.preflight import Preflight
from docparser.model import Event, Gap, Plan, PlannedShard, Record, Source, Stage
from docparser.store.blobs import Blobs, Sources
from docparser.store.endpoint_state import EndpointWatch
from docparser.store.layout import stage_key, uri
from docparser.store.records import Records

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(
    settings.Table,
    settings.IntakeBucket,
    settings.WorkBucket,
    settings.ScanLanes,
    settings.Limits,
    settings.Archives,
    settings.Parsing,
    settings.MalwareScan,
    settings.Deadlines,
):
    """What preflight needs."""


class PreflightRequest(Request):
    """The pinned source to look at."""

    source: Source


SETTINGS = settings.load(Settings)
PREFLIGHT = Preflight(
    sources=Sources(aws.s3()),
    work=Blobs(aws.s3(), SETTINGS.work_bucket),
    children=Children(Blobs(aws.s3(), SETTINGS.intake_bucket), SETTINGS.max_depth),
    records=Records(aws.dynamodb(), SETTINGS.table),
    limits=SETTINGS,
    examiner=Examiner(SETTINGS, SETTINGS, SETTINGS),
    document_deadline=timedelta(seconds=SETTINGS.document_deadline_s),
    lanes=SETTINGS,
    endpoint=EndpointWatch(aws.sagemaker, SETTINGS.ocr_endpoint),
    scanner=Clamd(SETTINGS.clamd) if SETTINGS.malware == "clamd" else None,
)


@function(
    Stage.PREFLIGHT,
    PreflightRequest,
    # The child's too: what it has to build, it builds for itself alone.
    uses=(Record, Event, Upload, PageFacts, MadeFile, Examined, PlannedShard, Gap, Plan),
)
def handler(request: PreflightRequest, call: Call) -> dict[str, Any]:
    """Return where the plan lies, and its shards."""
    plan = PREFLIGHT.run(request.ref, request.source, call)
    key = stage_key(request.ref, Stage.PREFLIGHT, "plan.json")
    return {
        "uri": uri(SETTINGS.work_bucket, key),
        "pages": plan.page_count,
        "shards": [shard.model_dump(mode="json") for shard in plan.shards],
    }
