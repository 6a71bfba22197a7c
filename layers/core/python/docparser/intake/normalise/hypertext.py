"""HTML: what a reader would see of it as text; nothing is run, and nothing is fetched."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from docparser.intake import encoding
from docparser.model import BlockKind

if TYPE_CHECKING:
    from .parts_writer import PartsWriter

# HTML Living Standard, 15.3: what is displayed as a block of its own.
_BLOCKS = frozenset(
    (
        "address article aside blockquote body center dd details dialog dir div dl dt fieldset "
        "figcaption figure footer form header hgroup hr html legend li main menu nav ol optgroup "
        "option p pre search section select summary ul"
    ).split()
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
# What is in these is never shown as text. Without scripts, what stands in noscript is.
_SKIPPED = frozenset({"script", "style", "template", "head", "object", "svg", "math", "iframe"})
# 13.2.6.4.4 and 13.2.6.5: a head or a drawing that nobody closed ends with what cannot be in it.
_IN_HEAD = frozenset(
    {"base", "basefont", "bgsound", "link", "meta", "noframes", "noscript", "title", "xml"}
) | {"script", "style", "template", "head", "html"}
_DRAWINGS = frozenset({"svg", "math"})
_NOT_DRAWN = frozenset(_HEADINGS) | frozenset(
    (
        "b big blockquote br center code dd div dl dt em hr i img li menu ol p pre ruby s small "
        "span strong strike sub sup table tt u ul var"
    ).split()
)
_TABLE_PARTS = frozenset({"table", "tr", "td", "th", "caption"})

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]+)", re.IGNORECASE)
_XML_DECLARED = re.compile(rb"<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]+)", re.IGNORECASE)
_DECLARED_WITHIN = 4096
_PIECE = 1 << 16
_BULLET = "•"


def read(content: bytes, writer: PartsWriter, charset: str | None = None) -> bool:
    """Write what an HTML file shows: headings, paragraphs, lists and tables.

    A table within a table is how pages were laid out once: then the outer one is taken apart.

    Parameters
    ----------
    content
        The file.
    writer
        What receives the blocks; its part is not ended.
    charset
        What the mail around it says that it is encoded in.

    Returns
    -------
    bool
        Whether there is a script in it.
    """
    text = decode(content, charset)
    page = _Page(writer)
    for at in range(0, len(text), _PIECE):
        page.feed(text[at : at + _PIECE])
    page.close()
    page.finish()
    return page.has_script


def decode(content: bytes, charset: str | None = None) -> str:
    """Return the characters of an HTML file, by what it, or the mail around it, declares.

    UTF-8 that is declared as something else is UTF-8 all the same.
    """
    head = content[:_DECLARED_WITHIN]
    declared = _DECLARED.search(head) or _XML_DECLARED.search(head)
    named = charset or (declared[1].decode("ascii") if declared else None)
    if named and not named.lower().startswith(("utf-16", "utf16")):
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            # As every browser does: who says Latin-1 means its superset.
            latin = named.lower() in {"iso-8859-1", "latin-1", "latin1", "us-ascii", "ascii"}
            try:
                return content.decode("cp1252" if latin else named, "replace")
            except (LookupError, UnicodeError):
                pass
    return encoding.decode(content)


class _Table:
    """A table while it is read: rows of cells, the lines of the open one."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.spans = 1
        self.height = 1
        self.from_above: dict[int, int] = {}
        self.open_cell = False
        self.lines: list[str] = []
        self.caption = False

    def end_cell(self) -> None:
        """Put the open cell in the first place of its row that no cell from above is in."""
        if not self.open_cell:
            return
        row = self.rows[-1]
        while self.from_above.get(len(row), 0):
            self._pass_down(len(row))
        if self.height > 1:
            places = range(len(row), len(row) + self.spans)
            self.from_above |= dict.fromkeys(places, self.height - 1)
        row += ["\n".join(self.lines), *[""] * (self.spans - 1)]
        self.lines, self.open_cell = [], False

    def begin_row(self) -> None:
        """End the row, which cells from above may go on with, and begin the next one."""
        if self.rows:
            for column in sorted(each for each in self.from_above if each >= len(self.rows[-1])):
                self._pass_down(column)
        self.rows.append([])

    def _pass_down(self, column: int) -> None:
        row = self.rows[-1]
        row += [""] * (column + 1 - len(row))
        self.from_above[column] -= 1
        if not self.from_above[column]:
            del self.from_above[column]


class _Page(HTMLParser):
    def __init__(self, writer: PartsWriter) -> None:
        super().__init__(convert_charrefs=True)
        self._writer = writer
        self._text: list[str] = []
        self._heading: int | None = None
        self._lists: list[int | None] = []
        self._label = ""
        self._tables: list[_Table] = []
        self._skipping: list[str] = []
        self._verbatim = 0
        self.has_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.has_script = True
        if self._skipping:
            if not self._shows_again(tag):
                if tag == self._skipping[-1]:
                    self._skipping.append(tag)
                return
            self._skipping = []
        if tag in _SKIPPED:
            self._skipping.append(tag)
        elif tag == "br":
            self._text.append("\v")
        elif tag in _HEADINGS:
            self._flush()
            self._heading = _HEADINGS[tag]
        elif tag in _TABLE_PARTS:
            self._flush()
            self._start_in_table(tag, dict(attrs))
        elif tag in _BLOCKS:
            self._flush()
            self._start_block(tag, dict(attrs))

    def _shows_again(self, tag: str) -> bool:
        """Tell whether an element cannot be within what is skipped, which nobody closed."""
        if self._skipping == ["head"]:
            return tag not in _IN_HEAD and ":" not in tag
        return tag == "body" or (self._skipping[-1] in _DRAWINGS and tag in _NOT_DRAWN)

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        """Pass over a section of SGML, of which HTML has none; the standard library raises."""
        return self.parse_bogus_comment(i, bool(report))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _SKIPPED:
            self.handle_starttag(tag, attrs)

    def _start_block(self, tag: str, said: dict[str, str | None]) -> None:
        if tag == "ol":
            start = said.get("start") or "1"
            self._lists.append(_count(start))
        elif tag in {"ul", "menu", "dir"}:
            self._lists.append(None)
        elif tag == "li":
            count = self._lists[-1] if self._lists else None
            self._label = _BULLET if count is None else f"{count}."
            if count is not None:
                self._lists[-1] = count + 1
        elif tag == "pre":
            self._verbatim += 1

    def _start_in_table(self, tag: str, said: dict[str, str | None]) -> None:
        if tag == "table":
            if self._tables:
                self._take_apart(self._tables[-1])
            self._tables.append(_Table())
        elif self._tables:
            table = self._tables[-1]
            table.end_cell()
            if tag == "caption":
                table.caption = True
            elif tag == "tr":
                table.begin_row()
            else:
                table.spans = min(max(_count(said.get("colspan") or "1"), 1), 1000)
                table.height = min(max(_count(said.get("rowspan") or "1"), 1), 1000)
                table.open_cell = True
                if not table.rows:
                    table.rows.append([])

    def handle_endtag(self, tag: str) -> None:
        if self._skipping:
            if tag == self._skipping[-1]:
                self._skipping.pop()
            return
        if tag in _HEADINGS or tag in _BLOCKS or tag in _TABLE_PARTS:
            self._flush()
        if tag in {"ul", "ol", "menu", "dir"} and self._lists:
            self._lists.pop()
        elif tag == "pre":
            self._verbatim = max(self._verbatim - 1, 0)
        elif tag in {"td", "th", "tr"} and self._tables:
            self._tables[-1].end_cell()
        elif tag == "caption" and self._tables:
            self._tables[-1].caption = False
        elif tag == "table" and self._tables:
            self._end_table(self._tables.pop())

    def handle_data(self, data: str) -> None:
        if self._skipping:
            return
        self._text.append(data.replace("\n", "\v") if self._verbatim else data)

    def finish(self) -> None:
        """Write what is open at the end of the file."""
        self._flush()
        while self._tables:
            self._end_table(self._tables.pop())

    def _flush(self) -> None:
        """End the running block."""
        # White space collapses, but for line breaks that are meant.
        lines = "".join(self._text).split("\v")
        if not self._verbatim:
            lines = [" ".join(line.split()) for line in lines]
        text = "\n".join(lines).strip("\n")
        self._text = []
        heading, self._heading = self._heading, None
        if not text.strip():
            return
        label, self._label = self._label, ""
        labelled = f"{label} {text.strip()}" if label else text
        table = self._tables[-1] if self._tables else None
        if table is not None and table.caption:
            self._writer.block(BlockKind.CAPTION, text)
        elif table is not None and table.open_cell:
            table.lines.append(labelled)
        elif heading is not None:
            self._writer.heading(text, heading)
        elif label:
            self._writer.item(labelled)
        else:
            self._writer.paragraph(text)

    def _end_table(self, table: _Table) -> None:
        table.end_cell()
        if self._tables and self._tables[-1].open_cell:
            # Within a cell of another one, which has been taken apart.
            self._tables[-1].open_cell = False
        if max((sum(map(bool, row)) for row in table.rows), default=0) > 1:
            self._writer.table(table.rows)
        else:
            self._take_apart(table)

    def _take_apart(self, table: _Table) -> None:
        """Write what a table has so far as paragraphs."""
        for row in table.rows:
            for cell in row:
                self._writer.paragraph(cell)
        table.rows, table.from_above = [[]] if table.rows else [], {}
        for line in table.lines:
            self._writer.paragraph(line)
        table.lines, table.open_cell = [], False


def _count(said: str) -> int:
    """Return a number that an attribute gives; 1 where it gives none of a sane length."""
    return int(said) if said.isdecimal() and len(said) < 10 else 1
