"""export: a searchable PDF and ALTO for documents with scanned pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.export.stage import Export
from docparser.function import Request, function
from docparser.model import Exports, Manifest, Page, Piece, Plan, Shard, Source, Stage
from docparser.store.blobs import Blobs, Sources
from docparser.store.records import Records

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(settings.Table, settings.WorkBucket):
    """What export needs."""


class ExportRequest(Request):
    """The pinned source, over whose pictures the text is laid."""

    source: Source


SETTINGS = settings.load(Settings)
EXPORT = Export(
    sources=Sources(aws.s3()),
    work=Blobs(aws.s3(), SETTINGS.work_bucket),
    records=Records(aws.dynamodb(), SETTINGS.table),
)


@function(Stage.EXPORT, ExportRequest, uses=(Manifest, Plan, Piece, Shard, Page, Exports))
def handler(request: ExportRequest, call: Call) -> dict[str, Any]:
    """Return how many files were made."""
    exports = EXPORT.run(request.ref, request.source, call)
    return {"files": len(exports.files)}
