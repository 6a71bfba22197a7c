"""What a run keeps of a document that has a result: files, or its fields."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from .inputs import table_target, targets
from .report import printable
from .results import ResultProblem, Results, children

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .api import Child, Client, Document
    from .inputs import Entry, Input


class Keep(Protocol):
    """Takes the result of an entry; several threads do so at once."""

    def __call__(self, entry: Entry, record: Document, /) -> tuple[Child, ...]:
        """Keep a result; return the files inside the document.

        Raises
        ------
        ResultProblem, ApiError, OSError
            As for `Results.save`.
        """
        ...


class Files:
    """Writes results below a folder.

    Parameters
    ----------
    client
        The stack.
    inputs
        What the run was started with: none of it is overwritten.
    out
        The folder.
    tables
        Whether the tables are written as CSV as well.
    """

    def __init__(self, client: Client, inputs: Sequence[Input], out: Path, *, tables: bool) -> None:
        self._results = Results(client)
        self._out = out
        self._tables = tables
        self._sources = frozenset(item.path.resolve() for item in inputs)

    def __call__(self, entry: Entry, record: Document) -> tuple[Child, ...]:
        """Write JSON, Markdown and text, and perhaps tables."""

        def table(table_id: str) -> Path:
            path = table_target(entry, self._out, table_id)
            # How many tables there are is not known before.
            if path.resolve() in self._sources:
                raise ResultProblem(f"{printable(path)} is an input and would be overwritten")
            return path

        return self._results.save(
            record.document_id,
            record.revision,
            *targets(entry, self._out),
            table if self._tables else None,
        )


class Heads:
    """Keeps ``document.json`` of each entry, which holds the fields and names the tables."""

    def __init__(self, client: Client) -> None:
        self._results = Results(client)
        self._documents: dict[str, dict[str, Any]] = {}

    def __call__(self, _entry: Entry, record: Document) -> tuple[Child, ...]:
        """Read it, unless it is there."""
        document = self._documents.get(record.document_id)
        if document is None:
            document = self._results.document(record.document_id, record.revision)
            self._documents[record.document_id] = document
        return children(document)

    def of(self, document_id: str) -> dict[str, Any] | None:
        """Return what was kept of a document."""
        return self._documents.get(document_id)
