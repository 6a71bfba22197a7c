"""redact: text and pages of a document without the personal data in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.export.redact import Redact
from docparser.function import Request, function
from docparser.model import Exports, Manifest, Page, Piece, PiiShard, Plan, Shard, Source, Stage
from docparser.store.blobs import Blobs, Sources
from docparser.store.records import Records

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(settings.Table, settings.WorkBucket):
    """What redact needs."""


class RedactRequest(Request):
    """The pinned source, whose pages are drawn anew."""

    source: Source


SETTINGS = settings.load(Settings)
REDACT = Redact(
    sources=Sources(aws.s3()),
    work=Blobs(aws.s3(), SETTINGS.work_bucket),
    records=Records(aws.dynamodb(), SETTINGS.table),
)


@function(Stage.REDACT, RedactRequest, uses=(Manifest, Plan, Piece, Shard, Page, PiiShard, Exports))
def handler(request: RedactRequest, call: Call) -> dict[str, Any]:
    """Return how many files were made."""
    exports = REDACT.run(request.ref, request.source, call)
    return {"files": len(exports.files)}
