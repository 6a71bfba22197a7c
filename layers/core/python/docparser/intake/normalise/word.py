"""Word documents (ISO 29500-1, 17): the body in its order, with what belongs to each page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docparser.model import BlockKind

from . import hypertext
from .numbering import Numbering

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .package import Package, Relation
    from .parts_writer import PartsWriter
    from .xml_events import Event

# Deleted text, the same picture once more for older programs, and properties that hold no text.
_SKIPPED = frozenset(
    {"del", "moveFrom", "Fallback", "instrText", "delText", "rPr", "tblPr", "trPr", "tabs"}
)
_MARKS = {"tab": "\t", "ptab": "\t", "cr": "\n", "noBreakHyphen": "-", "br": "\n"}
_NOTES = ("footnote", "endnote", "comment")
_REFERENCES = frozenset(f"{kind}Reference" for kind in _NOTES)
_TABLE_PARTS = frozenset({"tr", "tc", "gridSpan"})
_HEADING = re.compile(r"heading (\d)$")
_WORD = re.compile(r"[^\W\d_]")
_BODY_LEVEL = 9  # an outline level of 9 is running text
_BULLET = "•"


class _Style:
    """What a paragraph style says: its outline level from 0, its kind, its list."""

    def __init__(self) -> None:
        self.name = ""
        self.outline: int | None = None
        self.number = ""
        self.level = 0
        self.based_on = ""

    def take(self, tag: str, value: str) -> None:
        """Note a property."""
        if tag == "name":
            self.name = value.lower()
            heading = _HEADING.match(self.name)
            if heading is not None:
                self.outline = int(heading[1]) - 1
        elif tag == "outlineLvl":
            self.outline = _whole(value, _BODY_LEVEL)
        elif tag == "basedOn":
            self.based_on = value
        elif tag == "numId":
            self.number = value
        elif tag == "ilvl":
            self.level = _whole(value, 0)


class _Paragraph:
    """A paragraph while it is read."""

    def __init__(self, in_cell: int) -> None:
        self.in_cell = in_cell
        self.text: list[str] = []
        self.style = ""
        self.outline: int | None = None
        self.number: str | None = None
        self.level = 0
        self.breaks_after = False
        self._in_section = False

    def format(self, tag: str, said: Mapping[str, str]) -> bool:
        """Note a property; return whether it was one."""
        value = said.get("val", "")
        if tag == "pStyle":
            self.style = value
        elif tag == "outlineLvl":
            self.outline = _whole(value, _BODY_LEVEL)
        elif tag == "ilvl":
            self.level = _whole(value, 0)
        elif tag == "numId":
            self.number = value
        elif tag == "sectPr":
            # The last paragraph of a section, which ends its page unless it says otherwise.
            self.breaks_after = self._in_section = True
        elif tag == "type" and self._in_section:
            self.breaks_after = value != "continuous"
        else:
            return False
        return True


class _Table:
    """A table while it is read: the row, and the lines of the cell."""

    def __init__(self) -> None:
        self.row: dict[int, str] = {}
        self.column = 0
        self.span = 1
        self.lines: list[str] = []
        self.rows: list[str] = []

    def start(self, tag: str, said: Mapping[str, str]) -> None:
        """Begin a row or a cell, or note how wide it is."""
        if tag == "tr":
            self.row, self.column = {}, 0
        elif tag == "tc":
            self.lines, self.span = [], 1
        elif tag == "gridSpan":
            self.span = _whole(said.get("val", ""), 1)


def read(package: Package, writer: PartsWriter) -> None:
    """Write the parts of a Word document.

    A part is a page where the document says where its pages end: by breaks, or by where Word last
    set them. Headers and footers stand on the first page, once; footnotes and comments below
    the page that refers to them; tracked deletions are left out.

    Raises
    ------
    Rejected
        CORRUPT, ENCRYPTED, BOMB.
    """
    main = package.main_part()
    relations = package.relations(main)
    _Body(package, relations, writer).read(main)


class _Body:
    def __init__(
        self, package: Package, relations: dict[str, Relation], writer: PartsWriter
    ) -> None:
        self._package = package
        self._relations = relations
        self._writer = writer
        self._styles = _styles(self._of_kind("styles"))
        self._numbering = Numbering(self._of_kind("numbering"))
        self._notes = {kind: dict(_notes(self._of_kind(f"{kind}s"), kind)) for kind in _NOTES}
        self._footers = list(dict.fromkeys(self._running("footer")))
        self._paragraphs: list[_Paragraph] = []
        self._tables: list[_Table] = []
        self._below: list[str] = []
        self._noted = 0
        self._break_pending = False

    def read(self, main: str) -> None:
        for text in dict.fromkeys(self._running("header")):
            self._writer.block(BlockKind.HEADER, text)
        in_text = False
        for event in _kept(self._package.events(main)):
            if event.tag == "t":
                in_text = event.start
            elif event.start:
                self._start(event)
            elif event.tag:
                self._end(event.tag)
            elif in_text and self._paragraphs:
                self._paragraphs[-1].text.append(event.text)
        self._end_page()

    def _start(self, event: Event) -> None:
        tag, said = event.tag, event.attributes
        paragraph = self._paragraphs[-1] if self._paragraphs else None
        table = self._tables[-1] if self._tables else None
        if tag == "p":
            self._paragraphs.append(_Paragraph(len(self._tables)))
        elif tag == "tbl":
            self._tables.append(_Table())
            if len(self._tables) == 1:
                self._writer.end_table()
        elif tag in _TABLE_PARTS and table is not None:
            table.start(tag, said)
        elif tag == "altChunk":
            self._chunk(said.get(":id", ""))
        elif paragraph is not None and not paragraph.format(tag, said):
            self._within_paragraph(paragraph, tag, event)

    def _within_paragraph(self, paragraph: _Paragraph, tag: str, event: Event) -> None:
        value = event.attributes.get("val", "")
        if (tag == "br" and event.attributes.get("type") == "page") or (
            tag == "pageBreakBefore" and value not in {"0", "false"}
        ):
            self._break(paragraph)
        elif tag == "lastRenderedPageBreak":
            if "".join(paragraph.text).strip():
                paragraph.breaks_after = True
            else:
                self._break(paragraph)
        elif tag in _MARKS:
            paragraph.text.append(_MARKS[tag])
        elif tag == "sym":
            paragraph.text.append(_symbol(event.attributes.get("char", "")))
        elif tag in _REFERENCES:
            text = self._notes[tag.removesuffix("Reference")].get(event.attributes.get("id", ""))
            if text:
                self._noted += 1
                paragraph.text.append(f"[{self._noted}]")
                self._below.append(f"[{self._noted}] {text}")

    def _end(self, tag: str) -> None:
        table = self._tables[-1] if self._tables else None
        if tag == "p" and self._paragraphs:
            self._end_paragraph(self._paragraphs.pop())
        elif tag == "tc" and table is not None:
            text = "\n".join(line for line in table.lines if line)
            table.row[table.column] = text
            table.column += max(table.span, 1)
            table.lines = []
        elif tag == "tr" and table is not None:
            if len(self._tables) == 1:
                self._writer.row(table.row)
            else:
                cells = (" ".join(cell.split()) for cell in table.row.values())
                table.rows.append("  ".join(cell for cell in cells if cell))
        elif tag == "tbl" and table is not None:
            self._tables.pop()
            if self._tables:
                self._tables[-1].lines += table.rows
            else:
                self._writer.end_table()
                self._pass_break()

    def _end_paragraph(self, paragraph: _Paragraph) -> None:
        text = "".join(paragraph.text)
        self._break_pending |= paragraph.breaks_after
        if text.strip():
            self._emit(paragraph, text)
        if not self._tables:
            self._pass_break()

    def _emit(self, paragraph: _Paragraph, text: str) -> None:
        style = self._styles.get(paragraph.style) or _Style()
        if paragraph.number is None:
            number, level = style.number, style.level
        else:
            number, level = paragraph.number, paragraph.level
        label = self._numbering.label(number, level) if number else ""
        labelled = f"{label} {text}" if label else text
        if paragraph.in_cell and self._tables:
            self._tables[-1].lines.append(labelled)
            return
        outline = style.outline if paragraph.outline is None else paragraph.outline
        if style.name == "title":
            self._writer.heading(text)
        elif outline is not None and outline < _BODY_LEVEL:
            self._writer.heading(text if label == _BULLET else labelled, outline + 1)
        elif style.name == "caption":
            self._writer.block(BlockKind.CAPTION, text)
        elif label:
            self._writer.item(labelled)
        else:
            self._writer.paragraph(text)

    def _break(self, paragraph: _Paragraph) -> None:
        """End the page here, or after the table that this stands in."""
        if self._tables:
            self._break_pending = True
            return
        text, paragraph.text = "".join(paragraph.text), []
        if text.strip():
            self._emit(paragraph, text)
        self._end_page()

    def _pass_break(self) -> None:
        if self._break_pending:
            self._break_pending = False
            self._end_page()

    def _end_page(self) -> None:
        for text in self._below:
            self._writer.block(BlockKind.FOOTNOTE, text)
        self._below = []
        for text in self._footers:
            self._writer.block(BlockKind.FOOTER, text)
        self._footers = []
        self._writer.end_page()

    def _chunk(self, key: str) -> None:
        """Add a part in HTML, which Word takes into the document when it opens it."""
        relation = self._relations.get(key)
        if relation is not None and relation.target.lower().endswith((".htm", ".html", ".xhtml")):
            content = b"".join(self._package.content(relation.target))
            hypertext.read(content, self._writer)

    def _of_kind(self, kind: str) -> Iterator[Event]:
        for relation in self._relations.values():
            if relation.kind == kind:
                yield from self._package.events(relation.target)

    def _running(self, kind: str) -> Iterator[str]:
        """Yield the text of the headers or footers, of each part one."""
        for relation in self._relations.values():
            if relation.kind == kind:
                text = "\n".join(_paragraphs(self._package.events(relation.target)))
                if _WORD.search(text):
                    yield text


def _kept(events: Iterator[Event]) -> Iterator[Event]:
    """Yield the events but for those within what is skipped."""
    skipping = 0
    for event in events:
        if skipping:
            skipping += (1 if event.start else -1) if event.tag else 0
        elif event.start and event.tag in _SKIPPED:
            skipping = 1
        else:
            yield event


def _paragraphs(events: Iterator[Event]) -> Iterator[str]:
    """Yield the paragraphs of a part without regard to what they are."""
    text: list[str] = []
    in_text = False
    for event in _kept(events):
        if event.tag == "t":
            in_text = event.start
        elif event.start and event.tag in _MARKS:
            text.append(_MARKS[event.tag])
        elif not event.tag and in_text:
            text.append(event.text)
        elif event.tag == "p" and not event.start:
            line, text = "".join(text).strip(), []
            if line:
                yield line


def _notes(events: Iterator[Event], kind: str) -> Iterator[tuple[str, str]]:
    """Yield the footnotes or endnotes by their ids; separators have no text."""
    inner: list[Event] = []
    key: str | None = None
    for event in events:
        if event.tag == kind and event.start:
            key, inner = event.attributes.get("id", ""), []
        elif event.tag == kind and key is not None:
            yield key, " ".join(_paragraphs(iter(inner)))
            key = None
        elif key is not None:
            inner.append(event)


def _styles(events: Iterator[Event]) -> dict[str, _Style]:
    """Return the paragraph styles by their ids, with what they inherit."""
    styles: dict[str, _Style] = {}
    style: _Style | None = None
    for event in events:
        value = event.attributes.get("val", "")
        if event.tag == "style":
            key = event.attributes.get("styleId", "")
            style = styles.setdefault(key, _Style()) if event.start else None
        elif style is None or not event.start:
            continue
        else:
            style.take(event.tag, value)
    for each in styles.values():
        _inherit(each, styles)
    return styles


def _inherit(style: _Style, styles: dict[str, _Style]) -> None:
    seen = {id(style)}
    parent = styles.get(style.based_on)
    while parent is not None and id(parent) not in seen:
        seen.add(id(parent))
        if style.outline is None:
            style.outline = parent.outline
        if not style.number:
            style.number, style.level = parent.number, parent.level
        parent = styles.get(parent.based_on)


def _symbol(code: str) -> str:
    """Return a character of a symbol font: those of private use are bullets of some kind."""
    try:
        character = chr(int(code, 16))
    except (ValueError, OverflowError):
        return ""
    return _BULLET if "\ue000" <= character <= "\uf8ff" else character


def _whole(value: str, otherwise: int) -> int:
    try:
        return int(value)
    except ValueError:
        return otherwise
