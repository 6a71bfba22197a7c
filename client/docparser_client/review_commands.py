"""`docparser review`: its commands."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - typer reads the annotations when it runs
from typing import Annotated

import typer

from .arguments import (  # noqa: TC001 - typer reads the annotations when it runs
    AsJson,
    Endpoint,
    Id,
    Level,
    Type,
)
from .errors import UsageError

app = typer.Typer(help="Documents that a person should look at: who does, and what they decide.")


@app.command("list")
def show_all(as_json: AsJson = False, endpoint: Endpoint = None) -> int:
    """Show the documents that somebody should look at, the oldest first."""
    from . import review

    return review.show_all(as_json=as_json, endpoint=endpoint)


@app.command("claim")
def claim(document: Id, as_json: AsJson = False, endpoint: Endpoint = None) -> int:
    """Let nobody else decide about a document for half an hour; again, for one more.

    Exit status: 0 it is yours, 1 somebody else looks at it or nobody is asked to, 4 there is no
    such document.
    """
    from . import review

    return review.claim(document, as_json=as_json, endpoint=endpoint)


@app.command("approve")
def approve(document: Id, endpoint: Endpoint = None) -> int:
    """Say that a document's type, level and fields are right; it goes on if it waits.

    Exit status: 0 done, 1 nobody is asked, 3 it is not claimed by you, 4 there is no such document.
    """
    from . import review

    return review.decide(document, "approve", endpoint=endpoint)


@app.command("correct")
def correct(
    document: Id,
    type: Annotated[  # noqa: A002 - the name of the option
        Type | None, typer.Option(help="What it is.")
    ] = None,
    level: Annotated[
        Level | None,
        typer.Option(
            help="How sensitive it is. A stricter level holds at once; a looser one is asked for, "
            "and somebody else has to approve it: docparser level approve."
        ),
    ] = None,
    field: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUE",
            help="What a field says, in its normal form: grand_total='1234.56 EUR', "
            "issue_date=2026-03-04. Said again, another value of a field that may have several; "
            "without a value, the document has no such field.",
        ),
    ] = None,
    endpoint: Endpoint = None,
) -> int:
    """Say what a document is, how sensitive, or what its fields are; it goes on, or walks again.

    Exit status: 0 done, 1 the document does not allow it, 3 it is not claimed by you, 4 there is no
    such document.
    """
    from . import review

    if type is None and level is None and not field:
        raise UsageError("say what is right: --type, --level or --field")
    return review.decide(
        document,
        "correct",
        document_type=type,
        level=level,
        fields=review.named(field or ()),
        endpoint=endpoint,
    )


@app.command("reject")
def reject(document: Id, endpoint: Endpoint = None) -> int:
    """Reject a document that waits; nothing of it stays.

    Exit status: 0 done, 1 it does not wait, 3 it is not claimed by you, 4 there is none of this id.
    """
    from . import review

    return review.decide(document, "reject", endpoint=endpoint)


@app.command("cases")
def cases(
    out: Annotated[Path, typer.Option(help="Folder of the cases, one file for each content.")],
    endpoint: Endpoint = None,
) -> int:
    """Write what people decided as cases to test with.

    They hold not a word of the documents, but for what people said of fields: that goes into files
    of its own, <sha256>.fields.json.
    """
    from . import review

    return review.write_cases(out, endpoint=endpoint)
