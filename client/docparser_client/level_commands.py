"""`docparser level`: its commands."""

from __future__ import annotations

from typing import Annotated

import typer

from .arguments import (
    AsJson,
    Endpoint,
    Id,
    Level,
)

app = typer.Typer(help="How sensitive documents are: stricter at once, looser by two people.")

Wanted = Annotated[Level, typer.Argument(help="The level.")]
Reason = Annotated[
    str,
    typer.Option(
        metavar="TEXT",
        help="Why: a code or a reference, of letters, digits and . _ / -. It stays in the trail.",
    ),
]


@app.command("show")
def show(document: Id, as_json: AsJson = False, endpoint: Endpoint = None) -> int:
    """Show a document's level, and the request for a looser one that waits."""
    from . import governance

    return governance.show_level(document, as_json=as_json, endpoint=endpoint)


@app.command("set")
def set_(document: Id, level: Wanted, reason: Reason, endpoint: Endpoint = None) -> int:
    """Make a document's level stricter: it walks again from there, and leaves looser zones.

    Exit status: 0 it is, 1 it has that level, 2 the level is looser, 4 there is no such document.
    """
    from . import governance

    return governance.set_level(document, level, reason=reason, endpoint=endpoint)


@app.command("request")
def request(document: Id, level: Wanted, reason: Reason, endpoint: Endpoint = None) -> int:
    """Ask for a looser level, which somebody else has to approve within 30 days.

    Exit status: 0 it is asked for, 1 another request waits, the type forbids it, or there is no
    result yet, 2 the level is not looser, 4 there is no such document.
    """
    from . import governance

    return governance.request_level(document, level, reason=reason, endpoint=endpoint)


@app.command("approve")
def approve(document: Id, endpoint: Endpoint = None) -> int:
    """Approve the looser level that somebody else has asked for; the document walks again by it.

    Exit status: 0 it is approved, 1 nobody has asked for one, 3 it was you, 4 there is no such
    document.
    """
    from . import governance

    return governance.decide_level(document, approve=True, endpoint=endpoint)


@app.command("refuse")
def refuse(document: Id, endpoint: Endpoint = None) -> int:
    """Refuse the looser level that was asked for, or take one's own request back.

    Exit status: 0 it is refused, 1 nobody has asked for one, 4 there is no such document.
    """
    from . import governance

    return governance.decide_level(document, approve=False, endpoint=endpoint)
