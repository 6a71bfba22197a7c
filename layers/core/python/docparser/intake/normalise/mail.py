"""Mail (RFC 5322, RFC 2045 to 2049): headers and body, and the files attached to it.

The standard library's parser is lenient and reads any mail; its modern header classes raise on many
that exist, so headers are decoded here.
"""

from __future__ import annotations

import email
import email.errors
import email.header
import email.policy
import re
from typing import IO, TYPE_CHECKING

from docparser.errors import Rejected
from docparser.intake import encoding
from docparser.model import RejectedCode

from . import message
from .message import Message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message as Part

    from .children import Children
    from .parts_writer import PartsWriter

_MOST_PARTS = 10_000
_EXTENSIONS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/tiff": "tif",
    "text/html": "html",
    "text/plain": "txt",
    "text/calendar": "ics",
    "text/csv": "csv",
    "message/rfc822": "eml",
}
_FOLD = re.compile(r"\r?\n[ \t]?")


def read(file: IO[bytes], writer: PartsWriter, children: Children) -> bool:
    """Write the parts of a mail and what is attached to it.

    Returns
    -------
    bool
        Whether there is a script in it.

    Raises
    ------
    Rejected
        CORRUPT: nested without end. BOMB: more is attached than may be.
    """
    try:
        parsed = email.message_from_binary_file(file, policy=email.policy.compat32)
    except (RecursionError, ValueError, LookupError):
        raise Rejected(RejectedCode.CORRUPT) from None
    text, html, attached = _taken_apart(parsed)
    for number, part in enumerate(attached, start=1):
        children.add(_name(part, number), _content(part))
    return message.write(
        Message(
            headers={name: _header(parsed, name) for name in message.HEADERS},
            text="" if text is None else _text(text),
            html=b"" if html is None else _bytes(html),
            charset=None if html is None else _charset(html),
            attachments=tuple(_name(part, number) for number, part in enumerate(attached, start=1)),
        ),
        writer,
    )


def _taken_apart(parsed: Part) -> tuple[Part | None, Part | None, list[Part]]:
    """Return the plain body, the HTML body, and all the other leaves of a mail in their order."""
    text: Part | None = None
    html: Part | None = None
    attached: list[Part] = []
    waiting: list[Part] = [parsed]
    seen = 0
    while waiting:
        part = waiting.pop()
        seen += 1
        if seen > _MOST_PARTS:
            raise Rejected(RejectedCode.BOMB)
        inner = part.get_payload()
        kind = part.get_content_type()
        if isinstance(inner, list) and kind != "message/rfc822":
            waiting += reversed([each for each in inner if not isinstance(each, str)])
            continue
        is_file = part.get_content_disposition() == "attachment" or part.get_filename() is not None
        if kind == "text/plain" and text is None and not is_file:
            text = part
        elif kind == "text/html" and html is None and not is_file:
            html = part
        else:
            attached.append(part)
    return text, html, attached


def _bytes(part: Part) -> bytes:
    """Return a leaf's content; what is no base64 where it should be is taken as it is."""
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        payload = None
    return payload if isinstance(payload, bytes) else b""


def _content(part: Part) -> Iterator[bytes]:
    """Yield the content of an attachment; a mail within a mail is one file."""
    if part.get_content_type() != "message/rfc822":
        yield _bytes(part)
        return
    inner = part.get_payload()
    try:
        if isinstance(inner, list):
            yield from (each.as_bytes() for each in inner if not isinstance(each, str))
        else:
            yield _bytes(part)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise Rejected(RejectedCode.CORRUPT) from None


def _charset(part: Part) -> str | None:
    try:
        return part.get_content_charset()
    except (ValueError, LookupError):
        return None


def _text(part: Part) -> str:
    """Return the plain body; a wrong charset is common, and one that is UTF-8 is told by itself."""
    content = _bytes(part)
    charset = _charset(part)
    if charset is None or charset in {"us-ascii", "ascii", "utf-8"}:
        return encoding.decode(content)
    try:
        return content.decode(charset, "replace")
    except (LookupError, UnicodeError):
        return encoding.decode(content)


def _header(part: Part, name: str) -> str:
    """Return a header as a reader is shown it; of several with one name all."""
    shown = [
        _decoded(value) if isinstance(value, str) else _raw(value)
        for value in part.get_all(name, [])
    ]
    return ", ".join(each for each in shown if each)


def _raw(value: object) -> str:
    """Return a header with bytes beyond ASCII, which no standard foresees, as text."""
    content = str(value).encode("ascii", "surrogateescape") if isinstance(value, str) else b""
    if isinstance(value, email.header.Header):
        pieces = [
            piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogateescape")
            for piece, _ in email.header.decode_header(value)
        ]
        content = b"".join(pieces)
    return encoding.decode(content)


def _decoded(value: str) -> str:
    """Return a header without its encoded words (RFC 2047)."""
    value = _FOLD.sub(" ", value)
    try:
        pieces = email.header.decode_header(value)
    except (ValueError, email.errors.HeaderParseError):
        return value
    shown = []
    for piece, charset in pieces:
        if isinstance(piece, str):
            shown.append(piece)
            continue
        try:
            shown.append(piece.decode(charset, "replace") if charset else encoding.decode(piece))
        except (LookupError, UnicodeError):
            shown.append(encoding.decode(piece))
    return "".join(shown).strip()


def _name(part: Part, number: int) -> str:
    """Return what an attachment is called; one without a name gets its subject's, or a number."""
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        name = ""
    name = _decoded(name).strip()
    if name:
        return name
    kind = part.get_content_type()
    inner = part.get_payload()
    if kind == "message/rfc822" and isinstance(inner, list) and inner:
        first = inner[0]
        subject = "" if isinstance(first, str) else _header(first, "Subject")
        if subject:
            return f"{subject}.eml"
    return f"attachment-{number}.{_EXTENSIONS.get(kind, 'bin')}"
