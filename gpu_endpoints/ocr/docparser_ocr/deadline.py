"""How long a page may take."""

from __future__ import annotations

import time


class DeadlineExceeded(Exception):  # noqa: N818 - it says what happened
    """A page took longer than its caller allows; it is given up."""


class Deadline:
    """A moment by which a page must be read, looked at between the steps of reading it."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    @property
    def passed(self) -> bool:
        """Whether the moment has come."""
        return time.monotonic() >= self._until

    def check(self) -> None:
        """Raise `DeadlineExceeded` if the moment has come."""
        if self.passed:
            raise DeadlineExceeded
