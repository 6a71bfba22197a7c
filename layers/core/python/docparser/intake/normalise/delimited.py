"""CSV and its relatives: rows of cells, with whatever delimiter they have."""

from __future__ import annotations

import csv
import itertools
from typing import IO, TYPE_CHECKING

from docparser import parts

from . import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .parts_writer import PartsWriter

_DELIMITERS = ",;\t|"
_SAMPLE_LINES = 50
_EXCEL_SAYS = "sep="


def read(file: IO[bytes], writer: PartsWriter) -> None:
    """Write the rows of a CSV file as one table; a row is held at a time."""
    text = plain.lines(file)
    sample = list(itertools.islice(text, _SAMPLE_LINES))
    delimiter = _delimiter(sample)
    if sample and sample[0].lower().startswith(_EXCEL_SAYS):
        del sample[0]
    for row in _rows(itertools.chain(sample, text), delimiter):
        writer.row(dict(enumerate(row)))
    writer.end_table()


def _rows(lines: Iterable[str], delimiter: str) -> Iterator[list[str]]:
    """Yield the rows of RFC 4180; a quote that is never closed is a character like others."""
    csv.field_size_limit(parts.MOST_CHARACTERS)
    lines = iter(lines)
    held: list[str] = []

    def noted() -> Iterator[str]:
        for line in lines:
            held.append(line)
            yield f"{line}\n"

    reader = csv.reader(noted(), delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            again = list(held)
            held.clear()
            yield from csv.reader(again, delimiter=delimiter, quoting=csv.QUOTE_NONE)
            reader = csv.reader(noted(), delimiter=delimiter)
        else:
            held.clear()
            yield row


def _delimiter(sample: list[str]) -> str:
    """Return the delimiter by which most lines have equally many cells, and more than one."""
    if sample and sample[0].lower().startswith(_EXCEL_SAYS) and len(sample[0]) > len(_EXCEL_SAYS):
        return sample[0][len(_EXCEL_SAYS)]
    best, most = _DELIMITERS[0], 0.0
    for delimiter in _DELIMITERS:
        try:
            counts = [
                len(row)
                for row in csv.reader((f"{line}\n" for line in sample), delimiter=delimiter)
                if row
            ]
        except csv.Error:
            continue
        usual = max(set(counts), key=counts.count, default=1)
        if usual > 1:
            share = counts.count(usual) / len(counts)
            if share > most:
                best, most = delimiter, share
    return best
