"""PDFs that pdfium does not open as they are: damaged ones, and those that need a password.

qpdf reads them in its own way, which is often enough, and writes what it read as a new file. It
also tells whether a file is damaged that pdfium reads in silence.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pikepdf

from docparser.errors import Rejected
from docparser.model import RejectedCode
from docparser.pdf_file import password_forms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def damaged(path: Path) -> bool:
    """Tell whether a PDF is not what its cross references and its tree of pages say.

    Of one that cannot be opened without a password nobody knows.
    """
    try:
        with pikepdf.open(path) as pdf:
            return len(pdf.pages) < 1 or bool(pdf.get_warnings())
    except pikepdf.PasswordError:
        return False
    except Exception:  # noqa: BLE001 - qpdf and its binding raise what they meet: any kind of error
        return True


def rewrite(path: Path, target: Path, password: str | None) -> None:
    """Write what qpdf finds in a PDF as one that is sound and open.

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
        except Exception:  # noqa: BLE001 - qpdf and its binding raise what they meet
            raise Rejected(RejectedCode.CORRUPT) from None
    if pages < 1:
        raise Rejected(RejectedCode.CORRUPT)


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
