"""`docparser policy`: its commands."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations when it runs
from typing import Annotated

import typer

from .arguments import (  # noqa: TC001 - typer reads the annotations when it runs
    AsJson,
    Endpoint,
)

app = typer.Typer(help="The rules that levels, zones, reviews and retention follow from.")


@app.command("show")
def show(
    version: Annotated[
        str | None,
        typer.Option(
            metavar="VERSION", help="As a document's record names it; without it, what holds."
        ),
    ] = None,
    own: Annotated[
        bool, typer.Option("--own", help="Only what is set otherwise than the default, as JSON.")
    ] = False,
    as_json: AsJson = False,
    endpoint: Endpoint = None,
) -> int:
    """Show the rules that hold, or those of a version.

    Exit status: 0 they are shown, 2 that is no version, 4 there never was such a version.
    """
    from . import policy

    return policy.show(version, own=own, as_json=as_json, endpoint=endpoint)


@app.command("set")
def set_(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="JSON: what is wanted otherwise than the default."),
    ],
    endpoint: Endpoint = None,
) -> int:
    """Set the rules that are wanted otherwise than the default; a file with {} takes all back.

    What was classified before keeps its level: `docparser reprocess ID --from classify`.

    Exit status: 0 they hold, 1 somebody changed them meanwhile, 2 the file says no rules, or
    looser ones than may be said.
    """
    from . import policy

    return policy.set_own(file, endpoint=endpoint)


@app.command("history")
def history(as_json: AsJson = False, endpoint: Endpoint = None) -> int:
    """Show who set which rules and when, the newest first."""
    from . import policy

    return policy.history(as_json=as_json, endpoint=endpoint)
