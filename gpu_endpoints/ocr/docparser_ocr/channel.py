"""Messages between the server and a worker: a few named values, and bytes that belong to them."""

from __future__ import annotations

import json
import struct
import time
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import socket

# Bytes of the values, and bytes that follow them.
_LENGTHS = struct.Struct("!II")

# The values are names and numbers; the bytes are a page as JSON at most.
_MOST_VALUES = 1 << 16
_MOST_CONTENT = 1 << 28


class ChannelClosed(Exception):  # noqa: N818 - it says what happened
    """The other process has ended, or sends what is no message."""


class Message(NamedTuple):
    """Values as JSON knows them, and bytes."""

    values: dict[str, Any]
    content: bytes = b""


class Channel:
    """One end of a pair of connected sockets; one thread uses it at a time.

    What comes in is JSON, as a process that reads untrusted bytes is not to be trusted either.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, message: Message) -> None:
        """Send a message.

        Raises
        ------
        ChannelClosed
            Nobody is there.
        """
        values = json.dumps(message.values).encode()
        head = _LENGTHS.pack(len(values), len(message.content))
        try:
            self._connection.settimeout(None)
            self._connection.sendall(head + values + message.content)
        except OSError:
            raise ChannelClosed from None

    def receive(self, until: float | None = None) -> Message:
        """Return the next message.

        Parameters
        ----------
        until
            The moment of ``time.monotonic`` up to which to wait, if not for ever.

        Raises
        ------
        ChannelClosed
            Nobody is there.
        TimeoutError
            The moment has come.
        """
        length, more = _LENGTHS.unpack(self._exactly(_LENGTHS.size, until))
        if length > _MOST_VALUES or more > _MOST_CONTENT:
            raise ChannelClosed
        values = self._exactly(length, until)
        content = self._exactly(more, until)
        try:
            parsed = json.loads(values)
        except ValueError:
            raise ChannelClosed from None
        if not isinstance(parsed, dict):
            raise ChannelClosed
        return Message(parsed, content)

    def _exactly(self, size: int, until: float | None) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError
            try:
                self._connection.settimeout(left)
                part = self._connection.recv(min(size - len(parts), 1 << 20))
            except TimeoutError:
                raise
            except OSError:
                raise ChannelClosed from None
            if not part:
                raise ChannelClosed
            parts += part
        return bytes(parts)

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()
