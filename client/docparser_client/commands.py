"""What each command does, once its words are understood."""

from __future__ import annotations

import json
import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from docparser.store import layout
from docparser.store.records import Records
from rich.text import Text

from . import connection, progress, report
from .catalogue import Catalogue
from .errors import INTERRUPTED, OK, UNFINISHED, UnavailableError, UnknownDocument, UsageError
from .inputs import collect
from .process import Run
from .results import replacing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from docparser.model import Record
    from rich.console import Console

_NEWEST = 20
_STARTING = "Starting the local stack"


def up() -> int:
    """Start the local stack, and say where it answers."""
    screen = progress.console()
    with progress.steps(screen, _STARTING) as step:
        connected = connection.up(connection.load_settings(), step)
    screen.print(f"The local stack answers at {connected.endpoint}", soft_wrap=True)
    return OK


def down() -> int:
    """Stop the local stack, if one is running."""
    stopped = connection.down(connection.load_settings())
    text = "The local stack is stopped." if stopped else "No local stack was running."
    progress.console().print(text)
    return OK


def process(
    paths: Sequence[Path], out: Path, *, priority: str, tenant: str, timeout_s: float | None
) -> int:
    """Take documents through the pipeline; return the exit code.

    Parameters
    ----------
    paths
        Files and folders.
    out
        Folder of the outputs.
    priority, tenant
        The intake queue; whose the documents are.
    timeout_s
        Seconds to wait for a document after its upload; None: as long as its lease lasts.

    Raises
    ------
    UsageError
        The inputs or the output folder cannot be used; nothing was started.
    UnavailableError
        The stack cannot be started.
    """
    settings = connection.load_settings()
    if layout.parse_upload_key(layout.upload_key(priority, tenant, "0" * 32)) is None:
        raise UsageError("a tenant is up to 31 of a-z, 0-9 and -, and does not start with -")
    inputs = collect(paths, out)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{out} cannot be made: {error.strerror}") from None
    screen = progress.console()
    connected = _connected(settings, screen)
    begun = time.monotonic()
    code = OK
    with progress.following(screen, len(inputs)) as display:
        run = Run(
            connected,
            inputs,
            out,
            display,
            tenant=tenant,
            priority=priority,
            timeout=None if timeout_s is None else timedelta(seconds=timeout_s),
            patience=timedelta(seconds=settings.document_deadline_s),
            max_bytes=connected.max_bytes,
        )
        try:
            run.run()
        except KeyboardInterrupt:
            code = INTERRUPTED
        finally:
            outcomes = run.outcomes()
            with replacing(out / report.OUTCOMES) as file:
                file.write(report.tsv(outcomes).encode("utf-8", "backslashreplace"))
    screen.print(report.table(outcomes))
    screen.print(Text(report.totals(outcomes, time.monotonic() - begun)), soft_wrap=True)
    screen.print(Text(f"Outputs: {report.printable(out)}"), soft_wrap=True)
    for outcome in outcomes:
        if outcome.problem:
            sys.stderr.write(f"docparser: {outcome.problem}\n")
    if code == OK and not all(outcome.as_expected for outcome in outcomes):
        return UNFINISHED
    if code == INTERRUPTED:
        sys.stderr.write("docparser: interrupted; what had finished is kept\n")
    return code


def show_newest(tenant: str, *, as_json: bool) -> int:
    """Print the newest documents of a tenant."""
    connected = connection.connect(connection.load_settings())
    newest = Catalogue(connected.dynamodb, connected.table).newest(tenant, _NEWEST)
    if as_json:
        _print_json({"documents": [_facts(listed.name, listed.record) for listed in newest]})
    elif newest:
        progress.console().print(report.listing(newest))
    else:
        progress.console().print("There are no documents yet.")
    return OK


def show(tenant: str, document_id: str, *, as_json: bool) -> int:
    """Print one document's record and its history.

    Raises
    ------
    UnknownDocument
        The tenant has no document of this id.
    """
    connected = connection.connect(connection.load_settings())
    record = Records(connected.dynamodb, connected.table).current(tenant, document_id)
    if record is None:
        raise UnknownDocument(f"tenant {tenant} has no document {document_id}")
    catalogue = Catalogue(connected.dynamodb, connected.table)
    name, events = catalogue.name(tenant, document_id), catalogue.events(record.ref)
    if as_json:
        history = [event.model_dump(mode="json") for event in events]
        _print_json({**_facts(name, record), "events": history})
        return OK
    screen = progress.console()
    screen.print(report.account(name, record))
    screen.print(report.history(events))
    return OK


def _connected(settings: connection.ClientSettings, screen: Console) -> connection.Connection:
    """Return the way to the stack, which is started where none is running."""
    try:
        return connection.connect(settings)
    except UnavailableError:
        with progress.steps(screen, _STARTING) as step:
            return connection.up(settings, step)


def _facts(name: str, record: Record) -> dict[str, Any]:
    return {"name": name, **record.model_dump(mode="json")}


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
