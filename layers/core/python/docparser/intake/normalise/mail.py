"""Mail (RFC 5322, RFC 2045 to 2049): headers and body, and the files attached to it.

The standard library's parser is lenient and reads any mail; its modern header classes raise on many
that exist, so headers are decoded here.
"""

from __future__ import annotations

import base64
import email
import email.errors
import email.header
import email.policy
import re
from email.errors import MessageError
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
    "message/delivery-status": "txt",
    "message/disposition-notification": "txt",
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
    """Return the plain body, the HTML body, and all the other leaves of a mail in their order.

    There are two bodies only where they are alternatives (RFC 2046, 5.1.4): another text that
    stands beside the body says something of its own, and is a leaf like others.
    """
    text: Part | None = None
    html: Part | None = None
    attached: list[Part] = []
    waiting: list[tuple[Part, Part | None]] = [(parsed, None)]
    choice: Part | None = None
    seen = 0
    while waiting:
        part, within = waiting.pop()
        seen += 1
        if seen > _MOST_PARTS:
            raise Rejected(RejectedCode.BOMB)
        kind = part.get_content_type()
        if part.get_content_maintype() == "multipart":
            if inner := _inner(part):
                within = part if kind == "multipart/alternative" else within
                waiting += [(each, within) for each in reversed(inner)]
                continue
            kind = "text/plain"  # it names no boundary: its text is all there is
        is_file = part.get_content_disposition() == "attachment" or bool(_file_name(part))
        other = (text is None and html is None) or (within is not None and within is choice)
        if kind == "text/plain" and text is None and other and not is_file:
            text, choice = part, within
        elif kind == "text/html" and html is None and other and not is_file:
            html, choice = part, within
        else:
            attached.append(part)
    return text, html, attached


def _inner(part: Part) -> list[Part]:
    """Return the parts that a part consists of; none of a leaf."""
    # Only so: of a leaf it decodes the content, and stumbles over what is none.
    inner = part.get_payload() if part.is_multipart() else []
    return [each for each in inner if not isinstance(each, str)]


def _file_name(part: Part) -> str:
    """Return the name of a file as its part gives it; empty where none can be made of it."""
    try:
        return part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        return ""


def _bytes(part: Part) -> bytes:
    """Return a leaf's content; what is no base64 where it should be is taken as it is."""
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        payload = None
    return payload if isinstance(payload, bytes) else b""


def _content(part: Part) -> Iterator[bytes]:
    """Yield the content of an attachment; a mail within a mail, or a report, is one file."""
    inner = _inner(part)
    if not inner:
        yield _bytes(part)
        return
    try:
        content = b"\n".join(each.as_bytes() for each in inner)
        # No mail may be encoded (RFC 2046, 5.2.1), and some are.
        if str(part.get("Content-Transfer-Encoding", "")).strip().lower() == "base64":
            content = base64.b64decode(content)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError, MessageError):
        raise Rejected(RejectedCode.CORRUPT) from None
    yield content


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
    name = _decoded(_file_name(part)).strip()
    if name:
        return name
    kind = part.get_content_type()
    if kind == "message/rfc822" and (inner := _inner(part)):
        subject = _header(inner[0], "Subject")
        if subject:
            return f"{subject}.eml"
    return f"attachment-{number}.{_EXTENSIONS.get(kind, 'bin')}"
