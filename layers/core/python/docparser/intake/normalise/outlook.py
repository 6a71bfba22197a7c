"""Outlook messages ([MS-OXMSG]): properties in the streams of a compound file."""

from __future__ import annotations

import email.policy
import struct
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import IO, TYPE_CHECKING, NamedTuple

from docparser.errors import Rejected
from docparser.intake import compound, encoding
from docparser.model import RejectedCode

from . import message
from .message import Message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.intake.compound import Compound, Entry

    from .children import Children
    from .parts_writer import PartsWriter

# Property ids ([MS-OXPROPS]), and types: text in UTF-16, text in a code page, bytes, a message.
_SUBJECT, _BODY, _HTML, _RTF = "0037", "1000", "1013", "1009"
_SENDER, _SENDER_ADDRESS, _SENDER_SMTP = "0C1A", "0C1F", "5D01"
_TO, _CC, _BCC = "0E04", "0E03", "0E02"
_FILE, _LONG_FILE, _ATTACHED, _DISPLAY_NAME = "3704", "3707", "3701", "3001"
_WIDE, _NARROW, _BINARY, _OBJECT = "001F", "001E", "0102", "000D"
_SENT, _DELIVERED = 0x0039, 0x0E06
_CODE_PAGES = (0x3FFD, 0x3FDE)

_PROPERTIES = "__properties_version1.0"
_ATTACHMENT = "__attach_version1.0_"
_PROPERTY_BYTES = 16
_HEADER_BYTES = {True: 32, False: 24}  # of the properties of a message, and of one within it
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_MOST_TEXT = 64 << 20
_MOST_NESTED = 8
_MOST_NAME = 255  # what file systems take; a longer one takes the standard library seconds
_PEOPLE = {"To", "Cc", "Bcc"}


class _Attachment(NamedTuple):
    name: str
    storage: dict[str, Entry]


def read(file: IO[bytes], writer: PartsWriter, children: Children) -> bool:
    """Write the parts of a message and what is attached to it; a message within it becomes a mail.

    Returns
    -------
    bool
        Whether there is a script in it.

    Raises
    ------
    Rejected
        CORRUPT. BOMB: more is attached than may be.
    """
    item = _Item(compound.Compound(file), None)
    names = []
    for attachment in item.attachments():
        names.append(attachment.name)
        children.add(attachment.name, item.content(attachment, 0))
    return message.write(
        Message(
            headers=item.headers(),
            text=item.text(_BODY),
            html=item.html(),
            charset=None,
            attachments=tuple(names),
        ),
        writer,
    )


class _Item:
    """A message, or one within another."""

    def __init__(self, opened: Compound, storage: Entry | None) -> None:
        self._opened = opened
        self._streams = opened.children(opened.root if storage is None else storage)
        self._fixed = self._properties(_HEADER_BYTES[storage is None])
        page = next((self._fixed[key] for key in _CODE_PAGES if key in self._fixed), b"\0")
        self._code_page = f"cp{struct.unpack_from('<I', page.ljust(8, bytes(1)))[0]}"

    def _properties(self, skip: int) -> dict[int, bytes]:
        """Return the properties of a fixed size by their ids."""
        entry = self._streams.get(_PROPERTIES)
        if entry is None:
            raise Rejected(RejectedCode.CORRUPT)
        data = self._opened.read(entry, 1 << 20)
        found: dict[int, bytes] = {}
        for at in range(skip, len(data) - _PROPERTY_BYTES + 1, _PROPERTY_BYTES):
            found[struct.unpack_from("<HH", data, at)[1]] = data[at + 8 : at + 16]
        return found

    def text(self, key: str) -> str:
        """Return a property that is text; empty where there is none."""
        return self._text_of(self._streams, key)

    def _text_of(self, streams: dict[str, Entry], key: str) -> str:
        wide = streams.get(f"__substg1.0_{key}{_WIDE}")
        if wide is not None:
            return self._opened.read(wide, _MOST_TEXT).decode("utf-16-le", "replace").rstrip("\0")
        narrow = streams.get(f"__substg1.0_{key}{_NARROW}")
        if narrow is None:
            return ""
        content = self._opened.read(narrow, _MOST_TEXT).rstrip(b"\0")
        try:
            return content.decode(self._code_page)
        except (LookupError, UnicodeError):
            return encoding.decode(content)

    def html(self) -> bytes:
        """Return the body in HTML; empty where there is none."""
        entry = self._streams.get(f"__substg1.0_{_HTML}{_BINARY}")
        if entry is not None:
            return self._opened.read(entry, _MOST_TEXT)
        return self.text(_HTML).encode()

    def headers(self) -> dict[str, str]:
        """Return what a reader is shown of the message's head."""
        address = self.text(_SENDER_SMTP) or self.text(_SENDER_ADDRESS)
        sender = self.text(_SENDER)
        if address and address != sender:
            sender = f"{sender} <{address}>".strip()
        sent = self._moment()
        return {
            "From": sender,
            "To": self.text(_TO),
            "Cc": self.text(_CC),
            "Bcc": self.text(_BCC),
            "Date": format_datetime(sent) if sent else "",
            "Subject": self.text(_SUBJECT),
        }

    def _moment(self) -> datetime | None:
        """Return when it was sent, or else delivered."""
        for key in (_SENT, _DELIVERED):
            if key in self._fixed:
                ticks = struct.unpack("<Q", self._fixed[key].ljust(8, b"\0"))[0]
                try:
                    return (_EPOCH + timedelta(microseconds=ticks // 10)).replace(microsecond=0)
                except OverflowError:
                    continue
        return None

    def attachments(self) -> Iterator[_Attachment]:
        """Yield what is attached, in its order."""
        for number, name in enumerate(sorted(self._streams), start=1):
            entry = self._streams[name]
            if not name.startswith(_ATTACHMENT) or not entry.is_storage:
                continue
            streams = self._opened.children(entry)
            said = next(
                (
                    text
                    for key in (_LONG_FILE, _FILE, _DISPLAY_NAME)
                    if (text := self._text_of(streams, key))
                ),
                f"attachment-{number}",
            )
            if f"__substg1.0_{_ATTACHED}{_OBJECT}" in streams:
                said = said if said.lower().endswith(".eml") else f"{said}.eml"
            yield _Attachment(said, streams)

    def content(self, attachment: _Attachment, depth: int) -> Iterator[bytes]:
        """Yield the content of an attachment.

        Raises
        ------
        Rejected
            CORRUPT: it has none that can be read. BOMB: messages within messages without end.
        """
        entry = attachment.storage.get(f"__substg1.0_{_ATTACHED}{_BINARY}")
        if entry is not None:
            yield from self._opened.pieces(entry)
            return
        inner = attachment.storage.get(f"__substg1.0_{_ATTACHED}{_OBJECT}")
        if inner is None or not inner.is_storage:
            raise Rejected(RejectedCode.CORRUPT)
        if depth >= _MOST_NESTED:
            raise Rejected(RejectedCode.BOMB)
        yield _Item(self._opened, inner).as_mail(depth + 1)

    def as_mail(self, depth: int) -> bytes:
        """Return the message as a mail (RFC 5322), its head in UTF-8 (RFC 6532).

        The standard library takes addresses apart, and stumbles over many that exist.
        """
        head = ""
        for name, value in self.headers().items():
            line = _one_line(value)
            if line:
                # Outlook parts people by semicolons; names alone are no addresses, but are read.
                head += f"{name}: {line.replace(';', ',') if name in _PEOPLE else line}\r\n"
        mail = EmailMessage(policy=email.policy.SMTP)
        mail.set_content(self.text(_BODY))
        html = self.html()
        if html:
            mail.add_alternative(encoding.decode(html), subtype="html")
        for attachment in self.attachments():
            mail.add_attachment(
                b"".join(self.content(attachment, depth)),
                maintype="application",
                subtype="octet-stream",
                filename=_one_line(attachment.name)[-_MOST_NAME:],
            )
        return head.encode("utf-8", "replace") + mail.as_bytes()


def _one_line(text: str) -> str:
    """Return a text without line breaks and other control characters."""
    return " ".join("".join(each if each.isprintable() else " " for each in text).split())
