"""A font in which every character is the same box: for text that is found and not seen.

It is written in the rendering mode that paints nothing: only its places matter. All 65,536 codes
lead to one glyph; the idea is Tesseract's (``pdf.ttf``, K. Breidenbach and J. Merritt), whose glyph
is empty. Here it is as large as a character, since pdfium finds no text without an extent, and
marks what was found by it. The file is made from its tables.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

from pikepdf import Array, Dictionary, Name

if TYPE_CHECKING:
    import pikepdf

WIDTH = 500
"""Thousandths of the font's size that each character is wide."""

ASCENT, DESCENT = 800, -200
"""Thousandths of the font's size above and below the base line."""

_UNITS = 1000
_NAME = "/Docparser-Boxes"


def true_type() -> bytes:
    """Return the font file: the tables that ISO 32000-2 (9.9.1) asks of an embedded CID font."""
    head = struct.pack(
        ">IIIIHHQQhhhhHHhhh",
        0x00010000,
        0x00010000,
        0,  # the checksum of the file, filled in below
        0x5F0F3CF5,
        0,
        _UNITS,
        0,
        0,
        *(0, DESCENT, WIDTH, ASCENT),
        0,
        8,
        2,
        0,
        0,
    )
    hhea = struct.pack(">IhhhHhhhhhhhhhhhH", 0x00010000, ASCENT, DESCENT, 0, WIDTH, *(0,) * 11, 1)
    maxp = struct.pack(">IHHHHHHHHHHHHHH", 0x00010000, 1, 4, 1, *(0,) * 4, 1, *(0,) * 6)
    # One contour of four points on it, each by its distance from the one before.
    extent = struct.pack(">hhhhhHH", 1, 0, DESCENT, WIDTH, ASCENT, 3, 0)
    across, up = (0, 0, WIDTH, 0), (DESCENT, ASCENT - DESCENT, 0, DESCENT - ASCENT)
    glyf = extent + bytes([1, 1, 1, 1]) + struct.pack(">8h", *across, *up)
    tables = {
        b"glyf": glyf,
        b"head": head,
        b"hhea": hhea,
        b"hmtx": struct.pack(">Hh", WIDTH, 0),
        b"loca": struct.pack(">HH", 0, len(glyf) // 2),
        b"maxp": maxp,
    }
    directory, body = b"", b""
    start = 12 + 16 * len(tables)
    for tag, table in sorted(tables.items()):
        directory += tag + struct.pack(">III", _sum(table), start + len(body), len(table))
        body += table + b"\0" * (-len(table) % 4)
    font = struct.pack(">IHHHH", 0x00010000, len(tables), 64, 2, 32) + directory + body
    place = start + body.index(head) + 8
    adjusted = struct.pack(">I", (0xB1B0AFBA - _sum(font)) & 0xFFFFFFFF)
    return font[:place] + adjusted + font[place + 4 :]


def embedded(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """Return the font as an object of a PDF; codes are UTF-16 units, two bytes each."""
    program = true_type()
    descriptor = pdf.make_indirect(
        Dictionary(
            Type=Name.FontDescriptor,
            FontName=Name(_NAME),
            Flags=5,  # fixed pitch, symbolic
            FontBBox=Array([0, DESCENT, WIDTH, ASCENT]),
            ItalicAngle=0,
            Ascent=ASCENT,
            Descent=DESCENT,
            CapHeight=ASCENT,
            StemV=80,
            FontFile2=pdf.make_stream(program, Length1=len(program)),
        )
    )
    to_one_glyph = pdf.make_stream(zlib.compress(bytes(2 << 16), 9), Filter=Name.FlateDecode)
    descendant = pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.CIDFontType2,
            BaseFont=Name(_NAME),
            CIDSystemInfo=Dictionary(Registry=b"Adobe", Ordering=b"Identity", Supplement=0),
            FontDescriptor=descriptor,
            DW=WIDTH,
            CIDToGIDMap=to_one_glyph,
        )
    )
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font,
            Subtype=Name.Type0,
            BaseFont=Name(_NAME),
            Encoding=Name("/Identity-H"),
            DescendantFonts=Array([descendant]),
            ToUnicode=pdf.make_stream(_TO_UNICODE),
        )
    )


_TO_UNICODE = b"""/CIDInit /ProcSet findresource begin
12 dict begin
begincmap
/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def
/CMapName /Adobe-Identity-UCS def
/CMapType 2 def
1 begincodespacerange
<0000> <FFFF>
endcodespacerange
1 beginbfrange
<0000> <FFFF> <0000>
endbfrange
endcmap
CMapName currentdict /CMap defineresource pop
end
end
"""


def _sum(table: bytes) -> int:
    padded = table + b"\0" * (-len(table) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF
