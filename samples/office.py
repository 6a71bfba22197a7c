"""Office documents, a mail and an archive: minutes, a stock list, an enquiry, a folder of files."""

from __future__ import annotations

import base64

from samples import letters, ooxml
from samples.ooxml import DATE, EURO, NUMBERS, paragraph, table

_BOUNDARY = "=_havelland_2025"
_LINE = 76
_NOTES = """\
# Notes from the site meeting

*Internal use only*

- The crane arrives on **Monday** at seven.
- The scaffold stays up for one more week.
"""


def besprechung() -> bytes:
    """Minutes of a meeting as a Word document: headings, a numbered list, a table, a footnote."""
    body = "".join(
        (
            paragraph("Protokoll der Baubesprechung", "Title"),
            paragraph("Nur für den internen Gebrauch"),
            paragraph("Teilnehmende", "Heading1"),
            paragraph("Jörg Brandt, Aylin Öztürk, Käthe Weiß"),
            paragraph("Beschlüsse", "Heading1"),
            paragraph("Der Dachstuhl wird ab dem 17. März gestellt.", "", (NUMBERS, 0)),
            paragraph("Die Straße bleibt für den Kran halbseitig gesperrt.", "", (NUMBERS, 0)),
            paragraph("Wer die Sperrung anzeigt, klärt das Büro.", "", (NUMBERS, 1)),
            paragraph("Offene Punkte", "Heading1"),
            table(
                [
                    ["Punkt", "Wer", "Bis"],
                    ["Maße der Gauben prüfen", "Weiß", "12. März"],
                    ["Gerüst & Netze bestellen", "Brandt", "13. März"],
                ]
            ),
            "<w:p><w:r><w:t>Nächste Besprechung: 24. März, 9 Uhr</w:t>"
            '<w:footnoteReference w:id="1"/></w:r></w:p>',
        )
    )
    return ooxml.docx(
        body, header="Brandt Holzbau", footer="Besprechung Nr. 7", notes=["im Bauwagen"]
    )


def stock() -> bytes:
    """Stock list as an Excel workbook: prices, dates, a hidden sheet."""
    return ooxml.xlsx(
        {
            "Stock": [
                ["Internal use only"],
                ["Part", "Quantity", "Unit price", "Counted on"],
                ["Oak beam 12 \u00d7 16", 14, (86.4, EURO), (45719, DATE)],
                ["Spruce board", 230, (7.85, EURO), (45719, DATE)],
                ["Roof batten", 1200, (1.2, EURO), (45722, DATE)],
            ],
            "Empty": [],
            "Suppliers": [["Sawmill", "Lead time"], ["Mühle am See", "3 weeks"]],
        },
        hidden=["Suppliers"],
    )


def enquiry() -> bytes:
    """Mail with umlauts in its headers, and the press release attached as a PDF."""
    encoded = base64.b64encode(letters.pressemitteilung()).decode()
    lines = [encoded[at : at + _LINE] for at in range(0, len(encoded), _LINE)]
    head = (
        "From: =?utf-8?q?K=C3=A4the_Wei=C3=9F?= <k.weiss@brandt.example>",
        "To: press@builders-weekly.example",
        "Date: Tue, 11 Mar 2025 16:20:00 +0100",
        "Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe_und_unsere_Mitteilung?=",
        "Message-ID: <20250311162000.7@brandt.example>",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/mixed; boundary="{_BOUNDARY}"',
        "",
        f"--{_BOUNDARY}",
        "Content-Type: text/plain; charset=iso-8859-1",
        "Content-Transfer-Encoding: quoted-printable",
        "",
        "Hello,",
        "",
        "attached is our release on the footbridge at the mill (M=FChle).",
        "It may be printed from Thursday on.",
        "",
        "K=E4the Wei=DF",
        "",
        f"--{_BOUNDARY}",
        "Content-Type: application/pdf",
        "Content-Transfer-Encoding: base64",
        "Content-Disposition: attachment; filename*=utf-8''Mitteilung%20M%C3%BChlensteg.pdf",
        "",
    )
    return "\r\n".join((*head, *lines, f"--{_BOUNDARY}--", "")).encode("ascii")


def papers() -> bytes:
    """Archive of two files in a folder: minutes in Markdown, and a list in CSV."""
    rows = "Article;Pieces\r\nScrews 6 \u00d7 120;400\r\nAngle brackets;75\r\nNails;2000\r\n"
    return ooxml.packed({"papers/notes.md": _NOTES, "papers/list.csv": rows.encode("cp1252")})
