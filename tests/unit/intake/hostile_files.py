"""The evaluation set of hostile files, and bombs of our own making."""

from __future__ import annotations

import csv
import os
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = Path(
    os.environ.get("DOCPARSER_DATA_DIR")
    or Path(__file__).resolve().parents[3].parent / "shared" / "data"
)
HOSTILE = DATA / "hostile"


def hostile() -> list[dict[str, str]]:
    """Return the rows of the set's manifest; none where the set is not."""
    manifest = HOSTILE / "manifest.tsv"
    if not manifest.exists():
        return []
    with manifest.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


# ---------------------------------------------------------------------- bombs
def _pdf(*objects: bytes) -> bytes:
    body, places = bytearray(b"%PDF-1.7\n"), []
    for number, content in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    xref = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    body += b"".join(b"%010d 00000 n \n" % place for place in places)
    body += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, xref)
    return bytes(body)


def _stream(content: bytes, *, extra: bytes = b"", filters: bytes = b"/FlateDecode") -> bytes:
    head = b"<<%s/Filter[%s]/Length %d>>stream\n" % (extra, filters, len(content))
    return head + content + b"\nendstream"


_CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
_PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"


def _page(*objects: bytes, box: int = 600, extra: bytes = b"/Contents 4 0 R") -> bytes:
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]%s>>" % (box, box, extra)
    return _pdf(_CATALOG, _PAGES, page, *objects)


def _inflating(mebibytes: int, piece: bytes) -> bytes:
    """Return a zlib stream of so much of a piece; its checksum is missing, as no reader minds."""
    packer = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    block = packer.compress(piece * ((1 << 20) // len(piece))) + packer.flush(zlib.Z_FULL_FLUSH)
    return b"\x78\xda" + block * mebibytes + packer.flush()


def _deep_pages(depth: int = 100_000) -> bytes:
    nodes = (b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (number + 3) for number in range(depth))
    return _pdf(_CATALOG, *nodes, b"<</Type/Page/MediaBox[0 0 9 9]>>")


def _forms(depth: int = 14) -> bytes:
    """Return a page whose form draws a form ten times, which draws a form ten times."""
    forms = [
        _stream(
            zlib.compress(b"/X Do " * 10),
            extra=b"/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</X %d 0 R>>>>" % (6 + level),
        )
        for level in range(depth)
    ]
    last = _stream(zlib.compress(b"0 0 m 9 9 l S"), extra=b"/Subtype/Form/BBox[0 0 9 9]")
    return _page(
        _stream(zlib.compress(b"/X Do")),
        *forms,
        last,
        extra=b"/Contents 4 0 R/Resources<</XObject<</X 5 0 R>>>>",
    )


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(bytes(1000))
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            chunk(b"IDAT", pixels),
            chunk(b"IEND", b""),
        )
    )


def _tiff(frames: int) -> bytes:
    tags = [(256, 3, 1), (257, 3, 1), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 0)]
    tags += [(278, 3, 1), (279, 4, 1)]
    entries = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in tags)
    size = 2 + len(entries) + 4
    body = bytearray(b"II*\0" + struct.pack("<I", 8))
    for frame in range(1, frames + 1):
        after = 8 + frame * size if frame < frames else 0
        body += struct.pack("<H", len(tags)) + entries + struct.pack("<I", after)
    return bytes(body)


def _gif(frames: int, width: int, height: int) -> bytes:
    frame = b"!\xf9\4\0\1\0\0\0," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2\x44\1\0"
    head = b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF0, 0, 0) + b"\0\0\0\xff\xff\xff"
    return head + frame * frames + b";"


BOMBS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a page of 11,000 square kilometres": ("TOO_MANY_PIXELS", lambda: _page(box=300_000_000)),
    "contents of 4 GB": ("BOMB", lambda: _page(_stream(_inflating(4096, b" ")))),
    "a million saved states": ("BOMB", lambda: _page(_stream(_inflating(200, b"q ")))),
    "a hundred million strokes": ("BOMB", lambda: _page(_stream(_inflating(1024, b"0 0 l S ")))),
    "contents packed three times": (
        "BOMB",
        lambda: _page(
            _stream(
                zlib.compress(zlib.compress(_inflating(1024, b" "), 9), 9),
                filters=b"/FlateDecode" * 3,
            )
        ),
    ),
    "forms in forms": ("BOMB", _forms),
    "a tree of pages, 100,000 deep": ("CORRUPT", _deep_pages),
    "a tree of pages that bites its tail": (
        "CORRUPT",
        lambda: _pdf(_CATALOG, b"<</Type/Pages/Count 2/Kids[2 0 R 2 0 R]>>"),
    ),
    "one page a million times": (
        "TOO_MANY_PAGES",
        lambda: _pdf(
            _CATALOG,
            b"<</Type/Pages/Count 1000000/Kids[%s]>>" % (b"3 0 R " * 1_000_000),
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]>>",
        ),
    ),
    "a PNG of 50,000 megapixels": ("TOO_MANY_PIXELS", lambda: _png(250_000, 200_000)),
    "a TIFF of 100,000 frames": ("TOO_MANY_PAGES", lambda: _tiff(100_000)),
    "a GIF of 100,000 frames": ("TOO_MANY_PAGES", lambda: _gif(100_000, 10, 10)),
    "a GIF of 3,000 large frames": ("BOMB", lambda: _gif(3000, 19_000, 10_000)),
}
"""What is wrong with each, and how it is made."""
