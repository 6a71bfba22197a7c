"""What normalising makes of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from docparser.model import RejectedCode, WarningCode


class ChildFile(NamedTuple):
    """A file that lay inside another one.

    ``file`` is its name in the folder that it was unpacked to, ``sha256`` is in hex; both are None
    where it was not unpacked, for the reason that ``code`` names. ``name`` is content, and never
    used as a path.
    """

    name: str
    file: str | None
    size_bytes: int
    sha256: str | None
    code: RejectedCode | None


class Made(NamedTuple):
    """What the lanes read instead of a file: ``file`` is its name in the folder.

    ``pages`` is how many there are.
    """

    media_type: str
    file: str
    pages: int
    children: tuple[ChildFile, ...] = ()
    warnings: tuple[WarningCode, ...] = ()
