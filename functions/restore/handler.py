"""restore: what a revision takes from the result before it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.function import Request, function
from docparser.model import Document, Event, Manifest, Record, Source, Stage, Zone
from docparser.restore import Restore
from docparser.route.opened import opened
from docparser.route.zones import ZonePlaces
from docparser.store.blobs import Blobs, Sources
from docparser.store.layout import stage_key, uri
from docparser.store.records import Records

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(
    settings.Table, settings.IntakeBucket, settings.WorkBucket, settings.Deadlines, ZonePlaces
):
    """What restore needs."""


class RestoreRequest(Request):
    """The stage that the walk goes on with: PREFLIGHT or CLASSIFY."""

    begins_at: Stage


SETTINGS = settings.load(Settings)
RESTORE = Restore(
    vault=opened(SETTINGS, Zone.VAULT),
    intake=Blobs(aws.s3(), SETTINGS.intake_bucket),
    work=Blobs(aws.s3(), SETTINGS.work_bucket),
    sources=Sources(aws.s3()),
    records=Records(aws.dynamodb(), SETTINGS.table),
    document_deadline=timedelta(seconds=SETTINGS.document_deadline_s),
)


@function(Stage.RESTORE, RestoreRequest, uses=(Record, Event, Source, Document, Manifest))
def handler(request: RestoreRequest, call: Call) -> dict[str, Any]:
    """Return the source, and what would follow from reading it where it is not read again."""
    source, manifest = RESTORE.run(request.ref, request.begins_at, call)
    restored: dict[str, Any] = {"source": source.model_dump(mode="json")}
    if manifest is not None:
        where = {
            stage: uri(SETTINGS.work_bucket, stage_key(request.ref, stage, file))
            for stage, file in ((Stage.PREFLIGHT, "plan.json"), (Stage.ASSEMBLE, "manifest.json"))
        }
        pages = manifest.page_count
        restored["plan"] = {"uri": where[Stage.PREFLIGHT], "pages": pages, "shards": []}
        restored["manifest"] = {
            "uri": where[Stage.ASSEMBLE],
            "pages": pages,
            "failed": len(manifest.gaps),
        }
    return restored
