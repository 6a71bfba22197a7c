"""mark_unread: the pages of a shard that was given up are errors with their code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser import aws, settings
from docparser.function import Request, function
from docparser.model import Page, Plan, PlannedShard, Shard, Stage
from docparser.ocr.shards import Shards
from docparser.ocr.unread import MarkUnread
from docparser.store.blobs import Blobs

if TYPE_CHECKING:
    from docparser.function import Call


class UnreadRequest(Request):
    """The planned pages that nobody read."""

    shard: PlannedShard


SETTINGS = settings.load(settings.WorkBucket)
SHARDS = Shards(Blobs(aws.s3(), SETTINGS.work_bucket))
MARK_UNREAD = MarkUnread(SHARDS)


@function(Stage.READ, UnreadRequest, uses=(Plan, Page, Shard))
def handler(request: UnreadRequest, call: Call) -> dict[str, Any]:
    """Return how many pages are missing, and where their errors lie."""
    shard = MARK_UNREAD.run(request.ref, request.shard, call)
    return SHARDS.summary(request.ref, shard)
