"""PDFs that pdfium does not open as they are: damaged ones, and those that need a password.

qpdf reads them in its own way, which is often enough, and writes what it read as a new file. It
also tells whether a file is damaged that pdfium reads in silence.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import pikepdf

from docparser.errors import Rejected
from docparser.model import RejectedCode
from docparser.pdf_file import password_forms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Names of active content. In the file itself they may be compressed or written in hexadecimal.
_ACTIVE_NAMES = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|XFA|RichMedia)\b")


class Condition(NamedTuple):
    """Whether a PDF is damaged, and whether it carries scripts, launch actions or files.

    Damaged: it is not what its cross references and its tree of pages say.
    """

    damaged: bool
    active: bool


def look(path: Path) -> Condition:
    """Look at every object of a PDF; at none of one that does not open without a password."""
    try:
        with pikepdf.open(path) as pdf:
            sound = len(pdf.pages) > 0
            active = any(_ACTIVE_NAMES.search(_written(thing)) for thing in pdf.objects)
            return Condition(damaged=not sound or bool(pdf.get_warnings()), active=active)
    except pikepdf.PasswordError:
        return Condition(damaged=False, active=False)
    except Exception:  # noqa: BLE001 - qpdf and its binding raise what they meet: any kind of error
        return Condition(damaged=True, active=False)


def _written(thing: object) -> bytes:
    """Return an object as it is written in a file, without a stream's data."""
    if isinstance(thing, pikepdf.Stream):
        thing = thing.stream_dict
    if isinstance(thing, pikepdf.Dictionary | pikepdf.Array):
        return thing.unparse(resolved=True)
    return b""


def rewrite(path: Path, target: Path, password: str | None) -> bool:
    """Write what qpdf finds in a PDF as one that is sound and open; tell whether it was damaged.

    Raises
    ------
    Rejected
        ENCRYPTED: the password is missing or wrong; CORRUPT: beyond repair, or without pages.
    """
    with _opened(path, password) as pdf:
        try:
            pages = len(pdf.pages)
            # Streams stay as they are: to recompress them would unpack them all.
            pdf.save(
                target,
                encryption=False,
                deterministic_id=True,
                stream_decode_level=pikepdf.StreamDecodeLevel.none,
            )
            damaged = bool(pdf.get_warnings())
        except Exception:  # noqa: BLE001 - qpdf and its binding raise what they meet
            raise Rejected(RejectedCode.CORRUPT) from None
    if pages < 1:
        raise Rejected(RejectedCode.CORRUPT)
    return damaged


@contextmanager
def _opened(path: Path, password: str | None) -> Iterator[pikepdf.Pdf]:
    for secret in password_forms(password):
        try:
            pdf = pikepdf.open(path, password=secret)
        except pikepdf.PasswordError:
            continue
        except Exception:  # noqa: BLE001 - qpdf and its binding raise what they meet
            raise Rejected(RejectedCode.CORRUPT) from None
        with pdf:
            yield pdf
        return
    raise Rejected(RejectedCode.ENCRYPTED)
