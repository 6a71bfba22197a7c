"""The rows of a table out of its file, one at a time: a statement may have a hundred thousand."""

from __future__ import annotations

import io
import json
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_CHUNK = 1 << 16  # characters


def rows(file: IO[bytes]) -> Iterator[Any]:
    """Yield what is in the member ``rows`` of an object, parsed.

    Parameters
    ----------
    file
        JSON (RFC 8259), at its start. No more of it is in memory than the largest row, and what
        there is beside the rows.

    Raises
    ------
    ValueError
        It is no such object.
    """
    text = _Text(io.TextIOWrapper(file, "utf-8"))
    try:
        text.take("{")
        while True:
            name = text.value()
            text.take(":")
            if name == "rows":
                yield from _elements(text)
            else:
                text.value()
            if text.take(",}") == "}":
                return
    finally:
        text.leave()


def _elements(text: _Text) -> Iterator[Any]:
    text.take("[")
    if text.next() == "]":
        text.take("]")
        return
    while True:
        yield text.value()
        if text.take(",]") == "]":
            return


class _Text:
    """JSON of which a part is in memory."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self._file = file
        self._decoder = json.JSONDecoder()
        self._text = ""
        self._at = 0

    def leave(self) -> None:
        """Leave the file open for whoever opened it."""
        self._file.detach()

    def next(self) -> str:
        """Return the next character that is no blank; empty at the end."""
        while True:
            while self._at < len(self._text):
                if self._text[self._at] not in " \t\r\n":
                    return self._text[self._at]
                self._at += 1
            if not self._more():
                return ""

    def take(self, wanted: str) -> str:
        """Take the next character, which is one of those."""
        found = self.next()
        if not found or found not in wanted:
            raise ValueError("the JSON of a table is broken")
        self._at += 1
        return found

    def value(self) -> Any:
        """Take the next value."""
        self.next()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except json.JSONDecodeError:
                if not self._more():
                    raise ValueError("the JSON of a table is broken") from None
                continue
            # A number that ends with what is in memory may go on after it.
            if end == len(self._text) and self._more():
                continue
            self._at = end
            return value

    def _more(self) -> bool:
        """Take in some more; False at the end. A long value doubles it, or would be read often."""
        rest = self._text[self._at :]
        chunk = self._file.read(max(_CHUNK, len(rest)))
        self._text, self._at = rest + chunk, 0
        return bool(chunk)
