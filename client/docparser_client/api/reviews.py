"""The calls of the review queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from docparser.model import Moment  # noqa: TC002 - pydantic reads the annotations

from .nouns import Answer, Document
from .paths import document_path
from .understanding import understood

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .transport import Transport

Decision = Literal["approve", "correct", "reject"]


class ReviewItem(Answer):
    """A document that a person should look at, and who does so just now."""

    document: Document
    claimed_by: str | None = None
    claimed_until: Moment | None = None


class ClaimedReview(Answer):
    """A document that the caller looks at until then, and by what it was decided about.

    ``violations`` are the rules of the schema that ``definition`` names which do not hold,
    ``missing`` its required fields without a value. ``original`` is where a document that waits can
    be got for five minutes.
    """

    document: Document
    claimed_by: str
    claimed_until: Moment
    reasons: tuple[str, ...] = ()
    type_confidence: float | None = None
    level_confidence: float | None = None
    rules: tuple[str, ...] = ()
    definition: str = ""
    violations: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    row_gaps: int = 0
    original: str | None = None


class ReviewCase(Answer):
    """What a person said of a document, beside what was decided without people.

    ``corrected_fields`` are names; the values are in the document.
    """

    document_id: str
    revision: int
    content_sha256: str
    decision: str
    at: Moment
    type: str
    type_confidence: float | None = None
    level: str
    level_confidence: float | None = None
    rules: tuple[str, ...] = ()
    policy: str | None = None
    model: str | None = None
    definition: str = ""
    violations: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    corrected_type: str | None = None
    corrected_level: str | None = None
    corrected_fields: tuple[str, ...] = ()


class _Items(Answer):
    items: tuple[ReviewItem, ...]


class _Cases(Answer):
    items: tuple[ReviewCase, ...]


class Reviews:
    """The documents of the caller's tenant that people should look at, or have."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def required(self, page_size: int = 50) -> Iterator[ReviewItem]:
        """Yield the documents that somebody should look at, the oldest first."""
        for response in self._transport.pages("/reviews", {"limit": page_size}):
            yield from understood(_Items, response).items

    def cases(self, page_size: int = 50) -> Iterator[ReviewCase]:
        """Yield what people have decided, the oldest document first."""
        for response in self._transport.pages("/reviews/cases", {"limit": page_size}):
            yield from understood(_Cases, response).items

    def claim(self, document_id: str) -> ClaimedReview:
        """Let nobody else decide about a document for half an hour.

        Raises
        ------
        NotFound
            There is no such document.
        Conflict
            Somebody else looks at it, or nobody is asked to.
        """
        where = document_path(document_id, "review", "claim")
        return understood(ClaimedReview, self._transport.call("POST", where))

    def decide(
        self,
        document_id: str,
        decision: Decision,
        *,
        document_type: str | None = None,
        level: str | None = None,
        fields: Mapping[str, Sequence[str]] | None = None,
    ) -> Document:
        """Decide about a document that the caller has claimed; return its record.

        Parameters
        ----------
        document_id
            The document.
        decision
            ``approve`` what was decided, ``correct`` it, or ``reject`` a document that waits.
        document_type, level, fields
            What a correction says: one of them at least. The values of a field are in the normal
            form of its type, such as ``2026-03-04`` or ``1234.56 EUR``; a field with none is not
            in the document.

        Raises
        ------
        NotFound
            There is no such document.
        Forbidden
            The caller has not claimed it, or too long ago.
        Conflict
            Nobody is asked to look at it, or the document does not allow it.
        InvalidRequest
            Its type has no such fields, or values are in another form.
        """
        said: dict[str, Any] = {"decision": decision}
        if document_type is not None:
            said["type"] = document_type
        if level is not None:
            said["level"] = level
        if fields:
            said["fields"] = {name: list(values) for name, values in fields.items()}
        where = document_path(document_id, "review")
        answer = self._transport.call("POST", where, body=said, repeatable=False)
        return understood(Document, answer)
