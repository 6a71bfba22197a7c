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
from .ledger import Ledger
from .report import Outcome, outcome_of, printable
from .results import ResultProblem
from .upload import Content, Uploader
from .watch import QUEUED, Awaited, Watch, supersedes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, timedelta
    from pathlib import Path

    from .api import Child, Client, Document
    from .inputs import Entry, Input, Inside
    from .outputs import Keep
    from .progress import Display
    from .upload import Options

_AT_ONCE = 8
_REJECTED = frozenset(RejectedCode)
HAS_RESULT = frozenset({Status.COMPLETED, Status.PARTIAL})


class _Sent(NamedTuple):
    """A file that the service has.

    ``record`` is its document's record before the upload, None if there was none; ``superseded``
    tells that another walk is waited for. ``at`` is when the upload was complete, None if the
    service had the bytes before.
    """

    document_id: str
    record: Document | None
    superseded: bool
    at: datetime | None


class _Fetched(NamedTuple):
    """An entry whose document has ended, and the files inside it."""

    outcome: Outcome
    children: tuple[Child, ...]


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
    keep
        Takes what becomes of them.
    out
        Folder of the outputs; None if there are none.
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
        keep: Keep,
        out: Path | None,
        display: Display,
        *,
        priority: str,
        options: Options,
        timeout: timedelta | None,
        patience: timedelta,
    ) -> None:
        self._inputs = inputs
        self._keep = keep
        self._display = display
        self._client = client
        self._level = options.level
        self._stop = Event()
        self._uploader = Uploader(client, priority=priority, options=options, stop=self._stop)
        self._watch = Watch(Catalogue(client), timeout=timeout, patience=patience)
        self._senders = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="send")
        self._fetchers = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="fetch")
        self._sending: dict[Future[Any], Callable[[Future[Any]], None]] = {}
        self._fetching: dict[Future[_Fetched], Entry] = {}
        self._contents: dict[str, Awaited] = {}
        self._documents: dict[str, Awaited] = {}
        self._ledger = Ledger(inputs, out)

    def outcomes(self) -> list[Outcome]:
        """Return what is known of every input, in their order; unfinished ones as they stand.

        The files inside an input follow it.
        """
        under_way = [*self._contents.values(), *self._documents.values()]
        return self._ledger.rows(
            {entry: _standing(entry, each) for each in under_way for entry in each.entries}
        )

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
                self._fetched(self._fetching.pop(future), future.result())

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
            self._finish(item, _not_sent(item, problem))
            return
        if (known := self._contents.get(content.sha256)) is not None:
            # Another input of this run holds the same bytes: the two share its fate.
            self._join(known, item)
            return
        self._display.moved(item.name, "uploading")
        self._contents[content.sha256] = Awaited(entries=[item])
        future = self._senders.submit(self._send, item, content)
        self._sending[future] = lambda done: self._sent(content, done)

    def _join(self, awaited: Awaited, entry: Entry) -> None:
        """Let an entry share the fate of a document that this run follows."""
        awaited.entries.append(entry)
        if awaited.ended or awaited.given_up:
            self._conclude(awaited, entry)
        else:
            self._display.moved(entry.name, "queued")

    def _send(self, item: Input, content: Content) -> _Sent:
        """Announce a file; upload it, unless the service has its bytes."""
        created = self._uploader.announce(item, content)
        document_id = created.document_id
        if created.upload is None:
            return _Sent(document_id, self._client.document(document_id), False, None)
        before = None
        if created.status is not Status.AWAITING_UPLOAD:
            # What takes the bytes again is tried again: the old end is not the new one.
            before = self._client.document(document_id)
        self._uploader.send(item, created.upload)
        superseded = before is not None and supersedes(before, self._level)
        return _Sent(document_id, before, superseded, now())

    def _sent(self, content: Content, done: Future[_Sent]) -> None:
        awaited = self._contents[content.sha256]
        try:
            sent = done.result()
        except FileProblem as problem:
            # Another file of the same bytes may still be read.
            del self._contents[content.sha256]
            for same in awaited.entries:
                self._finish(same, _not_sent(same, problem))
            return
        met = self._documents.get(sent.document_id)
        if met is not None and not sent.superseded:
            # It came inside another file of this run before.
            self._contents[content.sha256] = met
            for same in awaited.entries:
                self._join(met, same)
            return
        self._documents[sent.document_id] = awaited
        awaited.document_id, awaited.sent_at = sent.document_id, sent.at
        awaited.record = sent.record
        awaited.before = sent.record if sent.superseded else None
        awaited.ended = bool(sent.record and sent.record.status.terminal and not sent.at)
        if met is not None:
            awaited.entries += [] if met.ended or met.given_up else met.entries
        self._follow(awaited)
        if not awaited.ended:
            self._watch.add(awaited)

    # ------------------------------------------------------------------ waiting, fetching
    def _follow(self, awaited: Awaited) -> None:
        """Take up that a document moved, ended, or is no longer waited for."""
        if awaited.ended or awaited.given_up:
            for entry in awaited.entries:
                self._conclude(awaited, entry)
            return
        for entry in awaited.entries:
            self._display.moved(entry.name, _stage(awaited))

    def _conclude(self, awaited: Awaited, entry: Entry) -> None:
        if awaited.record is not None and awaited.ended:
            self._display.moved(entry.name, "fetching")
            future = self._fetchers.submit(self._fetch, entry, awaited.record, awaited.sent_at)
            self._fetching[future] = entry
        else:
            self._finish(entry, _standing(entry, awaited))

    def _fetch(self, entry: Entry, record: Document, sent_at: datetime | None) -> _Fetched:
        """Keep an ended document's result, if it has one; return its outcome."""
        problem = ""
        children: tuple[Child, ...] = ()
        if record.status in HAS_RESULT:
            try:
                children = self._keep(entry, record)
            except OSError as error:
                name = printable(error.filename or entry.name)
                problem = f"cannot write {name}: {error.strerror}"
            except ResultProblem as error:
                problem = str(error)
            except ApiError as error:
                problem = f"the result of {printable(entry.name)} cannot be read: {error}"
        outcome = outcome_of(entry.name, record, sent_at=sent_at, problem=problem)
        return _Fetched(outcome, children)

    def _fetched(self, entry: Entry, fetched: _Fetched) -> None:
        self._finish(entry, fetched.outcome)
        found = self._ledger.open(entry, fetched.outcome.document_id, fetched.children)
        self._display.grew(len(found))
        for inside, child in zip(found, fetched.children, strict=False):
            self._meet(inside, child)

    def _meet(self, inside: Inside, child: Child) -> None:
        """Wait for a file inside another one, which the service has made a document of its own."""
        if child.document_id is None:
            code = child.code or ""
            self._finish(inside, Outcome(inside.name, status=Status.REJECTED.value, code=code))
        elif self._ledger.belongs_to_another(inside):
            place = printable(inside.place)
            self._finish(
                inside,
                Outcome(
                    inside.name,
                    document_id=child.document_id,
                    problem=f"{place} is another file's place: nothing is written there",
                ),
            )
        elif (known := self._documents.get(child.document_id)) is not None:
            self._join(known, inside)
        else:
            awaited = Awaited(entries=[inside], document_id=child.document_id)
            self._documents[child.document_id] = awaited
            self._display.moved(inside.name, "queued")
            self._watch.add(awaited)

    def _finish(self, entry: Entry, outcome: Outcome) -> None:
        self._ledger.finish(entry, outcome)
        self._display.finished(outcome)


def _not_sent(item: Entry, problem: FileProblem) -> Outcome:
    if problem.code in _REJECTED:
        # The input's fault, as when the service says so: the code tells, and the run is whole.
        return Outcome(name=item.name, status=Status.REJECTED.value, code=problem.code)
    return Outcome(
        name=item.name, status=Status.FAILED.value, code=problem.code, problem=str(problem)
    )


def _stage(awaited: Awaited) -> str:
    """Return where a document that is waited for stands, in a word."""
    record = awaited.record
    if record is None or record.status in QUEUED or record == awaited.before:
        return "queued"
    return "waiting" if record.status is Status.WAITING else record.stage


def _standing(entry: Entry, awaited: Awaited) -> Outcome:
    """Return the outcome of an entry whose walk has not ended, as far as this run knows."""
    record = awaited.record
    if awaited.sent_at is not None and (
        record is None or record.status is Status.AWAITING_UPLOAD or record == awaited.before
    ):
        # The service has the bytes and has not looked at them.
        return Outcome(name=entry.name, document_id=awaited.document_id, status=Status.QUEUED.value)
    if record is None:
        return Outcome(name=entry.name, document_id=awaited.document_id)
    return outcome_of(entry.name, record)
