"""index: chunks into the index that the level allows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.function import Request, function
from docparser.model import Chunk, Classification, Manifest, Record, Shard, Stage
from docparser.search import opened
from docparser.search.stage import Index
from docparser.store.blobs import Blobs
from docparser.store.records import Records

if TYPE_CHECKING:
    from docparser.function import Call


class Settings(settings.Table, settings.WorkBucket, settings.Search):
    """What index needs."""


SETTINGS = settings.load(Settings)
INDEX = Index(
    work=Blobs(aws.s3(), SETTINGS.work_bucket),
    records=Records(aws.dynamodb(), SETTINGS.table),
    index=opened(SETTINGS),
)


@function(Stage.INDEX, Request, uses=(Record, Manifest, Classification, Shard, Chunk))
def handler(request: Request, call: Call) -> dict[str, Any]:
    """Return how much of the document can be searched."""
    outcome = INDEX.run(request.ref, call)
    return {"scope": outcome.scope.value, "chunks": outcome.chunks}
