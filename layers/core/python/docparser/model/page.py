"""What was read: pages, blocks, lines, words and tables, with their places."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

from pydantic import Field

from .base import Confidence, Language, Money, Noun, Sha256, ShardId, schema_tag
from .codes import BlockKind, Lane, LaneReason, PageCode, PageStatus

Coordinate = Annotated[float, Field(ge=0, le=1)]
Point = tuple[Coordinate, Coordinate]
Polygon = tuple[Point, ...]
"""Corners clockwise from the top left of the upright page; 0..1, origin top left."""


def box(left: float, top: float, right: float, bottom: float) -> Polygon:
    """Return the polygon of an upright rectangle given in 0..1; what lies outside is cut off."""
    left, right = (round(min(max(x, 0.0), 1.0), 5) for x in (left, right))
    top, bottom = (round(min(max(y, 0.0), 1.0), 5) for y in (top, bottom))
    return ((left, top), (right, top), (right, bottom), (left, bottom))


class Word(Noun):
    """A run of characters without white space."""

    id: str
    text: str
    polygon: Polygon
    confidence: Confidence


class Line(Noun):
    """Words on one base line, in reading order; ``text`` is their reading.

    A ``doubtful`` line was recognised below the engine's confidence limit: it is marked and kept.
    """

    id: str
    text: str
    polygon: Polygon
    words: tuple[Word, ...]
    doubtful: bool = False


class Block(Noun):
    """Lines that belong together: a paragraph, a heading, a caption.

    A heading's ``level`` is 1 for the greatest of its page and grows; other kinds have none. The
    lines of a table are blocks of kind ``table`` too, row by row; the page's ``tables`` name
    their words again, cell by cell.
    """

    id: str
    kind: BlockKind = BlockKind.PARAGRAPH
    level: Annotated[int, Field(ge=1, le=6)] | None = None
    polygon: Polygon
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        """The lines, one below the other."""
        return "\n".join(line.text for line in self.lines)


class Cell(Noun):
    """A cell of a table; rows and columns count from 0, spans from 1."""

    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    polygon: Polygon
    text: str
    word_ids: tuple[str, ...] = ()


class Table(Noun):
    """A grid of cells; ``rows`` and ``columns`` are its size."""

    id: str
    polygon: Polygon
    rows: int
    columns: int
    cells: tuple[Cell, ...]


class Page(Noun):
    """One page, upright.

    ``number`` counts from 1 through the document; ``width_pt`` and ``height_pt`` are points
    (1/72 inch) of the upright page; ``rotation`` is the degrees clockwise that made it upright.
    A page with status ERROR has a ``code`` and no content. ``language`` is that of most of its
    words, ``und`` where nobody looked; ``cost_usd`` is what reading it cost in its lane. A page
    that ``hides_text`` has text, read as any other, which nobody sees who looks at the page.
    """

    number: Annotated[int, Field(ge=1)]
    status: PageStatus = PageStatus.OK
    code: PageCode | None = None
    lane: Lane
    lane_reason: LaneReason
    width_pt: float
    height_pt: float
    rotation: int = 0
    language: Language = "und"
    cost_usd: Money = Decimal(0)
    hides_text: bool = False
    blocks: tuple[Block, ...] = ()
    tables: tuple[Table, ...] = ()

    @property
    def text(self) -> str:
        """The blocks in reading order, parted by one empty line."""
        return "\n\n".join(block.text for block in self.blocks)


class Gap(Noun):
    """A page that was planned and could not be read."""

    page: Annotated[int, Field(ge=1)]
    code: PageCode


class OcrAnswer(Noun):
    """What the OCR container answers for one shard.

    Pages are numbered from 1 within the shard, and so are the ids in them; ``lane_reason`` is
    only a guess: whoever asked knows both better. ``seconds`` is how long the engine worked,
    ``weights_sha256`` names the models' weights (SHA-256, hex).
    """

    schema_: str = schema_tag("ocr")
    engine: str
    backend: str
    weights_sha256: Sha256
    seconds: float = 0
    pages: tuple[Page, ...]


class Shard(Noun):
    """The pages that one function read, stored as ``read/<shard_id>.json``.

    ``gb_seconds`` is what reading them used of Lambda, in gigabyte-seconds; ``gpu_seconds`` how
    long the OCR endpoint worked on them; ``charges_usd`` what other services charge for them.
    """

    schema_: str = schema_tag("shard")
    shard_id: ShardId
    pages: tuple[Page, ...]
    gb_seconds: float = 0
    gpu_seconds: float = 0
    charges_usd: Money = Decimal(0)
