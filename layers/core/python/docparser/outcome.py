"""How a walk ends: completed with what was found, or stopped with the reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from docparser import observability
from docparser.errors import Superseded, Terminal
from docparser.model import (
    Lane,
    RejectedCode,
    RetryableCode,
    Stage,
    Status,
    TerminalCode,
)
from docparser.store import layout

from .pricing import MICRODOLLAR, cost_usd, on_arm, use_of_scans, use_of_stop, use_of_walk

if TYPE_CHECKING:
    from decimal import Decimal

    from docparser.function import Call
    from docparser.model import Record, Ref, Source
    from docparser.store.blobs import Blobs, Sources
    from docparser.store.records import Records

_DEADLINES = {"States.Timeout", "Sandbox.Timedout", "TIMED_OUT"}
_SERVICE_ERRORS = {
    "Lambda.TooManyRequestsException": RetryableCode.THROTTLED,
    "Lambda.ServiceException": RetryableCode.DEPENDENCY,
    "Lambda.SdkClientException": RetryableCode.DEPENDENCY,
}
_CODES = {*RejectedCode, *RetryableCode, *TerminalCode}


class Complete:
    """Writes the final record; then what lay in between is purged."""

    def __init__(self, *, work: Blobs, exchange: Blobs, sources: Sources, records: Records) -> None:
        self._work = work
        self._exchange = exchange
        self._sources = sources
        self._records = records

    def run(self, ref: Ref, source: Source, *, shards: int, scans: int, call: Call) -> Status:
        """End a walk as COMPLETED, or as PARTIAL if pages are missing.

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
        status = Status.PARTIAL if record.failed_pages else Status.COMPLETED
        gb_seconds = record.gb_seconds + call.gb_seconds
        use = use_of_walk(gb_seconds=gb_seconds, shards=shards, zones=len(record.zones))
        costs = _by_lane(record, cost_usd(use), scans)
        ended = self._records.change_from(
            record,
            status,
            stage=Stage.COMPLETE,
            gb_seconds=gb_seconds,
            cost_usd=sum(costs.values()),
        )
        if ended is None:
            raise Superseded(TerminalCode.INTERNAL)
        # The record is final before anything is deleted; a repeat comes here again.
        self._work.purge(layout.revision_prefix(ref))
        if scans:
            self._exchange.purge(layout.ocr_input_prefix(ref))
            self._exchange.purge(layout.ocr_output_prefix(ref))
            self._exchange.purge(layout.ocr_failure_prefix(ref))
        self._sources.delete(source)  # the vault holds the original now, where its level allows
        if not repeated:
            observability.count("DocumentFinished", status=status)
            for lane, cost in costs.items():
                observability.count("CostUsd", float(cost), lane=lane)
        return status


def _by_lane(record: Record, walk: Decimal, scans: int) -> dict[Lane, Decimal]:
    """Return what a document cost: its walk's price, shared with the cpu lane, and other lanes'.

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
    if record.charges_usd:
        costs[Lane.TEXTRACT] = record.charges_usd
    return costs


class Stop:
    """Writes into the record why a walk stopped."""

    def __init__(self, *, records: Records) -> None:
        self._records = records

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
            The status and the code that the record now has, whoever wrote them.
        """
        stage, code = _reason(error, cause)
        status = Status.REJECTED if error == "Rejected" else Status.FAILED
        record = self._records.get(ref)
        if record is None:
            return status, code
        if record.status.terminal or record.ref.attempt != ref.attempt:
            # The Fail state was here before, and EventBridge tells of its failed execution; or
            # this attempt was superseded. Either way the record has its answer.
            return record.status, record.code or code
        gb_seconds = record.gb_seconds + call.gb_seconds
        ended = self._records.change_from(
            record,
            status,
            stage=stage or record.stage,
            code=code,
            gb_seconds=gb_seconds,
            cost_usd=cost_usd(use_of_stop(gb_seconds=gb_seconds)),
        )
        if ended is None:
            observability.count("RecordConflict")
            record = self._records.get(ref) or record
            return record.status, record.code or code
        observability.count("DocumentFinished", status=status)
        if status is Status.REJECTED:
            observability.count("Rejected", code=code)
        return status, code


def _reason(error: str, cause: str) -> tuple[Stage | None, str]:
    """Return the stage that stopped, if known, and the code; only codes of ours are believed."""
    try:
        message = json.loads(json.loads(cause)["errorMessage"])
        stage, code = Stage(message["stage"]), str(message["code"])
    except (ValueError, KeyError, TypeError):
        stage, code = None, TerminalCode.INTERNAL
    if error in _DEADLINES:
        return stage, TerminalCode.DEADLINE
    if error in _SERVICE_ERRORS:
        return stage, _SERVICE_ERRORS[error]
    return stage, code if code in _CODES else TerminalCode.INTERNAL
