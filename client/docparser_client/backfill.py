"""`docparser backfill`: objects of a bucket, a million if need be, each taken in once.

A run has a name, and all that it knows lies in the table: whatever ends this command, or the stack
below it, the same command again goes on where it was.
"""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from docparser.store.markers import Markers
from rich.text import Text

from . import connection, progress
from .account import reach
from .backfill_job import plan
from .backfill_run import Documents, Executions, RunFailed
from .errors import INTERRUPTED, OK, UNFINISHED, UsageError
from .report import printable
from .results import replacing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from .account import Account
    from .backfill_job import Listing, Planned
    from .backfill_run import Row
    from .upload import Options

COLUMNS = ("key", "document_id", "outcome", "status", "code")
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})
_GRACE_S = 60  # a document's own deadline speaks first


def run(
    source: str,
    *,
    kind: Listing = "prefix",
    listing: str | None = None,
    tenant: str = "default",
    name: str | None = None,
    priority: str = "standard",
    options: Options,
    out: Path | None = None,
    wait: bool = True,
    as_json: bool = False,
    env: str | None = None,
) -> int:
    """Take objects in, or go on doing so, and report every one; return the exit code.

    Parameters
    ----------
    source
        ``s3://bucket/prefix``: what may be taken.
    kind, listing
        What names the objects: ``prefix`` takes all; an ``inventory`` (``manifest.json`` of an S3
        inventory in CSV) or a ``manifest`` (JSON lines, or CSV with a header, of ``key`` and
        perhaps ``version_id`` and ``name``) is the object at the address ``listing``.
    tenant
        Whose documents they become.
    name
        The run's name; None: one that source, tenant and options decide.
    priority
        The queue that they wait in.
    options
        What is asked for each.
    out
        File of the report; None: none is written.
    wait
        Whether to wait for the documents' ends; else the run is started, and the report says how
        things stand.
    as_json
        Print counts as JSON.
    env
        A deployed stack, reached with your AWS credentials; None: the local one that is running.

    Raises
    ------
    UsageError
        Something that is asked for cannot be; nothing was started.
    UnavailableError
        The stack does not answer, or cannot take objects in.
    """
    planned = plan(
        source,
        kind=kind,
        listing=listing,
        tenant=tenant,
        name=name,
        priority=priority,
        options=options,
    )
    if out is not None and out.is_dir():
        raise UsageError(f"{printable(out)} is a folder")
    settings = connection.load_settings()
    reached = reach(settings, env)
    documents = Documents(
        Markers(reached.client("dynamodb"), f"docparser-{reached.env}"),
        planned,
        patience_s=settings.document_deadline_s + _GRACE_S,
    )
    executions = Executions(reached.client("stepfunctions"), _machine_arn(reached), planned)
    begun = time.monotonic()
    problem = ""
    with _steps(planned, silent=as_json) as step:
        try:
            arn = executions.join()
            if wait:
                executions.finish(arn, step)
        except RunFailed as error:
            problem = str(error)
        except KeyboardInterrupt:
            return _interrupted(planned)
        try:
            _report(documents.rows(wait=wait, on_step=step), out)
        except KeyboardInterrupt:
            return _interrupted(planned)
    _print(planned, documents, time.monotonic() - begun, as_json=as_json)
    if problem:
        sys.stderr.write(f"docparser: {printable(problem)}\n")
    return UNFINISHED if problem or (wait and not documents.as_promised) else OK


@contextmanager
def _steps(planned: Planned, *, silent: bool) -> Iterator[Callable[[str], None]]:
    """Show what the run has come to, each step once."""
    if silent:
        yield lambda _step: None
        return
    told = ""
    with progress.steps(progress.console(), f"Run {planned.job.run}") as step:

        def changed(text: str) -> None:
            nonlocal told
            if text != told:
                step(text)
                told = text

        yield changed


def _report(rows: Iterable[Row], out: Path | None) -> None:
    """Write the report; without a file the rows are only counted."""
    if out is None:
        for _ in rows:
            pass
        return
    with replacing(out) as file:
        file.write(_line(COLUMNS))
        file.writelines(_line(row) for row in rows)


def _line(cells: Iterable[str]) -> bytes:
    text = "\t".join(cell.translate(_ESCAPES) for cell in cells) + "\n"
    return text.encode("utf-8", "backslashreplace")


def _print(planned: Planned, documents: Documents, seconds: float, *, as_json: bool) -> None:
    counts = {
        "run": planned.job.run,
        "objects": documents.outcomes.total(),
        "outcomes": dict(sorted(documents.outcomes.items())),
        "statuses": dict(sorted(documents.statuses.items())),
        "seconds": round(seconds, 1),
    }
    if as_json:
        sys.stdout.write(json.dumps(counts, indent=2) + "\n")
        return
    told = [
        f"{count} {word.lower()}"
        for counted in (documents.outcomes, documents.statuses)
        for word, count in sorted(counted.items())
    ]
    text = f"{counts['objects']} objects: {', '.join(told) or 'none'}; in {seconds:.1f} s"
    progress.console().print(Text(f"Run {planned.job.run}: {text}"), soft_wrap=True)


def _interrupted(planned: Planned) -> int:
    run = planned.job.run
    sys.stderr.write(f"docparser: interrupted; run {run} goes on, the same command joins it\n")
    return INTERRUPTED


def _machine_arn(reached: Account) -> str:
    """Return the ARN of the machine that runs are executions of, in the caller's own account."""
    caller = reached.client("sts").get_caller_identity()
    partition, region = caller["Arn"].split(":")[1], reached.session.region_name
    name = f"docparser-{reached.env}-backfill"
    return f"arn:{partition}:states:{region}:{caller['Account']}:stateMachine:{name}"
