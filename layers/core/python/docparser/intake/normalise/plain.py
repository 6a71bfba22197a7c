"""Plain text: paragraphs are parted by empty lines, pages by form feeds."""

from __future__ import annotations

import codecs
import io
from typing import IO, TYPE_CHECKING

from docparser import parts
from docparser.intake import encoding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .parts_writer import PartsWriter

_DOS_END = "\x1a"


def read(file: IO[bytes], writer: PartsWriter) -> None:
    """Write the paragraphs of a text; a line is held at a time, and of a long one a piece."""
    paragraph: list[str] = []
    size = 0
    for line in lines(file):
        *ended, rest = line.split("\f")
        for last in ended:
            writer.paragraph("\n".join([*paragraph, last]))
            writer.end_page(even_if_empty=True)
            paragraph, size = [], 0
        if rest.strip():
            paragraph.append(rest)
            size += len(rest)
        if not rest.strip() or size > parts.MOST_CHARACTERS:
            writer.paragraph("\n".join(paragraph))
            paragraph, size = [], 0
    writer.paragraph("\n".join(paragraph))


def lines(file: IO[bytes]) -> Iterator[str]:
    """Yield the lines of a text in any encoding, without their ends."""
    text = io.TextIOWrapper(file, codec_of(file), "replace")
    first = True
    while line := text.readline(parts.MOST_CHARACTERS):
        if first:
            line, first = line.removeprefix("\ufeff"), False
        yield line.rstrip("\n").rstrip(_DOS_END)
    text.detach()  # or it would close a file that is not its own


def codec_of(file: IO[bytes]) -> str:
    """Return the codec of an open text, and leave it at its beginning.

    The first letter beyond ASCII may come late, so all of the file is looked at: UTF-8 or not is
    known only at its end.
    """
    head = file.read(encoding.SAMPLE_BYTES)
    codec = encoding.encoding_of(head, whole=len(head) < encoding.SAMPLE_BYTES)
    if codec in {"utf-8", "cp1252"} and len(head) == encoding.SAMPLE_BYTES:
        file.seek(0)
        codec = _of_all(file)
    file.seek(0)
    return codec


def _of_all(file: IO[bytes]) -> str:
    decoder = codecs.getincrementaldecoder("utf-8")()
    telling = b""
    valid = True
    while piece := file.read(1 << 20):
        if valid:
            try:
                decoder.decode(piece)
            except UnicodeDecodeError:
                valid = False
        if len(telling) < encoding.SAMPLE_BYTES and not piece.isascii():
            telling += b"\n".join(line for line in piece.split(b"\n") if not line.isascii())
        if not valid and len(telling) >= encoding.SAMPLE_BYTES:
            break
    if valid:
        return "utf-8"
    return encoding.encoding_of(telling[: encoding.SAMPLE_BYTES], whole=False)
