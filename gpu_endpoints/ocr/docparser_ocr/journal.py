"""The server's log: JSON lines of counts, codes and seconds; never what is on a page."""

from __future__ import annotations

import json
import logging
import traceback
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

_log = logging.getLogger("docparser_ocr")


def open_on(stream: TextIO) -> None:
    """Send the log to a stream, and silence libraries: their messages quote their input."""
    logging.basicConfig(level=logging.CRITICAL, format="%(message)s", stream=stream)
    _log.setLevel(logging.INFO)


def write(message: str, **fields: float | str | list[str]) -> None:
    """Write a line; the message is a constant, what varies goes into the fields."""
    _log.info(json.dumps({"message": message, **fields}))


def write_defect(message: str, error: Exception) -> None:
    """Write where an error came from that nobody expected, without what it says."""
    frames = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-6:]
    ]
    _log.error(
        json.dumps({"message": message, "error_type": type(error).__name__, "frames": frames})
    )
