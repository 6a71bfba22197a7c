"""anchor: every day, the hashes of what happened, where nobody can change them."""

from __future__ import annotations

from typing import Any

from docparser import aws, init_phase, observability, settings
from docparser.audit.anchors import Anchor, Head, Part, Section
from docparser.audit.daily import Anchoring
from docparser.function import leaving
from docparser.model import Event, Ref, Stage
from docparser.store.audit_bucket import AuditBucket
from docparser.store.event_reader import EventReader


class Settings(settings.Table, settings.AuditBucket):
    """What anchor needs."""


SETTINGS = settings.load(Settings)
ANCHORING = Anchoring(
    EventReader(aws.dynamodb(), SETTINGS.table), AuditBucket(aws.s3(), SETTINGS.audit_bucket)
)
init_phase.end(Ref, Event, Head, Part, Section, Anchor)


def handler(_: Any, context: Any) -> dict[str, Any]:
    """Return which days were anchored, and how many of their events."""
    observability.bind(context.aws_request_id, None, stage=Stage.COMPLETE)
    try:
        made = ANCHORING.run(lambda: context.get_remaining_time_in_millis() / 1000)
        return {"days": {anchor.day.isoformat(): anchor.of("events") for anchor in made}}
    except Exception as error:  # noqa: BLE001 - the edge: nothing passes unnamed
        failure = leaving(error, Stage.COMPLETE)
    raise failure
