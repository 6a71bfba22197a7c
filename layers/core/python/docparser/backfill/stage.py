"""Takes a batch of somebody else's objects in, each once, and marks what became of it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from docparser.errors import Retryable, Terminal
from docparser.function import leaving
from docparser.intake.options import Options
from docparser.model import ApiCode, RetryableCode, Stage, TerminalCode
from docparser.store.markers import Marker, Outcome

from .listed import Job, listed

if TYPE_CHECKING:
    from docparser.intake.arrival import Arrival, Taken
    from docparser.store.markers import Markers

    from .listed import Batch, Listed

# What S3 says of an object that is there no more, that we may not read, that lies in an archive.
_REFUSALS = {
    "NoSuchBucket": TerminalCode.SOURCE_GONE,
    "InvalidArgument": TerminalCode.SOURCE_GONE,  # a version id that is none
    "KeyTooLongError": TerminalCode.SOURCE_GONE,
    "MethodNotAllowed": TerminalCode.SOURCE_GONE,  # the version is a delete marker
    "AccessDenied": ApiCode.FORBIDDEN,
    "InvalidObjectState": ApiCode.NOT_READY,
}
_READS = frozenset({"GetObject", "HeadObject"})
_UNREADABLE = frozenset({TerminalCode.SOURCE_GONE, TerminalCode.CHECKSUM_MISMATCH})


class Backfill:
    """Takes in the objects of one run after the other."""

    def __init__(self, *, arrival: Arrival, markers: Markers) -> None:
        self._arrival = arrival
        self._markers = markers

    def run(self, batch: Batch) -> Counter[Outcome]:
        """Take in what of a batch is not marked; return how many objects had which outcome.

        An object that cannot be read is marked with its code, and so is one at which we fail for a
        reason of our own while others of its batch pass. Nothing is marked before its record is
        stored: whatever ends this function between the two, the object is read once more and found
        to be known.

        Raises
        ------
        Retryable
            A service was away; what was dealt with by then is marked.
        Terminal
            INTERNAL: every object failed for a reason of our own, so that it is not the objects'.
        """
        objects = {each.item_id: each for each in (listed(batch.job, row) for row in batch.rows)}
        known = self._markers.known(batch.job.run, objects)
        defects: list[Marker] = []
        outcomes: Counter[Outcome] = Counter()
        passing: RetryableCode | None = None
        for item_id, item in objects.items():
            if item_id in known:
                continue
            try:
                marker = self._deal(batch.job, item)
            except Retryable as error:
                passing = error.code
                continue
            if marker.code == TerminalCode.INTERNAL:
                defects.append(marker)
                continue
            self._markers.put(batch.job.run, marker)
            outcomes[marker.outcome] += 1
        if passing is not None:
            raise Retryable(passing)
        if defects and not outcomes and not known:
            raise Terminal(TerminalCode.INTERNAL)
        for marker in defects:
            self._markers.put(batch.job.run, marker)
            outcomes[marker.outcome] += 1
        return outcomes

    def _deal(self, job: Job, item: Listed) -> Marker:
        """Return the marker of an object, once it has its document."""
        marker = Marker(item.item_id, item.source.key, Outcome.SKIPPED, item.source.version_id)
        if item.skipped:
            return marker
        try:
            taken = self._take(job, item)
        except Exception as error:  # noqa: BLE001 - one object is not to stop the others
            return marker._replace(outcome=Outcome.UNREADABLE, code=_code(error))
        return marker._replace(
            outcome=Outcome.TAKEN if taken.begun else Outcome.KNOWN,
            document_id=taken.ref.document_id,
        )

    def _take(self, job: Job, item: Listed) -> Taken:
        try:
            return self._take_once(job, item)
        except Terminal as error:
            if error.code is not TerminalCode.CHECKSUM_MISMATCH:
                raise
        # It was overwritten while it was read: what is there now is read as well.
        return self._take_once(job, item)

    def _take_once(self, job: Job, item: Listed) -> Taken:
        return self._arrival.take_over(
            item.source,
            tenant=job.tenant,
            name=item.name,
            priority=job.priority,
            options=Options(**dict(job.options)),
        )


def _code(error: Exception) -> str:
    """Return why an object cannot be taken in: what is wrong with it, or INTERNAL.

    Raises
    ------
    Retryable
        Nothing is wrong with it.
    """
    response = getattr(error, "response", None)
    if isinstance(response, dict) and getattr(error, "operation_name", "") in _READS:
        refused = _REFUSALS.get(response.get("Error", {}).get("Code", ""))
        if refused is not None:
            return refused
    if isinstance(error, Terminal) and error.code in _UNREADABLE:
        return error.code
    left = leaving(error, Stage.INTAKE)
    if isinstance(left, Retryable):
        raise left
    return TerminalCode.INTERNAL
