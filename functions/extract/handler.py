"""extract: typed fields and tables, each value with its proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.export.rows_csv import RowsCsv
from docparser.extract.stage import Extract
from docparser.function import Request, function
from docparser.model import (
    Classification,
    Event,
    Extraction,
    Manifest,
    Plan,
    Policy,
    Record,
    ReviewMode,
    Shard,
    Source,
    Stage,
)
from docparser.store.blobs import Blobs, Sources
from docparser.store.layout import stage_key, uri
from docparser.store.pace import Pace
from docparser.store.records import Records

if TYPE_CHECKING:
    from docparser.extract.engine import Engine
    from docparser.function import Call


class Settings(settings.Table, settings.WorkBucket, settings.FieldEngines):
    """What extract needs."""


class ExtractRequest(Request):
    """The pinned source, which may hold an invoice as XML, and how often this was tried before."""

    source: Source
    retries: int


SETTINGS = settings.load(Settings)
ENGINES: list[Engine] = []
if SETTINGS.textract:
    from docparser.extract.engines.textract import OPERATIONS, TextractFields

    rate = SETTINGS.textract_pages_per_second
    paces = {
        api: Pace(aws.dynamodb(), SETTINGS.table, api=api, per_second=rate) for api in OPERATIONS
    }
    ENGINES.append(TextractFields(aws.textract(), paces))
if SETTINGS.bedrock_models:
    from docparser.extract.engines.bedrock import BedrockFields
    from docparser.store.spend import Spend

    spend = Spend(aws.dynamodb(), SETTINGS.table)
    models = SETTINGS.bedrock_models.split(",")
    ENGINES.append(BedrockFields(aws.bedrock_runtime(), spend, models))
EXTRACT = Extract(
    sources=Sources(aws.s3()),
    work=Blobs(aws.s3(), SETTINGS.work_bucket),
    records=Records(aws.dynamodb(), SETTINGS.table),
    csv=RowsCsv,
    engines=ENGINES,
)

_REVIEW = {ReviewMode.OFF: "none", ReviewMode.MARK: "mark", ReviewMode.PARK: "park"}


@function(
    Stage.EXTRACT,
    ExtractRequest,
    uses=(Plan, Manifest, Classification, Policy, Shard, Extraction, Record, Event),
)
def handler(request: ExtractRequest, call: Call) -> dict[str, Any]:
    """Return where the fields lie, how many rules do not hold, and what follows from that."""
    extracted = EXTRACT.run(request.ref, request.source, call, retries=request.retries)
    key = stage_key(request.ref, Stage.EXTRACT, "fields.json")
    return {
        "uri": uri(SETTINGS.work_bucket, key),
        "violations": len(extracted.extraction.violations),
        "review": _REVIEW[extracted.review],
    }
