"""intake: an uploaded object becomes a document that waits, once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from docparser import aws, init_phase, observability, settings
from docparser.function import leaving
from docparser.intake.arrival import Arrival
from docparser.intake.notices import ObjectCreated, noticed
from docparser.model import Event, Record, Ref, Source, Stage
from docparser.store.blobs import Blobs, Sources
from docparser.store.records import Records
from docparser.store.waiting import Waiting

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord


class Settings(settings.Table, settings.IntakeBucket, settings.DispatchQueue, settings.Limits):
    """What intake needs."""


SETTINGS = settings.load(Settings)
ARRIVAL = Arrival(
    sources=Sources(aws.s3()),
    intake=Blobs(aws.s3(), SETTINGS.intake_bucket),
    records=Records(aws.dynamodb(), SETTINGS.table),
    waiting=Waiting(aws.dynamodb(), SETTINGS.table, aws.sqs(), SETTINGS.dispatch_queue),
    max_bytes=SETTINGS.max_bytes,
)
PROCESSOR = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
init_phase.end(ObjectCreated, Source, Ref, Record, Event)


def take_in(record: SQSRecord) -> None:
    """Take one message's upload in; a failure leaves this message, and only it, in the queue."""
    try:
        ref = ARRIVAL.take_in(noticed(record.body))
    except Exception as error:  # noqa: BLE001 - the edge: nothing passes unnamed
        failure = leaving(error, Stage.INTAKE)
    else:
        if ref is not None:
            observability.log("taken in", tenant=ref.tenant, document_id=ref.document_id)
        return
    raise failure


def handler(event: dict[str, Any], context: Any) -> Any:
    """Answer an SQS batch with the messages that must come again."""
    observability.bind(context.aws_request_id, None, stage=Stage.INTAKE)
    return process_partial_response(
        event=event, record_handler=take_in, processor=PROCESSOR, context=context
    )
