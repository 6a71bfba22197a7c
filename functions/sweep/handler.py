"""sweep: what somebody should have ended, begun or deleted, and did not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from docparser import aws, init_phase, observability, settings
from docparser.flow.cleanup import Cleanup
from docparser.flow.dispatcher import Dispatcher
from docparser.flow.parking import Resumption
from docparser.flow.sweep import Sweep
from docparser.function import leaving
from docparser.govern.erasures import ErasureRequests
from docparser.govern.retention import Expiry
from docparser.model import Event, Record, Ref, Source, Stage, Zone
from docparser.outcome import Stop
from docparser.route.opened import opened as opened_zone
from docparser.route.zones import ZonePlaces
from docparser.search import opened
from docparser.store.blobs import Blobs, Sources
from docparser.store.callbacks import TaskTokens
from docparser.store.erasures import Erasing, Erasures
from docparser.store.executions import Executions
from docparser.store.holds import Holds
from docparser.store.parked import Parked, ParkedWalks
from docparser.store.records import Records
from docparser.store.slots import Slot, Slots
from docparser.store.waiting import Enrolled, Waiter, Waiting


class Settings(
    settings.Table,
    settings.Flow,
    settings.DispatchQueue,
    settings.PurgeQueue,
    settings.Deadlines,
    settings.WorkBucket,
    settings.OcrBucket,
    settings.Search,
    ZonePlaces,
):
    """What sweep needs."""

    state_machine_arn: str


SETTINGS = settings.load(Settings)
RECORDS = Records(aws.dynamodb(), SETTINGS.table)
WAITING = Waiting(aws.dynamodb(), SETTINGS.table, aws.sqs(), SETTINGS.dispatch_queue)
EXECUTIONS = Executions(aws.states(), SETTINGS.state_machine_arn)
SLOTS = Slots(aws.dynamodb(), SETTINGS.table, count=SETTINGS.slots)
ERASURES = Erasures(aws.dynamodb(), SETTINGS.table, aws.sqs(), SETTINGS.purge_queue)
SWEEP = Sweep(
    records=RECORDS,
    queues=WAITING,
    executions=EXECUTIONS,
    slots=SLOTS,
    stop=Stop(records=RECORDS, waiting=WAITING, max_failures=SETTINGS.max_failures),
    cleanup=Cleanup(
        work=Blobs(aws.s3(), SETTINGS.work_bucket),
        exchange=Blobs(aws.s3(), SETTINGS.ocr_bucket),
        zones={zone: opened_zone(SETTINGS, zone) for zone in Zone},
        erasures=ERASURES,
        sources=Sources(aws.s3()),
        index=opened(SETTINGS),
        records=RECORDS,
    ),
    dispatcher=Dispatcher(
        records=RECORDS,
        queues=WAITING,
        slots=SLOTS,
        executions=EXECUTIONS,
        deadline=timedelta(seconds=SETTINGS.document_deadline_s),
    ),
    resumption=Resumption(
        records=RECORDS,
        parked=ParkedWalks(aws.dynamodb(), SETTINGS.table),
        tokens=TaskTokens(aws.states()),
        deadline=timedelta(seconds=SETTINGS.document_deadline_s),
    ),
    expiry=Expiry(
        records=RECORDS,
        requests=ErasureRequests(
            records=RECORDS,
            holds=Holds(aws.dynamodb(), SETTINGS.table),
            erasures=ERASURES,
        ),
    ),
)
init_phase.end(Ref, Source, Record, Event, Slot, Waiter, Enrolled, Parked, Erasing)


def handler(_: Any, context: Any) -> dict[str, Any]:
    """Look after everything that is overdue; what a run does not come to, the next one does."""
    observability.bind(context.aws_request_id, None, stage=Stage.COMPLETE)
    try:
        return {"looked_at": SWEEP.run()}
    except Exception as error:  # noqa: BLE001 - the edge: nothing passes unnamed
        failure = leaving(error, Stage.COMPLETE)
    raise failure
