"""Markdown: CommonMark's blocks and the tables of GitHub, read line by line.

Marks within a line are taken off where they are plainly marks; what is left in doubt stays.
Patterns have lengths, so that a line of nothing but opening marks takes no longer than another.
"""

from __future__ import annotations

import html
import re
from typing import IO, TYPE_CHECKING

from . import plain

if TYPE_CHECKING:
    from .parts_writer import PartsWriter

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*))?$")
_HEADING_END = re.compile(r"(?:^|(?<=[ \t]))#+$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_RULE = re.compile(r" {0,3}([-*_])[ \t]*(?:\1[ \t]*){2,}$")
_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_ITEM = re.compile(r"[ \t]*(?:([-*+])|(\d{1,9}[.)]))[ \t]+(\S.*)$")
_QUOTE = re.compile(r" {0,3}>[ ]?")
_TABLE_RULE = re.compile(r" {0,3}\|?[ \t]*:?-+:?[ \t]*(\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$")
_CELL_END = re.compile(r"(?<!\\)\|")

_INLINE = (
    (re.compile(r"<!--.{0,2000}?-->|</?[a-zA-Z][^<>]*>"), ""),
    (
        re.compile(
            r"!?\[([^\]]{0,500})\]\((?:<[^>]{0,2000}>|[^()\s]{0,2000}(?:\([^()]{0,2000}\)[^()\s]{0,2000})*)"
            r"(?:\s{1,9}\"[^\"]{0,2000}\")?\)"
        ),
        r"\1",
    ),
    (re.compile(r"!?\[([^\]]{1,500})\]\[[^\]]{0,200}\]"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^>\s]{1,2000})>"), r"\1"),
    (re.compile(r"(\*\*|__)(?=\S)(.{1,2000}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\w*])\*(?=[^\s*])(.{1,2000}?)(?<=[^\s*])\*(?![\w*])"), r"\1"),
    (re.compile(r"(?<![\w_])_(?=[^\s_])(.{1,2000}?)(?<=[^\s_])_(?![\w_])"), r"\1"),
    (re.compile(r"~~(?=\S)(.{1,2000}?)(?<=\S)~~"), r"\1"),
)
_CODE = re.compile(r"(`+)(.{1,2000}?)(?<!`)\1(?!`)")
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_PRIVATE = 0xF000
_WAITING = re.compile(f"[{chr(_PRIVATE + 0x21)}-{chr(_PRIVATE + 0x7E)}]")
_BULLET = "•"


def read(file: IO[bytes], writer: PartsWriter) -> None:
    """Write the headings, paragraphs, lists, tables and listings of a Markdown file."""
    blocks = _Blocks(writer)
    for line in plain.lines(file):
        blocks.take(line)
    blocks.end()


class _Blocks:
    def __init__(self, writer: PartsWriter) -> None:
        self._writer = writer
        self._lines: list[str] = []
        self._label = ""
        self._fence = ""
        self._in_table = False

    def take(self, line: str) -> None:
        """Take the next line."""
        fence = _FENCE.match(line)
        if self._fence:
            if fence is not None and fence[1].startswith(self._fence):
                self._writer.paragraph("\n".join(self._lines))
                self._lines, self._fence = [], ""
            else:
                self._lines.append(line)
            return
        if fence is not None:
            self.end()
            self._fence = fence[1]
            return
        while (quoted := _QUOTE.match(line)) is not None:
            line = line[quoted.end() :]
        if self._in_table:
            if "|" in line:
                self._writer.row(dict(enumerate(_cells(line))))
                return
            self.end()
        self._take_text(line)

    def _take_text(self, line: str) -> None:
        if not line.strip():
            self.end()
        elif heading := _HEADING.match(line):
            self.end()
            text = _HEADING_END.sub("", (heading[2] or "").rstrip(" \t"))
            self._writer.heading(_plain(text.rstrip(" \t")), len(heading[1]))
        elif len(self._lines) == 1 and "|" in self._lines[0] and _TABLE_RULE.match(line):
            self._writer.end_table()
            self._writer.row(dict(enumerate(_cells(self._lines[0]))))
            self._lines, self._in_table = [], True
        elif self._lines and not self._label and (under := _UNDERLINE.match(line)):
            text = _plain(" ".join(self._lines))
            self._lines = []
            self._writer.heading(text, 1 if under[1][0] == "=" else 2)
        elif _RULE.match(line):
            self.end()
        elif item := _ITEM.match(line):
            self.end()
            self._label = _BULLET if item[1] else item[2]
            self._lines = [item[3]]
        else:
            self._lines.append(line.strip())

    def end(self) -> None:
        """End the running block."""
        text = _plain("\n".join(self._lines)) if not self._fence else "\n".join(self._lines)
        if self._label:
            self._writer.item(f"{self._label} {text}")
        else:
            self._writer.paragraph(text)
        self._lines, self._label, self._fence = [], "", ""
        if self._in_table:
            self._writer.end_table()
            self._in_table = False


def _cells(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [_plain(cell.strip()) for cell in _CELL_END.split(inner)]


def _plain(text: str) -> str:
    """Return a text without the marks in it; listings within lines keep theirs."""
    pieces: list[str] = []
    at = 0
    for code in _CODE.finditer(text):
        pieces += [_unmarked(text[at : code.start()]), code[2].strip()]
        at = code.end()
    return "".join([*pieces, _unmarked(text[at:])])


def _unmarked(text: str) -> str:
    # What is escaped is no mark: it waits in the private area until the marks are gone.
    text = _ESCAPED.sub(lambda found: chr(_PRIVATE + ord(found[1])), text)
    for mark, kept in _INLINE:
        text = mark.sub(kept, text)
    return html.unescape(_WAITING.sub(lambda found: chr(ord(found[0]) - _PRIVATE), text))
