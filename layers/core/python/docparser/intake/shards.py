"""Cutting a document's pages into shards: who reads which pages, in few enough parts."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING

from docparser.errors import Rejected
from docparser.model import Lane, LaneReason, PlannedShard, RejectedCode

from .lanes import PlannedPage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from docparser.settings import Limits


_AT_ONCE = 40
"""Shards that the state machine has read at the same time (ReadPages' MaxConcurrency)."""


def with_fewer_changes(
    pages: list[PlannedPage], most_runs: int, engine: Lane | None
) -> list[PlannedPage]:
    """Return pages that change their lane less often, if they do so too often to be cut.

    First all scans of the document go to the engine, where policy would show some to Textract.
    Then, as a scanned form with a digital page between any two scans makes a shard of every page,
    the shortest runs of digital pages are read as pictures too, so that the runs around them become
    one. The reason of both is POLICY. Refused pages keep their lane: nobody may render them; and so
    do pages whose lane was forced: their owner said who shall see them.

    Parameters
    ----------
    pages
        The pages in order.
    most_runs
        How many runs of one lane there may be. More are left only if refused pages, or pages that
        must stay where they are, make them.
    engine
        The lane in which the engine reads the document's scans; None where there is none, and all
        pages stay where they are.
    """
    if engine is None or len(_runs([page.lane for page in pages])) <= most_runs:
        return pages
    together = [
        PlannedPage(engine, LaneReason.POLICY, None)
        if page.lane is Lane.TEXTRACT and page.reason is not LaneReason.FORCED
        else page
        for page in pages
    ]
    return _with_text_as_scans(together, engine, most_runs)


def _with_text_as_scans(
    pages: list[PlannedPage], engine: Lane, most_runs: int
) -> list[PlannedPage]:
    runs = _runs([page.lane for page in pages])
    surplus = len(runs) - most_runs
    if surplus <= 0:
        return pages
    between = [
        run
        for run in runs[1:-1]
        if all(pages[index].lane is Lane.TEXT and _movable(pages[index]) for index in run)
    ]
    between.sort(key=len)
    changed = list(pages)
    for run in between[: math.ceil(surplus / 2)]:  # two changes fewer with each
        for index in run:
            changed[index] = PlannedPage(engine, LaneReason.POLICY, None)
    return changed


def _movable(page: PlannedPage) -> bool:
    return page.refused is None and page.reason is not LaneReason.FORCED


def plan_shards(
    lanes: Sequence[Lane], limits: Limits, fallbacks: Mapping[Lane, Lane | None] | None = None
) -> tuple[PlannedShard, ...]:
    """Cut pages into shards of one lane each, at most ``max_shards`` of them.

    The shard grows with the document, because the state machine's history and its payload hold
    only so many shards; and every shard opens the whole document, so that a long run of digital
    pages is cut into shards of twice the size, as long as those are as many as are read at once.
    Runs of one lane that do not fill a shard make more of them: then the shard
    size is doubled until the count fits.

    Parameters
    ----------
    lanes
        The pages' lanes, in order.
    limits
        Pages of a shard, shards of a document.
    fallbacks
        The lane, if any, that reads what another one cannot.

    Raises
    ------
    Rejected
        TOO_MANY_PAGES: the lanes alternate so often that no shard size helps.
    """
    size = max(limits.shard_pages, math.ceil(len(lanes) / limits.max_shards))
    while True:
        shards = _cut(lanes, size, fallbacks or {})
        if len(shards) <= limits.max_shards:
            return shards
        if size >= len(lanes):
            raise Rejected(RejectedCode.TOO_MANY_PAGES)
        size *= 2


def _cut(
    lanes: Sequence[Lane], size: int, fallbacks: Mapping[Lane, Lane | None]
) -> tuple[PlannedShard, ...]:
    shards: list[PlannedShard] = []
    for run in _runs(lanes):
        long = lanes[run[0]] is Lane.TEXT and len(run) >= 2 * size * _AT_ONCE
        step = 2 * size if long else size
        for start in range(0, len(run), step):
            part = run[start : start + step]
            shards.append(
                PlannedShard(
                    shard_id=f"s{len(shards) + 1:04d}",
                    first_page=part[0] + 1,
                    last_page=part[-1] + 1,
                    lane=lanes[run[0]],
                    fallback=fallbacks.get(lanes[run[0]]),
                )
            )
    return tuple(shards)


def _runs(lanes: Sequence[Lane]) -> list[list[int]]:
    """Return the indices of neighbouring pages of one lane, run by run."""
    runs = groupby(range(len(lanes)), key=lambda index: lanes[index])
    return [list(run) for _, run in runs]
