"""What the API reads and answers; the names and forms are those of the reference in docs/."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import quote

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, SecretStr

from docparser.model import (
    DocumentType,
    Hit,
    IndexScope,
    Lane,
    LanePolicy,
    Level,
    Malware,
    Moment,
    Money,
    PiiType,
    Priority,
    Review,
    Stage,
    Status,
    WaitingFor,
    WarningCode,
    Zone,
)
from docparser.model.base import DocumentId, Noun, Sha256


def _whole(number: Any) -> Any:
    """Return an integer as one, however JSON writes it: 1.0 is the same number as 1."""
    return int(number) if isinstance(number, float) and number.is_integer() else number


def _portable(password: SecretStr) -> SecretStr:
    """Return a password that S3 can carry with an object: 2 KB of ASCII hold that and a name."""
    if len(quote(password.get_secret_value(), safe="")) > LONGEST_PASSWORD:
        raise ValueError("too long to travel")
    return password


LONGEST_PASSWORD = 1600
"""Bytes of a password that is percent-encoded."""

Name = Annotated[str, Field(min_length=1, max_length=1024, pattern=r"^[^\x00]+$")]
Password = Annotated[
    SecretStr,
    Field(
        min_length=1,
        max_length=1024,
        description=f"Opens the file. At most {LONGEST_PASSWORD} bytes when percent-encoded.",
    ),
    AfterValidator(_portable),
]
Bytes = Annotated[int, Field(ge=0), BeforeValidator(_whole)]
TagKey = Annotated[str, Field(min_length=1, max_length=128)]
TagValue = Annotated[str, Field(max_length=256)]


class NewDocument(Noun):
    """A file that is about to be sent.

    ``sha256`` is that of its bytes in lower-case hex, ``size`` their number. Tags are the caller's
    own words and stay with the document. ``policy`` tells what matters most where scans are read,
    ``lane`` where every page shall be read that can be read there; ``level`` is the least level of
    the document, whatever is found in it, and what decides before its level is found. ``password``
    opens an encrypted file; it goes along with the upload and is kept nowhere else. ``redact`` asks
    for renditions without personal data.
    """

    model_config = ConfigDict(strict=True)

    name: Name
    sha256: Sha256
    size: Bytes
    priority: Annotated[Priority, Field(strict=False)] = Priority.STANDARD
    tags: Annotated[dict[TagKey, TagValue], Field(max_length=50)] = Field(default_factory=dict)
    policy: Annotated[LanePolicy | None, Field(strict=False)] = None
    level: Annotated[Level | None, Field(strict=False)] = None
    lane: Annotated[Lane | None, Field(strict=False)] = None
    password: Password | None = None
    redact: bool = False


class Beginning(StrEnum):
    """What a revision does again: the reading of every page, or only what follows it."""

    READ = "read"
    CLASSIFY = "classify"


class NewRevision(Noun):
    """A document that shall be read again; what is left open stays as it was.

    ``from`` is where the walk begins. A ``level`` only makes the document's own stricter;
    ``redact`` asks for renditions without personal data.
    """

    model_config = ConfigDict(strict=True, validate_by_name=False, validate_by_alias=True)

    from_: Annotated[Beginning, Field(alias="from", strict=False)] = Beginning.READ
    policy: Annotated[LanePolicy | None, Field(strict=False)] = None
    level: Annotated[Level | None, Field(strict=False)] = None
    lane: Annotated[Lane | None, Field(strict=False)] = None
    redact: bool = False


class Upload(Noun):
    """Where to send the bytes: exactly these headers must go along."""

    method: Literal["PUT"] = "PUT"
    url: str
    headers: dict[str, str]
    expires_at: Moment


class CreatedDocument(Noun):
    """A document that waits for its bytes, or is known (then without ``upload``)."""

    document_id: DocumentId
    status: Status
    upload: Upload | None = None


class DocumentState(Noun):
    """One revision of a document; null is what is not known (yet).

    A document that came inside another one names its ``parent`` and stands ``depth`` files deep;
    ``children`` counts the files inside it, which ``document.json`` lists. ``policy``, ``lane`` and
    ``declared_level`` are what its owner asked for; ``approved_level`` is what two people let the
    level become, ``corrected_type`` what a person says that it is. A revision that ``begins_at`` a
    stage takes what comes before it from the result of an earlier one. ``failures`` counts the
    attempts that failed by themselves and were made again. ``review`` says whether a person has to
    look at it, ``waiting_for`` what a WAITING one goes on after. ``pii`` counts the personal data
    of each kind, ``policy_version`` names the rules that decided. ``violations`` counts the rules
    for its fields that do not hold, ``row_gaps`` where rows of its tables are missing. The document
    is erased by itself at ``retain_until``, unless a ``hold``, told by its reference, stops that.
    """

    document_id: DocumentId
    revision: int
    attempt: int
    status: Status
    stage: Stage
    code: str | None
    type: DocumentType | None
    level: Level | None
    name: str
    priority: Priority
    size_bytes: int
    content_sha256: Sha256
    pages: int | None
    failed_pages: int | None
    pages_by_lane: dict[Lane, int]
    zones: tuple[Zone, ...]
    index: IndexScope | None
    chunks: int | None
    violations: int | None
    row_gaps: int | None
    warnings: tuple[WarningCode, ...]
    parent: DocumentId | None
    depth: int
    children: int | None
    malware: Malware | None
    policy: LanePolicy | None
    lane: Lane | None
    declared_level: Level | None
    begins_at: Stage | None
    failures: int
    review: Review
    waiting_for: WaitingFor | None
    approved_level: Level | None
    corrected_type: DocumentType | None
    policy_version: str | None
    pii: dict[PiiType, int]
    redact: bool | None
    retain_until: Moment | None
    hold: str | None
    cost_usd: Money
    cost_by_lane: dict[Lane, Money]
    created_at: Moment
    updated_at: Moment
    finished_at: Moment | None


class DocumentList(Noun):
    """Some documents, the newest first; ``next_cursor`` asks for more, null at the end.

    With a filter an answer may hold fewer documents than asked for, or none, and still have a
    cursor: each call looks at a bounded number of documents.
    """

    items: tuple[DocumentState, ...]
    next_cursor: str | None


class FoundPassages(Noun):
    """Passages that match a query, the best first; ``next_cursor`` asks for more."""

    hits: tuple[Hit, ...]
    next_cursor: str | None


class Health(Noun):
    """The service answers, and so does what it needs."""

    status: Literal["ok"] = "ok"
    version: str


class ProblemDetails(Noun):
    """RFC 9457, with the code to act upon and the id to ask about."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
