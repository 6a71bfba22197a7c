"""What a file is, how many pages it has and what they say, found out where it can do no harm.

Untrusted bytes are parsed in a bounded child (`bounded`) alone, which answers with what it found.
What the lanes read instead of the file, and the files inside it, lie in a folder then.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, ValidationError

from docparser import bounded
from docparser.bounded import Bounds
from docparser.errors import Rejected
from docparser.model import LaneReason, Noun, RejectedCode, WarningCode
from docparser.pdf_file import open_pdf

from . import pdf, sniff
from .lanes import Signals

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path

    from docparser.settings import Archives, Limits, Parsing

    from .normalise import ChildFile

_HEAD_BYTES = 1024

# How long a child may take, as a multiple of the CPU time that it may use: it waits for its disk
# and, on a machine that does much at once, for its turn.
_WALL = 1.5

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


class Examiner:
    """Looks at files, each in a child of its own."""

    def __init__(self, limits: Limits, archives: Archives, parsing: Parsing) -> None:
        self._limits = limits
        self._archives = archives
        self._bounds = Bounds(
            memory_bytes=parsing.parser_memory_mb << 20,
            seconds=_WALL * parsing.parser_seconds,
            cpu_seconds=parsing.parser_seconds,
            file_bytes=archives.max_unpacked_bytes,
        )

    def examine(self, path: Path, upload: Upload, folder: Path) -> Examined:
        """Return what is found in a file that may do to its reader what it likes.

        Raises
        ------
        Rejected
            Every code but TOO_LARGE and INFECTED.
        Terminal
            INTERNAL: a defect of ours.
        """
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
        signed = sniff.signed(head)
        bounds = self._bounds
        # What a child imports, it imports for itself alone; its parent does so once.
        if signed in sniff.PICTURES:
            from . import frames, thumbnail  # noqa: F401
        elif b"%PDF-" in head:
            from . import mending  # noqa: F401

            # Pictures are decoded whole; of a PDF nothing is. The less it may fill, the sooner a
            # bomb has filled it.
            bounds = bounds._replace(memory_bytes=bounds.memory_bytes // 2)
        else:
            from . import normalise  # noqa: F401
        answer = bounded.run(
            lambda: examine(path, upload, folder, self._limits, self._archives).to_json(), bounds
        )
        try:
            return Examined.model_validate_json(answer)
        except ValidationError:
            # A parser has spoilt the memory of its process, or somebody has by means of it.
            raise Rejected(RejectedCode.CORRUPT) from None


def examine(
    path: Path, upload: Upload, folder: Path, limits: Limits, archives: Archives
) -> Examined:
    """Look at every page of a file; call it where there are limits on time and memory.

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
        examined = _parts(path, found, folder, limits, archives)
    else:
        examined = _picture(path, found, folder, limits, archives)
    if not sniff.name_agrees(upload.name, found):
        warnings = (WarningCode.NAME_MISMATCH, *examined.warnings)
        return examined.model_copy(update={"warnings": warnings})
    return examined


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
    if not stat.S_ISREG(os.fstat(number).st_mode):
        os.close(number)
        raise Rejected(RejectedCode.CORRUPT)
    return os.fdopen(number, "rb")


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


def _parts(path: Path, found: str, folder: Path, limits: Limits, archives: Archives) -> Examined:
    from .normalise import normalise

    made = normalise(path, found, folder, archives)
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
