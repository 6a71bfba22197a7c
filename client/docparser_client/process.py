"""The run of `docparser process`: upload, wait, fetch, all at the same time."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple

from botocore.exceptions import ClientError as ServiceError
from docparser.model import Ref, RejectedCode, Status, now
from docparser.store.records import Records

from .catalogue import Catalogue
from .errors import FileProblem
from .inputs import Input, targets
from .report import Outcome, outcome_of, printable
from .results import ResultProblem, Results
from .upload import Content, Uploader
from .watch import Awaited, Watch, known_ending

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import timedelta
    from pathlib import Path

    from docparser.model import Record

    from .connection import Connection
    from .progress import Display

_AT_ONCE = 8
_HAS_RESULT = {Status.COMPLETED, Status.PARTIAL}


class _Sent(NamedTuple):
    """A file that the service has, and its document's record before it was uploaded."""

    document_id: str
    before: Record | None


class Run:
    """Takes inputs through a stack.

    Threads hash and upload, others fetch; the main thread decides and asks for the records, so
    that what a run knows needs no lock. At most eight files are hashed or uploaded and eight
    results fetched at a time.

    Parameters
    ----------
    connection
        The stack.
    inputs
        What to process.
    out
        Folder of the outputs.
    display
        Follows the run.
    tenant, priority
        Whose the documents are, and the queue they wait in.
    timeout, patience
        How long to wait for a document, as for `Watch`.
    max_bytes
        What the service refuses by its size alone.
    """

    def __init__(
        self,
        connection: Connection,
        inputs: Sequence[Input],
        out: Path,
        display: Display,
        *,
        tenant: str,
        priority: str,
        timeout: timedelta | None,
        patience: timedelta,
        max_bytes: int,
    ) -> None:
        self._inputs = inputs
        self._out = out
        self._display = display
        self._tenant = tenant
        self._stop = Event()
        self._records = Records(connection.dynamodb, connection.table)
        self._catalogue = Catalogue(connection.dynamodb, connection.table)
        self._results = Results(connection.s3, connection.vault_bucket)
        self._uploader = Uploader(
            connection.s3,
            connection.intake_bucket,
            tenant=tenant,
            priority=priority,
            max_bytes=max_bytes,
            stop=self._stop,
        )
        self._watch = Watch(self._catalogue, timeout=timeout, patience=patience)
        self._senders = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="send")
        self._fetchers = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fetch")
        self._sending: dict[Future[Any], Callable[[Future[Any]], None]] = {}
        self._fetching: dict[Future[Outcome], Input] = {}
        self._documents: dict[str, Awaited] = {}
        self._outcomes: dict[str, Outcome] = {}

    def outcomes(self) -> list[Outcome]:
        """Return what is known of every input, in their order; unfinished ones as they stand."""
        standing = {
            item.name: outcome_of(item.name, awaited.record)
            if awaited.record
            else _untold(item, awaited)
            for awaited in self._documents.values()
            for item in awaited.inputs
        }
        known = standing | self._outcomes
        return [known.get(item.name, Outcome(name=item.name)) for item in self._inputs]

    def run(self) -> None:
        """Process everything; on any way out, no thread of the run is left working."""
        waiting = iter(self._inputs)
        item = next(waiting, None)
        try:
            while item or self._sending or self._fetching or len(self._watch):
                while item and len(self._sending) < _AT_ONCE:
                    self._begin(item)
                    item = next(waiting, None)
                self._settle()
                if len(self._watch) and not self._watch.pause_s():
                    for awaited in self._watch.sweep():
                        self._follow(awaited)
        finally:
            self._stop.set()
            self._senders.shutdown(cancel_futures=True)
            self._fetchers.shutdown(cancel_futures=True)

    def _settle(self) -> None:
        """Wait for a thread to be done or for the next sweep, and take up what is done."""
        pause_s = self._watch.pause_s() if len(self._watch) else None
        busy = [*self._sending, *self._fetching]
        if not busy:
            time.sleep(pause_s or 0)
            return
        done, _ = wait(busy, timeout=pause_s, return_when=FIRST_COMPLETED)
        for future in done:
            if future in self._sending:
                self._sending.pop(future)(future)
            else:
                del self._fetching[future]
                self._finish(future.result())

    # ------------------------------------------------------------------ sending
    def _begin(self, item: Input) -> None:
        self._display.moved(item.name, "reading")
        future = self._senders.submit(self._uploader.look, item)
        self._sending[future] = lambda done: self._looked(item, done)

    def _looked(self, item: Input, looked: Future[Content]) -> None:
        """Decide what a file needs, now that its content is known."""
        try:
            content = looked.result()
        except FileProblem as problem:
            self._finish(_not_sent(item, problem))
            return
        document_id = self._uploader.document_id(content)
        if self._joins(item, document_id):
            return
        self._display.moved(item.name, "uploading")
        awaited = self._await(item, document_id)
        future = self._senders.submit(self._send, item, content, document_id)
        self._sending[future] = lambda done: self._sent(awaited, done)

    def _joins(self, item: Input, document_id: str) -> bool:
        """Whether another input of this run holds the same bytes; then the two share its fate."""
        awaited = self._documents.get(document_id)
        if awaited is None:
            return False
        awaited.inputs.append(item)
        if awaited.ended or awaited.given_up:
            self._conclude(awaited, item)
        else:
            self._display.moved(item.name, "queued")
        return True

    def _send(self, item: Input, content: Content, document_id: str) -> _Sent:
        """Upload a file, unless its bytes have come before and ended."""
        before = self._records.current(self._tenant, document_id)
        if known_ending(before):
            return _Sent(document_id, before)
        return _Sent(self._uploader.send(item, content), before)

    def _sent(self, awaited: Awaited, done: Future[_Sent]) -> None:
        try:
            sent = done.result()
        except FileProblem as problem:
            # Another file of the same bytes may still be read.
            del self._documents[awaited.ref.document_id]
            for same in awaited.inputs:
                self._finish(_not_sent(same, problem))
            return
        if sent.before is not None:
            awaited.ref, awaited.before, awaited.record = sent.before.ref, sent.before, sent.before
        awaited.sent_at = now()
        awaited.ended = known_ending(sent.before)
        if awaited.ended:
            self._follow(awaited)
            return
        for same in awaited.inputs:
            self._display.moved(same.name, "queued")
        self._watch.add(awaited)

    def _await(self, item: Input, document_id: str) -> Awaited:
        ref = Ref(tenant=self._tenant, document_id=document_id)
        awaited = self._documents[document_id] = Awaited(ref=ref, inputs=[item])
        return awaited

    # ------------------------------------------------------------------ waiting, fetching
    def _follow(self, awaited: Awaited) -> None:
        """Take up that a document moved, ended, or is no longer waited for."""
        record = awaited.record
        if awaited.ended or awaited.given_up:
            for item in awaited.inputs:
                self._conclude(awaited, item)
        elif record is not None:
            stage = "queued" if record.status is Status.QUEUED else record.stage.value
            for item in awaited.inputs:
                self._display.moved(item.name, stage)

    def _conclude(self, awaited: Awaited, item: Input) -> None:
        record = awaited.record
        if record is None:
            self._finish(_untold(item, awaited))
        elif awaited.ended:
            self._display.moved(item.name, "fetching")
            self._fetching[self._fetchers.submit(self._fetch, item, record)] = item
        else:
            self._finish(outcome_of(item.name, record))

    def _fetch(self, item: Input, record: Record) -> Outcome:
        """Write an ended document's outputs, if it has any; return its outcome."""
        problem = ""
        if record.status in _HAS_RESULT:
            try:
                self._results.save(record.ref, *targets(item, self._out))
            except OSError as error:
                problem = f"cannot write {printable(error.filename or item.name)}: {error.strerror}"
            except ResultProblem as error:
                problem = str(error)
            except ServiceError as error:
                code = error.response.get("Error", {}).get("Code", "")
                problem = f"the result of {printable(item.name)} cannot be read: {code}"
        queued_at = self._catalogue.queued_at(record)
        return outcome_of(item.name, record, queued_at=queued_at, problem=problem)

    def _finish(self, outcome: Outcome) -> None:
        self._outcomes[outcome.name] = outcome
        self._display.finished(outcome)


def _not_sent(item: Input, problem: FileProblem) -> Outcome:
    code = problem.code.value
    if isinstance(problem.code, RejectedCode):
        # The input's fault, as when the service says so: the code tells, and the run is whole.
        return Outcome(name=item.name, status=Status.REJECTED.value, code=code)
    return Outcome(name=item.name, status=Status.FAILED.value, code=code, problem=str(problem))


def _untold(item: Input, awaited: Awaited) -> Outcome:
    """Return the outcome of an input that no record tells of: it waits in the intake queue."""
    if awaited.sent_at is None:
        return Outcome(name=item.name)
    document_id = awaited.ref.document_id
    return Outcome(name=item.name, document_id=document_id, status=Status.QUEUED.value)
