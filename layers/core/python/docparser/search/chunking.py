"""Chunks: a document's words, each in exactly one passage of about 100 words of one page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser.model import Chunk, PageStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docparser.model import Classification, Manifest, Page, Polygon, Ref, Table
    from docparser.model.search import Box

    Placed = tuple[str, Box]

TARGET_WORDS = 100
# A paragraph's end is a better place to cut than any line's, where a phrase may run on.
_ENOUGH_WORDS = 70
_MOST_WORDS = 130
# What is longer is no word; cut, a chunk cannot outgrow what an index takes.
_MAX_CHARACTERS = 256


class Chunks:
    """Cuts the pages of one revision, one after the other; numbers run through it."""

    def __init__(self, ref: Ref, classification: Classification) -> None:
        self._fields = {
            "tenant": ref.tenant,
            "document_id": ref.document_id,
            "revision": ref.revision,
            "level": classification.level.value,
            "type": classification.type.value,
            "language": classification.language,
        }
        self.made = 0

    def of_page(self, page: Page) -> Iterator[Chunk]:
        """Yield a page's chunks in reading order; whole lines, if they are not longer than one."""
        if page.status is not PageStatus.OK:
            return
        words: list[Placed] = []
        for line, ends_block in _lines(page):
            if words and len(words) + len(line) > _MOST_WORDS:
                yield self._passage(words, page.number)
                words = []
            words += line
            while len(words) > _MOST_WORDS:
                yield self._passage(words[:TARGET_WORDS], page.number)
                words = words[TARGET_WORDS:]
            if len(words) >= (_ENOUGH_WORDS if ends_block else TARGET_WORDS):
                yield self._passage(words, page.number)
                words = []
        if words:
            yield self._passage(words, page.number)

    def description(self, manifest: Manifest) -> Chunk:
        """Return what may be known of a document whose text may not: nothing that it says."""
        known = [str(self._fields[name]) for name in ("type", "level", "language")]
        count = manifest.page_count
        return self._chunk([*known, str(count), "page" if count == 1 else "pages"])

    def _passage(self, placed: list[Placed], page: int) -> Chunk:
        words, boxes = zip(*placed, strict=True)
        return self._chunk(words, boxes=boxes, page=page)

    def _chunk(self, words: Sequence[str], **place: Any) -> Chunk:
        self.made += 1
        return Chunk.model_validate({**self._fields, "number": self.made, "words": words, **place})


def _lines(page: Page) -> Iterator[tuple[list[Placed], bool]]:
    """Yield every line with words, and whether its block ends with it; then the tables' rest."""
    seen: set[str] = set()
    for block in page.blocks:
        for line in block.lines:
            placed = [pair for word in line.words for pair in _split(word.text, word.polygon)]
            # An engine may read lines and not say where their words are.
            placed = placed or _split(line.text, line.polygon)
            seen.update(word.id for word in line.words)
            if placed:
                yield placed, line is block.lines[-1]
    for table in page.tables:
        for cell in _cells_beyond(table, seen):
            yield cell, False


def _cells_beyond(table: Table, seen: set[str]) -> Iterator[list[Placed]]:
    """Yield the words of cells that no block holds, row by row."""
    for cell in sorted(table.cells, key=lambda cell: (cell.row, cell.column)):
        words = cell.text.split()
        ids = cell.word_ids
        if len(ids) == len(words):
            words = [word for word, id_ in zip(words, ids, strict=True) if id_ not in seen]
        elif ids and seen.issuperset(ids):
            continue
        if placed := _split(" ".join(words), cell.polygon):
            yield placed


def _split(text: str, polygon: Polygon) -> list[Placed]:
    """Return a text's words, in one place all."""
    across, down = zip(*polygon, strict=True)
    place = (min(across), min(down), max(across), max(down))
    return [
        (word[start : start + _MAX_CHARACTERS], place)
        for word in text.split()
        for start in range(0, len(word), _MAX_CHARACTERS)
    ]
