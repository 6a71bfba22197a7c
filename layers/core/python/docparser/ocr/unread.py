"""Giving up on a shard: nobody answered, or its function hung, and its pages say so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.model import Lane, PageCode, PlannedShard, Ref, Shard

from .shards import reason_of, unread

if TYPE_CHECKING:
    from docparser.function import Call

    from .shards import Shards


class MarkUnread:
    """Commits the pages of a shard that was given up, so that no late answer changes the count."""

    def __init__(self, shards: Shards) -> None:
        self._shards = shards

    def run(self, ref: Ref, planned: PlannedShard, call: Call) -> Shard:
        """Return the shard that counts: the pages as errors, unless they were read after all.

        A scan has the code OCR_UNAVAILABLE, a page of text PAGE_UNREADABLE, and a page that
        preflight refused the code that the plan names.
        """
        plan = self._shards.plan(ref)
        text = planned.lane is Lane.TEXT
        code = PageCode.PAGE_UNREADABLE if text else PageCode.OCR_UNAVAILABLE
        refused = {gap.page: gap.code for gap in plan.refused}
        pages = tuple(
            unread(
                number,
                planned.lane,
                reason_of(plan, planned, number),
                refused.get(number, code),
            )
            for number in range(planned.first_page, planned.last_page + 1)
        )
        shard = Shard(shard_id=planned.shard_id, pages=pages, gb_seconds=call.gb_seconds)
        return self._shards.commit(ref, shard)
