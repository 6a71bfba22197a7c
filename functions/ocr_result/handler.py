"""ocr_result: an answer of the OCR endpoint becomes the shard, and the state that waits goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from docparser import aws, init_phase, observability, settings
from docparser.function import Call, leaving
from docparser.model import OcrAnswer, Page, Plan, Record, Ref, Shard, Stage
from docparser.ocr.inference_result import InferenceResult, InferenceResults
from docparser.ocr.shards import Shards
from docparser.store.blobs import Blobs
from docparser.store.callbacks import Callback, Callbacks, TaskTokens
from docparser.store.records import Records

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord


class Settings(settings.Table, settings.WorkBucket, settings.OcrBucket):
    """What ocr_result needs."""


SETTINGS = settings.load(Settings)
RESULTS = InferenceResults(
    shards=Shards(Blobs(aws.s3(), SETTINGS.work_bucket)),
    exchange=Blobs(aws.s3(), SETTINGS.ocr_bucket),
    records=Records(aws.dynamodb(), SETTINGS.table),
    callbacks=Callbacks(aws.dynamodb(), SETTINGS.table),
    tokens=TaskTokens(aws.states()),
)
PROCESSOR = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
init_phase.end(InferenceResult, Callback, Ref, Record, Plan, OcrAnswer, Page, Shard)


def take(record: SQSRecord) -> None:
    """Take one message's answer in; a failure leaves this message, and only it, in the queue."""
    try:
        RESULTS.take(InferenceResult.model_validate_json(record.body), Call())
    except Exception as error:  # noqa: BLE001 - the edge: nothing passes unnamed
        failure = leaving(error, Stage.READ)
    else:
        return
    raise failure


def handler(event: dict[str, Any], context: Any) -> Any:
    """Answer an SQS batch with the messages that must come again."""
    observability.bind(context.aws_request_id, None, stage=Stage.READ)
    return process_partial_response(
        event=event, record_handler=take, processor=PROCESSOR, context=context
    )
