"""The run of `docparser process`: upload, wait, fetch, all at the same time."""

from __future__ import annotations

import time
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event
from typing import TYPE_CHECKING, Any, NamedTuple

from docparser.model import RejectedCode, Status, now

from .api import ApiError
from .catalogue import Catalogue
from .errors import FileProblem
from .inputs import Input, targets
from .report import Outcome, outcome_of, printable
from .results import ResultProblem, Results
from .upload import Content, Uploader
from .watch import Awaited, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path

    from .api import Client, Document
    from .progress import Display
    from .upload import Options

_AT_ONCE = 8
_REJECTED = frozenset(RejectedCode)
HAS_RESULT = frozenset({Status.COMPLETED, Status.PARTIAL})
_WAITS = {Status.AWAITING_UPLOAD, Status.QUEUED}


class _Sent(NamedTuple):
    """A file that the service has.

    ``before`` is its document's record as it was without this file; ``at`` is when its upload was
    complete, None if the service had the bytes before.
    """

    document_id: str
    before: Document | None
    at: datetime | None


class Run:
    """Takes inputs through a stack.

    Threads hash and upload, others fetch; the main thread decides and asks for the records, so
    that what a run knows needs no lock. At most eight files are hashed or uploaded and eight
    results fetched at a time.

    Parameters
    ----------
    client
        The stack.
    inputs
        What to process.
    out
        Folder of the outputs.
    display
        Follows the run.
    priority
        The queue that the documents wait in.
    options
        What is asked for each document.
    timeout, patience
        How long to wait for a document, as for `Watch`.
    """

    def __init__(
        self,
        client: Client,
        inputs: Sequence[Input],
        out: Path,
        display: Display,
        *,
        priority: str,
        options: Options,
        timeout: timedelta | None,
        patience: timedelta,
    ) -> None:
        self._inputs = inputs
        self._out = out
        self._display = display
        self._client = client
        self._stop = Event()
        self._results = Results(client)
        self._uploader = Uploader(client, priority=priority, options=options, stop=self._stop)
        self._watch = Watch(Catalogue(client), timeout=timeout, patience=patience)
        self._senders = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="send")
        self._fetchers = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fetch")
        self._sending: dict[Future[Any], Callable[[Future[Any]], None]] = {}
        self._fetching: dict[Future[Outcome], Input] = {}
        self._documents: dict[str, Awaited] = {}
        self._outcomes: dict[str, Outcome] = {}

    def outcomes(self) -> list[Outcome]:
        """Return what is known of every input, in their order; unfinished ones as they stand."""
        standing = {
            item.name: _standing(item, awaited)
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
        if self._joins(item, content):
            return
        self._display.moved(item.name, "uploading")
        awaited = self._documents[content.sha256] = Awaited(inputs=[item])
        future = self._senders.submit(self._send, item, content)
        self._sending[future] = lambda done: self._sent(awaited, content, done)

    def _joins(self, item: Input, content: Content) -> bool:
        """Whether another input of this run holds the same bytes; then the two share its fate."""
        awaited = self._documents.get(content.sha256)
        if awaited is None:
            return False
        awaited.inputs.append(item)
        if awaited.ended or awaited.given_up:
            self._conclude(awaited, item)
        else:
            self._display.moved(item.name, "queued")
        return True

    def _send(self, item: Input, content: Content) -> _Sent:
        """Announce a file; upload it, unless the service has its bytes."""
        created = self._uploader.announce(item, content)
        document_id = created.document_id
        if created.upload is None:
            return _Sent(document_id, self._client.document(document_id), None)
        # What has ended and takes the bytes again is tried again: the old end is not the new one.
        before = self._client.document(document_id) if created.status.terminal else None
        self._uploader.send(item, created.upload)
        return _Sent(document_id, before, now())

    def _sent(self, awaited: Awaited, content: Content, done: Future[_Sent]) -> None:
        try:
            sent = done.result()
        except FileProblem as problem:
            # Another file of the same bytes may still be read.
            del self._documents[content.sha256]
            for same in awaited.inputs:
                self._finish(_not_sent(same, problem))
            return
        awaited.document_id, awaited.sent_at = sent.document_id, sent.at
        awaited.before = awaited.record = sent.before
        awaited.ended = bool(sent.before and sent.before.status.terminal and not sent.at)
        if awaited.ended:
            self._follow(awaited)
            return
        for same in awaited.inputs:
            self._display.moved(same.name, "queued")
        self._watch.add(awaited)

    # ------------------------------------------------------------------ waiting, fetching
    def _follow(self, awaited: Awaited) -> None:
        """Take up that a document moved, ended, or is no longer waited for."""
        record = awaited.record
        if awaited.ended or awaited.given_up:
            for item in awaited.inputs:
                self._conclude(awaited, item)
        elif record is not None:
            stage = "queued" if record.status in _WAITS else record.stage
            for item in awaited.inputs:
                self._display.moved(item.name, stage)

    def _conclude(self, awaited: Awaited, item: Input) -> None:
        if awaited.record is not None and awaited.ended:
            self._display.moved(item.name, "fetching")
            future = self._fetchers.submit(self._fetch, item, awaited.record, awaited.sent_at)
            self._fetching[future] = item
        else:
            self._finish(_standing(item, awaited))

    def _fetch(self, item: Input, record: Document, sent_at: datetime | None) -> Outcome:
        """Write an ended document's outputs, if it has any; return its outcome."""
        problem = ""
        if record.status in HAS_RESULT:
            try:
                self._results.save(record.document_id, record.revision, *targets(item, self._out))
            except OSError as error:
                problem = f"cannot write {printable(error.filename or item.name)}: {error.strerror}"
            except ResultProblem as error:
                problem = str(error)
            except ApiError as error:
                problem = f"the result of {printable(item.name)} cannot be read: {error}"
        return outcome_of(item.name, record, sent_at=sent_at, problem=problem)

    def _finish(self, outcome: Outcome) -> None:
        self._outcomes[outcome.name] = outcome
        self._display.finished(outcome)


def _not_sent(item: Input, problem: FileProblem) -> Outcome:
    if problem.code in _REJECTED:
        # The input's fault, as when the service says so: the code tells, and the run is whole.
        return Outcome(name=item.name, status=Status.REJECTED.value, code=problem.code)
    return Outcome(
        name=item.name, status=Status.FAILED.value, code=problem.code, problem=str(problem)
    )


def _standing(item: Input, awaited: Awaited) -> Outcome:
    """Return the outcome of an input whose walk has not ended, as far as this run knows."""
    record = awaited.record
    if awaited.sent_at is not None and (
        record is None or record.status is Status.AWAITING_UPLOAD or record == awaited.before
    ):
        # The service has the bytes and has not looked at them.
        return Outcome(name=item.name, document_id=awaited.document_id, status=Status.QUEUED.value)
    return outcome_of(item.name, record) if record else Outcome(name=item.name)
