"""From a file of any kind that holds text to its parts, and the files inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.errors import Rejected
from docparser.model import RejectedCode

if TYPE_CHECKING:
    from pathlib import Path

    from docparser.settings import Archives

    from .made import Made


def normalise(path: Path, found: str, name: str, folder: Path, limits: Archives) -> Made:
    """Write the parts of a file, and the files inside it, into a folder.

    It looks at untrusted bytes: call it in a process with limits on memory and time.

    Parameters
    ----------
    path
        The file.
    found
        What it is: one of `sniff.PARTED`.
    name
        What its owner calls it; a claim.
    folder
        An empty folder; the names in the answer are names in it.
    limits
        How many files may be inside, and how many bytes.

    Returns
    -------
    Made
        The parts, of media type `parts.MEDIA_TYPE`, and the children.

    Raises
    ------
    Rejected
        CORRUPT, EMPTY, ENCRYPTED, BOMB, TOO_MANY_PAGES.
    """
    raise Rejected(RejectedCode.UNSUPPORTED)
