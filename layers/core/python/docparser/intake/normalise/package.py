"""The packages of office documents: a ZIP of XML parts, and the relations between them."""

from __future__ import annotations

import posixpath
import re
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, NamedTuple

from docparser.errors import Rejected
from docparser.intake import zip_file
from docparser.model import RejectedCode

from .xml_events import XmlReader

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

    from .budget import Budget
    from .xml_events import Event


# Where Office and OpenDocument keep them; a thumbnail shows what the text says.
_FILES = re.compile(r"(^|/)(media|embeddings|pictures|object [0-9]+|objectreplacements)/.")


class Relation(NamedTuple):
    """What a part refers to: the last word of the relation's type, and the other part's name."""

    kind: str
    target: str


class Package:
    """An open package; what is read from it is taken from a budget."""

    def __init__(self, archive: zipfile.ZipFile, budget: Budget) -> None:
        self._archive = archive
        self._budget = budget
        # Names are case-insensitive (ISO 29500-2, 7.3.4), and some programs write backslashes.
        self._names = {
            info.filename.replace("\\", "/").lower(): info for info in archive.infolist()
        }

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._names

    @property
    def has_macros(self) -> bool:
        """Whether it carries a program."""
        return any(name.endswith("vbaproject.bin") for name in self._names)

    @property
    def holds_files(self) -> bool:
        """Whether it holds pictures, or files of other programs."""
        return any(_FILES.search(name) for name in self._names)

    def content(self, name: str) -> Iterator[bytes]:
        """Yield the content of a part.

        Raises
        ------
        Rejected
            CORRUPT: it is not there, or damaged. ENCRYPTED. BOMB: more comes out than may.
        """
        info = self._names.get(name.lower())
        if info is None:
            raise Rejected(RejectedCode.CORRUPT)
        for piece in zip_file.pieces(self._archive, info):
            self._budget.spend(len(piece))
            yield piece

    def events(self, name: str) -> Iterator[Event]:
        """Yield the events of an XML part; none of one that is not there."""
        return XmlReader().read(self.content(name)) if name in self else iter(())

    def needed(self, name: str) -> Iterator[Event]:
        """Yield the events of an XML part without which something would be missing.

        Raises
        ------
        Rejected
            CORRUPT: it is not there.
        """
        return XmlReader().read(self.content(name))

    def relations(self, name: str) -> dict[str, Relation]:
        """Return what a part refers to within the package, by id; "" is the package itself."""
        folder, _, file = name.rpartition("/")
        found: dict[str, Relation] = {}
        for event in self.events(posixpath.join(folder, "_rels", f"{file}.rels")):
            if event.start and event.tag == "Relationship":
                said = event.attributes
                if said.get("TargetMode") == "External":
                    continue
                target = posixpath.normpath(posixpath.join("/", folder, said.get("Target", "")))
                kind = said.get("Type", "").rpartition("/")[2]
                found[said.get("Id", "")] = Relation(kind, target.lstrip("/"))
        return found

    def main_part(self) -> str:
        """Return the name of the part that the others hang on.

        Raises
        ------
        Rejected
            CORRUPT: there is none.
        """
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and relation.target in self:
                return relation.target
        raise Rejected(RejectedCode.CORRUPT)


@contextmanager
def open_package(file: IO[bytes], budget: Budget) -> Iterator[Package]:
    """Open a package.

    Raises
    ------
    Rejected
        CORRUPT, BOMB: it is no archive that can be read.
    """
    with zip_file.open_zip(file) as archive:
        yield Package(archive, budget)
