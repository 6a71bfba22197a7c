"""What is true of every page, whoever read it."""

from __future__ import annotations

from docparser.model import BlockKind, Page

_TOLERANCE = 0.01


def check(page: Page) -> None:
    """Hold a page to what the document model promises."""
    blocks = page.blocks
    lines = [line for block in blocks for line in block.lines]
    words = [word for line in lines for word in line.words]
    tables = page.tables
    ids = [thing.id for thing in (*blocks, *lines, *words, *tables)]
    assert len(ids) == len(set(ids))
    assert [word.id for word in words] == [
        f"p{page.number}.w{index}" for index in range(1, len(words) + 1)
    ]
    for line in lines:
        assert line.text.split() == [word.text for word in line.words]
        for word in line.words:
            assert_within(word.polygon, line.polygon)
    for thing in (*blocks, *lines, *words, *tables):
        assert len(thing.polygon) == 4
        assert area(thing.polygon) >= 0, "corners go clockwise"
        assert min(sum(corner) for corner in thing.polygon) == sum(thing.polygon[0])
    known = {word.id: word.text for word in words}
    named = [word_id for table in tables for cell in table.cells for word_id in cell.word_ids]
    assert len(named) == len(set(named))
    for table in tables:
        places = [
            (row, column)
            for cell in table.cells
            for row in range(cell.row, cell.row + cell.row_span)
            for column in range(cell.column, cell.column + cell.column_span)
        ]
        assert len(places) == len(set(places))
        assert max(row for row, _ in places) == table.rows - 1
        assert max(column for _, column in places) == table.columns - 1
        for cell in table.cells:
            assert cell.text.split() == [known[word_id] for word_id in cell.word_ids]
    for block in blocks:
        assert (block.level is not None) == (block.kind is BlockKind.HEADING)


def area(polygon: tuple[tuple[float, float], ...]) -> float:
    """Return twice the signed area; y grows downwards, so clockwise is positive."""
    following = (*polygon[1:], polygon[0])
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(polygon, following, strict=True))


def assert_within(
    inner: tuple[tuple[float, float], ...], outer: tuple[tuple[float, float], ...]
) -> None:
    for axis in (0, 1):
        least = min(corner[axis] for corner in outer) - _TOLERANCE
        most = max(corner[axis] for corner in outer) + _TOLERANCE
        assert all(least <= corner[axis] <= most for corner in inner)
