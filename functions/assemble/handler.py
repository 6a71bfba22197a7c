"""assemble: every planned page accounted for, or the document is partial, never silently whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.export.markdown import Markdown
from docparser.export.plain_text import PlainText
from docparser.function import Request, function
from docparser.model import Manifest, Piece, Plan, PlannedShard, Shard, ShardEntry, Stage
from docparser.ocr.assembly import Assembly
from docparser.store.blobs import Blobs
from docparser.store.layout import stage_key, uri
from docparser.store.records import Records

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(settings.Table, settings.WorkBucket):
    """What assemble needs."""


SETTINGS = settings.load(Settings)
ASSEMBLY = Assembly(
    work=Blobs(aws.s3(), SETTINGS.work_bucket),
    records=Records(aws.dynamodb(), SETTINGS.table),
    renditions=(Markdown, PlainText),
)


@function(Stage.ASSEMBLE, Request, uses=(Plan, PlannedShard, Shard, ShardEntry, Piece, Manifest))
def handler(request: Request, call: Call) -> dict[str, Any]:
    """Return where the manifest lies, and how many pages are missing."""
    manifest = ASSEMBLY.run(request.ref, call)
    key = stage_key(request.ref, Stage.ASSEMBLE, "manifest.json")
    return {
        "uri": uri(SETTINGS.work_bucket, key),
        "pages": manifest.page_count,
        "failed": len(manifest.gaps),
    }
