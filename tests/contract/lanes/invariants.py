"""What is true of every page and of every document, whichever lane read it.

Each function returns what is wrong, one sentence for each breach, so that a test shows all of them:
``assert breaches(page) == []``.
"""

from __future__ import annotations

import re
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING

from docparser.model import BlockKind, Gap, Page, PageStatus, Shard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from docparser.model import Block, LaneReason, Line, PlannedShard, Table

    Polygon = Sequence[tuple[float, float]]

TOLERANCE = 0.01
"""How far, as a share of the page, a word may stand out of its line."""

_LANGUAGE = re.compile(r"[a-z]{2}|und")


def breaches(page: Page) -> list[str]:
    """Return what a page breaks of what the document model promises."""
    return [f"page {page.number}: {breach}" for breach in _of_page(page)]


def shard_breaches(
    planned: PlannedShard, shard: Shard, reasons: Mapping[int, LaneReason]
) -> list[str]:
    """Return what a shard breaks: of its pages, and of the plan that it was cut by.

    ``reasons`` are the planned ones, by page.
    """
    found = [breach for page in shard.pages for breach in breaches(page)]
    if shard.shard_id != planned.shard_id:
        found.append(f"shard {shard.shard_id} is planned as {planned.shard_id}")
    numbers = [page.number for page in shard.pages]
    if numbers != list(range(planned.first_page, planned.last_page + 1)):
        found.append(f"shard {shard.shard_id}: pages {numbers} are not those planned")
    for page in shard.pages:
        if page.lane is not planned.lane:
            found.append(f"page {page.number}: lane {page.lane}, planned {planned.lane}")
        if page.lane_reason is not reasons.get(page.number):
            found.append(f"page {page.number}: reason {page.lane_reason} is not the planned one")
    if not _kept(shard):
        found.append(f"shard {shard.shard_id} is another one when it is read back")
    return found


def document_breaches(
    planned: Sequence[PlannedShard], shards: Sequence[Shard], pages: int, gaps: Sequence[Gap]
) -> list[str]:
    """Return where plan, shards and document count differently.

    ``pages`` is the document's page count, ``gaps`` are the pages that it says are missing.
    """
    found = []
    if sum(shard.last_page - shard.first_page + 1 for shard in planned) != pages:
        found.append("the plan counts other pages than the document")
    numbers = [page.number for shard in shards for page in shard.pages]
    if numbers != list(range(1, pages + 1)):
        found.append(f"the shards hold pages {numbers}, the document counts {pages}")
    failed = [
        Gap(page=page.number, code=page.code)
        for shard in shards
        for page in shard.pages
        if page.code is not None
    ]
    if list(gaps) != failed:
        found.append(f"gaps {list(gaps)}, but the failed pages are {failed}")
    return found


def _kept(noun: Page | Shard) -> bool:
    """Tell whether a noun is the same when its JSON is read."""
    try:
        return type(noun).model_validate_json(noun.to_json()) == noun
    except ValueError:
        return False


# ---------------------------------------------------------------- a page
def _of_page(page: Page) -> Iterator[str]:
    yield from _of_frame(page)
    if page.status is PageStatus.ERROR:
        if page.code is None:
            yield "an error without a code"
        if page.blocks or page.tables:
            yield "an error with content"
        return
    if page.code is not None:
        yield f"code {page.code} on a page that was read"
    if page.width_pt <= 0 or page.height_pt <= 0:
        yield f"a size of {page.width_pt} x {page.height_pt} points"
    yield from _ids(page)
    for block in page.blocks:
        yield from _of_block(block)
    texts = {
        word.id: word.text for block in page.blocks for line in block.lines for word in line.words
    }
    named: set[str] = set()
    for table in page.tables:
        yield from _of_table(table, texts, named)
    if not _kept(page):
        yield "it is another page when it is read back"


def _of_frame(page: Page) -> Iterator[str]:
    """Say what is wrong with what a page says besides its content."""
    if page.number < 1:
        yield "numbers count from 1"
    if page.rotation not in {0, 90, 180, 270}:
        yield f"rotation {page.rotation} is no quarter turn"
    if page.cost_usd < Decimal(0):
        yield f"cost_usd {page.cost_usd} is negative"
    if not _LANGUAGE.fullmatch(page.language):
        yield "language is no code"


def _ids(page: Page) -> Iterator[str]:
    """Ids count through the page in reading order, so that the order is total."""
    lines = [line for block in page.blocks for line in block.lines]
    kinds = {
        "b": [block.id for block in page.blocks],
        "l": [line.id for line in lines],
        "w": [word.id for line in lines for word in line.words],
        "t": [table.id for table in page.tables],
    }
    for letter, ids in kinds.items():
        if ids != [f"p{page.number}.{letter}{index}" for index in range(1, len(ids) + 1)]:
            yield f"ids of kind {letter} do not count through the page in reading order"


def _of_block(block: Block) -> Iterator[str]:
    yield from _of_polygon(block.id, block.polygon)
    if not block.lines:
        yield f"{block.id} has no lines"
    if (block.level is not None) != (block.kind is BlockKind.HEADING):
        yield f"{block.id}: headings, and they alone, have a level"
    for line in block.lines:
        if not _within(line.polygon, block.polygon):
            yield f"{line.id} stands out of {block.id}"
        yield from _of_line(line)


def _of_line(line: Line) -> Iterator[str]:
    yield from _of_polygon(line.id, line.polygon)
    if not line.words:
        yield f"{line.id} has no words"
    if line.text != " ".join(word.text for word in line.words):
        yield f"{line.id}: its text is not its words, joined by a space"
    for word in line.words:
        yield from _of_polygon(word.id, word.polygon)
        if not _within(word.polygon, line.polygon):
            yield f"{word.id} stands out of {line.id}"
        if not 0 <= word.confidence <= 1:
            yield f"{word.id}: confidence {word.confidence}"
        if word.text.split() != [word.text]:
            yield f"{word.id} is empty or has white space"


def _of_table(table: Table, texts: Mapping[str, str], named: set[str]) -> Iterator[str]:
    """Say what is wrong with a table; ``named`` collects the words that cells have named."""
    yield from _of_polygon(table.id, table.polygon)
    taken: set[tuple[int, int]] = set()
    for cell in table.cells:
        name = f"{table.id} cell {cell.row},{cell.column}"
        yield from _of_polygon(name, cell.polygon)
        if not _within(cell.polygon, table.polygon):
            yield f"{name} stands out of its table"
        if min(cell.row, cell.column) < 0 or min(cell.row_span, cell.column_span) < 1:
            yield f"{name} has no place"
        ends = cell.row + cell.row_span, cell.column + cell.column_span
        if ends[0] > table.rows or ends[1] > table.columns:
            yield f"{name} is not within {table.rows} x {table.columns}"
        places = {
            (row, column)
            for row in range(cell.row, ends[0])
            for column in range(cell.column, ends[1])
        }
        if places & taken:
            yield f"{name} overlaps another one"
        taken |= places
        missing = [word_id for word_id in cell.word_ids if word_id not in texts]
        if missing:
            yield f"{name} names {missing}, which the page does not have"
        elif cell.text != " ".join(texts[word_id] for word_id in cell.word_ids):
            yield f"{name}: its text is not its words, joined by a space"
        if len(set(cell.word_ids)) < len(cell.word_ids) or named & set(cell.word_ids):
            yield f"{name} names a word that is named already"
        named.update(cell.word_ids)


# ---------------------------------------------------------------- places
def _of_polygon(name: str, polygon: Polygon) -> Iterator[str]:
    if len(polygon) != 4:
        yield f"{name} has {len(polygon)} corners"
        return
    if not all(0 <= share <= 1 for corner in polygon for share in corner):
        yield f"{name} lies outside of the page"
    if _area(polygon) < 0:
        yield f"{name}: its corners do not go clockwise"
    if sum(polygon[0]) > min(map(sum, polygon)) + TOLERANCE:
        yield f"{name}: its first corner is not the top left one"


def _sides(polygon: Polygon) -> Iterator[tuple[tuple[float, float], tuple[float, float]]]:
    return pairwise([*polygon, polygon[0]])


def _area(polygon: Polygon) -> float:
    """Return twice the area; y grows downwards, so clockwise is positive."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in _sides(polygon))


def _within(inner: Polygon, outer: Polygon) -> bool:
    """Tell whether every corner lies inside a convex polygon, or hardly outside."""
    for (ax, ay), (bx, by) in _sides(outer):
        length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
        for x, y in inner:
            left_of = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
            if left_of < -TOLERANCE * length:
                return False
    return True
