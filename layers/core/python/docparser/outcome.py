"""How a walk ends: completed with what was found, or stopped with the reason."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from docparser import observability
from docparser.errors import Superseded, Terminal
from docparser.govern.periods import kept_until
from docparser.model import (
    Lane,
    RejectedCode,
    RetryableCode,
    Stage,
    Status,
    TerminalCode,
    WarningCode,
    now,
)
from docparser.store import layout

from .pricing import MICRODOLLAR, cost_usd, on_arm, use_of_scans, use_of_stop, use_of_walk

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

    from docparser.function import Call
    from docparser.model import Record, Ref, Source
    from docparser.store.blobs import Blobs, Sources
    from docparser.store.policies import Policies
    from docparser.store.records import Records
    from docparser.store.waiting import Waiting

INTERRUPTED = "Engine.Interrupted"
"""The error of an execution that ended because the machine under the embedded AWS did."""

QUEUED_LEASE = timedelta(minutes=10)
"""How long a document waits for its turn before the sweep looks whether it still waits."""

_DEADLINES = {"States.Timeout", "Sandbox.Timedout", "TIMED_OUT"}
_SERVICE_ERRORS = {
    "Lambda.TooManyRequestsException": RetryableCode.THROTTLED,
    "Lambda.ServiceException": RetryableCode.DEPENDENCY,
    "Lambda.SdkClientException": RetryableCode.DEPENDENCY,
}
_PASSING = frozenset(RetryableCode)
_CODES = {*RejectedCode, *RetryableCode, *TerminalCode}
# The first wait before a next attempt; each further one is twice as long.
_BACKOFF = timedelta(seconds=30)
# The next attempt follows at once. If this machine ends first, the sweep begins it so much later.
_DUE = timedelta(seconds=60)


class Complete:
    """Writes the final record; then what lay in between is purged."""

    def __init__(
        self,
        *,
        work: Blobs,
        exchange: Blobs,
        sources: Sources,
        records: Records,
        policies: Policies,
    ) -> None:
        self._work = work
        self._exchange = exchange
        self._sources = sources
        self._records = records
        self._policies = policies

    def run(self, ref: Ref, source: Source, *, shards: int, scans: int, call: Call) -> Status:
        """End a walk as COMPLETED, or as PARTIAL if pages or rows are missing, or all fields.

        Parameters
        ----------
        ref
            The attempt.
        source
            What it read.
        shards, scans
            Into how many shards it was cut, and how many of them the OCR endpoint may have got.
        call
            This invocation.

        Raises
        ------
        Superseded
            The record is another attempt's, or has ended otherwise, and stays as it is.
        Terminal
            PAGES_MISSING: nobody counted the pages.
        """
        record = self._records.get(ref)
        if record is None or record.ref.attempt != ref.attempt:
            raise Superseded(TerminalCode.INTERNAL)
        if record.failed_pages is None:
            raise Terminal(TerminalCode.PAGES_MISSING)
        repeated = record.status.terminal
        unread = WarningCode.EXTRACTION_FAILED in record.warnings
        missing = record.failed_pages or record.row_gaps or unread
        status = Status.PARTIAL if missing else Status.COMPLETED
        gb_seconds = record.gb_seconds + call.gb_seconds
        use = use_of_walk(gb_seconds=gb_seconds, shards=shards, zones=len(record.zones))
        costs = _by_lane(record, cost_usd(use), scans)
        total = sum(costs.values())
        ended = self._records.change_from(
            record,
            status,
            stage=Stage.COMPLETE,
            facts={"cost_usd": f"{total:.6f}"},
            gb_seconds=gb_seconds,
            cost_usd=total,
            retain_until=self._kept_until(record),
        )
        if ended is None:
            raise Superseded(TerminalCode.INTERNAL)
        # The record is final before anything is deleted; a repeat comes here again.
        self._work.purge(layout.revision_prefix(ref))
        if scans:
            for prefix in layout.ocr_prefixes(ref):
                self._exchange.purge(prefix)
        self._sources.delete(source)  # the vault holds the original now, where its level allows
        if not repeated:
            observability.count("DocumentFinished", status=status)
            for lane, cost in costs.items():
                observability.count("CostUsd", float(cost), lane=lane)
        return status

    def _kept_until(self, record: Record) -> datetime | None:
        """Return until when the document is kept, by the rules of today."""
        rules = self._policies.of(record.ref.tenant).retention
        # A next revision does not make the document younger.
        first = self._records.get(record.ref.model_copy(update={"revision": 1})) or record
        return kept_until(rules, record.level, record.type, first.created_at)


def _by_lane(record: Record, walk: Decimal, scans: int) -> dict[Lane, Decimal]:
    """Return what a document cost: its walk's price, shared with the cpu lane, and other lanes'.

    What services charged for its fields is no lane's, and so the walk's.

    The endpoint is the fallback of the cpu lane too: it has a price only where it read a page, or
    worked in vain.
    """
    costs = {Lane.TEXT: walk}
    if read := record.cost_by_lane.get(Lane.CPU):
        # Its seconds are among the walk's, at the price of the other stages.
        costs[Lane.CPU] = read
        costs[Lane.TEXT] -= min(on_arm(read).quantize(MICRODOLLAR), walk)
    if scans and (record.gpu_seconds or record.pages_by_lane.get(Lane.GPU)):
        costs[Lane.GPU] = cost_usd(use_of_scans(gpu_seconds=record.gpu_seconds, scans=scans))
    costs[Lane.TEXT] += record.field_charges_usd
    if record.charges_usd:
        costs[Lane.TEXTRACT] = record.charges_usd
    return costs


class Stop:
    """Writes into the record why a walk stopped; what may pass is tried again.

    A document whose attempt failed by a passing state of a service gets its next one by itself,
    after a while, until it has failed ``max_failures`` times. Then it is set aside: FAILED, with
    the reason of the last attempt, until somebody wants it tried again.

    Parameters
    ----------
    records, waiting
        What is known of documents, and where they wait.
    max_failures
        How many attempts may fail before a document is set aside.
    """

    def __init__(self, *, records: Records, waiting: Waiting, max_failures: int) -> None:
        self._records = records
        self._waiting = waiting
        self._max_failures = max_failures

    def run(self, ref: Ref, *, error: str, cause: str, call: Call) -> tuple[Status, str]:
        """End a walk as REJECTED (the input's fault) or FAILED (ours).

        Parameters
        ----------
        ref
            The attempt.
        error
            The error's name, as Step Functions reports it.
        cause
            Lambda's error object as JSON, whose ``errorMessage`` is ours; anything else is a
            runtime's own words, which nobody may see in a record.
        call
            This invocation.

        Returns
        -------
        Status, str
            The status and the code that this attempt ended with, whoever wrote them; those of the
            record if it has gone on since.
        """
        stage, code = _reason(error, cause)
        status = Status.REJECTED if error == "Rejected" else Status.FAILED
        record = self._records.get(ref)
        if record is None:
            return status, code
        if record.status.terminal or record.ref.attempt != ref.attempt:
            # The Fail state was here before, and EventBridge tells of its failed execution; or
            # this attempt was superseded. Either way the record has its answer.
            self._resume(record, ref)
            return record.status, record.code or code
        gb_seconds = record.gb_seconds + call.gb_seconds
        cost = cost_usd(use_of_stop(gb_seconds=gb_seconds))
        ended = self._records.change_from(
            record,
            status,
            stage=stage or record.stage,
            code=code,
            facts={"cost_usd": f"{cost:.6f}"},
            gb_seconds=gb_seconds,
            cost_usd=cost,
            **self._failure(record, status, code, error),
        )
        if ended is None:
            observability.count("RecordConflict")
            record = self._records.get(ref) or record
            return record.status, record.code or code
        if self.again(ended) is None:
            observability.count("DocumentFinished", status=status)
        if status is Status.REJECTED:
            observability.count("Rejected", code=code)
        return status, code

    def again(self, record: Record) -> Record | None:
        """Give a FAILED document its next attempt if it is due; None if it is not.

        Due is one whose record has a lease: it was written with its end, so that an end of this
        machine between the two is repaired.
        """
        if record.status is not Status.FAILED or record.lease_until is None:
            return None
        counts = record.code in _PASSING
        delay = _BACKOFF * 2**record.failures if counts else timedelta(0)
        queued = self._records.retry(
            record, record.source, QUEUED_LEASE, ready_at=now() + delay, counts=counts
        )
        if queued is not None:
            self._waiting.announce(queued, delay=delay)
            observability.log("next attempt", code=record.code, seconds=delay.total_seconds())
        return queued

    def _resume(self, record: Record, ref: Ref) -> None:
        """Do what an earlier call may not have come to."""
        if record.ref.attempt == ref.attempt:
            self.again(record)
        elif record.status is Status.QUEUED and record.ref.attempt == ref.attempt + 1:
            self._waiting.announce(record)

    def _failure(self, record: Record, status: Status, code: str, error: str) -> dict[str, Any]:
        """Return what else the record says of a failure: whether there will be another attempt."""
        if status is not Status.FAILED:
            return {}
        failures = record.failures + 1
        if error == INTERRUPTED or (code in _PASSING and failures < self._max_failures):
            return {"lease_until": now() + _DUE}
        return {"failures": failures}


def _reason(error: str, cause: str) -> tuple[Stage | None, str]:
    """Return the stage that stopped, if known, and the code; only codes of ours are believed."""
    try:
        message = json.loads(json.loads(cause)["errorMessage"])
        stage, code = Stage(message["stage"]), str(message["code"])
    except (ValueError, KeyError, TypeError):
        stage, code = None, TerminalCode.INTERNAL
    if error == INTERRUPTED:
        # Not what its last error may have been: it is over for another reason.
        return stage, TerminalCode.INTERNAL
    if error in _DEADLINES:
        return stage, TerminalCode.DEADLINE
    if error in _SERVICE_ERRORS:
        return stage, _SERVICE_ERRORS[error]
    return stage, code if code in _CODES else TerminalCode.INTERNAL
