"""The blocks of a Textract response, mended until trp can read them.

trp (amazon-textract-response-parser) takes every relationship at its word: a block that is missing,
a geometry that is not there or a relationship that comes in two parts ends it or doubles what it
finds. It knows no merged cells and no layout either; those are read from the blocks beside it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import trp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    Block = dict[str, Any]

_DONE = (None, "SUCCEEDED", "PARTIAL_SUCCESS")

# What a block of each type must have besides its id and place, and what it is taken to say where it
# says nothing. Blocks of other types (queries, signatures) are not on the page.
_MEMBERS: dict[str, dict[str, type]] = {
    "PAGE": {},
    "LINE": {"Text": str},
    "WORD": {"Text": str},
    "TABLE": {},
    "TABLE_TITLE": {},
    "TABLE_FOOTER": {},
    "CELL": {"RowIndex": int, "ColumnIndex": int},
    "MERGED_CELL": {"RowIndex": int, "ColumnIndex": int},
    "KEY_VALUE_SET": {"EntityTypes": list},
    "SELECTION_ELEMENT": {"SelectionStatus": str},
}
_DEFAULTS: dict[str, Any] = {"Confidence": 0.0, "RowSpan": 1, "ColumnSpan": 1}
_LAYOUT = "LAYOUT_"

# Which children a block may have; a relationship of another kind is left out.
_KIN = {
    ("LINE", "CHILD"): ("WORD",),
    ("TABLE", "CHILD"): ("CELL",),
    ("TABLE", "MERGED_CELL"): ("MERGED_CELL",),
    ("TABLE", "TABLE_TITLE"): ("TABLE_TITLE",),
    ("TABLE", "TABLE_FOOTER"): ("TABLE_FOOTER",),
    ("TABLE_TITLE", "CHILD"): ("WORD",),
    ("TABLE_FOOTER", "CHILD"): ("WORD",),
    ("CELL", "CHILD"): ("WORD", "SELECTION_ELEMENT"),
    ("MERGED_CELL", "CHILD"): ("CELL",),
    ("KEY_VALUE_SET", "CHILD"): ("WORD", "SELECTION_ELEMENT"),
    ("KEY_VALUE_SET", "VALUE"): ("KEY_VALUE_SET",),
}
_WHOLE = {"Left": 0.0, "Top": 0.0, "Width": 1.0, "Height": 1.0}


class NoDocumentError(Exception):
    """The response is that of a job that has not succeeded, or of an API without blocks."""


class Blocks:
    """The blocks of one document, by id, and what trp reads in them.

    Parameters
    ----------
    responses
        One response, or the parts of one in their order, as boto3 returns them.

    Raises
    ------
    NoDocumentError
        There is no document in it.
    """

    def __init__(self, responses: Mapping[str, Any] | Sequence[Mapping[str, Any]]) -> None:
        parts: Sequence[Any] = responses if isinstance(responses, (list, tuple)) else [responses]
        self.by_id: dict[str, Block] = {}
        pages = _pages(_readable(parts))
        for block in (block for page in pages for block in page):
            self.by_id.setdefault(block["Id"], block)
        for block in self.by_id.values():
            block["Relationships"] = self._kept(block)
        ordered = [block for page in pages for block in page if self.by_id[block["Id"]] is block]
        self.pages: list[Any] = trp.Document({"Blocks": ordered}).pages

    def related(self, block: Block, kind: str) -> list[Block]:
        """Return the blocks that one names by a kind of relationship, in its order."""
        return [
            self.by_id[id_]
            for relationship in block["Relationships"]
            if relationship["Type"] == kind
            for id_ in relationship["Ids"]
        ]

    def _kept(self, block: Block) -> list[dict[str, Any]]:
        """Return a block's relationships to blocks that are there, each kind once."""
        ids: dict[str, dict[str, None]] = {}
        for relationship in block.get("Relationships") or ():
            kind = relationship.get("Type", "")
            for id_ in relationship.get("Ids") or ():
                child = self.by_id.get(id_)
                if child is not None and _may_have(block["BlockType"], kind, child["BlockType"]):
                    ids.setdefault(kind, {})[id_] = None
        return [{"Type": kind, "Ids": list(each)} for kind, each in ids.items()]


def _may_have(parent: str, kind: str, child: str) -> bool:
    if parent.startswith(_LAYOUT):
        return kind == "CHILD" and (child == "LINE" or child.startswith(_LAYOUT))
    return child in _KIN.get((parent, kind), ())


def _readable(parts: Iterable[Mapping[str, Any]]) -> Iterator[Block]:
    for part in parts:
        blocks = part.get("Blocks")
        if not isinstance(blocks, list) or part.get("JobStatus") not in _DONE:
            raise NoDocumentError
        for block in blocks:
            mended = _mended(block) if isinstance(block, dict) else None
            if mended is not None:
                yield mended


def _mended(block: Block) -> Block | None:
    """Return a copy of a block with all that trp asks for, or None if there is too little."""
    kind = block.get("BlockType")
    if not isinstance(kind, str) or not isinstance(block.get("Id"), str):
        return None
    members = {} if kind.startswith(_LAYOUT) else _MEMBERS.get(kind)
    if members is None or not all(
        isinstance(block.get(name), type_) for name, type_ in members.items()
    ):
        return None
    geometry = _geometry(block.get("Geometry") or {})
    if geometry is None:
        if kind != "PAGE":
            return None
        geometry = {"BoundingBox": _WHOLE, "Polygon": _corners(_WHOLE)}
    given = {name: value for name, value in block.items() if value is not None}
    return {**_DEFAULTS, **given, "Geometry": geometry}


def _geometry(geometry: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return a place with both of its forms, of which Textract leaves out either, or None."""
    bounds, polygon = geometry.get("BoundingBox"), geometry.get("Polygon")
    try:
        if polygon and len(polygon) == 4:
            corners = [{axis: float(point[axis]) for axis in "XY"} for point in polygon]
        else:
            corners = _corners({side: float(bounds[side]) for side in _WHOLE})  # type: ignore[index]
    except (KeyError, TypeError, ValueError):
        return None
    across = [point["X"] for point in corners]
    down = [point["Y"] for point in corners]
    if not all(map(math.isfinite, (*across, *down))):
        return None
    around = {
        "Left": min(across),
        "Top": min(down),
        "Width": max(across) - min(across),
        "Height": max(down) - min(down),
    }
    return {"BoundingBox": around, "Polygon": corners}


def _corners(bounds: Mapping[str, float]) -> list[dict[str, float]]:
    left, top = bounds["Left"], bounds["Top"]
    right, bottom = left + bounds["Width"], top + bounds["Height"]
    return [
        {"X": x, "Y": y} for x, y in ((left, top), (right, top), (right, bottom), (left, bottom))
    ]


def _pages(blocks: Iterable[Block]) -> list[list[Block]]:
    """Return the blocks page by page, each page's own block first.

    A block says on which page it is, or follows its page; a document of one page may do neither.
    """
    pages: dict[int, list[Block]] = {}
    current = 1
    for block in blocks:
        is_page = block["BlockType"] == "PAGE"
        number = block.get("Page")
        if not isinstance(number, int):
            number = current + 1 if is_page and _begun(pages.get(current)) else current
        current = number
        page = pages.setdefault(number, [])
        if not is_page:
            page.append(block)
        elif not _begun(page):
            page.insert(0, block)
    for number, page in pages.items():
        if not _begun(page):
            geometry = {"BoundingBox": _WHOLE, "Polygon": _corners(_WHOLE)}
            page.insert(0, {"BlockType": "PAGE", "Id": f"page {number}", "Geometry": geometry})
    return [pages[number] for number in sorted(pages)]


def _begun(page: list[Block] | None) -> bool:
    return bool(page) and page is not None and page[0]["BlockType"] == "PAGE"
