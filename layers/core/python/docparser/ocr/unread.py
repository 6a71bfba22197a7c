"""Giving up on a shard: nobody answered, or its function hung, and its pages say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.model import Lane, PageCode, PlannedShard, Ref, Shard

from .shards import unread

if TYPE_CHECKING:
    from docparser.function import Call

    from .shards import Shards

_CODES = {Lane.GPU: PageCode.OCR_UNAVAILABLE}


class MarkUnread:
    """Commits the pages of a shard that was given up, so that no late answer changes the count."""

    def __init__(self, shards: Shards) -> None:
        self._shards = shards

    def run(self, ref: Ref, planned: PlannedShard, call: Call) -> Shard:
        """Return the shard that counts: the pages as errors, unless they were read after all.

        A page of the gpu lane has the code OCR_UNAVAILABLE, any other PAGE_UNREADABLE, and a page
        that preflight refused the code that the plan names.
        """
        plan = self._shards.plan(ref)
        code = _CODES.get(planned.lane, PageCode.PAGE_UNREADABLE)
        refused = {gap.page: gap.code for gap in plan.refused}
        pages = tuple(
            unread(number, planned.lane, plan.reasons[number - 1], refused.get(number, code))
            for number in range(planned.first_page, planned.last_page + 1)
        )
        shard = Shard(shard_id=planned.shard_id, pages=pages, gb_seconds=call.gb_seconds)
        return self._shards.commit(ref, shard)
