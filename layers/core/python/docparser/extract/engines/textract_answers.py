"""What Textract says of a document's fields, whatever it was asked: one form for all answers.

AnalyzeExpense and AnalyzeID answer with documents, AnalyzeDocument with blocks. Members that are
missing or of another type are passed over: the service adds some and leaves out others.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from docparser.textract.blocks import NoDocumentError
from docparser.textract.forms import key_values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    Responses = Mapping[str, Any] | Sequence[Mapping[str, Any]]
    Corners = tuple[tuple[float, float], ...]

_DONE = (None, "SUCCEEDED", "PARTIAL_SUCCESS")


class Said(NamedTuple):
    """One thing that Textract says.

    ``type`` is Textract's name of a field (``TOTAL``, ``FIRST_NAME``), or the alias of a question;
    ``key`` the label that is printed, ``text`` the value as it is printed, ``normalised`` the same
    as Textract reads it (dates, ISO 8601). ``confidence`` is 0..1; ``corners`` are shares of the
    picture that was sent, empty where nothing says where it stands. ``groups`` tell whose an
    address is (``VENDOR``).
    """

    page: int
    type: str
    key: str
    text: str
    confidence: float
    corners: Corners = ()
    normalised: str = ""
    currency: str = ""
    groups: tuple[str, ...] = ()


class Expense(NamedTuple):
    """An invoice or a receipt: what its head and foot say, and the fields of each of its lines."""

    summary: tuple[Said, ...]
    lines: tuple[tuple[Said, ...], ...]


def expenses(responses: Responses) -> list[Expense]:
    """Return what AnalyzeExpense says.

    Raises
    ------
    NoDocumentError
        It is no answer of that operation, or that of a job that has not succeeded.
    """
    found = []
    for document in _documents(responses, "ExpenseDocuments"):
        lines = [
            tuple(_said(field) for field in _list(item, "LineItemExpenseFields"))
            for group in _list(document, "LineItemGroups")
            for item in _list(group, "LineItems")
        ]
        summary = tuple(_said(field) for field in _list(document, "SummaryFields"))
        found.append(Expense(summary, tuple(lines)))
    return found


def identities(responses: Responses) -> list[tuple[Said, ...]]:
    """Return what AnalyzeID says of each document; empty texts are those it has not found.

    Raises
    ------
    NoDocumentError
        It is no answer of that operation.
    """
    return [
        tuple(_said(field) for field in _list(document, "IdentityDocumentFields"))
        for document in _documents(responses, "IdentityDocuments")
    ]


def forms(responses: Responses) -> list[Said]:
    """Return the labels and values that AnalyzeDocument says with FORMS; check marks are none.

    Raises
    ------
    NoDocumentError
        It is no answer of that operation, or that of a job that has not succeeded.
    """
    return [
        Said(pair.page, "", pair.key, pair.value, pair.confidence, pair.corners)
        for pair in key_values(responses)
    ]


def queries(responses: Responses) -> list[Said]:
    """Return the answers that AnalyzeDocument gives with QUERIES, by the alias of their question.

    Raises
    ------
    NoDocumentError
        It is no answer of that operation, or that of a job that has not succeeded.
    """
    blocks = list(_documents(responses, "Blocks"))
    by_id = {block.get("Id"): block for block in blocks}
    found = []
    for block in blocks:
        if block.get("BlockType") != "QUERY":
            continue
        asked = _member(block, "Query")
        name = _text(asked, "Alias") or _text(asked, "Text")
        for relation in _list(block, "Relationships"):
            ids = relation.get("Ids") if relation.get("Type") == "ANSWER" else None
            answers = [by_id[id_] for id_ in ids or () if id_ in by_id]
            found += [
                _answered(name, _text(asked, "Text"), answer)
                for answer in answers
                if _text(answer, "Text")
            ]
    return found


def _answered(name: str, question: str, answer: Mapping[str, Any]) -> Said:
    return Said(
        _page(answer, "Page"),
        name,
        question,
        _text(answer, "Text"),
        _share(answer),
        _corners(answer),
    )


def _documents(responses: Responses, member: str) -> Iterator[Mapping[str, Any]]:
    parts: Sequence[Any] = responses if isinstance(responses, (list, tuple)) else [responses]
    for part in parts:
        if not isinstance(part.get(member), list) or part.get("JobStatus") not in _DONE:
            raise NoDocumentError
        yield from _list(part, member)


def _said(field: Mapping[str, Any]) -> Said:
    value = _member(field, "ValueDetection")
    return Said(
        _page(field, "PageNumber"),
        _text(_member(field, "Type"), "Text"),
        _text(_member(field, "LabelDetection"), "Text"),
        _text(value, "Text"),
        _share(value),
        _corners(value),
        _text(_member(value, "NormalizedValue"), "Value"),
        _text(_member(field, "Currency"), "Code"),
        tuple(
            kind
            for group in _list(field, "GroupProperties")
            for kind in group.get("Types") or ()
            if isinstance(kind, str)
        ),
    )


def _list(holder: Mapping[str, Any], member: str) -> Iterator[Mapping[str, Any]]:
    for each in holder.get(member) or ():
        if isinstance(each, dict):
            yield each


def _member(holder: Mapping[str, Any], member: str) -> Mapping[str, Any]:
    found = holder.get(member)
    return found if isinstance(found, dict) else {}


def _text(holder: Mapping[str, Any], member: str) -> str:
    found = holder.get(member)
    return found if isinstance(found, str) else ""


def _page(holder: Mapping[str, Any], member: str) -> int:
    found = holder.get(member)
    return found if isinstance(found, int) and found > 0 else 1


def _share(holder: Mapping[str, Any]) -> float:
    found = holder.get("Confidence")
    return min(max(found / 100, 0.0), 1.0) if isinstance(found, (int, float)) else 0.0


def _corners(holder: Mapping[str, Any]) -> Corners:
    geometry = _member(holder, "Geometry")
    points = [(point.get("X"), point.get("Y")) for point in _list(geometry, "Polygon")]
    known = [
        (float(x), float(y))
        for x, y in points
        if isinstance(x, (int, float)) and isinstance(y, (int, float))
    ]
    return tuple(known) if len(known) == len(points) else ()
