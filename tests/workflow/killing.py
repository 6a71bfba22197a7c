"""``kill -9`` of a whole local stack while documents are under way, again and again."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from docparser.model import Record, Ref, Status
from docparser_local.process_file import holder
from docparser_local.settings import EngineSettings

from tests.pdfs import scan_pdf, text_pdf
from tests.stack import Pipeline, until
from tests.workflow.test_walk import ref_of

if TYPE_CHECKING:
    from pathlib import Path

    from docparser_local.stack import Stack

PROGRAMS = ("gateway", "ocr", "engine")
RESULTS = ("VAULT_BUCKET", "BACKUP_BUCKET", "SYNC_BUCKET")
# Of the documents every so many-th is a scan, which the OCR server reads.
SCAN_EVERY = 6
# From right after the uploads to well into the walks: seconds for each document that was uploaded.
MOMENTS_S = (0.01, 0.1)
PATIENCE_S = 600


@dataclass
class Figures:
    """What came of it."""

    kills: int = 0
    documents: int = 0
    completed: int = 0
    executions: Counter[str] = field(default_factory=Counter)
    events: int = 0
    attempts_max: int = 0
    under_way_at_kills: list[int] = field(default_factory=list)
    results_not_exactly_one: list[str] = field(default_factory=list)
    versions_changed: list[str] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """Return them as JSON knows them."""
        return {**asdict(self), "executions": dict(self.executions)}


class Siege:
    """A stack, the documents that it was given, and what was seen finished.

    Parameters
    ----------
    stack, home
        The stack, which runs, and its home directory.
    documents
        How many documents are under way at every kill.
    seed
        Of the moments.
    """

    def __init__(self, stack: Stack, home: Path, documents: int, seed: int = 5) -> None:
        self._stack = stack
        self._settings = EngineSettings(0, home)
        self._home = home
        self._documents = documents
        self._moments = random.Random(seed)
        self._pipeline = Pipeline(stack.up(), home)
        self._refs: list[Ref] = []
        self._finished: dict[str, dict[str, set[str]]] = {}
        self.figures = Figures()

    def run(self, kills: int) -> Figures:
        """Kill so many times, then wait for every document's end and count."""
        for _ in range(kills):
            self._upload()
            time.sleep(self._documents * self._moments.uniform(*MOMENTS_S))
            self.figures.under_way_at_kills.append(self._under_way())
            self._kill()
            self._pipeline = Pipeline(self._stack.up(), self._home)
            self.figures.kills += 1
        until(lambda: self._under_way() == 0, PATIENCE_S, 0.5)
        for ref in self._refs:
            self._count(ref)
        return self.figures

    def _upload(self) -> None:
        """Bring the documents that are under way up to their number."""
        for _ in range(self._documents - self._under_way()):
            scan = len(self._refs) % SCAN_EVERY == SCAN_EVERY - 1
            content = scan_pdf(scanned=1, text=1) if scan else text_pdf()
            self._pipeline.upload(content)
            self._refs.append(ref_of(content))

    def _under_way(self) -> int:
        """Count the documents without an end; remember the versions of those with one."""
        left = 0
        for ref in self._refs:
            if ref.document_id in self._finished:
                continue
            record = self._pipeline.record(ref)
            if record is None or not record.status.terminal:
                left += 1
            elif self._pipeline.execution(record.ref)["status"] != "RUNNING":
                self._finished[ref.document_id] = self._versions(ref)
            else:
                left += 1
        return left

    def _kill(self) -> None:
        for program in PROGRAMS:
            process = holder(self._settings.process_file(program))
            if process is not None:
                with suppress(ProcessLookupError):
                    os.kill(process.pid, signal.SIGKILL)
        for program in PROGRAMS:
            until(lambda name=program: holder(self._settings.process_file(name)) is None)

    def _versions(self, ref: Ref) -> dict[str, set[str]]:
        """Return the version ids of every result object of a document, by bucket and key."""
        found: dict[str, set[str]] = {}
        s3 = self._pipeline.client("s3")
        for bucket in RESULTS:
            answer = s3.list_object_versions(
                Bucket=self._pipeline.names[bucket], Prefix=f"{ref.tenant}/{ref.document_id}/"
            )
            for row in (*answer.get("Versions", []), *answer.get("DeleteMarkers", [])):
                found.setdefault(f"{bucket}/{row['Key']}", set()).add(row["VersionId"])
        return found

    def _count(self, ref: Ref) -> None:
        record = self._pipeline.record(ref)
        assert record is not None
        figures = self.figures
        figures.documents += 1
        figures.completed += record.status is Status.COMPLETED
        figures.attempts_max = max(figures.attempts_max, record.ref.attempt)
        events = [to for to, _ in self._pipeline.events(ref)]  # numbered without a gap
        figures.events += len(events)
        ends = self._executions(record)
        figures.executions.update(ends)
        versions = self._versions(ref)
        # An attempt that was interrupted after its copies were made leaves them as older versions.
        finals = [key for key in versions if key.endswith("/document.json") and "VAULT" in key]
        if len(finals) != 1 or events.count("COMPLETED") != 1 or ends.count("SUCCEEDED") > 1:
            figures.results_not_exactly_one.append(ref.document_id)
        if versions != self._finished[ref.document_id]:
            figures.versions_changed.append(ref.document_id)

    def _executions(self, record: Record) -> list[str]:
        """Return how each attempt's execution ended."""
        ends = []
        for name in self._pipeline.executions(record.ref):
            arn = self._pipeline.names["STATE_MACHINE_ARN"].replace(":stateMachine:", ":execution:")
            row = self._pipeline.client("stepfunctions").describe_execution(
                executionArn=f"{arn}:{name}"
            )
            interrupted = row.get("error") == "Engine.Interrupted"
            ends.append("INTERRUPTED" if interrupted else row["status"])
        return ends
