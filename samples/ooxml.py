"""Office documents as their programs write them, in the least XML that is one (ISO 29500)."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_FORMATS = "http://schemas.openxmlformats.org"
_WORD = f"{_FORMATS}/wordprocessingml/2006/main"
_SHEET = f"{_FORMATS}/spreadsheetml/2006/main"
_RELATIONS = f"{_FORMATS}/officeDocument/2006/relationships"
_TYPE = "application/vnd.openxmlformats-officedocument"

_STYLES = {
    "Title": "Title",
    "Heading1": "heading 1",
    "Heading2": "heading 2",
    "ListParagraph": "List Paragraph",
    "Caption": "caption",
}
BULLETS, NUMBERS = 1, 2
"""The lists of a document: one with bullets, one with numbers."""

PLAIN, DATE, PERCENT, EURO = range(4)
"""The cell styles of a workbook."""
_HIDDEN = ' state="hidden"'
_NUMBER_FORMATS = (0, 14, 9, 164)

Cell = str | int | float | bool | tuple[float, int] | None
"""What a cell holds; a number may come with its style."""


def packed(entries: Mapping[str, str | bytes]) -> bytes:
    """Return a ZIP of entries whose bytes depend on nothing but them."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            entry = zipfile.ZipInfo(name, (2025, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return file.getvalue()


def content_types(parts: Mapping[str, str]) -> str:
    """Return the part that names each part's type."""
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{_TYPE}.{kind}+xml"/>'
        for name, kind in parts.items()
    )
    return (
        f'<Types xmlns="{_FORMATS}/package/2006/content-types">'
        '<Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def relations(targets: Mapping[str, tuple[str, str]]) -> str:
    """Return a part that says what another one refers to: type and target by id."""
    inner = "".join(
        f'<Relationship Id="{key}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return f'<Relationships xmlns="{_FORMATS}/package/2006/relationships">{inner}</Relationships>'


def paragraph(text: str, style: str = "", number: tuple[int, int] | None = None) -> str:
    """Return a paragraph of a document; ``number`` is its list and how deep it is in it."""
    said = f'<w:pStyle w:val="{style}"/>' if style else ""
    if number is not None:
        said += f'<w:numPr><w:ilvl w:val="{number[1]}"/><w:numId w:val="{number[0]}"/></w:numPr>'
    run = f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    return f"<w:p><w:pPr>{said}</w:pPr>{run}</w:p>"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return a table of a document."""
    inner = "".join(
        f"<w:tr>{''.join(f'<w:tc>{paragraph(cell)}</w:tc>' for cell in row)}</w:tr>" for row in rows
    )
    return f"<w:tbl>{inner}</w:tbl>"


def docx(
    body: str, *, header: str = "", footer: str = "", notes: Sequence[str] = (), extra: str = ""
) -> bytes:
    """Return a Word document.

    Parameters
    ----------
    body
        Its XML, as `paragraph` and `table` return it.
    header, footer
        The text that stands on every page.
    notes
        The texts of its footnotes; their ids count from 1.
    extra
        Another part of it, ``word/chunk.html``, whose relation is ``chunk``.
    """
    opening = f'xmlns:w="{_WORD}" xmlns:r="{_RELATIONS}"'
    styles = "".join(
        f'<w:style w:type="paragraph" w:styleId="{key}"><w:name w:val="{name}"/></w:style>'
        for key, name in _STYLES.items()
    )
    levels = "".join(
        f'<w:abstractNum w:abstractNumId="{key}">'
        f'<w:lvl w:ilvl="0"><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        f'<w:lvl w:ilvl="1"><w:numFmt w:val="{inner}"/><w:lvlText w:val="{under}"/></w:lvl>'
        "</w:abstractNum>"
        for key, form, text, inner, under in (
            (0, "bullet", "•", "bullet", "•"),
            (1, "decimal", "%1.", "lowerLetter", "%1.%2)"),
        )
    )
    lists = "".join(
        f'<w:num w:numId="{key}"><w:abstractNumId w:val="{pattern}"/></w:num>'
        for key, pattern in ((BULLETS, 0), (NUMBERS, 1))
    )
    footnotes = "".join(
        f'<w:footnote w:id="{key}">{paragraph(text)}</w:footnote>'
        for key, text in enumerate(notes, start=1)
    )
    kinds = {
        "document": "document.main",
        "styles": "styles",
        "numbering": "numbering",
        "header1": "header",
        "footer1": "footer",
        "footnotes": "footnotes",
    }
    referred = {
        name: (kind, f"{name}.xml") for name, kind in kinds.items() if name != "document"
    } | ({"chunk": ("aFChunk", "chunk.html")} if extra else {})
    return packed(
        {
            "[Content_Types].xml": content_types(
                {f"word/{name}.xml": f"wordprocessingml.{kind}" for name, kind in kinds.items()}
            ),
            "_rels/.rels": relations({"main": ("officeDocument", "word/document.xml")}),
            "word/document.xml": f"<w:document {opening}><w:body>{body}</w:body></w:document>",
            "word/styles.xml": f"<w:styles {opening}>{styles}</w:styles>",
            "word/numbering.xml": f"<w:numbering {opening}>{levels}{lists}</w:numbering>",
            "word/header1.xml": f"<w:hdr {opening}>{paragraph(header)}</w:hdr>",
            "word/footer1.xml": f"<w:ftr {opening}>{paragraph(footer)}</w:ftr>",
            "word/footnotes.xml": f"<w:footnotes {opening}>{footnotes}</w:footnotes>",
            "word/_rels/document.xml.rels": relations(referred),
            **({"word/chunk.html": extra} if extra else {}),
        }
    )


def xlsx(sheets: Mapping[str, Sequence[Sequence[Cell]]], hidden: Collection[str] = ()) -> bytes:
    """Return an Excel workbook: rows of cells by the sheets' names."""
    strings: dict[str, int] = {}
    made = {
        f"xl/worksheets/sheet{number}.xml": _sheet(rows, strings)
        for number, rows in enumerate(sheets.values(), start=1)
    }
    tabs = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="s{number}"'
        f"{_HIDDEN if name in hidden else ''}/>"
        for number, name in enumerate(sheets, start=1)
    )
    shared = "".join(f"<si><t>{escape(text)}</t></si>" for text in strings)
    formats = "".join(f'<xf numFmtId="{number}"/>' for number in _NUMBER_FORMATS)
    euro = escape('#,##0.00\\ "€"', {'"': "&quot;"})
    opening = f'xmlns="{_SHEET}" xmlns:r="{_RELATIONS}"'
    return packed(
        {
            "[Content_Types].xml": content_types(
                {"xl/workbook.xml": "spreadsheetml.sheet.main"}
                | dict.fromkeys(made, "spreadsheetml.worksheet")
            ),
            "_rels/.rels": relations({"main": ("officeDocument", "xl/workbook.xml")}),
            "xl/workbook.xml": f"<workbook {opening}><sheets>{tabs}</sheets></workbook>",
            "xl/_rels/workbook.xml.rels": relations(
                {
                    f"s{number}": ("worksheet", f"worksheets/sheet{number}.xml")
                    for number in range(1, len(sheets) + 1)
                }
                | {
                    "styles": ("styles", "styles.xml"),
                    "strings": ("sharedStrings", "sharedStrings.xml"),
                }
            ),
            "xl/styles.xml": f'<styleSheet {opening}><numFmts><numFmt numFmtId="164" '
            f'formatCode="{euro}"/></numFmts><cellXfs>{formats}</cellXfs></styleSheet>',
            "xl/sharedStrings.xml": f"<sst {opening}>{shared}</sst>",
            **made,
        }
    )


def _sheet(rows: Sequence[Sequence[Cell]], strings: dict[str, int]) -> str:
    inner = ""
    for number, row in enumerate(rows, start=1):
        cells = "".join(_cell(number, at, each, strings) for at, each in enumerate(row))
        inner += f'<row r="{number}">{cells}</row>'
    return f'<worksheet xmlns="{_SHEET}"><sheetData>{inner}</sheetData></worksheet>'


def _cell(row: int, column: int, value: Cell, strings: dict[str, int]) -> str:
    place = f'r="{chr(ord("A") + column)}{row}"'
    if value is None:
        return ""
    if isinstance(value, tuple):
        return f'<c {place} s="{value[1]}"><v>{value[0]}</v></c>'
    if isinstance(value, bool):
        return f'<c {place} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, str):
        return f'<c {place} t="s"><v>{strings.setdefault(value, len(strings))}</v></c>'
    return f"<c {place}><v>{value}</v></c>"
