"""Parts: the text of a file that has no pages of its own, in order, one for each page it becomes.

A parts file is JSON Lines: a sheet, a slide, or a section of running text in each. What wrote it
and what reads it never hold more than one part.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from .model import BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

MEDIA_TYPE = "application/vnd.docparser.parts+jsonl"

MOST_CHARACTERS = 40_000
"""Characters of a part: what is longer becomes several.

Set as a page, so many are 6,000 words with their places: 1.2 MB of JSON, and with the seven other
pages of its shard 200 MB of objects (measured).
"""


class PartBlock(NamedTuple):
    """A paragraph, a heading (with its ``level``, from 1), an item of a list or a table.

    A table has ``rows`` of cells and no text. Text may have several lines.
    """

    kind: BlockKind
    text: str = ""
    level: int | None = None
    rows: tuple[tuple[str, ...], ...] = ()

    @property
    def characters(self) -> int:
        """How much there is to read."""
        return len(self.text) + sum(len(cell) + 1 for row in self.rows for cell in row)


def write_part(file: IO[bytes], blocks: list[PartBlock]) -> None:
    """Append a part to a file."""
    entries = []
    for block in blocks:
        entry: dict[str, object] = {"kind": block.kind}
        if block.kind is BlockKind.TABLE:
            entry["rows"] = block.rows
        else:
            entry["text"] = block.text
        if block.level is not None:
            entry["level"] = block.level
        entries.append(entry)
    line = json.dumps({"blocks": entries}, ensure_ascii=False, separators=(",", ":"))
    file.write(line.encode("utf-8", "replace") + b"\n")


def read_parts(file: IO[bytes], numbers: range) -> Iterator[tuple[int, list[PartBlock]]]:
    """Yield the parts of these numbers, from 1; the others are passed over."""
    for number, line in enumerate(file, start=1):
        if number >= numbers.stop:
            return
        if number in numbers:
            yield number, [_block(entry) for entry in json.loads(line)["blocks"]]


def _block(entry: dict[str, Any]) -> PartBlock:
    return PartBlock(
        kind=BlockKind(entry["kind"]),
        text=entry.get("text", ""),
        level=entry.get("level"),
        rows=tuple(tuple(row) for row in entry.get("rows", ())),
    )
