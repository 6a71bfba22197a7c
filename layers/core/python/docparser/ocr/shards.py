"""The read shards of a revision: each one object, and the first that was written counts."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

from docparser import observability
from docparser.model import (
    Lane,
    LaneReason,
    Page,
    PageCode,
    PageStatus,
    Plan,
    PlannedShard,
    Ref,
    Shard,
    Stage,
)
from docparser.pricing import page_cost
from docparser.store import layout
from docparser.store.blobs import JSON

if TYPE_CHECKING:
    from docparser.store.blobs import Blobs


class Shards:
    """The shards in the work bucket, beside the plan that they were cut by."""

    def __init__(self, work: Blobs) -> None:
        self._work = work

    def plan(self, ref: Ref) -> Plan:
        """Return the plan of a revision's pages."""
        body = self._work.get(layout.stage_key(ref, Stage.PREFLIGHT, "plan.json"))
        return Plan.model_validate_json(body)

    def find(self, ref: Ref, shard_id: str) -> Shard | None:
        """Return a shard, or None if nobody has read it yet."""
        body = self._work.find(_key(ref, shard_id))
        return None if body is None else Shard.model_validate_json(body)

    def commit(self, ref: Ref, shard: Shard) -> Shard:
        """Store a shard unless one is there; return the one that counts."""
        body = shard.to_json()
        key = _key(ref, shard.shard_id)
        if not self._work.put_once(key, body, hashlib.sha256(body).hexdigest(), JSON):
            return Shard.model_validate_json(self._work.get(key))
        # Whoever came second counts nothing, or a page would be counted twice.
        for code, failed in Counter(page.code for page in shard.pages if page.code).items():
            observability.count("PageError", failed, code=code)
        for lane, read in Counter(page.lane for page in shard.pages if not page.code).items():
            observability.count("PageRead", read, lane=lane)
        return shard

    def reopen(self, ref: Ref, shard_id: str) -> None:
        """Take back a shard that an earlier attempt gave up, so that this one may read it.

        A shard that was given up while the endpoint was away must not outlive the outage: who
        sends the document again expects its pages. Once the pages are counted nothing may change.
        """
        if ref.attempt == 1:
            return
        stored = self.find(ref, shard_id)
        if stored is None or any(page.status is PageStatus.OK for page in stored.pages):
            return
        if self._work.find(layout.stage_key(ref, Stage.ASSEMBLE, "manifest.json")) is None:
            self._work.delete(_key(ref, shard_id))

    def summary(self, ref: Ref, shard: Shard) -> dict[str, Any]:
        """Return what a state is told of a shard: how many pages, and where they lie."""
        return {
            "shard_id": shard.shard_id,
            "pages": len(shard.pages),
            "failed": sum(page.status is PageStatus.ERROR for page in shard.pages),
            "uri": layout.uri(self._work.bucket, _key(ref, shard.shard_id)),
        }


def reason_of(plan: Plan, planned: PlannedShard, number: int) -> LaneReason:
    """Return why a page is read in the lane that its shard is in now."""
    return LaneReason.FALLBACK_FAILED if planned.fell_back else plan.reasons[number - 1]


def priced(
    planned: PlannedShard,
    pages: tuple[Page, ...],
    *,
    gb_seconds: float,
    gpu_seconds: float = 0,
) -> Shard:
    """Return a shard whose pages share what reading it used; a page that was not read is free.

    Parameters
    ----------
    planned
        The shard, and the lane that it is in.
    pages
        Its pages.
    gb_seconds
        What reading it used of Lambda, in gigabyte-seconds.
    gpu_seconds
        How long the OCR endpoint worked on it.
    """
    read = sum(page.status is PageStatus.OK for page in pages)
    if read:
        cost = page_cost(planned.lane, pages=read, gb_seconds=gb_seconds, gpu_seconds=gpu_seconds)
        pages = tuple(
            page.model_copy(update={"cost_usd": cost}) if page.status is PageStatus.OK else page
            for page in pages
        )
    return Shard(
        shard_id=planned.shard_id, pages=pages, gb_seconds=gb_seconds, gpu_seconds=gpu_seconds
    )


def unread(number: int, lane: Lane, reason: LaneReason, code: PageCode) -> Page:
    """Return a page that nobody could read; its size is not known."""
    return Page(
        number=number,
        status=PageStatus.ERROR,
        code=code,
        lane=lane,
        lane_reason=reason,
        width_pt=0,
        height_pt=0,
    )


def _key(ref: Ref, shard_id: str) -> str:
    return layout.stage_key(ref, Stage.READ, f"{shard_id}.json")
