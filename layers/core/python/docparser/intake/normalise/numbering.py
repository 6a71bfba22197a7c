"""The numbers and bullets of lists in Word, which stand in no text (ISO 29500-1, 17.9)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .xml_events import Event

_PLACE = re.compile(r"%(\d)")
_BULLET = "•"
_ROMAN = (
    (1000, "m"),
    (900, "cm"),
    (500, "d"),
    (400, "cd"),
    (100, "c"),
    (90, "xc"),
    (50, "l"),
    (40, "xl"),
    (10, "x"),
    (9, "ix"),
    (5, "v"),
    (4, "iv"),
    (1, "i"),
)
_LEVELS = 9


class _Level(NamedTuple):
    form: str = "decimal"
    text: str = ""
    start: int = 1


class Numbering:
    """Counts the items of every list as they come."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._abstract: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, str] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._read(events)

    def _read(self, events: Iterable[Event]) -> None:
        levels: dict[int, _Level] = {}
        level, number = -1, ""
        for event in events:
            if not event.start:
                continue
            value = event.attributes.get("val", "")
            if event.tag == "abstractNum":
                levels = self._abstract.setdefault(event.attributes.get("abstractNumId", ""), {})
                number = ""
            elif event.tag == "num":
                number = event.attributes.get("numId", "")
            elif event.tag == "abstractNumId":
                self._lists[number] = value
            elif number:
                continue  # what one list overrides of its pattern
            elif event.tag == "lvl":
                level = _whole(event.attributes.get("ilvl", ""), -1)
                levels[level] = _Level()
            elif level in levels:
                levels[level] = _said(levels[level], event.tag, value)

    def label(self, number: str, level: int) -> str:
        """Return what stands before the next item of a list, such as ``2.`` or ``•``.

        Parameters
        ----------
        number
            The list's id.
        level
            How deep the item is, from 0.
        """
        pattern = self._lists.get(number)
        levels = self._abstract.get(pattern or "", {})
        if pattern is None or level not in levels or not 0 <= level < _LEVELS:
            return _BULLET if number not in {"", "0"} else ""
        counts = self._counts.setdefault(pattern, [None] * _LEVELS)
        here = counts[level]
        counts[level] = levels[level].start if here is None else here + 1
        counts[level + 1 :] = [None] * (_LEVELS - level - 1)
        form, text, _ = levels[level]
        if form == "none":
            return ""
        if form == "bullet":
            return _BULLET

        def numeral(place: re.Match[str]) -> str:
            index = int(place[1]) - 1
            if not 0 <= index < _LEVELS or index not in levels:
                return ""
            count = counts[index]
            return _numeral(levels[index].start if count is None else count, levels[index].form)

        return _PLACE.sub(numeral, text).strip()


def _said(level: _Level, tag: str, value: str) -> _Level:
    if tag == "numFmt":
        return level._replace(form=value)
    if tag == "lvlText":
        return level._replace(text=value)
    return level._replace(start=_whole(value, 1)) if tag == "start" else level


def _whole(value: str, otherwise: int) -> int:
    """Return a number of a sane length."""
    try:
        return int(value) if len(value) < 10 else otherwise
    except ValueError:
        return otherwise


def _numeral(count: int, form: str) -> str:
    if form.endswith("Letter") and count > 0:
        letter = chr(ord("a") + (count - 1) % 26) * min((count - 1) // 26 + 1, 9)
        return letter.upper() if form.startswith("upper") else letter
    if form.endswith("Roman") and 0 < count < 4000:
        roman = ""
        for value, sign in _ROMAN:
            roman += sign * (count // value)
            count %= value
        return roman.upper() if form.startswith("upper") else roman
    return f"{count:02}" if form == "decimalZero" else str(count)
