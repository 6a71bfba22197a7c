"""What a dead letter may tell: whose it is by an id of ours, and never a word of anybody else's.

Its body may hold the key of an object that somebody else chose, often a person's name.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from docparser.store.layout import parse_upload_key

if TYPE_CHECKING:
    from collections.abc import Mapping

_DOCUMENT = re.compile(r"(d[0-9a-f]{32})(?:-r[0-9]+-a[0-9]+(?:-s[0-9]{4})?)?")
_NUDGE = "docparser/nudge/1"
_CODE = re.compile(r"[A-Za-z0-9_.]{1,80}")
_CODES = ("ERROR_CODE", "ErrorCode")  # what EventBridge, and Lambda, call why they gave up
NO_TENANT = "its key names no tenant"


class Subject(NamedTuple):
    """What a letter is about: a ``document`` or an ``upload`` by its id, or something else."""

    kind: str
    id: str = ""
    reason: str = ""


@dataclass(frozen=True)
class Letter:
    """A message that nobody could deal with.

    Parameters
    ----------
    id
        What SQS calls it.
    sent_at
        When it was first sent.
    received
        How often it was received, by us and others.
    subject
        What it is about.
    reason
        Why it is here, as far as that is known.
    """

    id: str
    sent_at: datetime
    received: int
    subject: Subject
    reason: str

    def facts(self) -> dict[str, Any]:
        """Return what may be shown, as JSON takes it."""
        return {
            "message_id": self.id,
            "sent_at": self.sent_at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "received": self.received,
            "about": self.subject.kind,
            "id": self.subject.id,
            "reason": self.reason,
        }


def letter_of(message: Mapping[str, Any]) -> Letter:
    """Return what may be told of a message, as SQS gives it."""
    system = message.get("Attributes", {})
    subject = subject_of(message.get("Body", ""))
    given = message.get("MessageAttributes", {})
    codes = (given.get(name, {}).get("StringValue", "") for name in _CODES)
    received = int(system.get("ApproximateReceiveCount", 0))
    code = next((code for code in codes if _CODE.fullmatch(code)), "")
    return Letter(
        id=message["MessageId"],
        sent_at=datetime.fromtimestamp(int(system.get("SentTimestamp", 0)) / 1000, UTC),
        received=received,
        subject=subject,
        reason=code or subject.reason or f"received {received} times",
    )


def subject_of(body: str) -> Subject:
    """Return what a message's body is about."""
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return Subject("unknown")
    if not isinstance(said, dict):
        return Subject("unknown")
    if said.get("schema") == _NUDGE:
        return Subject("nudge")
    detail = _part(said, "detail")
    for key in (
        _part(detail, "object").get("key"),
        _part(detail, "s3ObjectDetails").get("objectKey"),
    ):
        if isinstance(key, str):
            return _object(key)
    named = (detail.get("name"), said.get("inferenceId"), _part(said, "ref").get("document_id"))
    for name in named:
        if isinstance(name, str) and (match := _DOCUMENT.fullmatch(name)):
            return Subject("document", match[1])
    return Subject("unknown")


def _object(key: str) -> Subject:
    where = parse_upload_key(key)
    if where is None:
        return Subject("object", reason=NO_TENANT)
    return Subject("upload", where.upload_id) if where.upload_id else Subject("object")


def _part(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    part = said.get(name)
    return part if isinstance(part, dict) else {}
