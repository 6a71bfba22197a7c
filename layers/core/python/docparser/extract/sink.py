"""Where the rows of tables go: to files on the disk, and from there to the work bucket."""

from __future__ import annotations

import hashlib
import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, Protocol, TextIO

from docparser.model import TableRows
from docparser.store.blobs import JSON

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from docparser.model import Column, DocumentTable, TableRow
    from docparser.store.blobs import Blobs

_STORED_AT_ONCE = 16


class RowsFormat(Protocol):
    """Writes a table for other programs, row by row: `docparser.export.rows_csv` does."""

    media_type: str

    def begin(self, columns: Sequence[Column]) -> None:
        """Write the head."""
        ...

    def row(self, row: TableRow) -> None:
        """Write one row."""
        ...


class TableFile(NamedTuple):
    """A file of a table: where it lies, and its media type."""

    path: Path
    media_type: str


class _Rows:
    """One table that is being written; what was begun and never ended is no table."""

    def __init__(
        self,
        folder: Path,
        table_id: str,
        columns: tuple[Column, ...],
        csv: Callable[[TextIO], RowsFormat],
        ended: Callable[[TableFile], None],
    ) -> None:
        self._folder = folder
        self._id = table_id
        self._ended = ended
        # The rows alone: what stands before them in the file is known after the last of them.
        self._spool = (folder / f"{table_id}.rows").open("w+b")
        self._lines = (folder / f"{table_id}.csv").open("w", encoding="utf-8", newline="")
        self._csv = csv(self._lines)
        self._csv.begin(columns)

    def row(self, row: TableRow) -> None:
        if self._spool.tell():
            self._spool.write(b",\n")
        self._spool.write(row.to_json())
        self._csv.row(row)

    def end(self, table: DocumentTable) -> None:
        self._lines.close()
        path = self._folder / f"{self._id}.json"
        # An array of no rows is written as the model does, and then opened for those on the disk.
        head, tail = TableRows(table=table, rows=()).to_json().rsplit(b"[]", 1)
        with path.open("wb") as file:
            file.write(head + b"[")
            self._spool.seek(0)
            shutil.copyfileobj(self._spool, file)
            file.write(b"]" + tail)
        self._spool.close()
        (self._folder / f"{self._id}.rows").unlink()
        self._ended(TableFile(path, JSON))
        self._ended(TableFile(self._folder / f"{self._id}.csv", self._csv.media_type))


class TableFiles:
    """Writes each table as ``<id>.json`` (`TableRows`) and ``<id>.csv``; no row stays in memory.

    Parameters
    ----------
    folder
        An empty one.
    csv
        Writes the second of them into a text file.
    """

    def __init__(self, folder: Path, csv: Callable[[TextIO], RowsFormat]) -> None:
        self._folder = folder
        self._csv = csv
        self._files: list[TableFile] = []

    def begin(self, table_id: str, columns: tuple[Column, ...]) -> _Rows:
        """Begin a table; several may be open at once."""
        return _Rows(self._folder, table_id, columns, self._csv, self._files.append)

    def store(self, work: Blobs, prefix: str, tables: Iterable[str], *, anew: bool) -> None:
        """Store the files of tables.

        Parameters
        ----------
        work, prefix
            Where.
        tables
            The ids of those that are kept.
        anew
            Whether they take the place of others; else what an earlier try has stored stays.
        """

        def stored(file: TableFile) -> None:
            with file.path.open("rb") as body:
                digest = hashlib.file_digest(body, "sha256").hexdigest()
                body.seek(0)
                key = f"{prefix}{file.path.name}"
                if anew:
                    work.receive(key, body, digest, content_type=file.media_type)
                else:
                    work.put_once(key, body, digest, file.media_type)

        kept = set(tables)
        files = [file for file in self._files if file.path.stem in kept]
        with ThreadPoolExecutor(_STORED_AT_ONCE) as pool:
            for done in [pool.submit(stored, file) for file in files]:
                done.result()
