"""`docparser dlq`: its commands."""

from __future__ import annotations

from typing import Annotated

import typer

from .arguments import AsJson, Env  # noqa: TC001 - typer reads the annotations when it runs
from .errors import UsageError

app = typer.Typer(help="What was set aside, messages and documents: look at it, try it again.")

Queue = Annotated[
    str, typer.Argument(metavar="QUEUE", help="Whose dead letters, such as intake-standard.")
]


@app.command("list")
def show_all(as_json: AsJson = False, env: Env = None) -> int:
    """Show how many messages were set aside, and which documents."""
    from . import dlq

    return dlq.show_all(as_json=as_json, env=env)


@app.command("show")
def show(queue: Queue, as_json: AsJson = False, env: Env = None) -> int:
    """Show the messages of a queue: what they are about, by our ids alone; all of them stay."""
    from . import dlq

    return dlq.show(queue, as_json=as_json, env=env)


@app.command("redrive")
def redrive(
    queue: Annotated[
        str | None, typer.Argument(metavar="QUEUE", help="Whose dead letters to send on.")
    ] = None,
    message: Annotated[
        str | None, typer.Option(metavar="ID", help="Only this message of the queue.")
    ] = None,
    documents: Annotated[
        bool, typer.Option("--documents", help="Try all documents again that have failed.")
    ] = False,
    document: Annotated[
        str | None, typer.Option(metavar="ID", help="Try this document again.")
    ] = None,
    env: Env = None,
) -> int:
    """Try again what was set aside: a queue's messages, one of them, documents, or one of those."""
    from . import dlq

    if sum((queue is not None, documents, document is not None)) != 1:
        raise UsageError("name a queue, or --documents, or --document")
    if queue is not None:
        return dlq.redrive(queue, message, env=env)
    if message is not None:
        raise UsageError("--message is one of a queue")
    return dlq.redrive_documents(document, env=env)
