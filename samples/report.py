"""A report of forty pages: cover, contents, summary, one chapter per terminal, notes.

Twelve chapters are built from the same eleven topics. Each topic has three wordings; neighbouring
chapters take different ones and fill in the figures of their terminal, so that no two pages are
alike, as in a real yearly report.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.shapes import Drawing
from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import PageBreak, Paragraph, Spacer, Table, TableStyle

from samples.house_style import (
    BODY,
    CELL,
    CELL_HEAD,
    CELL_HEAD_RIGHT,
    CELL_RIGHT,
    GREY,
    HEADING,
    INK,
    RULE,
    SANS,
    SHADE,
    SMALL,
    TITLE,
    Block,
    flow,
    read_prose,
    typeset,
)
from samples.letterhead import PAGE_HEIGHT, PAGE_WIDTH

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

COMPANY = "Northmere Freight Terminals"
REPORT_TITLE = "Annual Operations Report 2024"
MARKING = "Internal use only"
PAGES = 40
PAGES_BEFORE_CHAPTERS = 3
PAGES_PER_CHAPTER = 3
BLUE = HexColor(0x2A5C8A)

COVER_TITLE = ParagraphStyle("cover", TITLE, fontSize=21, leading=28, spaceAfter=6)
CHAPTER = ParagraphStyle("chapter", TITLE, fontSize=15, leading=20, spaceAfter=8)
TEXT = ParagraphStyle("text", BODY, fontSize=10.5, leading=16.5, spaceAfter=11)
SECTION = ParagraphStyle("section", HEADING, fontSize=11, leading=16, spaceBefore=9)

# The topics on each page of a chapter, with the heading of their section.
CHAPTER_PAGES = (
    (("Throughput", "throughput"), ("Use of the yard", "capacity"), ("Access", "access")),
    (
        ("Punctuality", "punctuality"),
        ("Customers", "customers"),
        ("Damage", "damage"),
        ("Safety", "safety"),
    ),
    (
        ("People", "people"),
        ("Cranes and vehicles", "equipment"),
        ("Energy", "energy"),
        ("Outlook", "outlook"),
    ),
)


class Terminal(NamedTuple):
    """One terminal and the figures from which all others of its chapter follow."""

    name: str
    units: int
    units_before: int
    staff: int
    cranes: int


TERMINALS = (
    Terminal("Ribbleton", 84_310, 91_270, 118, 4),
    Terminal("Hartsmere", 61_940, 58_020, 86, 3),
    Terminal("Calder Junction", 97_450, 92_630, 131, 5),
    Terminal("Ostwick", 38_720, 40_110, 57, 2),
    Terminal("Penhallow Quay", 45_060, 49_880, 64, 2),
    Terminal("Marlingford", 72_890, 66_340, 95, 3),
    Terminal("Thornaby Cross", 53_180, 52_470, 72, 3),
    Terminal("Wexcombe", 29_640, 27_950, 44, 2),
    Terminal("Stanmoor", 66_270, 61_590, 89, 3),
    Terminal("Great Ellingby", 80_130, 74_210, 109, 4),
    Terminal("Dunmore Halt", 34_550, 33_480, 51, 2),
    Terminal("Lowther Basin", 48_910, 46_200, 68, 2),
)
QUARTER_SHARES = (Decimal("0.21"), Decimal("0.26"), Decimal("0.25"))


def change(now: int, before: int) -> str:
    """Say how much more or less it is, in per cent."""
    per_cent = abs(Decimal(now - before) / before * 100).quantize(Decimal("0.1"))
    return f"{per_cent} per cent {'more' if now > before else 'less'}"


def accidents(index: int) -> int:
    """Return the number of reportable accidents at a terminal."""
    return 2 + index * 5 % 4


def punctuality(index: int) -> tuple[int, int]:
    """Return the share of punctual trains in this year and the year before, in per cent."""
    now = 81 + index * 7 % 13
    return now, now - (4 - index % 4 * 2 if index % 4 < 3 else 3)


def figures(index: int, terminal: Terminal) -> dict[str, str]:
    """Return the figures that the wordings of a chapter ask for."""
    slots = terminal.units // 110 // 10 * 10
    punctual, punctual_before = punctuality(index)
    energy = Decimal("11.4") + Decimal(index * 3 % 7) / 5
    return {
        "name": terminal.name,
        "units": f"{terminal.units:,}",
        "change": change(terminal.units, terminal.units_before),
        "share": str(58 + index * 11 % 23),
        "stay": str(Decimal("21.5") + Decimal(index * 9 % 14) / 2),
        "slots": str(slots),
        "fill": str(63 + index * 5 % 17),
        "full_days": str(4 + index * 7 % 19),
        "punctual": str(punctual),
        "punctual_before": str(punctual_before),
        "customers": str(31 + terminal.staff // 3),
        "top_share": str(44 + index * 13 % 21),
        "mark": str(Decimal("3.6") + Decimal(index * 4 % 9) / 10),
        "accidents": str(accidents(index)),
        "near": str(12 + index * 17 % 29),
        "staff": str(terminal.staff),
        "joined": str(4 + index * 3 % 8),
        "left": str(3 + index * 5 % 7),
        "sick": str(Decimal("4.1") + Decimal(index * 7 % 11) / 5),
        "cranes": str(terminal.cranes),
        "available": str(Decimal("96.2") + Decimal(index * 5 % 12) / 5),
        "trucks": str(terminal.units // 310),
        "gate": str(9 + index * 7 % 12),
        "claims": str(terminal.units // 1900),
        "damage": str(18 + index * 23 % 61),
        "energy": str(energy),
        "energy_before": str(energy + Decimal("0.3") + Decimal(index % 3) / 5),
        "plan": f"{terminal.units * 103 // 10_000 * 100:,}",
        "invest": str(240 + index * 170 % 900),
    }


def wordings() -> dict[str, list[str]]:
    """Return the wordings of each topic."""
    topics: dict[str, list[str]] = {}
    for block in read_prose("report_chapter"):
        if block.is_heading:
            topic = topics.setdefault(block.text, [])
        else:
            topic.append(block.text)
    return topics


def table(rows: list[tuple[str, ...]], widths: list[float]) -> Table:
    """Return a table of figures: the first row is the head, the first column its labels."""
    cells: list[list[Any]] = []
    for number, row in enumerate(rows):
        label, value = (CELL_HEAD, CELL_HEAD_RIGHT) if number == 0 else (CELL, CELL_RIGHT)
        cells.append([Paragraph(text, value if i else label) for i, text in enumerate(row)])
    return Table(
        cells,
        colWidths=widths,
        hAlign="LEFT",
        style=TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, 0), SHADE),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, RULE),
                ("TOPPADDING", (0, 0), (-1, -1), 3),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
            ]
        ),
    )


def quarters(terminal: Terminal) -> Table:
    """Return the load units by quarter, which add up to those of the year."""

    def split(total: int) -> list[int]:
        first = [int(total * share) for share in QUARTER_SHARES]
        return [*first, total - sum(first)]

    rows: list[tuple[str, ...]] = [("Load units", "Q1", "Q2", "Q3", "Q4", "Year")]
    for year, total in (("2023", terminal.units_before), ("2024", terminal.units)):
        rows.append((year, *(f"{n:,}" for n in split(total)), f"{total:,}"))
    return table(rows, [28 * mm, *[22 * mm] * 4, 25 * mm])


def key_figures(terminal: Terminal, values: dict[str, str]) -> Table:
    """Return the figures by which the terminals are compared, for both years."""
    return table(
        [
            ("Key figures", "2023", "2024"),
            ("Load units", f"{terminal.units_before:,}", values["units"]),
            ("Punctual trains, per cent", values["punctual_before"], values["punctual"]),
            ("Energy, kWh per load unit", values["energy_before"], values["energy"]),
        ],
        [63 * mm, 25 * mm, 25 * mm],
    )


def chart() -> Drawing:
    """Return a bar chart of the load units of all terminals, in thousands."""
    drawing = Drawing(163 * mm, 62 * mm)
    bars = VerticalBarChart()
    bars.x, bars.y, bars.width, bars.height = 24, 38, 425, 125
    bars.data = [tuple(terminal.units / 1000 for terminal in TERMINALS)]
    bars.bars[0].fillColor = BLUE
    bars.bars[0].strokeColor = None
    bars.valueAxis.valueMin = 0
    bars.valueAxis.valueMax = 100
    bars.valueAxis.valueStep = 20
    bars.valueAxis.labels.fontName = SANS
    bars.valueAxis.labels.fontSize = 7
    bars.categoryAxis.categoryNames = [terminal.name for terminal in TERMINALS]
    bars.categoryAxis.labels.fontName = SANS
    bars.categoryAxis.labels.fontSize = 6.5
    bars.categoryAxis.labels.angle = 25
    bars.categoryAxis.labels.boxAnchor = "ne"
    drawing.add(bars)
    return drawing


def summary() -> list[Any]:
    """Return the third page: the year in short, with totals over all terminals."""
    units = sum(terminal.units for terminal in TERMINALS)
    units_before = sum(terminal.units_before for terminal in TERMINALS)
    punctual = Decimal(sum(punctuality(i)[0] for i in range(len(TERMINALS)))) / len(TERMINALS)
    totals = {
        "total_units": f"{units:,}",
        "total_change": change(units, units_before),
        "mean_punctuality": str(punctual.quantize(Decimal("0.1"))),
        "total_accidents": str(sum(accidents(i) for i in range(len(TERMINALS)))),
    }
    blocks = [
        Block(block.is_heading, block.text.format(**totals)) for block in read_prose("report_frame")
    ]
    return [
        *flow(blocks, TEXT, CHAPTER),
        Paragraph("Load units handled in 2024, in thousands", SECTION),
        chart(),
    ]


def contents() -> list[Any]:
    """Return the second page: chapters with their page numbers."""
    entries = [("Summary", PAGES_BEFORE_CHAPTERS)]
    entries += [
        (f"{number} {terminal.name}", PAGES_BEFORE_CHAPTERS + 1 + (number - 1) * PAGES_PER_CHAPTER)
        for number, terminal in enumerate(TERMINALS, 1)
    ]
    entries.append(("Notes on the figures", PAGES))
    rows: list[tuple[str, ...]] = [("Chapter", "Page")]
    rows += [(name, str(page)) for name, page in entries]
    return [Paragraph("Contents", CHAPTER), table(rows, [130 * mm, 30 * mm])]


def chapter(number: int, terminal: Terminal, topics: dict[str, list[str]]) -> list[Any]:
    """Return the three pages on one terminal."""
    values = figures(number - 1, terminal)
    story: list[Any] = [Paragraph(f"{number} {terminal.name}", CHAPTER)]
    section = 0
    for page in CHAPTER_PAGES:
        for heading, topic in page:
            section += 1
            story.append(Paragraph(f"{number}.{section} {heading}", SECTION))
            first, second, third = topics[topic]
            # The opening wording rotates, so that a topic reads differently from one chapter to
            # the next; figures are stated once, by the wording that opens the section.
            opening = (first, second, third)[(number + section) % 3]
            story.append(Paragraph(opening.format(**values), TEXT))
            if topic == "throughput":
                story += [quarters(terminal), Spacer(0, 10)]
            elif topic == "outlook":
                story.append(key_figures(terminal, values))
        story.append(PageBreak())
    return story


def cover() -> list[Any]:
    """Return the first page."""
    return [
        Spacer(0, 150),
        Paragraph(REPORT_TITLE, COVER_TITLE),
        Paragraph(COMPANY, ParagraphStyle("company", TITLE, textColor=BLUE)),
        Spacer(0, 24),
        Paragraph("Throughput, punctuality, safety and people at the twelve terminals", TEXT),
        Spacer(0, 230),
        Paragraph(f"<b>{MARKING}</b>", TEXT),
        Paragraph(
            "This report is intended for employees of Northmere Freight Terminals. It must not be "
            "passed on outside the company without the consent of the operations office.",
            SMALL,
        ),
        Spacer(0, 8),
        Paragraph("Operations office, 28 February 2025", SMALL),
    ]


def paint_head(canvas: Canvas, page: int) -> None:
    """Draw the running head; the cover has none."""
    if page == 1:
        return
    canvas.setFillColor(GREY)
    canvas.setFont(SANS, 7.5)
    canvas.drawString(25 * mm, PAGE_HEIGHT - 15 * mm, f"{COMPANY} · {REPORT_TITLE}")
    canvas.drawRightString(PAGE_WIDTH - 22 * mm, PAGE_HEIGHT - 15 * mm, MARKING)
    canvas.setStrokeColor(RULE)
    canvas.setLineWidth(0.5)
    canvas.line(25 * mm, PAGE_HEIGHT - 17.5 * mm, PAGE_WIDTH - 22 * mm, PAGE_HEIGHT - 17.5 * mm)


def paint_foot(canvas: Canvas, page: int) -> None:
    """Draw marking and page number; the cover has neither."""
    if page == 1:
        return
    canvas.setFillColor(INK)
    canvas.setFont(SANS, 7.5)
    canvas.drawString(25 * mm, 13 * mm, MARKING)
    canvas.drawRightString(PAGE_WIDTH - 22 * mm, 13 * mm, f"Page {page} of {PAGES}")


def operations_report() -> bytes:
    """English internal report of forty pages with running heads, tables and a chart."""
    topics = wordings()
    story: list[Any] = [*cover(), PageBreak(), *contents(), PageBreak(), *summary(), PageBreak()]
    for number, terminal in enumerate(TERMINALS, 1):
        story += chapter(number, terminal, topics)
    story += flow(read_prose("report_notes"), TEXT, CHAPTER)
    return typeset(
        story,
        title=f"{REPORT_TITLE}, {COMPANY}",
        author=COMPANY,
        language="en",
        paint_before=paint_head,
        paint_after=paint_foot,
    )
