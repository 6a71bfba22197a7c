"""purge: what was erased is deleted everywhere, and its record gets the proof."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from docparser import aws, init_phase, observability, settings
from docparser.function import leaving
from docparser.govern.erasures import ErasureRequests
from docparser.govern.purge import Place, Purge
from docparser.model import Erasure, Event, Record, Ref, Source, Stage, Zone
from docparser.route.opened import opened as opened_zone
from docparser.route.zones import ZonePlaces
from docparser.search import opened
from docparser.store.blobs import Blobs, Sources
from docparser.store.erasures import Erasing, Erasures, Found, PurgeOrder
from docparser.store.executions import Executions
from docparser.store.holds import Holds
from docparser.store.records import Records

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord


class Settings(
    settings.Table,
    settings.PurgeQueue,
    settings.IntakeBucket,
    settings.WorkBucket,
    settings.OcrBucket,
    settings.Search,
    ZonePlaces,
):
    """What purge needs."""

    state_machine_arn: str


SETTINGS = settings.load(Settings)
RECORDS = Records(aws.dynamodb(), SETTINGS.table)
ERASURES = Erasures(aws.dynamodb(), SETTINGS.table, aws.sqs(), SETTINGS.purge_queue)
ZONES: dict[str, Place] = {}
if SETTINGS.sync_replica_bucket:
    # Before the zone itself, whose purge reaches it as well: here it is counted.
    ZONES["sync-replica"] = Blobs(aws.s3(), SETTINGS.sync_replica_bucket)
ZONES |= {zone: opened_zone(SETTINGS, zone, passes_locks=zone is Zone.BACKUP) for zone in Zone}
PURGE = Purge(
    records=RECORDS,
    erasures=ERASURES,
    requests=ErasureRequests(
        records=RECORDS, holds=Holds(aws.dynamodb(), SETTINGS.table), erasures=ERASURES
    ),
    executions=Executions(aws.states(), SETTINGS.state_machine_arn),
    intake=Blobs(aws.s3(), SETTINGS.intake_bucket),
    work=Blobs(aws.s3(), SETTINGS.work_bucket),
    exchange=Blobs(aws.s3(), SETTINGS.ocr_bucket),
    zones=ZONES,
    sources=Sources(aws.s3()),
    index=opened(SETTINGS),
)
PROCESSOR = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
init_phase.end(PurgeOrder, Ref, Source, Record, Event, Erasing, Erasure, Found)


def purge(record: SQSRecord) -> None:
    """Purge one message's document; a failure leaves this message, and only it, in the queue."""
    try:
        order = PurgeOrder.model_validate_json(record.body)
        proof = PURGE.run(order)
    except Exception as error:  # noqa: BLE001 - the edge: nothing passes unnamed
        failure = leaving(error, Stage.COMPLETE)
    else:
        observability.log(
            "purged",
            tenant=order.tenant,
            document_id=order.document_id,
            count=0 if proof is None else proof.versions,
        )
        return
    raise failure


def handler(event: dict[str, Any], context: Any) -> Any:
    """Answer an SQS batch with the messages that must come again."""
    observability.bind(context.aws_request_id, None, stage=Stage.COMPLETE)
    return process_partial_response(
        event=event, record_handler=purge, processor=PROCESSOR, context=context
    )
