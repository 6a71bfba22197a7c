"""backfill: a batch of objects out of somebody else's bucket, each becomes a document."""

from __future__ import annotations

from typing import Any

from docparser import aws, init_phase, observability, settings
from docparser.backfill.listed import Asked, Batch, Common, Job
from docparser.backfill.stage import Backfill
from docparser.function import leaving
from docparser.intake.arrival import Arrival
from docparser.model import Event, Record, Ref, Source, Stage
from docparser.store.blobs import Blobs, Sources
from docparser.store.markers import Markers
from docparser.store.records import Records
from docparser.store.waiting import Waiting


class Settings(settings.Table, settings.IntakeBucket, settings.DispatchQueue, settings.Limits):
    """What backfill needs."""


SETTINGS = settings.load(Settings)
BACKFILL = Backfill(
    arrival=Arrival(
        sources=Sources(aws.s3()),
        intake=Blobs(aws.s3(), SETTINGS.intake_bucket),
        records=Records(aws.dynamodb(), SETTINGS.table),
        waiting=Waiting(aws.dynamodb(), SETTINGS.table, aws.sqs(), SETTINGS.dispatch_queue),
        max_bytes=SETTINGS.max_bytes,
    ),
    markers=Markers(aws.dynamodb(), SETTINGS.table),
)
init_phase.end(Batch, Common, Job, Asked, Source, Ref, Record, Event)


def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """Return how many objects of the batch had which outcome."""
    observability.bind(context.aws_request_id, None, stage=Stage.INTAKE)
    try:
        outcomes = BACKFILL.run(Batch.model_validate(event))
    except Exception as error:  # noqa: BLE001 - the edge: nothing passes unnamed
        failure = leaving(error, Stage.INTAKE)
    else:
        observability.log("backfilled", count=outcomes.total())
        return {outcome.value: count for outcome, count in outcomes.items()}
    raise failure
