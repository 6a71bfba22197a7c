"""What a mail is, whichever program stored it: headers, one body, and the files attached."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, NamedTuple

from . import hypertext, plain

if TYPE_CHECKING:
    from .parts_writer import PartsWriter

HEADERS = ("From", "To", "Cc", "Bcc", "Reply-To", "Date", "Subject")
"""Those that a reader is shown, in their order."""


class Message(NamedTuple):
    """A mail; ``html`` is in ``charset`` if that is known, ``text`` is decoded."""

    headers: dict[str, str]
    text: str
    html: bytes
    charset: str | None
    attachments: tuple[str, ...]


def write(message: Message, writer: PartsWriter) -> bool:
    """Write a mail: its headers, its body, the names of its attachments.

    Of two forms of a body the plain one is taken, unless it is only a hint at the other.

    Returns
    -------
    bool
        Whether there is a script in it.
    """
    shown = [
        f"{name}: {' '.join(message.headers[name].split())}"
        for name in HEADERS
        if message.headers.get(name)
    ]
    if message.attachments:
        shown.append(f"Attachments: {', '.join(message.attachments)}")
    writer.paragraph("\n".join(shown))
    if message.html and (len(message.text.strip()) < _HINT or "<table" in _lower(message.html)):
        return hypertext.read(message.html, writer, message.charset)
    plain.read(io.BytesIO(message.text.encode("utf-8", "replace")), writer)
    return False


_HINT = 200
"""Characters; a plain form that is shorter is a word on how to see the other one, or all there is:
both are in the other one as well."""


def _lower(html: bytes) -> str:
    return html.decode("latin-1").lower()
