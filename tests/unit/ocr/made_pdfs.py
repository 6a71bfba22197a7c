"""PDFs made for the tests: words at given places, or a content stream as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pikepdf
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

A4 = (595.0, 842.0)


def write_text(
    path: Path,
    pages: Iterable[Iterable[tuple[float, float, str]]],
    *,
    size: float = 10,
    page_size: tuple[float, float] = A4,
) -> Path:
    """Write strings at points from the bottom left, in the order given."""
    canvas = Canvas(str(path), pagesize=page_size)
    for strings in pages:
        canvas.setFont("Helvetica", size)
        for x, y, text in strings:
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return path


def write_raw(
    path: Path,
    content: str,
    *,
    to_unicode: Mapping[str, str] | None = None,
    **page_entries: object,
) -> Path:
    """Write one page with a content stream; ``/F`` is Helvetica, its letters mapped at will."""
    with pikepdf.new() as pdf:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type1,
            BaseFont=pikepdf.Name.Helvetica,
            Encoding=pikepdf.Name.WinAnsiEncoding,
        )
        if to_unicode:
            font.ToUnicode = pdf.make_stream(_to_unicode(to_unicode))
        page = pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=[0, 0, 400, 300],
            Contents=pdf.make_stream(content.encode("latin-1")),
            Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font)),
            **page_entries,
        )
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        pdf.save(path)
    return path


def edit(path: Path, **page_entries: object) -> Path:
    """Set entries of the first page's dictionary."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for name, value in page_entries.items():
            pdf.pages[0][f"/{name}"] = value
        pdf.save(path)
    return path


def write_scan(
    path: Path,
    *,
    width: int = 8,
    height: int = 8,
    content: str = "q 400 0 0 300 0 0 cm /I Do Q",
) -> Path:
    """Write a page of 400 x 300 points with an image that claims ``width`` x ``height`` pixels.

    In the content stream the image is ``/I``, and ``/F`` is Helvetica.
    """
    with pikepdf.new() as pdf:
        image = pdf.make_stream(
            b"\x80" * 64,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=width,
            Height=height,
            BitsPerComponent=8,
            ColorSpace=pikepdf.Name.DeviceGray,
        )
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page = pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=[0, 0, 400, 300],
            Contents=pdf.make_stream(content.encode("latin-1")),
            Resources=pikepdf.Dictionary(
                XObject=pikepdf.Dictionary(I=image), Font=pikepdf.Dictionary(F=font)
            ),
        )
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        pdf.save(path)
    return path


def write_bitmap_font(path: Path, text: str, *, first_code: int | None) -> Path:
    """Write a line in a font of drawings (Type 3) that tells no characters, as old TeX does.

    Its codes count up from ``first_code``, or are those of ASCII.
    """
    letters = sorted(set(text))
    codes = {
        letter: ord(letter) if first_code is None else first_code + place
        for place, letter in enumerate(letters)
    }
    with pikepdf.new() as pdf:
        drawing = pdf.make_stream(b"600 0 0 0 500 700 d1 0 0 400 700 re f")
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type3,
            FontBBox=[0, 0, 600, 700],
            FontMatrix=[0.001, 0, 0, 0.001, 0, 0],
            CharProcs=pikepdf.Dictionary({f"/a{code}": drawing for code in codes.values()}),
            Encoding=pikepdf.Dictionary(
                Type=pikepdf.Name.Encoding,
                Differences=[
                    entry for code in codes.values() for entry in (code, pikepdf.Name(f"/a{code}"))
                ],
            ),
            FirstChar=0,
            LastChar=255,
            Widths=[600] * 256,
            Resources=pikepdf.Dictionary(),
        )
        shown = bytes(codes[letter] for letter in text).hex()
        page = pikepdf.Dictionary(
            Type=pikepdf.Name.Page,
            MediaBox=[0, 0, 1200, 100],
            Contents=pdf.make_stream(f"BT /F 6 Tf 10 50 Td <{shown}> Tj ET".encode()),
            Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font)),
        )
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
        pdf.save(path)
    return path


def _to_unicode(mapping: Mapping[str, str]) -> bytes:
    pairs = "\n".join(
        f"<{ord(code):02x}> <{text.encode('utf-16-be').hex()}>" for code, text in mapping.items()
    )
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{len(mapping)} beginbfchar\n{pairs}\nendbfchar\nendcmap end end"
    ).encode()


def add_form_field(path: Path, value: str) -> Path:
    """Add a filled text field, 60 points from the left and 197 from the bottom."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        font = pdf.pages[0].Resources.Font.F
        appearance = pdf.make_stream(
            f"BT /F 12 Tf 0 3 Td ({value}) Tj ET".encode("latin-1"),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Form,
            BBox=[0, 0, 100, 20],
            Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font)),
        )
        field = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name.Widget,
                FT=pikepdf.Name.Tx,
                T="name",
                V=value,
                Rect=[60, 197, 160, 217],
                F=4,
                AP=pikepdf.Dictionary(N=appearance),
            )
        )
        pdf.pages[0].Annots = pikepdf.Array([field])
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=[field])
        pdf.save(path)
    return path
