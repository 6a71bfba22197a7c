"""park: a walk that has to wait gives up its slot; its state goes on by its token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.flow.parking import Parking
from docparser.function import Request, function
from docparser.model import Event, Record, Source, Stage, WaitingFor
from docparser.store.parked import Parked, ParkedWalks
from docparser.store.policies import Policies
from docparser.store.records import Records
from docparser.store.slots import Slot, Slots

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(settings.Table, settings.Flow):
    """What park needs."""


class ParkRequest(Request):
    """What a walk waits for, and the token of the state that waits."""

    waiting_for: WaitingFor
    task_token: str


SETTINGS = settings.load(Settings)
PARKING = Parking(
    records=Records(aws.dynamodb(), SETTINGS.table),
    parked=ParkedWalks(aws.dynamodb(), SETTINGS.table),
    slots=Slots(aws.dynamodb(), SETTINGS.table, count=SETTINGS.slots),
    policies=Policies(aws.dynamodb(), SETTINGS.table),
)


@function(Stage.REVIEW, ParkRequest, uses=(Source, Record, Event, Parked, Slot))
def handler(request: ParkRequest, call: Call) -> dict[str, Any]:  # noqa: ARG001 - every function's
    """Return nothing: the state goes on by its token."""
    PARKING.park(request.ref, request.waiting_for, request.task_token)
    return {}
