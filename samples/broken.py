"""Files that must be rejected, each for one reason."""

from __future__ import annotations

from decimal import Decimal
from hashlib import sha256
from io import BytesIO

import pikepdf
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph, Spacer, Table, TableStyle

from samples import scans
from samples.house_style import (
    BODY,
    CELL,
    CELL_HEAD,
    CELL_HEAD_RIGHT,
    CELL_RIGHT,
    PROSE_FOLDER,
    RULE,
    SHADE,
    TITLE,
    german,
    typeset,
)

# Not a secret: README.md names it, for whoever wants to look inside.
PASSWORD = "havelland"

MOVEMENTS = (
    ("02.05.", "Miete Mai, Wohnungsgenossenschaft Schleuse eG", Decimal("-784.00")),
    ("05.05.", "Stadtwerke Rathenow, Abschlag Strom", Decimal("-61.50")),
    ("12.05.", "Kartenzahlung Lebensmittel Höhne", Decimal("-93.18")),
    ("19.05.", "Überweisung an Buchhandlung Lesezeichen", Decimal("-42.90")),
    ("30.05.", "Havelberg Feinmechanik GmbH, Entgelt Mai", Decimal("2656.71")),
)
OPENING_BALANCE = Decimal("1318.44")

# Sides of 80,500 points are 223,611 pixels at 200 dpi: a page of 50,000 megapixels.
ABSURD_SIDE_PT = 80_500


def statement() -> bytes:
    """German bank statement; the content of the encrypted sample."""
    closing = OPENING_BALANCE + sum((amount for _, _, amount in MOVEMENTS), Decimal(0))
    rows = [
        ("Datum", "Buchungstext", "Betrag in €"),
        ("30.04.", "Alter Kontostand", german(OPENING_BALANCE)),
        *((date, text, german(amount)) for date, text, amount in MOVEMENTS),
        ("31.05.", "Neuer Kontostand", german(closing)),
    ]
    cells = [
        [
            Paragraph(text, (CELL_HEAD_RIGHT if i == 2 else CELL_HEAD) if row == 0 else style)
            for i, (text, style) in enumerate(zip(texts, (CELL, CELL, CELL_RIGHT), strict=True))
        ]
        for row, texts in enumerate(rows)
    ]
    story = [
        Paragraph("Kontoauszug Nr. 5/2025", TITLE),
        Paragraph(
            "Havelländische Sparbank eG<br/>Kontoinhaberin: Katharina König<br/>"
            "IBAN DE02 1203 0000 0000 2020 51",
            BODY,
        ),
        Spacer(0, 8),
        Table(
            cells,
            colWidths=[22 * mm, 108 * mm, 33 * mm],
            style=TableStyle(
                [("BACKGROUND", (0, 0), (-1, 0), SHADE), ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE)]
            ),
        ),
    ]
    return typeset(story, title="Kontoauszug", author="Havelländische Sparbank eG", language="de")


def encrypted() -> bytes:
    """PDF with a user password (AES-256, revision 6).

    The salts and the key of this encryption are drawn at random, so that two calls never return the
    same bytes. Equal are the contents, which `decrypted` shows.
    """
    buffer = BytesIO()
    with pikepdf.open(BytesIO(statement())) as pdf:
        pdf.save(buffer, encryption=pikepdf.Encryption(user=PASSWORD, owner=PASSWORD, R=6))
    return buffer.getvalue()


def decrypted(data: bytes) -> bytes:
    """Return the encrypted sample without its encryption, in a form that can be compared."""
    buffer = BytesIO()
    with pikepdf.open(BytesIO(data), password=PASSWORD) as pdf:
        pdf.save(buffer, static_id=True, encryption=False)
    return buffer.getvalue()


def corrupt() -> bytes:
    """Header of a PDF followed by noise: no object, no cross-reference table, nothing to repair."""
    noise = b"".join(sha256(f"noise {i}".encode()).digest() for i in range(256))
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + noise + b"\n%%EOF\n"


def empty() -> bytes:
    """File without a byte."""
    return b""


def plain_text() -> bytes:
    """Plain text under the name of a PDF."""
    return (PROSE_FOLDER / "plain.txt").read_bytes()


def absurd_page() -> bytes:
    """PDF of a few hundred bytes whose one page would be 50,000 megapixels at 200 dpi."""
    buffer = BytesIO()
    with pikepdf.new() as pdf:
        page = pdf.add_blank_page()
        # pikepdf refuses to make a page of this size, as it should.
        page.mediabox = pikepdf.Rectangle(0, 0, ABSURD_SIDE_PT, ABSURD_SIDE_PT)
        pdf.save(buffer, static_id=True)
    return buffer.getvalue()


def truncated() -> bytes:
    """Photograph of the receipt whose transfer broke off: a decoder would fill the rest in gray."""
    whole = scans.receipt()
    return whole[: len(whole) * 3 // 5]
