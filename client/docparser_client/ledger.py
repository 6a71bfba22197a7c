"""The rows of a run: every input and, below it, the files inside it, with what became of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .inputs import Entry, Inside, targets
from .report import OUTCOMES, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from .api import Child
    from .inputs import Input


class Ledger:
    """Keeps the rows of a run in their order.

    Parameters
    ----------
    inputs
        What the run was started with.
    out
        Folder of the outputs; None if there are none.
    """

    def __init__(self, inputs: Sequence[Input], out: Path | None) -> None:
        self._inputs = inputs
        self._out = out
        self._inside: dict[Entry, list[Inside]] = {}
        self._outcomes: dict[Entry, Outcome] = {}
        self._opened: set[tuple[Entry, str]] = set()
        self._others: frozenset[Path] | None = None

    def open(self, entry: Entry, document_id: str, children: Iterable[Child]) -> list[Inside]:
        """Take in what is inside an entry; return it, unless it is there already.

        An archive may hold itself, and a hundred names of one archive that holds a hundred more:
        below one input, the files inside a document are taken in once.
        """
        place = (entry.root, document_id)
        if place in self._opened:
            return []
        self._opened.add(place)
        found = [Inside.of(entry, number, one.name) for number, one in enumerate(children, start=1)]
        self._inside[entry] = found
        return found

    def finish(self, entry: Entry, outcome: Outcome) -> None:
        """Note what became of an entry."""
        self._outcomes[entry] = outcome

    def rows(self, standing: Mapping[Entry, Outcome]) -> list[Outcome]:
        """Return a row for every entry, files behind what they are inside of.

        Parameters
        ----------
        standing
            What is known of entries that are not finished.
        """
        known = {**standing, **self._outcomes}
        return [known.get(entry, Outcome(name=entry.name)) for entry in self._entries(self._inputs)]

    def belongs_to_another(self, inside: Inside) -> bool:
        """Whether an output of a file inside another one would be written over something else.

        Inputs were held against each other before the run; what is inside them was not known then.
        """
        out = self._out
        if out is None:
            return False
        if self._others is None:
            sources = {item.path.resolve() for item in self._inputs}
            written = {path.resolve() for item in self._inputs for path in targets(item, out)}
            self._others = frozenset(sources | written | {(out / OUTCOMES).resolve()})
        return any(path.resolve() in self._others for path in targets(inside, out))

    def _entries(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        for entry in entries:
            yield entry
            yield from self._entries(self._inside.get(entry, ()))
