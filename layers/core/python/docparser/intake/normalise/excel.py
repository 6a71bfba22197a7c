"""Excel workbooks (ISO 29500-1, 18): a part for each sheet, its rows one by one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from docparser.errors import Rejected
from docparser.model import BlockKind, RejectedCode

from .number_format import NumberFormat

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .package import Package
    from .parts_writer import PartsWriter
    from .xml_events import Event

_LETTERS = re.compile(r"[A-Za-z]{1,3}")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_CONTENTS = frozenset({"v", "t"})
_GENERAL = NumberFormat()
_BOOLEANS = {"0": "FALSE", "1": "TRUE"}
# Excel itself has no limit but memory; ten thousand sheets are no document.
_MOST_SHEETS = 10_000


class _Sheet(NamedTuple):
    name: str
    key: str
    hidden: bool


class _Book(NamedTuple):
    """What the cells of all sheets refer to."""

    strings: list[str]
    formats: list[NumberFormat]
    since_1904: bool


def read(package: Package, writer: PartsWriter) -> None:
    """Write the parts of a workbook: the name of each sheet as a heading, then its rows.

    What is noted at cells stands below them. Hidden sheets are there like the others, and their
    heading says so.

    Raises
    ------
    Rejected
        CORRUPT, ENCRYPTED, BOMB.
    """
    main = package.main_part()
    relations = package.relations(main)
    sheets, since_1904 = _sheets(package.events(main))

    def of_kind(kind: str) -> Iterator[Event]:
        for relation in relations.values():
            if relation.kind == kind:
                yield from package.events(relation.target)

    book = _Book(
        strings=list(_strings(of_kind("sharedStrings"))),
        formats=_formats(of_kind("styles")),
        since_1904=since_1904,
    )
    for sheet in sheets:
        writer.heading(f"{sheet.name} (hidden)" if sheet.hidden else sheet.name)
        relation = relations.get(sheet.key)
        if relation is not None and relation.kind == "worksheet":
            for row in _rows(package.needed(relation.target), book):
                writer.row(row)
            for each in package.relations(relation.target).values():
                if each.kind == "comments":
                    for comment in _comments(package.events(each.target)):
                        writer.block(BlockKind.FOOTNOTE, comment)
        writer.end_page()


def _sheets(events: Iterable[Event]) -> tuple[list[_Sheet], bool]:
    """Return the sheets in the order of their tabs, and whether dates count from 1904."""
    sheets: list[_Sheet] = []
    since_1904 = False
    for event in events:
        said = event.attributes
        if event.start and event.tag == "sheet":
            hidden = said.get("state", "visible") != "visible"
            sheets.append(_Sheet(said.get("name", ""), said.get(":id", ""), hidden))
            if len(sheets) > _MOST_SHEETS:
                raise Rejected(RejectedCode.BOMB)
        elif event.start and event.tag == "workbookPr":
            since_1904 = said.get("date1904") in {"1", "true"}
    return sheets, since_1904


def _strings(events: Iterable[Event]) -> Iterator[str]:
    """Yield the shared strings; what tells how they are pronounced is no part of them."""
    text: list[str] = []
    in_text = spoken = False
    for event in events:
        if event.tag == "t":
            in_text = event.start and not spoken
        elif event.tag == "rPh":
            spoken = event.start
        elif event.tag == "si":
            if not event.start:
                yield _unescaped("".join(text))
            text = []
        elif in_text and not event.tag:
            text.append(event.text)


def _comments(events: Iterable[Event]) -> Iterator[str]:
    """Yield what is noted at cells, each behind the name of its cell."""
    text: list[str] = []
    in_text = False
    for event in events:
        if event.tag == "t":
            in_text = event.start
        elif event.tag == "comment":
            if event.start:
                text = [event.attributes.get("ref", ""), ": "]
            else:
                yield _unescaped("".join(text))
        elif in_text and not event.tag:
            text.append(event.text)


def _formats(events: Iterable[Event]) -> list[NumberFormat]:
    """Return the number format of each cell style."""
    codes: dict[str, NumberFormat] = {}
    formats: list[NumberFormat] = []
    in_cells = False
    for event in events:
        said = event.attributes
        if event.tag == "numFmt" and event.start:
            codes[said.get("numFmtId", "")] = NumberFormat.of(said.get("formatCode", ""))
        elif event.tag == "cellXfs":
            in_cells = event.start
        elif event.tag == "xf" and event.start and in_cells:
            key = said.get("numFmtId", "0")
            formats.append(codes.get(key) or NumberFormat.built_in(_index(key)))
    return formats


class _Cells:
    """The cells of a sheet while they are read."""

    def __init__(self, book: _Book) -> None:
        self._book = book
        self._row: dict[int, str] = {}
        self._column = -1
        self._kind = self._style = ""
        self._text: list[str] = []
        self._formula: list[str] = []
        self._taken = self._spoken = self._in_formula = self._valued = False

    def take(self, event: Event) -> dict[int, str] | None:
        """Take the next event; return the row that ends with it, if one does."""
        if event.start:
            self._start(event.tag, event.attributes)
        elif event.tag:
            return self._end(event.tag)
        elif self._taken:
            self._text.append(event.text)
        elif self._in_formula:
            self._formula.append(event.text)
        return None

    def _end(self, tag: str) -> dict[int, str] | None:
        if tag in _CONTENTS:
            self._taken = False
        elif tag == "f":
            self._in_formula = False
        elif tag == "rPh":
            self._spoken = False
        elif tag == "c":
            if self._text:
                text = "".join(self._text)
                self._row[self._column] = _shown(text, self._kind, self._style, self._book)
            elif self._formula and not self._valued:
                # Whoever wrote it left its value to the program that opens it.
                self._row[self._column] = f"={''.join(self._formula)}"
        return self._row if tag == "row" else None

    def _start(self, tag: str, said: Mapping[str, str]) -> None:
        if tag == "c":
            self._column = _column(said.get("r", ""), self._column + 1)
            self._kind, self._style, self._text = said.get("t", "n"), said.get("s", ""), []
            self._formula, self._valued = [], False
        elif tag in _CONTENTS:
            self._taken = not self._spoken
            self._valued = True
        elif tag == "f":
            self._in_formula = True
        elif tag == "rPh":
            self._spoken = True
        elif tag == "row":
            self._row, self._column = {}, -1


def _rows(events: Iterable[Event], book: _Book) -> Iterator[dict[int, str]]:
    """Yield the rows of a sheet as their cells by column, from 0."""
    cells = _Cells(book)
    for event in events:
        row = cells.take(event)
        if row is not None:
            yield row


def _column(reference: str, otherwise: int) -> int:
    """Return the column, from 0, of a reference such as ``AB12``."""
    letters = _LETTERS.match(reference)
    if letters is None:
        return otherwise
    column = 0
    for letter in letters[0].upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _shown(value: str, kind: str, style: str, book: _Book) -> str:
    """Return the text of a cell."""
    if kind == "s":
        index = _index(value)
        return book.strings[index] if 0 <= index < len(book.strings) else ""
    if kind == "b":
        return _BOOLEANS.get(value.strip(), value)
    if kind == "n":
        index = max(_index(style), 0)
        shown = book.formats[index] if index < len(book.formats) else _GENERAL
        return shown.show(value, since_1904=book.since_1904)
    return _unescaped(value)


def _unescaped(text: str) -> str:
    """Return a text with the characters that XML cannot hold as they are (22.9.2.19)."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _index(value: str) -> int:
    """Return a place in a list; -1 for what is none."""
    value = value.strip()
    return int(value) if value.isdecimal() and len(value) < 10 else -1
