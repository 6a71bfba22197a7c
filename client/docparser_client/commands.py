"""What each command does, once its words are understood."""

from __future__ import annotations

import json
import os
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from itertools import islice
from typing import IO, TYPE_CHECKING, Any, Literal

from rich.text import Text

from . import connection, progress, report
from .api import NotFound, NotReady
from .catalogue import Catalogue
from .errors import (
    INTERRUPTED,
    OK,
    UNFINISHED,
    UnavailableError,
    UsageError,
)
from .inputs import collect
from .outputs import Files
from .process import HAS_RESULT, Run
from .results import Results, replacing, table_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from rich.console import Console

    from .api import ApiError, Beginning, Client, Document
    from .results import Rendition
    from .upload import Options

_NEWEST = 20
_HITS = 100  # in one answer, at most
_STARTING = "Starting the local stack"


def up() -> int:
    """Start the local stack, and say where it answers."""
    screen = progress.console()
    with progress.steps(screen, _STARTING) as step:
        outputs = connection.up(connection.load_settings(), step)
    screen.print(f"The local stack answers at {outputs.api_url}", soft_wrap=True)
    return OK


def down() -> int:
    """Stop the local stack, if one is running."""
    stopped = connection.down(connection.load_settings())
    text = "The local stack is stopped." if stopped else "No local stack was running."
    progress.console().print(text)
    return OK


def process(
    paths: Sequence[Path],
    out: Path,
    *,
    priority: str,
    options: Options,
    tables: bool,
    timeout_s: float | None,
    endpoint: str | None,
) -> int:
    """Take documents through the pipeline; return the exit code.

    Parameters
    ----------
    paths
        Files and folders.
    out
        Folder of the outputs.
    priority
        The intake queue.
    options
        What is asked for each document.
    tables
        Whether tables are written as CSV as well.
    timeout_s
        Seconds to wait for a document that is worked on; None: as long as the service may work.
    endpoint
        The API of a deployed stack; None: the local one, started if need be.

    Raises
    ------
    UsageError
        The inputs or the output folder cannot be used; nothing was started.
    UnavailableError
        The stack cannot be started.
    """
    settings = connection.load_settings()
    inputs = collect(paths, out)
    deployed = None if endpoint is None else connection.connect(settings, endpoint)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{out} cannot be made: {error.strerror}") from None
    screen = progress.console()
    with (
        deployed or local(settings, screen) as client,
        progress.following(screen, len(inputs)) as display,
    ):
        begun = time.monotonic()
        run = Run(
            client,
            inputs,
            Files(client, inputs, out, tables=tables),
            out,
            display,
            priority=priority,
            options=options,
            timeout=None if timeout_s is None else timedelta(seconds=timeout_s),
            patience=timedelta(seconds=settings.document_deadline_s),
        )
        try:
            code = followed(run)
        finally:
            outcomes = run.outcomes()
            with replacing(out / report.OUTCOMES) as file:
                file.write(report.tsv(outcomes).encode("utf-8", "backslashreplace"))
    screen.print(report.table(outcomes))
    screen.print(Text(report.totals(outcomes, time.monotonic() - begun)), soft_wrap=True)
    screen.print(Text(f"Outputs: {report.printable(out)}"), soft_wrap=True)
    return told(code, outcomes)


def followed(run: Run) -> int:
    """Let a run come to its end, or to that which its user gives it; return the exit code."""
    try:
        run.run()
    except KeyboardInterrupt:
        return INTERRUPTED
    return OK


def told(code: int, outcomes: Iterable[report.Outcome]) -> int:
    """Say what is wrong with what a run has come to; return the exit code."""
    as_expected = True
    for outcome in outcomes:
        as_expected = as_expected and outcome.as_expected
        if outcome.problem:
            sys.stderr.write(f"docparser: {outcome.problem}\n")
    if code == OK and not as_expected:
        return UNFINISHED
    if code == INTERRUPTED:
        sys.stderr.write("docparser: interrupted; what had finished is kept\n")
    return code


def show_newest(*, as_json: bool, endpoint: str | None) -> int:
    """Print the newest documents."""
    with connection.connect(connection.load_settings(), endpoint) as client:
        newest = Catalogue(client).newest(_NEWEST)
    if as_json:
        _print_json({"documents": [record.model_dump(mode="json") for record in newest]})
    elif newest:
        progress.console().print(report.listing(newest))
    else:
        progress.console().print("There are no documents yet.")
    return OK


def show(document_id: str, *, as_json: bool, endpoint: str | None) -> int:
    """Print one document's record.

    Raises
    ------
    NotFound
        There is no document of this id.
    """
    with connection.connect(connection.load_settings(), endpoint) as client:
        record = _record(client, document_id)
    if as_json:
        _print_json(record.model_dump(mode="json"))
    else:
        progress.console().print(report.account(record))
    return OK


def get(
    document_id: str,
    form: Rendition | Literal["json"],
    *,
    redacted: bool,
    revision: int | None,
    out: Path | None,
    endpoint: str | None,
) -> int:
    """Write a document's result to a file, or to standard output.

    Raises
    ------
    NotFound
        There is no document of this id, or no such revision.
    NotReady
        It has no result, or not yet.
    UsageError
        The file cannot be written.
    """
    try:
        with (
            connection.connect(connection.load_settings(), endpoint) as client,
            _opened(out) as file,
        ):
            _write(client, document_id, form, revision, file, redacted=redacted)
    except BrokenPipeError:
        _leave_pipe()
    return OK


def get_tables(
    document_id: str,
    table_id: str | None,
    *,
    revision: int | None,
    out: Path | None,
    endpoint: str | None,
) -> int:
    """Write a document's tables as CSV.

    Parameters
    ----------
    document_id, revision
        The document; its current revision if None.
    table_id
        One table; without it, all of them into a folder, or the only one to standard output.
    out
        The file of the one table, or the folder of all.
    endpoint
        The API of a deployed stack.

    Raises
    ------
    NotFound
        There is no document of this id, or no such revision or table.
    NotReady
        It has no result, or not yet.
    UsageError
        It has several tables, and none is named; or the file cannot be written.
    """
    try:
        with connection.connect(connection.load_settings(), endpoint) as client:
            _write_tables(client, document_id, table_id, revision, out)
    except BrokenPipeError:
        _leave_pipe()
    return OK


def reprocess(document_id: str, begin: Beginning, options: Options, *, endpoint: str | None) -> int:
    """Open a document's next revision, and say where it stands.

    Raises
    ------
    NotFound
        There is no document of this id.
    Conflict
        It cannot be read again: it is under way, or has failed, or left nothing to begin from.
    """
    with connection.connect(connection.load_settings(), endpoint) as client:
        record = client.reprocess(
            document_id,
            begin=begin,
            policy=options.policy,
            level=options.level,
            lane=options.lane,
            redact=options.redact,
        )
    return _print_restarted(record)


def retry(document_id: str, *, endpoint: str | None) -> int:
    """Try a document again that has failed, and say where it stands.

    Raises
    ------
    NotFound
        There is no document of this id.
    Conflict
        It has not failed.
    """
    with connection.connect(connection.load_settings(), endpoint) as client:
        return _print_restarted(client.retry(document_id))


def cancel(document_id: str, *, endpoint: str | None) -> int:
    """Stop a document's walk.

    Raises
    ------
    NotFound
        There is no document of this id.
    Conflict
        It has ended.
    """
    with connection.connect(connection.load_settings(), endpoint) as client:
        return _print_restarted(client.cancel(document_id))


def search(query: str, *, limit: int, as_json: bool, endpoint: str | None) -> int:
    """Print the passages that answer a query, best first."""
    with connection.connect(connection.load_settings(), endpoint) as client:
        hits = list(islice(client.search(query, page_size=min(limit, _HITS)), limit))
        names = Catalogue(client).names(hit.document_id for hit in hits)
    if as_json:
        named = [{"name": names[hit.document_id], **hit.model_dump(mode="json")} for hit in hits]
        _print_json({"hits": named})
    elif hits:
        progress.console().print(report.found(hits, names))
    else:
        progress.console().print("Nothing is found.")
    return OK


def local(settings: connection.ClientSettings, screen: Console) -> Client:
    """Return the way to the local stack, which is started where none is running."""
    try:
        return connection.connect(settings)
    except UnavailableError:
        with progress.steps(screen, _STARTING) as step:
            connection.up(settings, step)
        return connection.connect(settings)


def _record(client: Client, document_id: str) -> Document:
    try:
        return client.document(document_id)
    except NotFound as error:
        text = f"there is no document {report.printable(document_id)}"
        raise NotFound(text, code=error.code, status=error.status) from None


def _write(
    client: Client,
    document_id: str,
    form: Rendition | Literal["json"],
    revision: int | None,
    file: IO[bytes],
    *,
    redacted: bool,
) -> None:
    results = Results(client)
    try:
        if form == "json":
            file.writelines(results.json(document_id, revision))
        else:
            file.writelines(results.rendition(document_id, form, revision, redacted=redacted))
    except (NotFound, NotReady) as error:
        raise _without_result(client, document_id, revision, error) from None


def _write_tables(
    client: Client, document_id: str, table_id: str | None, revision: int | None, out: Path | None
) -> None:
    results = Results(client)
    try:
        document = results.document(document_id, revision)
    except (NotFound, NotReady) as error:
        raise _without_result(client, document_id, revision, error) from None
    found = table_ids(document)
    if not found:
        raise NotFound(f"{document_id} has no tables")
    if table_id is None and out is not None:
        for each in found:
            with replacing(out / f"{each}.csv") as file:
                file.writelines(results.table(document, each))
        said = f"{report.counted(len(found), 'table')} in {report.printable(out)}"
        progress.console().print(Text(said), soft_wrap=True)
        return
    if table_id is None and len(found) > 1:
        raise UsageError(
            f"{document_id} has several tables; say --table, or --out and a folder: "
            f"{', '.join(report.table_text(table) for table in document['tables'])}"
        )
    if (wanted := table_id or found[0]) not in found:
        raise NotFound(f"{document_id} has no table {report.printable(wanted)}")
    with _opened(out) as file:
        file.writelines(results.table(document, wanted))


def _leave_pipe() -> None:
    """End in peace: whoever reads has seen enough.

    Python would try once more to write, when it ends.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextmanager
def _opened(out: Path | None) -> Iterator[IO[bytes]]:
    if out is None:
        yield sys.stdout.buffer
        sys.stdout.buffer.flush()
        return
    if out.is_dir():
        raise UsageError(f"{report.printable(out)} is a folder")
    with replacing(out) as file:
        yield file


def _without_result(
    client: Client, document_id: str, revision: int | None, error: ApiError
) -> ApiError:
    """Return why there is no result, as the document's record tells it."""
    record = _record(client, document_id)
    if revision is not None:
        return NotFound(f"{document_id} has no result of revision {revision}", code=error.code)
    if record.status in HAS_RESULT:
        return error
    yet = "" if record.status.terminal else " yet"
    reason = f"{record.status.value} {record.code or ''}".rstrip()
    return NotReady(f"{document_id} has no result{yet}: {reason}", code=error.code)


def _print_restarted(record: Document) -> int:
    progress.console().print(Text(report.restarted(record)), soft_wrap=True)
    return OK


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
