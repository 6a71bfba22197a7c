"""What `docparser review` does."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from docparser.model import FieldSource
from rich.text import Text

from . import connection, progress, report
from .api import Erased, NotFound, NotReady
from .errors import OK, UsageError
from .results import Results, replacing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from .api import Client
    from .api.reviews import ClaimedReview, Decision, ReviewCase, ReviewItem

_SCHEMA = "docparser/review_case/1"
_FIELDS_SCHEMA = "docparser/field_case/1"


def show_all(*, as_json: bool, endpoint: str | None) -> int:
    """Print the documents that somebody should look at."""
    with _client(endpoint) as client:
        items = list(client.reviews.required())
    if as_json:
        _print_json({"reviews": [item.model_dump(mode="json") for item in items]})
    elif items:
        table = report.grid("document", "name", "status", "type", "level", "claimed by", "until")
        for item in items:
            table.add_row(*(report.printable(cell) for cell in _row(item)))
        progress.console().print(table)
    else:
        progress.console().print("There is nothing to look at.")
    return OK


def claim(document_id: str, *, as_json: bool, endpoint: str | None) -> int:
    """Claim a document, and print what there is to be known about it.

    Raises
    ------
    NotFound
        There is no document of this id.
    Conflict
        Somebody else looks at it, or nobody is asked to.
    """
    with _client(endpoint) as client:
        claimed = client.reviews.claim(document_id)
    if as_json:
        _print_json(claimed.model_dump(mode="json"))
    else:
        _print_claimed(claimed)
    return OK


def decide(
    document_id: str,
    decision: Decision,
    *,
    document_type: str | None = None,
    level: str | None = None,
    fields: Mapping[str, Sequence[str]] | None = None,
    endpoint: str | None,
) -> int:
    """Decide about a document, and say where it stands.

    Parameters
    ----------
    document_id, decision
        The document, and what is said of it.
    document_type, level, fields
        What a correction says, as for `Reviews.decide`.
    endpoint
        The API of a deployed stack.

    Raises
    ------
    NotFound
        There is no document of this id.
    AccessDenied
        It is not claimed by the caller.
    Conflict
        The document does not allow it.
    """
    with _client(endpoint) as client:
        record = client.reviews.decide(
            document_id, decision, document_type=document_type, level=level, fields=fields
        )
    progress.console().print(Text(report.restarted(record)), soft_wrap=True)
    return OK


def named(fields: Sequence[str]) -> dict[str, list[str]]:
    """Return what ``NAME=VALUE`` says of each field, once or several times; no value takes it away.

    Raises
    ------
    UsageError
        One of them has no name.
    """
    said: dict[str, list[str]] = {}
    for field in fields:
        name, equals, value = field.partition("=")
        if not equals or not name.strip():
            raise UsageError("a field is said as NAME=VALUE")
        values = said.setdefault(name.strip(), [])
        if value.strip():
            values.append(value.strip())
    return said


def write_cases(out: Path, *, endpoint: str | None) -> int:
    """Write each decision to a file that its content's hash names; the last one of several.

    Of what people said of fields, which is content, a file of its own is written beside it.

    Raises
    ------
    UsageError
        The folder cannot be made.
    """
    with _client(endpoint) as client:
        cases = sorted(client.reviews.cases(), key=lambda case: case.at)
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise UsageError(f"{out} cannot be made: {error.strerror}") from None
        last = {case.content_sha256: case for case in cases}
        for sha256, case in last.items():
            _write(out / f"{sha256}.json", _case(case))
        of_fields = [case for case in last.values() if case.corrected_fields]
        written = [_write_fields(client, case, out) for case in of_fields]
    said = [report.counted(len(last), "case")]
    if written:
        said.append(f"{written.count(True)} of fields")
    where = report.printable(out)
    progress.console().print(Text(f"{', '.join(said)} in {where}"), soft_wrap=True)
    return OK


def _write_fields(client: Client, case: ReviewCase, out: Path) -> bool:
    """Write what people said of fields, as the document has it; False if it has no result."""
    try:
        document = Results(client).document(case.document_id)
    except (NotFound, NotReady, Erased):
        return False
    said = {name: [] for name in case.corrected_fields} | _said(document)
    _write(
        out / f"{case.content_sha256}.fields.json",
        {
            "schema": _FIELDS_SCHEMA,
            "content_sha256": case.content_sha256,
            "type": document["classification"]["type"]["value"],
            "definition": document["definition"],
            "fields": said,
        },
    )
    return True


def _said(document: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Return the values that people gave, by the names of their fields."""
    said: dict[str, list[Any]] = {}
    for field in document["fields"]:
        if field["source"] == FieldSource.REVIEW:
            said.setdefault(field["name"], []).append(field["value"])
    return said


def _write(path: Path, case: Mapping[str, Any]) -> None:
    with replacing(path) as file:
        file.write(json.dumps(case, indent=2, ensure_ascii=False).encode() + b"\n")


def _case(case: ReviewCase) -> dict[str, Any]:
    """Return a case as a file has it: neither ids nor names, and not a word of the document."""
    return {
        "schema": _SCHEMA,
        **case.model_dump(mode="json", exclude={"document_id", "revision"}),
    }


def _row(item: ReviewItem) -> tuple[str, ...]:
    record = item.document
    return (
        record.document_id,
        record.name,
        record.status.value,
        record.type or "",
        record.level.value if record.level else "",
        item.claimed_by or "",
        f"{item.claimed_until:%H:%M}" if item.claimed_until else "",
    )


def _print_claimed(claimed: ClaimedReview) -> None:
    record = claimed.document
    lines = (
        f"{record.document_id}  {record.name}",
        f"yours until {claimed.claimed_until:%Y-%m-%d %H:%M} UTC ({claimed.claimed_by})",
        f"type   {record.type or 'not known'}{_confidence(claimed.type_confidence)}",
        f"level  {record.level.value if record.level else 'not known'}"
        f"{_confidence(claimed.level_confidence)}",
        f"asked  {', '.join(claimed.reasons) or 'no reason is told'}",
        f"rules  {', '.join(claimed.rules) or 'none'}",
        *_of_fields(claimed),
    )
    for line in lines:
        progress.console().print(Text(report.printable(line)), soft_wrap=True)
    if claimed.original:
        # Whole, to be copied: a terminal would break it.
        sys.stdout.write(f"{report.printable(claimed.original)}\n")


def _of_fields(claimed: ClaimedReview) -> Iterator[str]:
    """Yield what is wrong with the fields and rows of a document."""
    if claimed.violations:
        yield f"violated  {', '.join(claimed.violations)}  ({claimed.definition})"
    if claimed.missing:
        yield f"missing  {', '.join(claimed.missing)}  ({claimed.definition})"
    if claimed.row_gaps:
        yield f"rows missing in {report.counted(claimed.row_gaps, 'place')}"


def _confidence(value: float | None) -> str:
    return "" if value is None else f"  ({value:.2f})"


def _client(endpoint: str | None) -> Client:
    return connection.connect(connection.load_settings(), endpoint)


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
