"""Files inside a file: written under names of ours, counted and measured as they come."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from docparser.errors import Rejected
from docparser.model import RejectedCode

from .made import ChildFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from .budget import Budget

_MOST_NAME = 1024


class Children:
    """Collects the files that lie inside another one; what it holds is ``found``.

    Raises
    ------
    Rejected
        BOMB: there are more of them, or more bytes in them, than there may be.
    """

    def __init__(self, folder: Path, budget: Budget, most: int) -> None:
        self._folder = folder
        self._budget = budget
        self._most = most
        self._left = False
        self.found: list[ChildFile] = []

    def foresee(self, size_bytes: int) -> None:
        """Refuse to begin with what says itself that it is too much."""
        self._budget.foresee(size_bytes)

    def add(self, name: str, pieces: Iterable[bytes]) -> None:
        """Write a file; one that is empty, damaged or encrypted is skipped, with its code."""
        self._count()
        file = f"child-{len(self.found) + 1:04d}"
        digest = hashlib.sha256()
        size = 0
        code: RejectedCode | None = None
        with (self._folder / file).open("wb") as target:
            try:
                for piece in pieces:
                    self._budget.spend(len(piece))
                    digest.update(piece)
                    size += len(piece)
                    target.write(piece)
            except Rejected as error:
                if error.code is RejectedCode.BOMB:
                    raise
                code = error.code
        if size == 0 and code is None:
            code = RejectedCode.EMPTY
        if code is None:
            self.found.append(ChildFile(_named(name), file, size, digest.hexdigest(), None))
        else:
            (self._folder / file).unlink()
            self.found.append(ChildFile(_named(name), None, size, None, code))

    def skip(self, name: str, size_bytes: int, code: RejectedCode) -> None:
        """Note a file that is not unpacked."""
        self._count()
        self.found.append(ChildFile(_named(name), None, size_bytes, None, code))

    def leave(self) -> None:
        """Note that there are files inside which nobody lists: pictures in a text, say."""
        self._left = True

    @property
    def skipped(self) -> bool:
        """Whether a file was left inside."""
        return self._left or any(child.code is not None for child in self.found)

    def _count(self) -> None:
        if len(self.found) >= self._most:
            raise Rejected(RejectedCode.BOMB)


def _named(name: str) -> str:
    """Return a name as it is kept: of a sane length, and made of characters that can be written."""
    return name.encode("utf-8", "replace").decode()[:_MOST_NAME]
