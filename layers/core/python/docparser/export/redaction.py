"""Redaction: a page without its personal data, as words and as places to cover."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from docparser.model import Block, Cell, Line, Page, PiiFinding, Polygon, Word

_WIDER, _HIGHER = 0.15, 0.2
"""How much a cover reaches over its box on every side, as shares of the box's height: letters lean
and hang out of their boxes."""


class Cover(NamedTuple):
    """An upright rectangle of the upright page, in 0..1 from the top left."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, polygon: Polygon) -> bool:
        """Tell whether the rectangle has a point in common with the box around a polygon."""
        other = _around(polygon)
        return (
            self.left <= other.right
            and other.left <= self.right
            and self.top <= other.bottom
            and other.top <= self.bottom
        )


def redacted(page: Page, findings: Sequence[PiiFinding]) -> Page:
    """Return a page whose lines and cells have, in place of what was found, the name of its kind.

    A line or a cell that nobody took apart into words is hidden as a whole if anything was found
    where it stands.
    """
    if not findings:
        return page
    marks = _Marks(findings)
    words = {word.id: word for line in _lines(page) for word in line.words}
    # A cell's words stand as they are read, wherever the cell names them.
    order = {word: place for place, word in enumerate(words)}

    def ordered(ids: Iterable[str]) -> list[Word]:
        return [words[word] for word in sorted(set(ids) & order.keys(), key=order.__getitem__)]

    return page.model_copy(
        update={
            "blocks": tuple(_block(block, marks) for block in page.blocks),
            "tables": tuple(
                table.model_copy(
                    update={"cells": tuple(_cell(c, marks, ordered) for c in table.cells)}
                )
                for table in page.tables
            ),
        }
    )


def covers(page: Page, findings: Sequence[PiiFinding]) -> list[Cover]:
    """Return what has to be covered on a picture of a page; all of it, if a place is unknown."""
    if any(not finding.polygons for finding in findings):
        return [Cover(0, 0, 1, 1)]
    touched = {word for finding in findings for word in finding.words}
    boxes = [polygon for finding in findings for polygon in finding.polygons]
    boxes += [word.polygon for line in _lines(page) for word in line.words if word.id in touched]
    aspect = page.height_pt / page.width_pt
    return [_spread(_around(polygon), aspect) for polygon in boxes if polygon]


class _Marks:
    """What of a page is hidden: words by their ids, and places."""

    def __init__(self, findings: Sequence[PiiFinding]) -> None:
        self.labels: dict[str, str] = {}
        self._places = [(_around(p), f) for f in findings for p in f.polygons if p]
        self._placeless = [finding for finding in findings if not finding.polygons]
        for finding in findings:
            # The first of its words stands for all of it.
            for order, word in enumerate(finding.words):
                label = f"[{finding.type}]" if order == 0 else ""
                self.labels[word] = self.labels.get(word) or label

    def at(self, polygon: Polygon) -> str | None:
        """Return the label of what was found within a polygon, or None if nothing was."""
        if self._placeless:
            return f"[{self._placeless[0].type}]"
        found = next((finding for place, finding in self._places if place.meets(polygon)), None)
        return None if found is None else f"[{found.type}]"


def _lines(page: Page) -> Iterator[Line]:
    for block in page.blocks:
        yield from block.lines


def _block(block: Block, marks: _Marks) -> Block:
    return block.model_copy(update={"lines": tuple(_line(line, marks) for line in block.lines)})


def _line(line: Line, marks: _Marks) -> Line:
    if not line.words:
        label = marks.at(line.polygon)
        return line if label is None else line.model_copy(update={"text": label})
    if not any(word.id in marks.labels for word in line.words):
        return line
    words = tuple(_words(line.words, marks))
    return line.model_copy(update={"words": words, "text": _joined(words)})


def _words(words: Iterable[Word], marks: _Marks) -> Iterator[Word]:
    for word in words:
        label = marks.labels.get(word.id)
        if label is None:
            yield word
        elif label:
            yield word.model_copy(update={"text": label})


def _cell(cell: Cell, marks: _Marks, ordered: Callable[[Iterable[str]], list[Word]]) -> Cell:
    if not cell.word_ids:
        label = marks.at(cell.polygon)
        return cell if label is None else cell.model_copy(update={"text": label})
    if not any(word in marks.labels for word in cell.word_ids):
        return cell
    return cell.model_copy(update={"text": _joined(_words(ordered(cell.word_ids), marks))})


def _joined(words: Iterable[Word]) -> str:
    return " ".join(word.text for word in words)


def _around(polygon: Polygon) -> Cover:
    across = [point[0] for point in polygon]
    down = [point[1] for point in polygon]
    return Cover(min(across), min(down), max(across), max(down))


def _spread(cover: Cover, aspect: float) -> Cover:
    height = cover.bottom - cover.top
    wider, higher = _WIDER * height * aspect, _HIGHER * height
    return Cover(
        max(cover.left - wider, 0.0),
        max(cover.top - higher, 0.0),
        min(cover.right + wider, 1.0),
        min(cover.bottom + higher, 1.0),
    )
