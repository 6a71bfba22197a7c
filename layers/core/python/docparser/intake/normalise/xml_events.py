"""XML of office documents, as a stream of events: no tree in memory, no entity, nothing fetched."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple
from xml.parsers import expat

from docparser.errors import Rejected
from docparser.model import RejectedCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# No office document is nested deeper; expat's own stack, and those of readers, stay small.
_MOST_DEPTH = 2_000

_NO_ATTRIBUTES: Mapping[str, str] = MappingProxyType({})


class Event(NamedTuple):
    """The start of an element, its end, or text (``tag`` is empty then).

    Names are without their namespaces: no two elements that matter here differ only in these. Of
    attributes they may (``id`` and ``r:id``): one with a prefix is there as ``:id`` as well.
    """

    tag: str
    start: bool = False
    attributes: Mapping[str, str] = _NO_ATTRIBUTES
    text: str = ""


class XmlReader:
    """Reads one XML file.

    Raises
    ------
    Rejected
        CORRUPT: not well formed. BOMB: it declares entities, or is nested without end.
    """

    def __init__(self) -> None:
        self._parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.EntityDeclHandler = self._entity
        self._depth = 0
        self._events: list[Event] = []

    def read(self, pieces: Iterable[bytes]) -> Iterator[Event]:
        """Yield the events of a file, whose content comes in pieces."""
        try:
            for piece in pieces:
                self._parser.Parse(piece, False)
                events, self._events = self._events, []
                yield from events
            self._parser.Parse(b"", True)
        except (expat.ExpatError, LookupError, ValueError):
            # The latter of encodings: that nobody knows, or that have several bytes a character.
            raise Rejected(RejectedCode.CORRUPT) from None
        yield from self._events

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _MOST_DEPTH:
            raise Rejected(RejectedCode.BOMB)
        plain: dict[str, str] = {}
        for key, value in attributes.items():
            _, colon, local = key.rpartition(":")
            if colon:
                plain[f":{local}"] = value
                plain.setdefault(local, value)
            else:
                plain[local] = value
        self._events.append(Event(name.rpartition(":")[2], start=True, attributes=plain))

    def _end(self, name: str) -> None:
        self._depth -= 1
        self._events.append(Event(name.rpartition(":")[2]))

    def _text(self, text: str) -> None:
        self._events.append(Event("", text=text))

    def _entity(self, *_: object) -> None:
        raise Rejected(RejectedCode.BOMB)
