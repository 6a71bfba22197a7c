"""The German business letter after DIN 5008 (form B): head, address field, information block, foot.

Invoices, credit notes, letters and payslips of German firms share it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm

from samples.house_style import GREY, INK, RULE, SANS, SANS_BOLD, Margins

if TYPE_CHECKING:
    from reportlab.lib.colors import Color
    from reportlab.pdfgen.canvas import Canvas

PAGE_WIDTH, PAGE_HEIGHT = A4
FIRST_PAGE = Margins(left=25 * mm, right=20 * mm, top=103 * mm, bottom=34 * mm)
LATER_PAGES = Margins(left=25 * mm, right=20 * mm, top=25 * mm, bottom=34 * mm)


@dataclass(frozen=True, kw_only=True)
class Sender:
    """A firm as its letterhead shows it; `foot` holds the columns of the page foot."""

    name: str
    claim: str
    return_address: str
    colour: Color
    foot: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Letterhead:
    """Paints the parts of a letter that surround its text."""

    sender: Sender
    recipient: tuple[str, ...]
    information: tuple[tuple[str, str], ...] = field(default=())

    def paint_head(self, canvas: Canvas, page: int) -> None:
        """Draw the name of the firm, and on the first page address and information block."""
        canvas.setFillColor(self.sender.colour)
        canvas.rect(0, PAGE_HEIGHT - 4 * mm, PAGE_WIDTH, 4 * mm, stroke=0, fill=1)
        if page > 1:
            return
        canvas.setFont(SANS_BOLD, 18)
        canvas.drawString(25 * mm, PAGE_HEIGHT - 24 * mm, self.sender.name)
        canvas.setFillColor(GREY)
        canvas.setFont(SANS, 8.5)
        canvas.drawString(25 * mm, PAGE_HEIGHT - 30 * mm, self.sender.claim)
        canvas.setFont(SANS, 6.5)
        canvas.drawString(25 * mm, PAGE_HEIGHT - 50 * mm, self.sender.return_address)
        canvas.setFillColor(INK)
        canvas.setFont(SANS, 9)
        for index, line in enumerate(self.recipient):
            canvas.drawString(25 * mm, PAGE_HEIGHT - (58 + 4.8 * index) * mm, line)
        for index, (label, value) in enumerate(self.information):
            baseline = PAGE_HEIGHT - (53 + 5 * index) * mm
            canvas.setFont(SANS, 8)
            canvas.setFillColor(GREY)
            canvas.drawString(125 * mm, baseline, label)
            canvas.setFillColor(INK)
            canvas.drawString(155 * mm, baseline, value)
        # Fold marks, so that the address shows in the window of the envelope.
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.4)
        for distance in (105, 210):
            height = PAGE_HEIGHT - distance * mm
            canvas.line(4 * mm, height, 9 * mm, height)

    def paint_foot(self, canvas: Canvas, page: int) -> None:
        """Draw the columns with register, tax and bank details, one column after the other."""
        canvas.setStrokeColor(RULE)
        canvas.setLineWidth(0.5)
        canvas.line(25 * mm, 28 * mm, PAGE_WIDTH - 20 * mm, 28 * mm)
        canvas.setFillColor(GREY)
        canvas.setFont(SANS, 6.5)
        width = (PAGE_WIDTH - 45 * mm) / len(self.sender.foot)
        for column, lines in enumerate(self.sender.foot):
            for row, line in enumerate(lines):
                canvas.drawString(25 * mm + column * width, (23.5 - 3.4 * row) * mm, line)
        if page > 1:
            canvas.drawRightString(PAGE_WIDTH - 20 * mm, 30 * mm, f"Seite {page}")
