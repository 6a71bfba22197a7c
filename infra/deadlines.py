"""How long the states of a document may take."""

from __future__ import annotations

EXPORT_S = 900
"""How long Export may take, in seconds: as long as Lambda lets it write a document anew."""

AFTER_READING_S = EXPORT_S + 600
"""What a document keeps of its deadline for what comes after its pages were read, in seconds.

A document whose Export hangs goes on without its searchable copy, and is not failed by its own
deadline: Export's whole time-out fits in, which is not tried again, and ten minutes for the rest.
So does Extract's, without which a document goes on as well.
"""

WAITING_S = 32 * 86_400
"""How long a document may wait for a person or for a zone, in seconds.

A review has thirty days at most. The machine's own time-out has this besides the document's
deadline, which the sweep keeps.
"""

_SHORTEST_S = 60
# What a shard that another lane can read takes of the time that is left: what comes after it needs
# time for both lanes. So ten times forty shards are read in time whose endpoint is silent and of
# which the other lane reads forty in a minute.
_SHARE_WITH_FALLBACK = 3


def scan_timeout(document_deadline_s: int, scan_deadline_s: int) -> str:
    """Return the time-out of a shard of scans, in seconds, as a JSONata expression.

    A shard waits for the OCR endpoint as long as `scan_deadline_s`, but no longer than its document
    has time: shards are read 40 at once, and if the endpoint is silent, the second forty would
    outlast the document, which then failed instead of naming the pages that nobody read. Whoever
    comes last still gets a minute; ten times forty shards are given up within the ten minutes that
    are kept besides Export's. Where another lane can read the shard, it waits for a third of the
    time that is left.

    Parameters
    ----------
    document_deadline_s
        The state machine's own time-out.
    scan_deadline_s
        How long the endpoint may take to answer for a shard, its cold start included.
    """
    elapsed = "($millis() - $toMillis($states.context.Execution.StartTime)) / 1000"
    left = f"{document_deadline_s - AFTER_READING_S} - {elapsed}"
    share = f"$floor(({left}) / ($states.input.shard.fallback ? {_SHARE_WITH_FALLBACK} : 1))"
    return f"{{% $max([{_SHORTEST_S}, $min([{scan_deadline_s}, {share}])]) %}}"
