"""`docparser erase`."""

from __future__ import annotations

from typing import Annotated

import typer

from .arguments import (  # noqa: TC001 - typer reads the annotations when it runs
    AsJson,
    Endpoint,
    Id,
)


def erase(
    document: Id,
    reason: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="Why: a code or a reference, of letters, digits and . _ / -. It stays in the "
            "trail.",
        ),
    ] = "request",
    only: Annotated[
        bool, typer.Option("--only", help="Leave the files inside it as they are.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    timeout: Annotated[float, typer.Option(min=0, help="Seconds to wait for the proof.")] = 60.0,
    as_json: AsJson = False,
    endpoint: Endpoint = None,
) -> int:
    """Erase a document in every place, revision and version, and show the proof.

    Its id, its hash and its audit trail stay; the same bytes are not taken in again.

    Exit status: 0 it is proven, 1 a legal hold forbids it or the proof is still to come,
    4 there is no such document.
    """
    from . import governance

    return governance.erase(
        document,
        reason=reason,
        only=only,
        sure=yes,
        timeout_s=timeout,
        as_json=as_json,
        endpoint=endpoint,
    )
