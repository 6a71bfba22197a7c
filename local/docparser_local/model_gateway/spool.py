"""Accepted invocations on disk, so that no restart loses one that a caller was promised."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from pydantic import ValidationError

from docparser_local.files import write_atomically
from docparser_local.model_gateway.invocation import Invocation

if TYPE_CHECKING:
    from pathlib import Path

LOG = logging.getLogger(__name__)


class Spool:
    """A folder with one file per invocation that is not answered yet.

    Parameters
    ----------
    folder
        Made if it is missing.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def keep(self, invocation: Invocation) -> None:
        """Store an invocation; when this returns, a power cut does not lose it."""
        write_atomically(self._path(invocation), invocation.model_dump_json())
        descriptor = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)  # the file's name is the folder's content
        finally:
            os.close(descriptor)

    def drop(self, invocation: Invocation) -> None:
        """Forget an invocation that is answered."""
        self._path(invocation).unlink(missing_ok=True)

    def waiting(self) -> list[Invocation]:
        """Return what an earlier run accepted and did not answer, oldest first."""
        found = []
        for path in self._folder.glob("*.json"):
            try:
                found.append(Invocation.model_validate_json(path.read_bytes()))
            except ValidationError:
                # Of another version of this code: its caller's deadline ends the wait.
                LOG.error("an accepted invocation cannot be read: %s", path.name)
        return sorted(found, key=lambda invocation: invocation.received_at)

    def _path(self, invocation: Invocation) -> Path:
        return self._folder / f"{invocation.number}.json"
