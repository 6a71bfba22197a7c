"""Small PDFs made for one test each."""

from __future__ import annotations

import io
import uuid

from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

LETTER = (
    "Dear Ms Example,",
    "thank you for your letter of 3 March. We confirm the delivery of the goods",
    "that you have ordered, and remain with kind regards,",
    "Example Trading Limited",
)


def text_pdf(*pages: tuple[str, ...], salt: str | None = None) -> bytes:
    """Return a PDF with the lines of each page; a salt makes it a document of its own."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.setSubject(salt if salt is not None else uuid.uuid4().hex)
    for lines in pages or (LETTER,):
        for row, line in enumerate(lines):
            canvas.drawString(72, 760 - 16 * row, line)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def scan_pdf(*, scanned: int, text: int = 0) -> bytes:
    """Return a PDF with pages of text, then pages that are pictures only."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer)
    canvas.setSubject(uuid.uuid4().hex)
    for _ in range(text):
        for row, line in enumerate(LETTER):
            canvas.drawString(72, 760 - 16 * row, line)
        canvas.showPage()
    for _ in range(scanned):
        picture = ImageReader(Image.new("RGB", (40, 60), "grey"))
        canvas.drawImage(picture, 0, 0, 595, 842)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()
