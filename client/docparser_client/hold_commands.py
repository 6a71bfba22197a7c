"""`docparser hold`: its commands."""

from __future__ import annotations

from typing import Annotated

import typer

from .arguments import Endpoint, Id  # noqa: TC001 - typer reads the annotations when it runs

app = typer.Typer(help="Legal holds: what is held is erased by nobody and by no retention.")

Reference = Annotated[
    str,
    typer.Option(
        metavar="TEXT", help="The matter it is held for: letters, digits and . _ / - and spaces."
    ),
]


@app.command("set")
def set_(document: Id, reference: Reference, endpoint: Endpoint = None) -> int:
    """Hold a document, the files inside it, and what it lies in.

    Exit status: 0 it is held, 4 there is no such document.
    """
    from . import governance

    return governance.hold(document, reference, release=False, endpoint=endpoint)


@app.command("release")
def release(document: Id, reference: Reference, endpoint: Endpoint = None) -> int:
    """Release a document from one matter; others may hold it still.

    Exit status: 0 it is released, 1 it was not held for that, 4 there is no such document.
    """
    from . import governance

    return governance.hold(document, reference, release=True, endpoint=endpoint)
