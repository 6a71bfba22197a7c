"""The files of a result: what each is called where a stage made it, and what in a zone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from docparser.model import Stage
from docparser.store import layout

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.model import Document, Piece


class Filed(NamedTuple):
    """A file: the stage that made it, its name there, and below the result's prefix in a zone."""

    stage: Stage
    name: str
    file: str
    piece: Piece


def filed(document: Document) -> Iterator[Filed]:
    """Yield every file of a result that a stage made."""
    for entry in document.shards:
        name = entry.file.name
        yield Filed(Stage.READ, name, f"pages/{name}", entry.file)
    for found in document.pii:
        name = f"{layout.FINDINGS}{found.name}"
        yield Filed(Stage.CLASSIFY, name, f"pii/{found.name}", found)
    for table in document.table_files:
        yield Filed(Stage.EXTRACT, table.name, f"tables/{table.name}", table)
    for stage, made in (
        (Stage.ASSEMBLE, document.texts),
        (Stage.EXPORT, document.exports),
        (Stage.REDACT, document.redacted),
    ):
        for piece in made:
            yield Filed(stage, piece.name, piece.name, piece)
