"""What normalising makes of a file's content, in a form that tests compare."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import NamedTuple

from docparser import parts
from docparser.intake.normalise import ChildFile, normalise
from docparser.model import BlockKind
from docparser.settings import Archives

Block = tuple[str, ...] | list[list[str]]


class Normalised(NamedTuple):
    """Pages of blocks: kind (a heading's with its level) and text, or the rows of a table."""

    pages: list[list[Block]]
    children: tuple[ChildFile, ...]
    contents: list[bytes | None]
    warnings: tuple[str, ...]

    @property
    def text(self) -> str:
        """All text there is."""
        return "\n".join(
            "\n".join(" ".join(row) for row in block) if isinstance(block, list) else block[1]
            for page in self.pages
            for block in page
        )


def normalised(content: bytes, found: str, limits: Archives | None = None) -> Normalised:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "upload"
        path.write_bytes(content)
        folder = Path(place) / "made"
        folder.mkdir()
        made = normalise(path, found, folder, limits or Archives())
        with (folder / made.file).open("rb") as file:
            pages = [
                [shown(block) for block in blocks]
                for _, blocks in parts.read_parts(file, range(1, made.pages + 1))
            ]
        assert len(pages) == made.pages
        contents = [
            None if child.file is None else (folder / child.file).read_bytes()
            for child in made.children
        ]
        left = {path.name for path in folder.iterdir()}
        assert left == {made.file, *(child.file for child in made.children if child.file)}
    return Normalised(pages, made.children, contents, made.warnings)


def shown(block: parts.PartBlock) -> Block:
    if block.kind is BlockKind.TABLE:
        return [list(row) for row in block.rows]
    kind = f"{block.kind}{block.level}" if block.level else str(block.kind)
    return (kind, block.text)
