"""dispatch: documents that wait get slots, and their walks begin."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from docparser import aws, init_phase, observability, settings
from docparser.flow.dispatcher import Dispatcher
from docparser.function import leaving
from docparser.model import Record, Ref, Source, Stage
from docparser.store.executions import Executions
from docparser.store.records import Records
from docparser.store.slots import Slot, Slots
from docparser.store.waiting import Enrolled, Queues, Waiter


class Settings(settings.Table, settings.Flow, settings.Deadlines):
    """What dispatch needs."""

    state_machine_arn: str


SETTINGS = settings.load(Settings)
DISPATCHER = Dispatcher(
    records=Records(aws.dynamodb(), SETTINGS.table),
    queues=Queues(aws.dynamodb(), SETTINGS.table),
    slots=Slots(aws.dynamodb(), SETTINGS.table, count=SETTINGS.slots),
    executions=Executions(aws.states(), SETTINGS.state_machine_arn),
    deadline=timedelta(seconds=SETTINGS.document_deadline_s),
)
init_phase.end(Ref, Source, Record, Slot, Waiter, Enrolled)


def handler(_: Any, context: Any) -> dict[str, Any]:
    """Run once for a whole batch: a message says nothing but that it is worth while to look."""
    observability.bind(context.aws_request_id, None, stage=Stage.INTAKE)
    try:
        return {"started": DISPATCHER.run()}
    except Exception as error:  # noqa: BLE001 - the edge: nothing passes unnamed
        failure = leaving(error, Stage.INTAKE)
    raise failure
