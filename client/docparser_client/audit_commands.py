"""`docparser audit`: its commands."""

from __future__ import annotations

from typing import Annotated

import typer

from .arguments import (  # noqa: TC001 - typer reads the annotations when it runs
    AsJson,
    Endpoint,
    Env,
    Id,
)
from .errors import UsageError

app = typer.Typer(help="What happened to documents, and whether anybody has changed the account.")


@app.command("list")
def show(document: Id, as_json: AsJson = False, endpoint: Endpoint = None) -> int:
    """List what happened to a document: when, what, who, and what was found.

    Exit status: 0 it is listed, 4 there is no such document.
    """
    from . import audit

    return audit.show(document, as_json=as_json, endpoint=endpoint)


@app.command("verify")
def verify(
    document: Annotated[
        str | None, typer.Argument(metavar="ID", help="The document to verify.")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Verify all documents, and everything that was anchored.")
    ] = False,
    tenant: Annotated[str, typer.Option(help="Whose documents they are.")] = "default",
    as_json: AsJson = False,
    env: Env = None,
) -> int:
    """Find events that were edited, removed or inserted, and revisions or documents that are gone.

    Every hash is computed anew here, and compared with what was anchored day by day in the audit
    bucket, which is read with your credentials.

    Exit status: 0 nothing was changed, 1 something was, 2 wrong usage, 3 the stack is not
    reachable, 4 there never was such a document.
    """
    from . import audit

    if everything == (document is not None):
        raise UsageError("name a document, or --all")
    return audit.verify(document, tenant=tenant, as_json=as_json, env=env)
