"""The text lane: a page is read from the characters that its producer left in the file."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from docparser.model import Lane, LaneReason, Page, PageCode, PageStatus, box

from . import tables
from .blocks import blocks as placed_blocks
from .glyphs import PlacedWord, TooManyCharacters, read_words, upright

if TYPE_CHECKING:
    from docparser.model import Polygon
    from docparser.pdf_file import PdfFile, PdfPage

    from .blocks import PlacedBlock

    Place = tuple[float, float, float, float]


def read_page(pdf: PdfFile, number: int, reason: LaneReason) -> Page:
    """Read one page: its words with their places, in lines and paragraphs, in reading order.

    Parameters
    ----------
    pdf
        An open PDF.
    number
        The page's number, from 1.
    reason
        Why the page is read in this lane; it is recorded on the page.

    Returns
    -------
    Page
        Status OK with the text, or without blocks when the page is blank. Status ERROR with code
        ``PAGE_UNREADABLE`` when pdfium cannot load the page, ``PAGE_TOO_LARGE`` when it has more
        characters than anybody would read, ``OCR_UNAVAILABLE`` when something is drawn on it but
        no text that can be trusted says what. No confidence is below 1.0: nothing is guessed.
    """
    with pdf.page(number) as page:
        if page is None:
            return unread(number, reason, PageCode.PAGE_UNREADABLE)
        try:
            words = read_words(page)
        except TooManyCharacters:
            return unread(number, reason, PageCode.PAGE_TOO_LARGE, page)
        trusted = words and reason is not LaneReason.TEXT_LAYER_GARBLED
        # What its reason calls no text layer may hold some words: a stamp over a scan.
        if reason is LaneReason.NO_TEXT_LAYER or not trusted:
            if page.marks().drawn:
                return unread(number, reason, PageCode.OCR_UNAVAILABLE, page)
            words = []
        return Page.model_validate(
            {
                **_frame(number, reason, page),
                **_content(words, number, page),
                "hides_text": bool(words) and page.hides_text(),
            }
        )


def _content(words: list[PlacedWord], number: int, page: PdfPage) -> dict[str, Any]:
    """Return the blocks and the tables of a page as plain data."""
    found = tables.find(words, _rules(page)) if words else []
    ids: dict[PlacedWord, list[str]] = defaultdict(list)
    blocks = _blocks(placed_blocks(words, found, page.height_pt), number, page, ids)

    def polygon(left: float, top: float, right: float, bottom: float) -> Polygon:
        across, down = page.width_pt, page.height_pt
        return box(left / across, top / down, right / across, bottom / down)

    return {"blocks": blocks, "tables": tables.entries(found, number, ids, polygon)}


def _rules(page: PdfPage) -> list[tables.Rule]:
    """Return the lines drawn on a page, on the upright page."""
    return [
        tables.Rule(*upright(page, left, top, right, bottom))
        for left, bottom, right, top in page.rules()
        if left < page.right and right > page.left and bottom < page.top and top > page.bottom
    ]


def _frame(number: int, reason: LaneReason, page: PdfPage | None) -> dict[str, Any]:
    """Return what is known of a page before its text."""
    return {
        "number": number,
        "lane": Lane.TEXT,
        "lane_reason": reason,
        "width_pt": page.width_pt if page else 0.0,
        "height_pt": page.height_pt if page else 0.0,
        "rotation": page.rotation if page else 0,
    }


def unread(number: int, reason: LaneReason, code: PageCode, page: PdfPage | None = None) -> Page:
    """Return a page that is not read, with the code that says why."""
    return Page.model_validate(
        {**_frame(number, reason, page), "status": PageStatus.ERROR, "code": code}
    )


def _blocks(
    placed: list[PlacedBlock], number: int, page: PdfPage, ids: dict[PlacedWord, list[str]]
) -> list[dict[str, Any]]:
    """Return the blocks as plain data, numbered in reading order; give each word its id.

    Plain data, validated once with the page: 350 words built one by one take 4 ms, this way 1.4.
    For the same reason boxes are scaled here and not by `box`: words lie within the page already.
    """
    across, down = page.width_pt, page.height_pt
    blocks: list[dict[str, Any]] = []
    lines = count = 0
    for block in placed:
        entries = []
        extents = []
        for line in block.lines:
            lines += 1
            places = [
                (
                    round(word.left / across, 5),
                    round(word.top / down, 5),
                    round(word.right / across, 5),
                    round(word.bottom / down, 5),
                )
                for word in line
            ]
            extents.append(_around(places))
            entries.append(
                {
                    "id": f"p{number}.l{lines}",
                    "text": " ".join([word.text for word in line]),
                    "polygon": box(*extents[-1]),
                    "words": [
                        {
                            "id": f"p{number}.w{index}",
                            "text": word.text,
                            "polygon": ((left, top), (right, top), (right, bottom), (left, bottom)),
                            "confidence": 1.0,
                        }
                        for index, word, (left, top, right, bottom) in zip(
                            range(count + 1, count + len(line) + 1), line, places, strict=True
                        )
                    ],
                }
            )
            for index, word in enumerate(line, count + 1):
                ids[word].append(f"p{number}.w{index}")
            count += len(line)
        blocks.append(
            {
                "id": f"p{number}.b{len(blocks) + 1}",
                "kind": block.kind,
                "level": block.level,
                "polygon": box(*_around(extents)),
                "lines": entries,
            }
        )
    return blocks


def _around(places: list[Place]) -> Place:
    """Return the smallest box around boxes of left, top, right and bottom."""
    lefts, tops, rights, bottoms = zip(*places, strict=True)
    return min(lefts), min(tops), max(rights), max(bottoms)
