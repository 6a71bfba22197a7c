"""What `docparser fields` does: documents walk if they have not, and their fields are shown."""

from __future__ import annotations

import json
import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from rich.text import Text

from . import commands, connection, progress, report
from .inputs import collect
from .outputs import Heads
from .process import Run

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from rich.table import Table

    from .report import Outcome
    from .upload import Options

_TOLD = ("definition", "fields", "missing", "violations", "tables", "row_gaps", "warnings")
_QUOTED = 60  # characters of a value in the table


def show(
    paths: Sequence[Path],
    *,
    options: Options,
    as_json: bool,
    timeout_s: float | None,
    endpoint: str | None,
) -> int:
    """Print the fields of files; return the exit code.

    Parameters
    ----------
    paths
        Files and folders.
    options
        What is asked for each document.
    as_json
        Whether JSON is printed.
    timeout_s, endpoint
        As for `commands.process`.

    Raises
    ------
    UsageError
        The inputs cannot be used; nothing was started.
    UnavailableError
        The stack cannot be started.
    """
    settings = connection.load_settings()
    inputs = collect(paths)
    beside = progress.console(beside=True)
    with (
        commands.local(settings, beside)
        if endpoint is None
        else connection.connect(settings, endpoint) as client,
        progress.following(beside, len(inputs)) as display,
    ):
        heads = Heads(client)
        run = Run(
            client,
            inputs,
            heads,
            None,
            display,
            priority="standard",
            options=options,
            timeout=None if timeout_s is None else timedelta(seconds=timeout_s),
            patience=timedelta(seconds=settings.document_deadline_s),
        )
        code = commands.followed(run)
        outcomes = run.outcomes()
    shown = [(outcome, heads.of(outcome.document_id) or {}) for outcome in outcomes]
    if as_json:
        told = [_json(outcome, document) for outcome, document in shown]
        sys.stdout.write(json.dumps({"documents": told}, indent=2, ensure_ascii=False) + "\n")
    else:
        for outcome, document in shown:
            _print(outcome, document)
    return commands.told(code, outcomes)


def value_text(field: Mapping[str, Any]) -> str:
    """Return a value as people write it: ``1234.56 EUR``, ``2 HUR``, an address in one line."""
    value = field["value"]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if not isinstance(value, dict):
        return str(value)
    if "amount" in value:
        return " ".join(filter(None, (value["amount"], value.get("currency") or value.get("unit"))))
    if "text" in value:
        return str(value["text"])
    city = " ".join(filter(None, (value.get("postcode"), value.get("city"))))
    parts = (value.get("line1"), value.get("line2"), city, value.get("region"))
    return ", ".join(filter(None, (*parts, value.get("country"))))


def _json(outcome: Outcome, document: Mapping[str, Any]) -> dict[str, Any]:
    known = {
        "name": outcome.name,
        "document_id": outcome.document_id,
        "status": outcome.status,
        "code": outcome.code,
        "type": outcome.type,
        "level": outcome.level,
    }
    return known | {name: document[name] for name in _TOLD if name in document}


def _print(outcome: Outcome, document: Mapping[str, Any]) -> None:
    screen = progress.console()
    of = document.get("definition") or outcome.type
    known = "  ".join(filter(None, (report.printable(outcome.name), of)))
    screen.print(Text(f"{known}  {report.status_text(outcome)}", style="bold"), soft_wrap=True)
    if document and "fields" not in document:
        said = f"read without its fields: docparser reprocess {outcome.document_id} --from classify"
        screen.print(Text(said), soft_wrap=True)
    if document.get("fields"):
        screen.print(_table(document["fields"]))
    for line in _lines(document):
        screen.print(Text(report.printable(line)), soft_wrap=True)
    screen.print()


def _table(fields: Sequence[Mapping[str, Any]]) -> Table:
    drawn = report.grid("field")
    drawn.add_column("value", overflow="fold", min_width=20)
    for title in ("confidence", "page"):
        drawn.add_column(title, justify="right")
    drawn.add_column("source")
    for field in fields:
        value = " ".join(value_text(field).split())
        drawn.add_row(
            field["name"],
            Text(report.printable(value if len(value) <= _QUOTED else f"{value[: _QUOTED - 1]}…")),
            f"{field['confidence']:.2f}",
            str(field["page"] or ""),
            field["source"],
        )
    return drawn


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    """Yield what else there is to be said of a document."""
    if document.get("missing"):
        yield f"missing: {', '.join(document['missing'])}"
    for violation in document.get("violations", ()):
        about = f" ({', '.join(violation['fields'])})" if violation["fields"] else ""
        yield f"violated: {violation['rule']}{about}"
    for table in document.get("tables", ()):
        yield f"table: {report.table_text(table)}"
    for gap in document.get("row_gaps", ()):
        yield f"rows missing: {_gap(gap)}"
    if document.get("warnings"):
        yield f"warnings: {', '.join(document['warnings'])}"


def _gap(gap: Mapping[str, Any]) -> str:
    where = f"{gap['table']}, page {gap['page']}"
    after = "" if gap["row"] is None else f", after row {gap['row']}"
    counted = gap["expected"] is not None and gap["found"] is not None
    counts = f": {gap['expected']} stated, {gap['found']} found" if counted else ""
    return f"{where}{after} ({gap['code']}){counts}"
