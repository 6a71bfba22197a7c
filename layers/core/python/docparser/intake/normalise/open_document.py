"""OpenDocument (ISO 26300): texts, spreadsheets with a part for each sheet, and presentations."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docparser.errors import Rejected
from docparser.model import BlockKind, RejectedCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .package import Package
    from .parts_writer import PartsWriter
    from .xml_events import Event

_CONTENT = "content.xml"
_STYLES = "styles.xml"
_MANIFEST = "META-INF/manifest.xml"
_SKIPPED = frozenset({"tracked-changes", "note-citation", "script", "forms"})
_NOTES = frozenset({"note", "annotation"})
_RUNNING = {"header": BlockKind.HEADER, "footer": BlockKind.FOOTER}
_WORD = re.compile(r"[^\W\d_]")
_TABLE_PARTS = frozenset({"table-row", "table-cell", "covered-table-cell"})
_KINDS = frozenset({"spreadsheet", "presentation", "style", "table-properties"})
_VALUES = ("date-value", "time-value", "boolean-value", "string-value", "value")
_BULLET = "•"
# Repeated cells fill a sheet to its last row and column: so many with something in them are real.
_MOST_REPEATED = 1_000


def read(package: Package, writer: PartsWriter) -> None:
    """Write the parts of an OpenDocument file.

    Raises
    ------
    Rejected
        ENCRYPTED, CORRUPT, BOMB.
    """
    for event in package.events(_MANIFEST):
        if event.start and event.tag == "encryption-data":
            raise Rejected(RejectedCode.ENCRYPTED)
    if _CONTENT not in package:
        raise Rejected(RejectedCode.CORRUPT)
    for kind, text in dict.fromkeys(_running(package.events(_STYLES))):
        writer.block(kind, text)
    _Content(writer).read(package)


def _running(events: Iterable[Event]) -> Iterator[tuple[BlockKind, str]]:
    """Yield the headers and footers of the page styles."""
    kind: BlockKind | None = None
    text: list[str] = []
    for event in events:
        if event.tag in _RUNNING:
            if event.start:
                kind, text = _RUNNING[event.tag], []
            elif kind is not None:
                if _WORD.search("".join(text)):
                    yield kind, "".join(text)
                kind = None
        elif kind is None:
            continue
        elif not event.tag:
            text.append(event.text)
        elif event.tag == "p" and not event.start:
            text.append("\n")


class _Table:
    """A table while it is read."""

    def __init__(self) -> None:
        self.row: dict[int, str] = {}
        self.column = 0
        self.repeats = 1
        self.row_repeats = 1
        self.lines: list[str] = []
        self.value = ""

    def start(self, tag: str, said: Mapping[str, str]) -> None:
        """Begin a row or a cell."""
        if tag == "table-row":
            self.row, self.column = {}, 0
            self.row_repeats = _whole(said.get("number-rows-repeated", "1"))
        else:
            self.lines = []
            self.value = next((said[key] for key in _VALUES if key in said), "")
            self.repeats = _whole(said.get("number-columns-repeated", "1"))

    def end_cell(self) -> None:
        """Put the cell in its places."""
        # Some programs leave it to others to write a value as text.
        text = "\n".join(self.lines) or self.value
        if text:
            for _ in range(min(self.repeats, _MOST_REPEATED)):
                self.row[self.column] = text
                self.column += 1
        else:
            self.column += self.repeats


class _Content:
    def __init__(self, writer: PartsWriter) -> None:
        self._writer = writer
        self._text: list[list[str]] = []
        self._levels: list[int | None] = []
        self._tables: list[_Table] = []
        self._lists = 0
        self._first_in_item = False
        self._notes: list[str] = []
        self._in_note = 0
        self._sheets = False
        self._slides = False
        self._style = ""
        self._hidden: set[str] = set()

    def read(self, package: Package) -> None:
        skipping = 0
        for event in package.events(_CONTENT):
            if skipping:
                skipping += (1 if event.start else -1) if event.tag else 0
            elif event.start and event.tag in _SKIPPED:
                skipping = 1
            elif event.start:
                self._start(event)
            elif event.tag:
                self._end(event.tag)
            elif self._text:
                # White space collapses (ISO 26300-1, 6.1.2); what is meant is an element.
                self._text[-1].append(event.text)
        self._end_page()

    def _start(self, event: Event) -> None:
        tag, said = event.tag, event.attributes
        table = self._tables[-1] if self._tables else None
        if tag in {"p", "h"}:
            self._text.append([])
            self._levels.append(_whole(said.get("outline-level", "1")) if tag == "h" else None)
        elif tag == "table":
            self._start_table(event)
        elif tag in _TABLE_PARTS and table is not None:
            table.start(tag, said)
        elif tag in _KINDS:
            self._note(tag, said)
        elif tag in {"list", "list-item", "list-header"}:
            self._lists += tag == "list"
            self._first_in_item = tag != "list"
        elif tag in _NOTES:
            self._in_note += 1
            if self._text:
                self._text[-1].append(f"[{len(self._notes) + 1}]")
            self._notes.append("")
        elif tag == "soft-page-break" and not self._text and not self._tables:
            self._end_page()
        elif self._text:
            self._mark(event)

    def _note(self, tag: str, said: Mapping[str, str]) -> None:
        """Note what kind of document this is, and which sheets are hidden."""
        if tag == "spreadsheet":
            self._sheets = True
        elif tag == "presentation":
            self._slides = True
        elif tag == "style":
            self._style = said.get("name", "")
        elif said.get("display") == "false":
            self._hidden.add(self._style)

    def _mark(self, event: Event) -> None:
        if event.tag == "s":
            self._text[-1].append(" " * min(_whole(event.attributes.get("c", "1")), 100))
        elif event.tag == "tab":
            self._text[-1].append("\t")
        elif event.tag == "line-break":
            self._text[-1].append("\v")

    def _start_table(self, event: Event) -> None:
        if not self._tables:
            self._writer.end_table()
            if self._sheets:
                name = event.attributes.get("name", "")
                hidden = event.attributes.get("style-name", "") in self._hidden
                self._writer.heading(f"{name} (hidden)" if hidden else name)
        self._tables.append(_Table())

    def _end(self, tag: str) -> None:
        table = self._tables[-1] if self._tables else None
        if tag in {"p", "h"} and self._text:
            self._end_text(_collapsed(self._text.pop()), self._levels.pop())
        elif tag in _TABLE_PARTS and table is not None:
            if tag == "table-row":
                self._end_row(table)
            else:
                table.end_cell()
        elif tag == "table" and table is not None:
            self._end_table()
        elif tag == "list":
            self._lists -= 1
        elif tag in _NOTES:
            self._in_note -= 1
        elif tag == "page" and self._slides:
            self._end_page()

    def _end_table(self) -> None:
        self._tables.pop()
        if not self._tables:
            self._writer.end_table()
            if self._sheets:
                self._end_page()

    def _end_row(self, table: _Table) -> None:
        if not table.row:
            return
        if len(self._tables) > 1:
            cells = (" ".join(cell.split()) for cell in table.row.values())
            self._tables[-2].lines.append("  ".join(cells))
            return
        for _ in range(min(table.row_repeats, _MOST_REPEATED)):
            self._writer.row(table.row)

    def _end_text(self, text: str, level: int | None) -> None:
        if not text:
            return
        if self._in_note and self._notes:
            self._notes[-1] = f"{self._notes[-1]} {text}".strip()
        elif self._tables:
            self._tables[-1].lines.append(text)
        elif level is not None:
            self._writer.heading(text, level)
        elif self._lists > 0 and self._first_in_item:
            self._first_in_item = False
            self._writer.item(f"{_BULLET} {text}")
        else:
            self._writer.paragraph(text)

    def _end_page(self) -> None:
        for number, text in enumerate(self._notes, start=1):
            self._writer.block(BlockKind.FOOTNOTE, f"[{number}] {text}" if text else "")
        self._notes = []
        self._writer.end_page()


def _collapsed(text: list[str]) -> str:
    """Return a paragraph's text; the line breaks that it names are lines, those of its file not."""
    lines = "".join(text).replace("\n", " ").split("\v")
    return "\n".join(line.strip() for line in lines).strip()


def _whole(value: str) -> int:
    try:
        return max(int(value), 1)
    except ValueError:
        return 1
