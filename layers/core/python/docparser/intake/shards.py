"""Cutting a document's pages into shards: who reads which pages, in few enough parts."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from docparser.errors import Rejected
from docparser.model import Lane, LaneReason, PageCode, PlannedShard, RejectedCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.settings import Limits


class PlannedPage(NamedTuple):
    """Who reads a page and why, or why nobody does."""

    lane: Lane
    reason: LaneReason
    refused: PageCode | None


def with_fewer_changes(pages: list[PlannedPage], most_runs: int) -> list[PlannedPage]:
    """Return pages that change their lane less often, if they do so too often to be cut.

    A scanned form with a digital page between any two scans makes a shard of every page. Then the
    shortest runs of digital pages are read as pictures too, with the reason POLICY, so that the
    runs around them become one. Refused pages keep their lane: nobody may render them.

    Parameters
    ----------
    pages
        The pages in order.
    most_runs
        How many runs of one lane there may be. More are left only if refused pages make them.
    """
    runs = _runs([page.lane for page in pages])
    surplus = len(runs) - most_runs
    if surplus <= 0:
        return pages
    between = [
        run
        for run in runs[1:-1]
        if pages[run[0]].lane is Lane.TEXT and all(pages[index].refused is None for index in run)
    ]
    between.sort(key=len)
    changed = list(pages)
    for run in between[: math.ceil(surplus / 2)]:  # two changes fewer with each
        for index in run:
            changed[index] = PlannedPage(Lane.GPU, LaneReason.POLICY, None)
    return changed


def plan_shards(lanes: Sequence[Lane], limits: Limits) -> tuple[PlannedShard, ...]:
    """Cut pages into shards of one lane each, at most ``max_shards`` of them.

    The shard grows with the document, because the state machine's history and its payload hold
    only so many shards. Runs of one lane that do not fill a shard make more of them: then the shard
    size is doubled until the count fits.

    Raises
    ------
    Rejected
        TOO_MANY_PAGES: the lanes alternate so often that no shard size helps.
    """
    size = max(limits.shard_pages, math.ceil(len(lanes) / limits.max_shards))
    while True:
        shards = _cut(lanes, size)
        if len(shards) <= limits.max_shards:
            return shards
        if size >= len(lanes):
            raise Rejected(RejectedCode.TOO_MANY_PAGES)
        size *= 2


def _cut(lanes: Sequence[Lane], size: int) -> tuple[PlannedShard, ...]:
    shards: list[PlannedShard] = []
    for run in _runs(lanes):
        for start in range(0, len(run), size):
            part = run[start : start + size]
            shards.append(
                PlannedShard(
                    shard_id=f"s{len(shards) + 1:04d}",
                    first_page=part[0] + 1,
                    last_page=part[-1] + 1,
                    lane=lanes[run[0]],
                )
            )
    return tuple(shards)


def _runs(lanes: Sequence[Lane]) -> list[list[int]]:
    """Return the indices of neighbouring pages of one lane, run by run."""
    runs = groupby(range(len(lanes)), key=lambda index: lanes[index])
    return [list(run) for _, run in runs]
