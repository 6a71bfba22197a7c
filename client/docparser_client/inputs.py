"""What to process, and where its outputs go: settled before anything starts."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import UsageError
from .report import OUTCOMES, printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SUFFIXES = (".json", ".md", ".txt")
"""What is appended to an input's name, so that ``a.pdf`` and ``a.docx`` do not meet."""

_PLAIN = frozenset(" -._()+,=@")
_LONGEST_SAFE = 150  # bytes; a position and a suffix are added, and most file systems take 255


@dataclass(frozen=True)
class Entry:
    """What has a row in the outcomes, and outputs of its own.

    Parameters
    ----------
    name
        How its row calls it.
    """

    name: str

    @property
    def place(self) -> str:
        """Where its outputs go, below the output folder and but for their suffixes."""
        return self.name

    @property
    def root(self) -> Entry:
        """The input that brought it."""
        return self


@dataclass(frozen=True)
class Input(Entry):
    """One file to process.

    Its name is its path relative to the argument that brought it, with forward slashes; the
    outputs mirror it below the output folder.

    Parameters
    ----------
    path
        Where it lies.
    """

    path: Path


@dataclass(frozen=True)
class Inside(Entry):
    """A file inside another one: an entry of an archive, an attachment of a mail.

    It is named ``<file>/<its name>``, which is content and may be anything; no output is written
    where such a name says.

    Parameters
    ----------
    holder
        What it is inside of.
    position
        Which one it is there, from 1.
    """

    holder: Entry
    position: int

    @property
    def place(self) -> str:
        """``<place of the file>/<position>-<a name that is safe>``."""
        own = self.name.removeprefix(f"{self.holder.name}/")
        return f"{self.holder.place}/{self.position}-{_safe(own)}"

    @property
    def root(self) -> Entry:
        """The input that it came in, however deep inside."""
        return self.holder.root

    @classmethod
    def of(cls, holder: Entry, position: int, name: str) -> Inside:
        """Return the file that stands at a position inside another one, under a name."""
        return cls(name=f"{holder.name}/{name}", holder=holder, position=position)


def collect(arguments: Sequence[Path], out: Path | None = None) -> list[Input]:
    """Return every file that the arguments name, in their order; folders sorted by name.

    A folder brings every regular file below it, whatever its extension, since the service decides
    by content. Hidden files and folders are skipped, and so is the output folder where it lies
    inside an input: it holds an earlier run's results. Without one, nothing is written.

    Raises
    ------
    UsageError
        An argument does not exist or cannot be read, the output folder is a file, there is
        nothing to process, two outputs would have one path, or an output would overwrite an input.
    """
    if out is not None and out.exists() and not out.is_dir():
        raise UsageError(f"{printable(out)} is not a folder")
    written = None if out is None else out.resolve()
    inputs: list[Input] = []
    for argument in arguments:
        if argument.is_dir():
            inputs += _below(argument, written)
        elif argument.is_file():
            inputs.append(Input(path=argument, name=argument.name))
        elif argument.exists():
            raise UsageError(f"{printable(argument)} is neither a file nor a folder")
        else:
            raise UsageError(f"{printable(argument)} does not exist")
    if not inputs:
        raise UsageError("there is no file to process")
    for item in inputs:
        if not os.access(item.path, os.R_OK):
            raise UsageError(f"{printable(item.path)} cannot be read")
    if out is not None:
        _refuse_clashes(inputs, out)
    return inputs


def targets(item: Entry, out: Path) -> tuple[Path, Path, Path]:
    """Return where an entry's JSON, Markdown and text go."""
    json, markdown, text = (out / f"{item.place}{suffix}" for suffix in SUFFIXES)
    return json, markdown, text


def table_target(item: Entry, out: Path, table_id: str) -> Path:
    """Return where the CSV of a table of an entry goes."""
    return out / f"{item.place}.{table_id}.csv"


def _safe(name: str) -> str:
    """Return a name that stays in its folder on any file system, whatever it was made of."""
    last = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    plain = "".join(char if char.isalnum() or char in _PLAIN else "_" for char in last)
    short = plain.encode("utf-8", "replace")[-_LONGEST_SAFE:].decode("utf-8", "ignore")
    return short.strip(". ") or "file"


def _below(folder: Path, out: Path | None) -> Iterator[Input]:
    for parent, folders, files in os.walk(folder, onerror=_unreadable):
        here = Path(parent)
        # Pruned in place, which is how os.walk is told where not to go.
        folders[:] = sorted(
            name for name in folders if not _hidden(name) and (here / name).resolve() != out
        )
        for name in sorted(files):
            path = here / name
            if not _hidden(name) and path.is_file():
                yield Input(path=path, name=path.relative_to(folder).as_posix())


def _unreadable(error: OSError) -> None:
    raise UsageError(f"{printable(error.filename)} cannot be read")


def _hidden(name: str) -> bool:
    return name.startswith(".")


def _refuse_clashes(inputs: Iterable[Input], out: Path) -> None:
    """Refuse outputs that would meet each other, or would replace an input."""
    inputs = list(inputs)
    sources = {item.path.resolve() for item in inputs}
    table = out / OUTCOMES
    _refuse_as_table(table, sources)
    owners: dict[Path, Input] = {}
    for item in inputs:
        for target in targets(item, out):
            if target in owners:
                first, second = printable(owners[target].path), printable(item.path)
                raise UsageError(f"{first} and {second} would both be written as {item.name}")
            if target.resolve() in sources:
                raise UsageError(f"{printable(target)} is an input and would be overwritten")
            owners[target] = item
    # A file `a` becomes `a.json`, which must not also be the folder of another output.
    for target, item in owners.items():
        for folder in target.parents:
            if folder in owners or folder == table:
                raise UsageError(f"{printable(folder)} would be a file and a folder: {item.name}")
            if folder == out:
                break


def _refuse_as_table(table: Path, sources: set[Path]) -> None:
    """Refuse an `outcomes.tsv` that is the user's own."""
    if table.resolve() in sources:
        raise UsageError(f"{printable(table)} is an input and would be overwritten")
    if table.is_dir():
        raise UsageError(f"{printable(table)} is a folder and would be a file")
