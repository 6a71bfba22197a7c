"""classify: type and sensitivity, each with confidence and evidence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.classify.stage import Classify
from docparser.function import Request, function
from docparser.model import (
    Classification,
    Event,
    Evidence,
    LevelDecision,
    Manifest,
    Plan,
    Policy,
    Record,
    ReviewMode,
    Shard,
    Stage,
    TypeDecision,
)
from docparser.policy import default_policy
from docparser.store.blobs import Blobs
from docparser.store.layout import stage_key, uri
from docparser.store.policies import Policies
from docparser.store.records import Records

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(settings.Table, settings.WorkBucket, settings.Confidence):
    """What classify needs."""


SETTINGS = settings.load(Settings)
CLASSIFY = Classify(
    work=Blobs(aws.s3(), SETTINGS.work_bucket),
    records=Records(aws.dynamodb(), SETTINGS.table),
    policies=Policies(aws.dynamodb(), SETTINGS.table),
    min_confidence=SETTINGS.min_confidence,
)
default_policy()  # read once, here: every invocation needs it

_REVIEW = {ReviewMode.OFF: "none", ReviewMode.MARK: "mark", ReviewMode.PARK: "park"}


@function(
    Stage.CLASSIFY,
    Request,
    uses=(
        Plan, Policy, Manifest, Shard, Record, Event, Evidence, TypeDecision, LevelDecision,
        Classification,
    ),
)  # fmt: skip
def handler(request: Request, call: Call) -> dict[str, Any]:
    """Return where the decision lies, what it is, and what follows from it."""
    decided = CLASSIFY.run(request.ref, call)
    key = stage_key(request.ref, Stage.CLASSIFY, "classification.json")
    return {
        "uri": uri(SETTINGS.work_bucket, key),
        "type": decided.classification.type.value,
        "level": decided.classification.level.value,
        "review": _REVIEW[decided.review],
        "redact": decided.redact,
    }
