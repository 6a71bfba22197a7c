"""How much may come out of a file: counted while it comes out, not believed beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.errors import Rejected
from docparser.model import RejectedCode

if TYPE_CHECKING:
    from docparser.settings import Archives

# XML of office documents packs well: a sheet formatted down to its last row at 1:300. So much may
# come out of the smallest of them.
_OFFICE_LEAST_BYTES = 64 << 20
_ARCHIVE_LEAST_BYTES = 1 << 20


class Budget:
    """What is left of the bytes that may be unpacked."""

    def __init__(self, most_bytes: int) -> None:
        self._left = most_bytes

    @classmethod
    def of_office(cls, size_bytes: int, limits: Archives) -> Budget:
        """Return the budget of an office document of so many bytes."""
        return cls(_most(size_bytes, limits, _OFFICE_LEAST_BYTES))

    @classmethod
    def of_archive(cls, size_bytes: int, limits: Archives) -> Budget:
        """Return the budget of an archive or a mail of so many bytes."""
        return cls(_most(size_bytes, limits, _ARCHIVE_LEAST_BYTES))

    def spend(self, size_bytes: int) -> None:
        """Count bytes that came out.

        Raises
        ------
        Rejected
            BOMB: it is more than the file may hold.
        """
        self._left -= size_bytes
        if self._left < 0:
            raise Rejected(RejectedCode.BOMB)

    def foresee(self, size_bytes: int) -> None:
        """Refuse what says itself that more will come out of it than may; less is not believed.

        Raises
        ------
        Rejected
            BOMB.
        """
        if size_bytes > self._left:
            raise Rejected(RejectedCode.BOMB)


def _most(size_bytes: int, limits: Archives, least: int) -> int:
    return min(limits.max_unpacked_bytes, max(limits.max_ratio * size_bytes, least))
