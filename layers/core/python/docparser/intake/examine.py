"""What a file is, how many pages it has and what they say: looked at where nothing can go wrong.

It runs in a bounded child (`bounded`), which answers with what it found. What the lanes read
instead of the file, and the files inside it, lie in a folder then.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from docparser.errors import Rejected
from docparser.model import LaneReason, Noun, RejectedCode, WarningCode
from docparser.pdf_file import open_pdf

from . import pdf, sniff
from .lanes import Signals

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path

    from docparser.settings import Archives, Limits

    from .normalise import ChildFile

FileName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
"""A name in the folder, and never a path: the child that says it may be anybody's by then."""


class MadeFile(Noun):
    """What the lanes read instead of the file: its name in the folder, and what it is."""

    file: FileName
    media_type: str


class InnerFile(Noun):
    """A file inside the file: its name in the folder, or why it is not there.

    ``name`` is what the file calls it, and content.
    """

    name: str
    size_bytes: int
    file: FileName | None = None
    code: RejectedCode | None = None


class Examined(Noun):
    """What was found: ``pages`` has what is known of each page, in order."""

    media_type: str
    pages: tuple[Signals, ...]
    made: MadeFile | None = None
    children: tuple[InnerFile, ...] = ()
    warnings: tuple[WarningCode, ...] = ()


class Upload(Noun):
    """What a file's owner says of it; all of it is a claim. ``password`` may open it."""

    name: str = ""
    password: str | None = Field(default=None, repr=False)


def examine(
    path: Path, upload: Upload, folder: Path, limits: Limits, archives: Archives
) -> Examined:
    """Look at every page of a file.

    Parameters
    ----------
    path
        The file.
    upload
        What its owner says.
    folder
        An empty folder that receives what is made of the file.
    limits
        How many pages a document may have, and how many pixels a page.
    archives
        What may be inside a file.

    Raises
    ------
    Rejected
        Every code but TOO_LARGE and INFECTED.
    """
    found = sniff.media_type(path, upload.name)
    if found is None:
        raise Rejected(RejectedCode.UNSUPPORTED)
    if found == sniff.PDF:
        examined = _pdf(path, upload.password, folder, limits)
    elif found in sniff.PARTED:
        examined = _parts(path, found, upload.name, folder, limits, archives)
    else:
        examined = _picture(path, found, folder, limits, archives)
    if not sniff.name_agrees(upload.name, found):
        warnings = (WarningCode.NAME_MISMATCH, *examined.warnings)
        return examined.model_copy(update={"warnings": warnings})
    return examined


def begins_pdf(head: bytes) -> bool:
    """Tell whether a file that begins like this will be looked at as a PDF, most likely."""
    return b"%PDF-" in head and sniff.signed(head) is None


def import_parsers(head: bytes) -> None:
    """Import what a file that begins like this is looked at with.

    A child would import it for itself alone; its parent does so once.
    """
    if begins_pdf(head):
        from . import mending  # noqa: F401
    elif sniff.signed(head) in sniff.PICTURES:
        from . import frames, thumbnail  # noqa: F401


def open_made(folder: Path, name: str) -> BufferedReader:
    """Open a file that an examination left in its folder.

    Raises
    ------
    Rejected
        CORRUPT: there is none, or something else by that name; its maker was not itself.
    """
    try:
        # A link would lead out of the folder, and a pipe keep its reader waiting.
        number = os.open(folder / name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        raise Rejected(RejectedCode.CORRUPT) from None
    file = os.fdopen(number, "rb")
    if not stat.S_ISREG(os.fstat(number).st_mode):
        file.close()
        raise Rejected(RejectedCode.CORRUPT)
    return file


def _pdf(path: Path, password: str | None, folder: Path, limits: Limits) -> Examined:
    # Pictures and mails are looked at without qpdf.
    from . import mending

    made, damaged = None, False
    try:
        pages, active = _pages_of_pdf(path, limits)
    except Rejected as error:
        locked = error.code is RejectedCode.ENCRYPTED and password is not None
        if not locked and error.code is not RejectedCode.CORRUPT:
            raise
        made = MadeFile(file="mended.pdf", media_type=sniff.PDF)
        damaged = mending.rewrite(path, folder / made.file, password) or not locked
        pages, active = _pages_of_pdf(folder / made.file, limits)
    # After pdfium, which says at once that there are a million pages.
    condition = mending.look(folder / made.file if made else path)
    noticed = {
        WarningCode.ACTIVE_CONTENT: active or condition.active,
        WarningCode.REPAIRED: condition.damaged or damaged,
    }
    return Examined(
        media_type=sniff.PDF,
        pages=tuple(pages),
        made=made,
        warnings=tuple(warning for warning, seen in noticed.items() if seen),
    )


def _pages_of_pdf(path: Path, limits: Limits) -> tuple[list[Signals], bool]:
    """Return what a PDF's pages say, and whether pdfium knows of active content in it."""
    with open_pdf(path) as opened:
        active = pdf.active_content(opened)
        facts = pdf.inspect(
            opened,
            max_pages=limits.max_pages,
            max_page_pixels=limits.max_page_pixels,
            render_dpi=limits.render_dpi,
        )
        return [pdf.signals(page) for page in facts], active


def _picture(path: Path, found: str, folder: Path, limits: Limits, archives: Archives) -> Examined:
    # Not at init: most documents are PDFs, and every cold start would pay for Pillow.
    from . import frames, image, thumbnail

    made = None
    if found in sniff.READ_AS_THEY_ARE:
        facts = image.inspect(
            path, found, max_pages=limits.max_pages, max_page_pixels=limits.max_page_pixels
        )
    else:
        made = MadeFile(file="frames.tiff", media_type=sniff.TIFF)
        facts = frames.write_tiff(
            path,
            found,
            folder / made.file,
            max_pages=limits.max_pages,
            max_page_pixels=limits.max_page_pixels,
            max_pixels=archives.max_unpacked_bytes,
        )
    seen = thumbnail.look(path) if found == sniff.JPEG else None
    pages = (
        Signals(
            reason=LaneReason.IMAGE_INPUT,
            scan=True,
            dpi=page.dpi,
            cover=1.0,
            ink=seen.ink if seen else None,
            skew=seen.skew if seen else None,
            refused=page.refused,
        )
        for page in facts
    )
    return Examined(media_type=found, pages=tuple(pages), made=made)


def _parts(
    path: Path, found: str, name: str, folder: Path, limits: Limits, archives: Archives
) -> Examined:
    # Kreuzberg is the largest library of all, and few documents need it.
    from .normalise import normalise

    made = normalise(path, found, name, folder, archives)
    if made.pages > limits.max_pages:
        raise Rejected(RejectedCode.TOO_MANY_PAGES)
    return Examined(
        media_type=found,
        pages=(Signals(reason=LaneReason.TEXT_INPUT, scan=False),) * made.pages,
        made=MadeFile(file=made.file, media_type=made.media_type),
        children=tuple(_inner(child, limits.max_bytes) for child in made.children),
        warnings=made.warnings,
    )


def _inner(child: ChildFile, max_bytes: int) -> InnerFile:
    too_large = child.file is not None and child.size_bytes > max_bytes
    return InnerFile(
        name=child.name,
        size_bytes=child.size_bytes,
        file=None if too_large else child.file,
        code=RejectedCode.TOO_LARGE if too_large else child.code,
    )
