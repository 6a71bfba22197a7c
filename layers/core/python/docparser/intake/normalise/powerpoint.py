"""PowerPoint presentations (ISO 29500-1, 19): a part for each slide, in the order of the show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .package import Package
    from .parts_writer import PartsWriter
    from .xml_events import Event

_TITLES = frozenset({"title", "ctrTitle"})
_RUNNING = frozenset({"dt", "ftr", "sldNum", "hdr"})
_SKIPPED = frozenset({"Fallback"})
_BULLET = "•"
_WORD = re.compile(r"[^\W\d_]")


class _Shape(NamedTuple):
    """A text box or a table: the kind of its placeholder, and what is written in it.

    A line is a paragraph's text, and whether a bullet stands before it.
    """

    placeholder: str | None
    lines: list[tuple[str, bool]]
    rows: list[list[str]]


def read(package: Package, writer: PartsWriter) -> None:
    """Write the parts of a presentation: of each slide title, text, tables, and the notes to it.

    Raises
    ------
    Rejected
        CORRUPT, ENCRYPTED, BOMB.
    """
    main = package.main_part()
    relations = package.relations(main)
    for event in package.events(main):
        if event.start and event.tag == "sldId":
            relation = relations.get(event.attributes.get(":id", ""))
            if relation is not None:
                _slide(package, relation.target, writer)


def _slide(package: Package, name: str, writer: PartsWriter) -> None:
    shapes = list(_shapes(package.events(name)))
    # The title is what is read first, wherever it was drawn.
    shapes.sort(key=lambda shape: shape.placeholder not in _TITLES)
    for shape in shapes:
        _write(shape, writer)
    for relation in package.relations(name).values():
        if relation.kind == "diagramData":
            for shape in _shapes(package.events(relation.target), root="dataModel"):
                _write(shape, writer)
        elif relation.kind == "notesSlide":
            for shape in _shapes(package.events(relation.target)):
                if shape.placeholder not in _RUNNING | {"sldImg"}:
                    for text, _ in shape.lines:
                        writer.paragraph(text)
    writer.end_page(even_if_empty=True)


def _write(shape: _Shape, writer: PartsWriter) -> None:
    if shape.rows:
        writer.table(shape.rows)
        return
    if shape.placeholder in _TITLES:
        writer.heading(" ".join(text for text, _ in shape.lines))
        return
    for text, bullet in shape.lines:
        if shape.placeholder in _RUNNING:
            if _WORD.search(text):
                writer.block(BlockKind.FOOTER, text)
        elif bullet:
            writer.item(f"{_BULLET} {text}")
        else:
            writer.paragraph(text)


def _shapes(events: Iterable[Event], root: str = "") -> Iterator[_Shape]:
    """Yield the shapes of a slide in the order in which they are drawn; groups are taken apart.

    ``root`` is an element that counts as one shape.
    """
    placeholder: str | None = None
    lines: list[tuple[str, bool]] = []
    rows: list[list[str]] = []
    text: list[str] = []
    in_text = bulleted = in_table = False
    skipping = 0
    for event in events:
        tag = event.tag
        if skipping:
            skipping += (1 if event.start else -1) if tag else 0
        elif not tag:
            if in_text:
                text.append(event.text)
        elif tag == "t":
            in_text = event.start
        elif event.start:
            if tag in _SKIPPED:
                skipping = 1
            elif tag in {"sp", "graphicFrame", root}:
                placeholder, lines, rows = None, [], []
            elif tag == "ph":
                placeholder = event.attributes.get("type", "body")
            elif tag == "p":
                text, bulleted = [], placeholder in {"body", "obj"}
            elif tag in {"buChar", "buAutoNum", "buBlip"}:
                bulleted = True
            elif tag == "buNone":
                bulleted = False
            elif tag == "br":
                text.append("\n")
            elif tag == "tbl":
                in_table = True
            elif tag == "tr":
                rows.append([])
            elif tag == "tc":
                lines = []
        elif tag == "p":
            line = "".join(text).strip()
            if line:
                lines.append((line, bulleted))
        elif tag == "tc" and in_table and rows:
            rows[-1].append("\n".join(line for line, _ in lines))
        elif tag == "tbl":
            in_table = False
        elif tag in {"sp", "graphicFrame", root} and (lines or rows):
            yield _Shape(placeholder, lines, rows)
            placeholder, lines, rows = None, [], []
