"""Office documents: headings, lists, tables, notes and sheets as their programs mean them."""

from __future__ import annotations

import resource
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from docparser import bounded
from docparser.bounded import Bounds
from docparser.errors import Rejected
from docparser.intake import sniff
from docparser.intake.normalise.number_format import NumberFormat
from docparser.intake.normalise.numbering import Numbering, _numeral
from docparser.intake.normalise.xml_events import Event

from samples import ooxml
from samples.ooxml import BULLETS, DATE, EURO, NUMBERS, PERCENT, paragraph, table
from tests.unit.intake.normalise.normalised import normalised

HOSTILE = Path(__file__).parents[4].parent / "shared/data/hostile/files"
needs_hostile = pytest.mark.skipif(not HOSTILE.exists(), reason="the hostile set is not here")


def run(inner: str) -> str:
    return f"<w:p><w:r>{inner}</w:r></w:p>"


def test_a_word_document() -> None:
    body = (
        paragraph("Jahresbericht", "Title")
        + paragraph("Überschrift", "Heading1")
        + paragraph("Größe & Maß: 3 < 4 €")
        + paragraph("Äpfel", "ListParagraph", (BULLETS, 0))
        + paragraph("rote", "ListParagraph", (BULLETS, 1))
        + paragraph("Erstens", "", (NUMBERS, 0))
        + paragraph("darunter", "", (NUMBERS, 1))
        + paragraph("Zweitens", "", (NUMBERS, 0))
        + paragraph("Unterkapitel", "Heading2")
        + table([["Name", "Preis"], ["Öl", "3 €"]])
        + paragraph("Tabelle 1: Preise", "Caption")
    )

    made = normalised(ooxml.docx(body, header="VERTRAULICH", footer="Seite 1"), sniff.DOCX)

    assert made.pages == [
        [
            ("header", "VERTRAULICH"),
            ("heading1", "Jahresbericht"),
            ("heading1", "Überschrift"),
            ("paragraph", "Größe & Maß: 3 < 4 €"),
            ("list_item", "• Äpfel"),
            ("list_item", "• rote"),
            ("list_item", "1. Erstens"),
            ("list_item", "1.a) darunter"),
            ("list_item", "2. Zweitens"),
            ("heading2", "Unterkapitel"),
            [["Name", "Preis"], ["Öl", "3 €"]],
            ("caption", "Tabelle 1: Preise"),
            ("footer", "Seite 1"),
        ]
    ]


@pytest.mark.parametrize(
    ("name", "warnings"),
    [
        ("word/media/image1.png", ("CHILDREN_SKIPPED",)),
        ("word/embeddings/Microsoft_Excel_Worksheet.xlsx", ("CHILDREN_SKIPPED",)),
        ("docProps/thumbnail.jpeg", ()),
    ],
)
def test_a_picture_that_is_not_read_is_told_of(name: str, warnings: tuple[str, ...]) -> None:
    file = BytesIO(ooxml.docx(paragraph("Siehe Abbildung")))
    with zipfile.ZipFile(file, "a") as package:
        package.writestr(name, b"picture")

    made = normalised(file.getvalue(), sniff.DOCX)

    assert (made.text, made.warnings) == ("Siehe Abbildung", warnings)


def test_what_stands_within_a_paragraph() -> None:
    body = (
        run("<w:t>Zeile</w:t><w:br/><w:t>zwei</w:t><w:tab/><w:t>Spalte</w:t>")
        + run("<w:t>a</w:t><w:noBreakHyphen/><w:t>b</w:t><w:instrText>PAGE</w:instrText>")
        + "<w:p><w:ins><w:r><w:t>neu</w:t></w:r></w:ins>"
        "<w:del><w:r><w:t>alt</w:t></w:r></w:del></w:p>"
        + run(
            "<mc:AlternateContent><mc:Choice><wps:txbx><w:txbxContent>"
            f"{paragraph('im Textfeld')}</w:txbxContent></wps:txbx></mc:Choice><mc:Fallback>"
            f"{paragraph('noch einmal')}</mc:Fallback></mc:AlternateContent>"
        ).replace("<w:p>", '<w:p xmlns:mc="mc" xmlns:wps="wps">', 1)
        + f"<w:sdt><w:sdtContent>{paragraph('im Steuerelement')}</w:sdtContent></w:sdt>"
    )

    (page,) = normalised(ooxml.docx(body), sniff.DOCX).pages

    assert page == [
        ("paragraph", "Zeile\nzwei\tSpalte"),
        ("paragraph", "a-b"),
        ("paragraph", "neu"),
        ("paragraph", "im Textfeld"),
        ("paragraph", "im Steuerelement"),
    ]


def test_pages_end_where_the_document_says_and_keep_their_notes() -> None:
    body = (
        run('<w:t>eins</w:t><w:footnoteReference w:id="1"/>')
        + run('<w:br w:type="page"/>')
        + run("<w:lastRenderedPageBreak/><w:t>zwei</w:t>")
        + run('<w:t>zwei b</w:t><w:footnoteReference w:id="2"/>')
        + run("<w:lastRenderedPageBreak/><w:t>drei</w:t>")
    )

    made = normalised(ooxml.docx(body, notes=["Fußnote", "zweite"]), sniff.DOCX)

    assert made.pages == [
        [("paragraph", "eins[1]"), ("footnote", "[1] Fußnote")],
        [
            ("paragraph", "zwei"),
            ("paragraph", "zwei b[2]"),
            ("footnote", "[2] zweite"),
        ],
        [("paragraph", "drei")],
    ]


def test_a_table_keeps_its_columns_and_what_is_nested() -> None:
    wide = (
        '<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>'
        f"{paragraph('breit')}</w:tc><w:tc>{paragraph('c')}</w:tc></w:tr>"
        f"<w:tr><w:tc>{paragraph('a1')}{paragraph('a2')}</w:tc>"
        f"<w:tc>{table([['innen', 'x']])}</w:tc><w:tc>{paragraph('c2')}</w:tc></w:tr></w:tbl>"
    )

    ((block,),) = normalised(ooxml.docx(wide), sniff.DOCX).pages

    assert block == [["breit", "", "c"], ["a1\na2", "innen  x", "c2"]]


def test_html_that_word_takes_in_when_it_opens() -> None:
    content = ooxml.docx('<w:altChunk r:id="chunk"/>', extra="<h2>Chunk</h2><p>caf\u00e9</p>")

    assert normalised(content, sniff.DOCX).pages == [[("heading2", "Chunk"), ("paragraph", "café")]]


def test_a_workbook() -> None:
    content = ooxml.xlsx(
        {
            "Umsätze": [
                ["Produkt", "Menge", "Preis", "Datum", "Anteil", "wahr"],
                ["Öl & Co", 3, (1234.5, EURO), (45000, DATE), (0.19, PERCENT), True],
                [],
                ["krumm", 0.1 + 0.2, None, (45000.5, DATE), None, "a\nb"],
            ],
            "Leer": [],
            "Geheim": [["Gehalt", 5000]],
        },
        hidden=["Geheim"],
    )

    assert normalised(content, sniff.XLSX).pages == [
        [
            ("heading1", "Umsätze"),
            [
                ["Produkt", "Menge", "Preis", "Datum", "Anteil", "wahr"],
                ["Öl & Co", "3", "1234.50 €", "2023-03-15", "19 %", "TRUE"],
                ["krumm", "0.3", "", "2023-03-15", "", "a\nb"],
            ],
        ],
        [("heading1", "Leer")],
        [("heading1", "Geheim (hidden)"), [["Gehalt", "5000"]]],
    ]


@pytest.mark.parametrize(
    ("code", "value", "shown"),
    [
        ("General", "1e3", "1000"),
        ("0.00", "2.5", "2.50"),
        ("0", "2.5", "2.5"),
        ("#,##0.00\\ [$€-407]", "-1", "-1.00 €"),
        ('"USD" 0.00;[Red]-0.00', "7", "7.00 USD"),
        ("0.0%", "0.125", "12.5 %"),
        ("dd.mm.yyyy", "1", "1899-12-31"),
        ("yyyy-mm-dd hh:mm", "45000.25", "2023-03-15 06:00"),
        ("h:mm:ss", "0.5", "12:00"),
        ("[h]:mm", "1.5", "36:00"),
        ("[h]:mm:ss", "0.0001", "0:00:09"),
        ("0.00E+00", "12345", "12345"),
        ('"day" 0', "3", "3"),
        ("00000", "1069", "01069"),
        ("00000", "-1069", "-01069"),
        ("#,##0.00", "0.5", "0.50"),
        ("#.00", "0.5", "0.50"),
        ("yyyy", "99999999", "99999999"),
        ("General", "no number", "no number"),
    ],
)
def test_numbers_are_shown_by_their_formats(code: str, value: str, shown: str) -> None:
    assert NumberFormat.of(code).show(value) == shown


def test_dates_since_1904() -> None:
    assert NumberFormat.built_in(14).show("0", since_1904=True) == "1904-01-01"


@pytest.mark.parametrize("value", ["2957100", "2958465.9999999"])
def test_a_date_beyond_the_last_year_is_a_number(value: str) -> None:
    assert NumberFormat.built_in(14).show(value, since_1904=True) == value


def sheet(rows: str, *, missing: bool = False) -> bytes:
    """Return a workbook of one sheet, whose XML is given."""
    content = {
        "_rels/.rels": ooxml.relations({"main": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="S" r:id="s"/></sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": ooxml.relations({"s": ("worksheet", "s.xml")}),
        "xl/s.xml": f"<worksheet><sheetData>{rows}</sheetData></worksheet>",
    }
    return ooxml.packed(
        {
            name: each
            for name, each in content.items()
            if each and not (missing and name == "xl/s.xml")
        }
    )


def test_a_formula_without_a_value_is_shown_itself() -> None:
    cells = (
        "<c><f>SUM(A1:A2)</f></c><c><f>A1</f><v>3</v></c>"
        '<c t="str"><f>IF(A1,1,"")</f><v></v></c><c t="inlineStr"><is><t>a_x000D_b</t></is></c>'
    )
    (page,) = normalised(sheet(f"<row>{cells}</row>"), sniff.XLSX).pages
    assert page[1] == [["=SUM(A1:A2)", "3", "a\nb"]]


def test_a_workbook_without_one_of_its_sheets_is_corrupt() -> None:
    with pytest.raises(Rejected) as caught:
        normalised(sheet("", missing=True), sniff.XLSX)
    assert caught.value.code == "CORRUPT"


@pytest.mark.parametrize(
    ("count", "form", "shown"),
    [
        (3, "decimal", "3"),
        (3, "decimalZero", "03"),
        (4, "lowerRoman", "iv"),
        (1999, "upperRoman", "MCMXCIX"),
        (27, "lowerLetter", "aa"),
        (2, "upperLetter", "B"),
        (2, "ordinal", "2"),
    ],
)
def test_numerals(count: int, form: str, shown: str) -> None:
    assert _numeral(count, form) == shown


_P = "http://schemas.openxmlformats.org/presentationml/2006/main"
_A = "http://schemas.openxmlformats.org/drawingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def shape(lines: list[str], placeholder: str = "") -> str:
    inner = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in lines)
    return f"<p:sp><p:nvPr>{placeholder}</p:nvPr><p:txBody>{inner}</p:txBody></p:sp>"


def slide(inner: str) -> str:
    opening = f'xmlns:p="{_P}" xmlns:a="{_A}"'
    return f"<p:sld {opening}><p:cSld><p:spTree>{inner}</p:spTree></p:cSld></p:sld>"


def pptx() -> bytes:
    cells = "".join(
        "<a:tr>"
        + "".join(f"<a:tc>{f'<a:p><a:r><a:t>{cell}</a:t></a:r></a:p>'}</a:tc>" for cell in row)
        + "</a:tr>"
        for row in (("Jahr", "Umsatz"), ("2024", "7 Mio. €"))
    )
    first = slide(
        shape(["Seite"], '<p:ph type="sldNum"/>')
        + shape(["Punkt eins", "Punkt zwei"], '<p:ph idx="1"/>')
        + f"<p:graphicFrame><a:tbl>{cells}</a:tbl></p:graphicFrame>"
        + f"<p:grpSp>{shape(['gruppiert'])}</p:grpSp>"
        + shape(["Größe & Ziel".replace("&", "&amp;")], '<p:ph type="title"/>')
    )
    return ooxml.packed(
        {
            "[Content_Types].xml": ooxml.content_types(
                {"ppt/presentation.xml": "presentationml.presentation.main"}
            ),
            "_rels/.rels": ooxml.relations({"main": ("officeDocument", "ppt/presentation.xml")}),
            "ppt/presentation.xml": f'<p:presentation xmlns:p="{_P}" xmlns:r="{_R}"><p:sldIdLst>'
            '<p:sldId id="256" r:id="b"/><p:sldId id="257" r:id="a"/></p:sldIdLst>'
            "</p:presentation>",
            "ppt/_rels/presentation.xml.rels": ooxml.relations(
                {"a": ("slide", "slides/slide1.xml"), "b": ("slide", "slides/slide2.xml")}
            ),
            "ppt/slides/slide1.xml": slide(shape(["später"])),
            "ppt/slides/slide2.xml": first,
            "ppt/slides/_rels/slide2.xml.rels": ooxml.relations(
                {"n": ("notesSlide", "../notesSlides/notes1.xml")}
            ),
            "ppt/notesSlides/notes1.xml": slide(shape(["Notiz"], '<p:ph type="body" idx="1"/>')),
        }
    )


def test_a_presentation_in_the_order_of_its_show() -> None:
    made = normalised(pptx(), sniff.media_type(pptx()) or "")

    assert made.pages == [
        [
            ("heading1", "Größe & Ziel"),
            ("footer", "Seite"),
            ("list_item", "• Punkt eins"),
            ("list_item", "• Punkt zwei"),
            [["Jahr", "Umsatz"], ["2024", "7 Mio. €"]],
            ("paragraph", "gruppiert"),
            ("paragraph", "Notiz"),
        ],
        [("paragraph", "später")],
    ]


_O = "urn:oasis:names:tc:opendocument:xmlns:"


def open_document(kind: str, body: str, styles: str = "") -> bytes:
    opening = " ".join(
        f'xmlns:{name}="{_O}{name}:1.0"' for name in ("office", "text", "table", "style", "draw")
    )
    return ooxml.packed(
        {
            "mimetype": f"application/vnd.oasis.opendocument.{kind}",
            "content.xml": f"<office:document-content {opening}>{styles}"
            f"<office:body>{body}</office:body></office:document-content>",
            "styles.xml": f"<office:document-styles {opening}><style:header><text:p>INTERN"
            "</text:p></style:header></office:document-styles>",
        }
    )


def test_an_open_document_text() -> None:
    body = (
        '<office:text><text:h text:outline-level="1">Überschrift</text:h>'
        '<text:p>Absatz\n  äöü<text:s text:c="2"/>x<text:line-break/>neu<text:note>'
        "<text:note-citation>1</text:note-citation><text:note-body><text:p>Fußnote</text:p>"
        "</text:note-body></text:note></text:p><text:list><text:list-item><text:p>eins</text:p>"
        "<text:list><text:list-item><text:p>eins a</text:p></text:list-item></text:list>"
        "</text:list-item></text:list><table:table><table:table-row><table:table-cell>"
        "<text:p>A</text:p></table:table-cell><table:table-cell><text:p>B &amp; C</text:p>"
        "</table:table-cell></table:table-row></table:table></office:text>"
    )

    assert normalised(open_document("text", body), sniff.ODT).pages == [
        [
            ("header", "INTERN"),
            ("heading1", "Überschrift"),
            ("paragraph", "Absatz   äöü  x\nneu[1]"),
            ("list_item", "• eins"),
            ("list_item", "• eins a"),
            [["A", "B & C"]],
            ("footnote", "[1] Fußnote"),
        ]
    ]


def test_an_open_document_spreadsheet() -> None:
    styles = (
        '<style:style style:name="off"><style:table-properties table:display="false"/>'
        "</style:style>"
    )
    body = (
        '<office:spreadsheet><table:table table:name="Blätter"><table:table-row>'
        "<table:table-cell><text:p>Öl</text:p></table:table-cell>"
        '<table:table-cell table:number-columns-repeated="2"><text:p>1,50</text:p>'
        '</table:table-cell><table:table-cell table:number-columns-repeated="16000"/>'
        '</table:table-row><table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        '</table:table><table:table table:name="Rest" table:style-name="off"/>'
        "</office:spreadsheet>"
    )

    made = normalised(open_document("spreadsheet", body, styles), sniff.ODS)

    assert made.pages == [
        [("header", "INTERN"), ("heading1", "Blätter"), [["Öl", "1,50", "1,50"]]],
        [("heading1", "Rest (hidden)")],
    ]


def test_rich_text() -> None:
    content = (
        rb"{\rtf1\ansi\ansicpg1252{\stylesheet{\s1 heading 1;}}\pard\s1\outlinelevel0 Titel \'fcber"
        rb"\par\pard Absatz mit \u8364? & \'df\par\trowd\cellx1000\cellx2000\intbl A\cell B\cell"
        rb"\row\trowd\cellx1000\cellx2000\intbl \'e4\cell 2\cell\row\pard Ende\par}"
    )

    assert normalised(content, sniff.RTF).pages == [
        [
            ("heading1", "Titel über"),
            ("paragraph", "Absatz mit € & ß"),
            [["A", "B"], ["ä", "2"]],
            ("paragraph", "Ende"),
        ]
    ]


@needs_hostile
@pytest.mark.parametrize(
    ("name", "found", "words"),
    [
        ("tika__testWORD_macros.doc", sniff.DOC, "The quick brown fox."),
        ("tika__testWORD_macros.docm", sniff.DOCX, "The quick brown fox."),
        ("tika__testEXCEL_macro.xlsm", sniff.XLSX, "However, a macro is about to be created"),
        ("tika__protectedSheets.xlsx", sniff.XLSX, "защищена формула от чтения"),
        ("tika__testWORD_embeded.docx", sniff.DOCX, "The Alfresco logo is above this"),
    ],
)
def test_files_of_others(name: str, found: str, words: str) -> None:
    made = normalised((HOSTILE / name).read_bytes(), found)

    assert words in made.text
    assert ("ACTIVE_CONTENT" in made.warnings) == ("macro" in name)


@needs_hostile
@pytest.mark.parametrize(
    ("name", "found"),
    [("tika__testWORD_protected_passtika.doc", sniff.DOC), ("tika__password.xls", sniff.XLS)],
)
def test_an_encrypted_file_says_so(name: str, found: str) -> None:
    with pytest.raises(Rejected) as caught:
        normalised((HOSTILE / name).read_bytes(), found)

    assert caught.value.code == "ENCRYPTED"


@needs_hostile
def test_a_library_with_threads_works_in_a_bounded_child() -> None:
    content = (HOSTILE / "tika__testWORD_macros.doc").read_bytes()
    bounds = Bounds(memory_bytes=1 << 30, seconds=60, cpu_seconds=60, file_bytes=1 << 30)

    said = bounded.run(lambda: normalised(content, sniff.DOC).text.encode(), bounds)

    assert said == b"The quick brown fox."


def test_encrypted_open_document() -> None:
    content = ooxml.packed(
        {
            "mimetype": "application/vnd.oasis.opendocument.text",
            "META-INF/manifest.xml": "<manifest><file-entry><encryption-data/></file-entry>"
            "</manifest>",
            "content.xml": "noise",
        }
    )

    with pytest.raises(Rejected) as caught:
        normalised(content, sniff.ODT)

    assert caught.value.code == "ENCRYPTED"


BILLION_LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
    "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]><x>&c;</x>"
)
EXTERNAL = "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><x>&a;</x>"


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (BILLION_LAUGHS, "BOMB"),
        (EXTERNAL, "BOMB"),
        ("<a>" * 5000 + "</a>" * 5000, "BOMB"),
        ("<w:document><w:body>", "CORRUPT"),
        ("no XML", "CORRUPT"),
        ('<?xml version="1.0" encoding="foo"?><x/>', "CORRUPT"),
        ('<?xml version="1.0" encoding="utf-7"?><x/>', "CORRUPT"),
        ('<?xml version="1.0" encoding="idna"?><x/>', "CORRUPT"),
    ],
)
def test_hostile_xml(document: str, code: str) -> None:
    content = ooxml.packed(
        {
            "[Content_Types].xml": "",
            "_rels/.rels": ooxml.relations({"main": ("officeDocument", "word/document.xml")}),
            "word/document.xml": document,
        }
    )

    with pytest.raises(Rejected) as caught:
        normalised(content, sniff.DOCX)

    assert caught.value.code == code


def test_a_part_that_unpacks_without_end_is_a_bomb() -> None:
    content = ooxml.packed(
        {
            "_rels/.rels": ooxml.relations({"main": ("officeDocument", "word/document.xml")}),
            "word/document.xml": "<x>" + " " * (70 << 20) + "</x>",
        }
    )

    with pytest.raises(Rejected) as caught:
        normalised(content, sniff.DOCX)

    assert caught.value.code == "BOMB"


def test_a_large_sheet_becomes_pages_in_the_memory_of_one() -> None:
    rows = [[f"Zeile {number}", number, number * 1.5, "Wörter"] for number in range(10_000)]
    content = ooxml.xlsx({"Groß": rows})
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    made = normalised(content, sniff.XLSX)

    tables = [block for page in made.pages for block in page if isinstance(block, list)]
    assert sum(map(len, tables)) == len(rows)
    assert [row[0] for table in tables for row in table] == [row[0] for row in rows]
    assert 10 < len(made.pages) < 50
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 << 10


def test_a_thousand_sheets() -> None:
    content = ooxml.xlsx({f"Blatt {number}": [["x", number]] for number in range(1000)})

    pages = normalised(content, sniff.XLSX).pages

    assert len(pages) == 1000
    assert pages[999] == [("heading1", "Blatt 999"), [["x", "999"]]]


def test_cells_far_out_cost_no_more_than_others() -> None:
    sheet = (
        '<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>2</v></c></row>'
        '<row r="1048576"><c r="B1048576"><v>3</v></c></row></sheetData></worksheet>'
    )
    file = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(ooxml.xlsx({"Weit": []}))) as source,
        zipfile.ZipFile(file, "w") as target,
    ):
        for entry in source.infolist():
            own = entry.filename.endswith("sheet1.xml")
            target.writestr(entry.filename, sheet if own else source.read(entry))

    ((_, block),) = normalised(file.getvalue(), sniff.XLSX).pages

    assert block == [["1", "", "2"], ["", "3", ""]]


def test_a_list_that_begins_beyond_all_numbers() -> None:
    events = [
        Event("abstractNum", start=True, attributes={"abstractNumId": "0"}),
        Event("lvl", start=True, attributes={"ilvl": "0"}),
        Event("start", start=True, attributes={"val": "9" * 4300}),
        Event("lvlText", start=True, attributes={"val": "%1."}),
        Event("num", start=True, attributes={"numId": "1"}),
        Event("abstractNumId", start=True, attributes={"val": "0"}),
    ]
    numbering = Numbering(events)
    assert [numbering.label("1", 0), numbering.label("1", 0)] == ["1.", "2."]


def test_a_note_that_a_page_ends_within() -> None:
    body = (
        "<office:presentation><draw:page><text:note><draw:page/><text:p>Text</text:p></text:note>"
        "</draw:page></office:presentation>"
    )
    assert "Text" in normalised(open_document("presentation", body), sniff.ODP).text


def test_what_readers_noted_is_there() -> None:
    name = "word/comments.xml"
    word = {
        "_rels/.rels": ooxml.relations({"main": ("officeDocument", "word/document.xml")}),
        "word/document.xml": "<document><body><p><r><t>Text</t><commentReference id='7'/></r></p>"
        "</body></document>",
        "word/_rels/document.xml.rels": ooxml.relations({"c": ("comments", "comments.xml")}),
        name: "<comments><comment id='7'><p><r><t>Einwand</t></r></p></comment></comments>",
    }
    assert normalised(ooxml.packed(word), sniff.DOCX).pages == [
        [("paragraph", "Text[1]"), ("footnote", "[1] Einwand")]
    ]

    book = {
        "_rels/.rels": ooxml.relations({"main": ("officeDocument", "xl/workbook.xml")}),
        "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="S" r:id="s"/></sheets>'
        "</workbook>",
        "xl/_rels/workbook.xml.rels": ooxml.relations({"s": ("worksheet", "s.xml")}),
        "xl/s.xml": "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>",
        "xl/_rels/s.xml.rels": ooxml.relations({"c": ("comments", "comments1.xml")}),
        "xl/comments1.xml": '<comments><comment ref="A1"><text><r><t>Ein</t></r><r><t>wand</t>'
        "</r></text></comment></comments>",
    }
    assert normalised(ooxml.packed(book), sniff.XLSX).pages == [
        [("heading1", "S"), [["1"]], ("footnote", "A1: Einwand")]
    ]

    body = (
        "<office:text><text:p>Text<office:annotation><text:p>Einwand</text:p></office:annotation>"
        "</text:p></office:text>"
    )
    made = normalised(open_document("text", body), sniff.ODT)
    assert made.pages[0][-2:] == [("paragraph", "Text[1]"), ("footnote", "[1] Einwand")]


def test_a_value_that_nobody_wrote_as_text() -> None:
    body = (
        '<office:spreadsheet><table:table table:name="S"><table:table-row>'
        '<table:table-cell office:value-type="float" office:value="42"/>'
        '<table:table-cell office:value="7"><text:p>7 €</text:p></table:table-cell>'
        "</table:table-row></table:table></office:spreadsheet>"
    )
    (page,) = normalised(open_document("spreadsheet", body), sniff.ODS).pages
    assert page[-1] == [["42", "7 €"]]


@pytest.mark.parametrize("form", ["<text>{}</text>", "<txBody><p><r><t>{}</t></r></p></txBody>"])
def test_what_readers_noted_at_a_slide(form: str) -> None:
    content = {
        "_rels/.rels": ooxml.relations({"main": ("officeDocument", "ppt/p.xml")}),
        "ppt/p.xml": '<presentation xmlns:r="r"><sldId r:id="s"/></presentation>',
        "ppt/_rels/p.xml.rels": ooxml.relations({"s": ("slide", "s.xml")}),
        "ppt/s.xml": "<sld/>",
        "ppt/_rels/s.xml.rels": ooxml.relations({"c": ("comments", "c.xml")}),
        "ppt/c.xml": f"<cmLst><cm>{form.format('Einwand')}</cm></cmLst>",
    }
    made = normalised(ooxml.packed(content), sniff.PPTX)
    assert made.pages == [[("footnote", "Einwand")]]
