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
_SHAPES = frozenset({"sp", "graphicFrame"})
_NOTED = frozenset({"text", "t"})
_DIAGRAM = frozenset({"dataModel"})
_BULLETED = frozenset({"body", "obj"})
_BULLETS = {"buChar": True, "buAutoNum": True, "buBlip": True, "buNone": False}
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
    shapes = list(_shapes(package.needed(name)))
    # The title is what is read first, wherever it was drawn.
    shapes.sort(key=lambda shape: shape.placeholder not in _TITLES)
    for shape in shapes:
        _write(shape, writer)
    for relation in package.relations(name).values():
        if relation.kind == "diagramData":
            for shape in _shapes(package.events(relation.target), _DIAGRAM):
                _write(shape, writer)
        elif relation.kind == "notesSlide":
            for text in _spoken(package.events(relation.target)):
                writer.paragraph(text)
        elif relation.kind == "comments":
            for text in _comments(package.events(relation.target)):
                writer.block(BlockKind.FOOTNOTE, text)
    writer.end_page(even_if_empty=True)


def _spoken(events: Iterable[Event]) -> Iterator[str]:
    """Yield the notes of whoever shows a slide."""
    for shape in _shapes(events):
        if shape.placeholder not in _RUNNING | {"sldImg"}:
            yield from (text for text, _ in shape.lines)


def _comments(events: Iterable[Event]) -> Iterator[str]:
    """Yield what readers noted at a slide, of either form that PowerPoint has written it in."""
    text: list[str] = []
    in_text = False
    for event in events:
        if event.tag in _NOTED:
            in_text = event.start
        elif event.tag == "cm" and not event.start:
            yield " ".join(text)
            text = []
        elif in_text and not event.tag:
            text.append(event.text)


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


class _Reader:
    """A slide while it is read."""

    def __init__(self, roots: frozenset[str]) -> None:
        self._roots = roots
        self._placeholder: str | None = None
        self._lines: list[tuple[str, bool]] = []
        self._rows: list[list[str]] = []
        self._text: list[str] = []
        self._in_text = self._bulleted = False
        self._skipping = 0

    def take(self, event: Event) -> _Shape | None:
        """Take the next event; return the shape that ends with it, if one does."""
        tag = event.tag
        if self._skipping:
            self._skipping += (1 if event.start else -1) if tag else 0
        elif not tag:
            if self._in_text:
                self._text.append(event.text)
        elif tag == "t":
            self._in_text = event.start
        elif event.start:
            self._start(tag, event)
        elif tag in self._roots:
            return self._end_shape()
        else:
            self._end(tag)
        return None

    def _start(self, tag: str, event: Event) -> None:
        if tag in _SKIPPED:
            self._skipping = 1
        elif tag in self._roots:
            self._placeholder, self._lines, self._rows = None, [], []
        elif tag == "ph":
            self._placeholder = event.attributes.get("type", "body")
        elif tag == "p":
            self._text, self._bulleted = [], self._placeholder in _BULLETED
        elif tag in _BULLETS:
            self._bulleted = _BULLETS[tag]
        elif tag == "br":
            self._text.append("\n")
        elif tag == "tr":
            self._rows.append([])
        elif tag == "tc":
            self._lines = []

    def _end(self, tag: str) -> None:
        if tag == "p":
            line = "".join(self._text).strip()
            if line:
                self._lines.append((line, self._bulleted))
        elif tag == "tc" and self._rows:
            self._rows[-1].append("\n".join(line for line, _ in self._lines))

    def _end_shape(self) -> _Shape | None:
        shape = _Shape(self._placeholder, self._lines, self._rows)
        self._placeholder, self._lines, self._rows = None, [], []
        return shape if shape.lines or shape.rows else None


def _shapes(events: Iterable[Event], roots: frozenset[str] = _SHAPES) -> Iterator[_Shape]:
    """Yield the shapes of a slide in the order in which they are drawn; groups are taken apart.

    ``roots`` are the elements that are shapes.
    """
    reader = _Reader(roots)
    for event in events:
        shape = reader.take(event)
        if shape is not None:
            yield shape
