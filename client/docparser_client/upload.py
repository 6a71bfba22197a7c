"""Files into the service: hashed, announced, sent, and never whole in memory."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from docparser.model import RejectedCode, TerminalCode

from .api import ApiError, TooLarge, Unavailable
from .api.errors import AccessDenied
from .api.file_body import chunks
from .errors import FileChanged, FileProblem
from .report import printable

if TYPE_CHECKING:
    from pathlib import Path
    from threading import Event

    from .api import Client, Created, Upload
    from .inputs import Input

_LARGEST_BYTES = 5 << 30  # what S3 takes in one request
_LONGEST_NAME = 1024  # characters that the service takes; the last ones are the file's own


@dataclass(frozen=True)
class Options:
    """What is asked for the documents of a run; None is left to the service."""

    policy: str | None = None
    level: str | None = None
    lane: str | None = None
    password: str | None = field(default=None, repr=False)
    redact: bool = False


@dataclass(frozen=True)
class Content:
    """What a file holds: bytes, and SHA-256 in hex."""

    size_bytes: int
    sha256: str


class Uploader:
    """Sends files.

    Parameters
    ----------
    client
        The service.
    priority
        The queue that they wait in.
    options
        What is asked for each.
    stop
        Set to end what is being hashed or sent.
    """

    def __init__(self, client: Client, *, priority: str, options: Options, stop: Event) -> None:
        self._client = client
        self._priority = priority
        self._options = options
        self._stop = stop

    def look(self, item: Input) -> Content:
        """Return what a file holds.

        Raises
        ------
        FileProblem
            The file is gone or cannot be read; or it is larger than any that the service takes.
        Stopped
            The run was interrupted.
        """
        digest = hashlib.sha256()
        size = 0
        try:
            if item.path.stat().st_size > _LARGEST_BYTES:
                raise _too_large(item.path)
            for chunk in chunks(item.path, self._stop):
                digest.update(chunk)
                size += len(chunk)
        except OSError as error:
            raise _gone(item.path, error) from None
        return Content(size_bytes=size, sha256=digest.hexdigest())

    def announce(self, item: Input, content: Content) -> Created:
        """Tell the service of a file; the answer says whether it needs the bytes.

        Raises
        ------
        FileProblem
            The service refuses this file.
        ApiError
            The service cannot be asked, or refuses the caller.
        """
        # A name that is no valid UTF-8 reaches us with lone surrogates, which nothing can encode.
        name = item.name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        try:
            return self._client.create_document(
                name[-_LONGEST_NAME:],
                sha256=content.sha256,
                size_bytes=content.size_bytes,
                priority=self._priority,
                policy=self._options.policy,
                level=self._options.level,
                lane=self._options.lane,
                password=self._options.password,
                redact=self._options.redact,
            )
        except TooLarge:
            raise _too_large(item.path) from None
        except (AccessDenied, Unavailable):
            raise
        except ApiError as error:
            raise FileProblem(f"{printable(item.path)}: {error}", error.code) from None

    def send(self, item: Input, upload: Upload) -> None:
        """Send the bytes that were announced.

        Raises
        ------
        FileProblem
            The file is gone, or holds other bytes than those that were looked at: the service
            would know it by an id that nobody waits for.
        ApiError
            The bucket refuses it.
        Stopped
            The run was interrupted.
        """
        try:
            self._client.upload(upload, item.path, stop=self._stop)
        except OSError as error:
            raise _gone(item.path, error) from None
        except FileChanged:
            raise FileProblem(
                f"{printable(item.path)} changed while it was read", TerminalCode.CHECKSUM_MISMATCH
            ) from None


def _too_large(path: Path) -> FileProblem:
    return FileProblem(f"{printable(path)} is too large", RejectedCode.TOO_LARGE)


def _gone(path: Path, error: OSError) -> FileProblem:
    return FileProblem(f"{printable(path)}: {error.strerror}", TerminalCode.SOURCE_GONE)
