"""The `docparser` command."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path  # noqa: TC003 - typer reads the annotations when it runs
from typing import Annotated, Any, Literal

import typer
from typer.exceptions import TyperException

# Everything else is imported by the command that needs it: `docparser --help` answers at once.
from .arguments import (  # noqa: TC001 - typer reads the annotations when it runs
    AsJson,
    Beginning,
    Endpoint,
    Env,
    Format,
    Id,
    Lane,
    Level,
    Password,
    Policy,
    Priority,
    Redact,
    Timeout,
)
from .audit_commands import app as audit_app
from .dlq_commands import app as dlq
from .erase_commands import erase
from .errors import OK, UNAVAILABLE, UNFINISHED, USAGE, ClientError, UsageError
from .hold_commands import app as hold_app
from .level_commands import app as level_app
from .policy_commands import app as policy_app
from .review_commands import app as review_app

app = typer.Typer(
    name="docparser",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

app.add_typer(audit_app, name="audit")
app.add_typer(dlq, name="dlq")
app.add_typer(hold_app, name="hold")
app.add_typer(level_app, name="level")
app.add_typer(policy_app, name="policy")
app.add_typer(review_app, name="review")


@app.callback(invoke_without_command=True)
def options(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version.")] = False,
) -> None:
    """Documents into text, a type and a sensitivity level, through the pipeline on AWS or here."""
    if version:
        from importlib.metadata import version as installed

        typer.echo(f"docparser {installed('docparser')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(USAGE)


@app.command()
def up() -> int:
    """Start the local stack, or bring it up to date."""
    from . import commands

    return commands.up()


@app.command()
def down() -> int:
    """Stop the local stack; what it holds is kept."""
    from . import commands

    return commands.down()


@app.command()
def process(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders with all below them.")],
    out: Annotated[Path, typer.Option(help="Folder of the outputs; made if missing.")],
    priority: Annotated[Priority, typer.Option(help="Which intake queue to wait in.")] = "standard",
    policy: Annotated[
        Policy | None,
        typer.Option(help="What matters most where scans are read; without it, the deployment's."),
    ] = None,
    level: Annotated[
        Level | None,
        typer.Option(
            help="The least level of the documents, whatever is found in them. "
            "Pages of PUBLIC and INTERNAL ones may be shown to Textract, where it is deployed.",
        ),
    ] = None,
    lane: Annotated[
        Lane | None,
        typer.Option(help="Where every page shall be read, if it can and may be read there."),
    ] = None,
    password: Password = None,
    redact: Redact = False,
    tables: Annotated[
        bool, typer.Option("--tables", help="Write each table as CSV as well: a.pdf.t0001.csv.")
    ] = False,
    timeout: Timeout = None,
    endpoint: Endpoint = None,
) -> int:
    """Process documents: JSON, Markdown and text for each, and outcomes.tsv.

    The JSON holds the fields and, row by row, the tables, each value with its place on the page.

    The files inside an archive or a mail are documents of their own: their outputs go into a folder
    named like it.

    A document that waits for a person (docparser review) is not waited for.

    Exit status: 0 all completed or rejected, 1 any partial, failed or unfinished, 2 wrong usage,
    3 the stack is not reachable, 130 interrupted.
    """
    from . import commands
    from .upload import Options

    return commands.process(
        paths,
        out,
        priority=priority,
        options=Options(policy=policy, level=level, lane=lane, password=password, redact=redact),
        tables=tables,
        timeout_s=timeout,
        endpoint=endpoint,
    )


@app.command()
def fields(
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders with all below them.")],
    level: Annotated[
        Level | None, typer.Option(help="The least level of the documents, as for process.")
    ] = None,
    password: Password = None,
    as_json: AsJson = False,
    timeout: Timeout = None,
    endpoint: Endpoint = None,
) -> int:
    """Show the fields of documents: value, confidence, page and source, and what is missing.

    Documents that the service does not know are processed first. Nothing is written.

    Exit status: as for process.
    """
    from . import fields as found
    from .upload import Options

    return found.show(
        paths,
        options=Options(level=level, password=password),
        as_json=as_json,
        timeout_s=timeout,
        endpoint=endpoint,
    )


@app.command()
def status(
    document: Annotated[
        str | None, typer.Argument(metavar="ID", help="A document; without it, the newest ones.")
    ] = None,
    as_json: AsJson = False,
    endpoint: Endpoint = None,
) -> int:
    """Show the newest documents, or one document."""
    from . import commands

    if document is None:
        return commands.show_newest(as_json=as_json, endpoint=endpoint)
    return commands.show(document, as_json=as_json, endpoint=endpoint)


@app.command()
def get(
    document: Id,
    format: Annotated[  # noqa: A002 - the name of the option
        Format,
        typer.Option(
            help="JSON with every field, row and page, Markdown, plain text, a PDF whose scans can "
            "be searched, ALTO of the scans, or CSV of the tables."
        ),
    ] = "json",
    redacted: Annotated[
        bool,
        typer.Option("--redacted", help="Without personal data: Markdown, plain text or PDF."),
    ] = False,
    table: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Which table, such as t0001; with --format csv."),
    ] = None,
    revision: Annotated[
        int | None, typer.Option(min=1, help="Which revision; without it, the current one.")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            help="File to write; without it, standard output. With --format csv and no --table, a "
            "folder for all tables."
        ),
    ] = None,
    endpoint: Endpoint = None,
) -> int:
    """Fetch a document's result.

    Exit status: 0 it is there, 1 there is no result or not yet, 2 there are several tables and none
    was named, 4 there is no such document or table.
    """
    from . import commands

    if redacted and format not in ("md", "txt", "pdf"):
        raise UsageError("--redacted goes with --format md, txt or pdf")
    if format == "csv":
        return commands.get_tables(document, table, revision=revision, out=out, endpoint=endpoint)
    if table is not None:
        raise UsageError("--table goes with --format csv")
    return commands.get(
        document, format, redacted=redacted, revision=revision, out=out, endpoint=endpoint
    )


@app.command()
def reprocess(
    document: Id,
    begin: Annotated[
        Beginning,
        typer.Option("--from", help="Read every page again, or only classify what was read."),
    ] = "read",
    policy: Annotated[
        Policy | None,
        typer.Option(help="What matters most where scans are read; without it, as before."),
    ] = None,
    level: Annotated[
        Level | None,
        typer.Option(help="The least level of the document; it only becomes stricter."),
    ] = None,
    lane: Annotated[
        Lane | None, typer.Option(help="Where every page shall be read; without it, as before.")
    ] = None,
    redact: Redact = False,
    endpoint: Endpoint = None,
) -> int:
    """Open a document's next revision; the result that there is stays.

    Exit status: 0 it is queued, 1 it is under way, has failed or left nothing to begin from,
    4 there is no such document.
    """
    from . import commands
    from .upload import Options

    options = Options(policy=policy, level=level, lane=lane, redact=redact)
    return commands.reprocess(document, begin, options, endpoint=endpoint)


@app.command()
def retry(document: Id, endpoint: Endpoint = None) -> int:
    """Try a document again that has failed.

    Exit status: 0 it is queued, 1 it has not failed, 4 there is no such document.
    """
    from . import commands

    return commands.retry(document, endpoint=endpoint)


@app.command()
def cancel(document: Id, endpoint: Endpoint = None) -> int:
    """Stop a document's walk, wherever it is; nothing of it stays.

    Exit status: 0 it is cancelled, 1 it has ended before, 4 there is no such document.
    """
    from . import commands

    return commands.cancel(document, endpoint=endpoint)


@app.command()
def backfill(
    source: Annotated[
        str, typer.Argument(metavar="S3URL", help="s3://bucket/prefix: what may be taken.")
    ],
    manifest: Annotated[
        str | None,
        typer.Option(
            metavar="S3URL",
            help="An object that names the objects: JSON lines, or CSV with a header, of key and "
            "perhaps version_id and name. Without it, all below the prefix.",
        ),
    ] = None,
    inventory: Annotated[
        str | None, typer.Option(metavar="S3URL", help="The manifest.json of an S3 inventory.")
    ] = None,
    tenant: Annotated[str, typer.Option(help="Whose documents they become.")] = "default",
    name: Annotated[
        str | None,
        typer.Option(help="The run's name; without it, one that source and options decide."),
    ] = None,
    priority: Annotated[Priority, typer.Option(help="Which intake queue to wait in.")] = "standard",
    policy: Annotated[
        Policy | None, typer.Option(help="What matters most where scans are read.")
    ] = None,
    level: Annotated[Level | None, typer.Option(help="The least level of the documents.")] = None,
    lane: Annotated[Lane | None, typer.Option(help="Where every page shall be read.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="File of the report: every object, with its document.")
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait/--no-wait", help="Wait for the documents' ends.")
    ] = True,
    as_json: AsJson = False,
    env: Env = None,
) -> int:
    """Take objects of a bucket in, each once: the same command again goes on where it was.

    Exit status: 0 all completed or rejected, 1 any that did not or could not be taken in, 2 wrong
    usage, 3 the stack is not reachable, 130 interrupted.
    """
    from . import backfill as objects
    from .upload import Options

    if manifest is not None and inventory is not None:
        raise UsageError("--manifest and --inventory exclude each other")
    kind: Literal["prefix", "manifest", "inventory"] = "prefix"
    if manifest is not None:
        kind = "manifest"
    if inventory is not None:
        kind = "inventory"
    return objects.run(
        source,
        kind=kind,
        listing=manifest or inventory,
        tenant=tenant,
        name=name,
        priority=priority,
        options=Options(policy=policy, level=level, lane=lane),
        out=out,
        wait=wait,
        as_json=as_json,
        env=env,
    )


@app.command()
def search(
    query: Annotated[str, typer.Argument(help="Words, in German or English.")],
    limit: Annotated[int, typer.Option(min=1, help="How many passages to show at most.")] = 10,
    as_json: AsJson = False,
    endpoint: Endpoint = None,
) -> int:
    """Find passages in the documents that may be searched."""
    from . import commands

    return commands.search(query, limit=limit, as_json=as_json, endpoint=endpoint)


app.command()(erase)


def main() -> int:
    """Run the command; whatever goes wrong is one line on standard error and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A name may hold what the terminal's encoding cannot say.
        with suppress(AttributeError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        code: Any = app(standalone_mode=False)
    except TyperException as error:
        return _say(error.format_message(), error.exit_code)
    except ClientError as error:
        return _say(str(error), error.exit_code)
    except Exception as error:  # noqa: BLE001 - the edge: a user never sees a traceback
        return _unexpected(error)
    return int(code or OK)


def _unexpected(error: Exception) -> int:
    """Say what nobody foresaw: the stack's own errors by their name, anything else as a defect."""
    from botocore.exceptions import BotoCoreError
    from botocore.exceptions import ClientError as ServiceError

    if isinstance(error, ServiceError):
        refusal = error.response.get("Error", {}).get("Code", "an unknown error")
        return _say(f"the stack is not ready: it answers {refusal}", UNAVAILABLE)
    if isinstance(error, BotoCoreError):
        return _say(f"the stack is not reachable ({type(error).__name__})", UNAVAILABLE)
    if isinstance(error, OSError):
        return _say(f"{error.filename or 'the system'}: {error.strerror}", UNFINISHED)
    return _say(f"this is a defect of ours: {type(error).__name__}: {error}", UNFINISHED)


def _say(text: str, code: int) -> int:
    from .report import printable

    sys.stderr.write(f"docparser: {printable(' '.join(text.split()))}\n")
    return code
