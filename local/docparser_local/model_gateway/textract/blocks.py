"""What our engine read of a page, as the blocks of a Textract response.

The engine's places lie on the upright page, Textract's on the picture as it was sent: they are
turned back. The engine has no order of a line's corners but the page's, so where single words
stand across the page's direction, the text's own top left corner is not told, as Textract does.
"""

from __future__ import annotations

from itertools import groupby
from statistics import fmean
from typing import TYPE_CHECKING, Any
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Point = tuple[float, float]
    Block = dict[str, Any]

# By the degrees clockwise by which the engine turned the picture: a point of the upright page on
# the picture.
_BACK: dict[int, Callable[[float, float], Point]] = {
    0: lambda x, y: (x, y),
    90: lambda x, y: (y, 1 - x),
    180: lambda x, y: (1 - x, 1 - y),
    270: lambda x, y: (1 - y, x),
}
_WHOLE: tuple[Point, ...] = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
_LAYOUT = {
    "table": "LAYOUT_TABLE",
    "header": "LAYOUT_HEADER",
    "footer": "LAYOUT_FOOTER",
}


class PageBlocks:
    """The blocks of one page.

    Parameters
    ----------
    page
        A page of the OCR server's answer.
    turned
        The degrees clockwise by which the engine turned the picture that it was given.
    """

    def __init__(self, page: dict[str, Any], turned: int) -> None:
        self._back = _BACK[turned % 360]
        self._page = page
        self._words: dict[str, str] = {}  # our id -> Textract's
        self._lines: dict[str, str] = {}
        self._blocks: list[Block] = []

    def build(self, features: Sequence[str]) -> list[Block]:
        """Return the blocks: lines and words, and what the features add."""
        page = self._block("PAGE", _WHOLE)
        del page["Confidence"]  # the one block that has none
        words: list[Block] = []
        children = [
            self._line(line, words) for block in self._page["blocks"] for line in block["lines"]
        ]
        self._blocks += words
        if "TABLES" in features:
            for table in self._page["tables"]:
                self._table(table)
        if "LAYOUT" in features:
            children += self._layout()
        page["Relationships"] = _related("CHILD", children)
        return self._blocks

    def _block(
        self, kind: str, polygon: Sequence[Point], confidence: float = 1.0, **members: Any
    ) -> Block:
        made = self._made(kind, polygon, confidence, **members)
        self._blocks.append(made)
        return made

    def _made(
        self, kind: str, polygon: Sequence[Point], confidence: float, **members: Any
    ) -> Block:
        corners = [self._back(x, y) for x, y in polygon]
        across, down = [x for x, _ in corners], [y for _, y in corners]
        return {
            "BlockType": kind,
            "Id": str(uuid4()),
            "Confidence": round(100 * confidence, 4),
            "Geometry": {
                "BoundingBox": {
                    "Left": min(across),
                    "Top": min(down),
                    "Width": max(across) - min(across),
                    "Height": max(down) - min(down),
                },
                "Polygon": [{"X": x, "Y": y} for x, y in corners],
            },
            **members,
        }

    # ------------------------------------------------------------ text
    def _line(self, line: dict[str, Any], words: list[Block]) -> str:
        made = [
            self._made(
                "WORD",
                word["polygon"],
                word["confidence"],
                Text=word["text"],
                TextType="PRINTED",
            )
            for word in line["words"]
        ]
        words += made
        for word, block in zip(line["words"], made, strict=True):
            self._words[word["id"]] = block["Id"]
        block = self._block(
            "LINE",
            line["polygon"],
            fmean(word["confidence"] for word in line["words"]),
            Text=line["text"],
            Relationships=_related("CHILD", [word["Id"] for word in made]),
        )
        self._lines[line["id"]] = block["Id"]
        return str(block["Id"])

    # ------------------------------------------------------------ tables
    def _table(self, table: dict[str, Any]) -> None:
        """Add a table: a cell for each place of the grid, and merged ones for those that span."""
        block = self._block("TABLE", table["polygon"], EntityTypes=["STRUCTURED_TABLE"])
        cells: dict[tuple[int, int], str] = {}
        merged = []
        for cell in table["cells"]:
            parts = self._parts(cell)
            cells |= parts
            if len(parts) > 1:
                merged.append(
                    self._block(
                        "MERGED_CELL",
                        cell["polygon"],
                        Relationships=_related("CHILD", list(parts.values())),
                        **_place(
                            cell["row"], cell["column"], cell["row_span"], cell["column_span"]
                        ),
                    )["Id"]
                )
        block["Relationships"] = [
            *_related("CHILD", [cells[place] for place in sorted(cells)]),
            *_related("MERGED_CELL", merged),
        ]

    def _parts(self, cell: dict[str, Any]) -> dict[tuple[int, int], str]:
        """Add the cells that a cell of ours spans, the first one with its words."""
        rows, columns = cell["row_span"], cell["column_span"]
        found = {}
        words = [self._words[word] for word in cell["word_ids"]]
        for down in range(rows):
            for across in range(columns):
                share = across / columns, down / rows, (across + 1) / columns, (down + 1) / rows
                row, column = cell["row"] + down, cell["column"] + across
                block = self._block(
                    "CELL",
                    _part(cell["polygon"], *share),
                    Relationships=_related("CHILD", words),
                    **_place(row, column, 1, 1),
                )
                found[row, column] = block["Id"]
                words = []
        return found

    # ------------------------------------------------------------ layout
    def _layout(self) -> list[str]:
        """Add the layout blocks in reading order; return their ids, less those of lists' items."""
        found = []
        for kind, members in groupby(self._page["blocks"], key=lambda block: block["kind"]):
            if kind != "list_item":
                found += [self._laid(_layout_type(block), block)["Id"] for block in members]
                continue
            whole = list(members)
            corners = _around([point for block in whole for point in block["polygon"]])
            outer = self._block("LAYOUT_LIST", corners)
            items = [self._laid("LAYOUT_TEXT", block)["Id"] for block in whole]
            outer["Relationships"] = _related("CHILD", items)
            found.append(outer["Id"])
        return found

    def _laid(self, kind: str, block: dict[str, Any]) -> Block:
        lines = [self._lines[line["id"]] for line in block["lines"]]
        return self._block(kind, block["polygon"], Relationships=_related("CHILD", lines))


def _layout_type(block: dict[str, Any]) -> str:
    if block["kind"] == "heading":
        return "LAYOUT_TITLE" if block["level"] == 1 else "LAYOUT_SECTION_HEADER"
    return _LAYOUT.get(block["kind"], "LAYOUT_TEXT")


def _related(kind: str, ids: list[str]) -> list[dict[str, Any]]:
    return [{"Type": kind, "Ids": ids}] if ids else []


def _place(row: int, column: int, row_span: int, column_span: int) -> dict[str, int]:
    return {
        "RowIndex": row + 1,
        "ColumnIndex": column + 1,
        "RowSpan": row_span,
        "ColumnSpan": column_span,
    }


def _part(
    polygon: Sequence[Point], left: float, top: float, right: float, bottom: float
) -> list[Point]:
    """Return a part of a quadrilateral, given in shares of its sides."""

    def point(across: float, down: float) -> Point:
        (ax, ay), (bx, by), (cx, cy), (dx, dy) = polygon
        upper = ax + across * (bx - ax), ay + across * (by - ay)
        lower = dx + across * (cx - dx), dy + across * (cy - dy)
        return upper[0] + down * (lower[0] - upper[0]), upper[1] + down * (lower[1] - upper[1])

    return [point(left, top), point(right, top), point(right, bottom), point(left, bottom)]


def _around(points: Sequence[Point]) -> list[Point]:
    across, down = [x for x, _ in points], [y for _, y in points]
    left, top, right, bottom = min(across), min(down), max(across), max(down)
    return [(left, top), (right, top), (right, bottom), (left, bottom)]
