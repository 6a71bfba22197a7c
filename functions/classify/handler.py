"""classify: type and sensitivity, each with confidence and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.classify.stage import Classify
from docparser.function import Request, function
from docparser.model import (
    Classification,
    Evidence,
    LevelDecision,
    Manifest,
    Plan,
    Shard,
    Stage,
    TypeDecision,
)
from docparser.store.blobs import Blobs
from docparser.store.layout import stage_key, uri
from docparser.store.records import Records

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(settings.Table, settings.WorkBucket, settings.Confidence):
    """What classify needs."""


SETTINGS = settings.load(Settings)
CLASSIFY = Classify(
    work=Blobs(aws.s3(), SETTINGS.work_bucket),
    records=Records(aws.dynamodb(), SETTINGS.table),
    min_confidence=SETTINGS.min_confidence,
)


@function(
    Stage.CLASSIFY,
    Request,
    uses=(Plan, Manifest, Shard, Evidence, TypeDecision, LevelDecision, Classification),
)
def handler(request: Request, call: Call) -> dict[str, Any]:
    """Return where the decision lies, and what it is."""
    decision = CLASSIFY.run(request.ref, call)
    key = stage_key(request.ref, Stage.CLASSIFY, "classification.json")
    return {
        "uri": uri(SETTINGS.work_bucket, key),
        "type": decision.type.value,
        "level": decision.level.value,
    }
