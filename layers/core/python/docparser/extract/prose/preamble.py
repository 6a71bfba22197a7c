"""The parties that an agreement begins with: "by and between X, a ... ("Company"), and Y"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from . import names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .names import Name

_AGREEMENT = (
    r"(?:agreement|contract|lease|deed|letter|amendment|memorandum|undertaking|addendum|"
    r"vertrag|\w*vertrag|\w*vereinbarung|\w*abkommen|contrat|accord|convention|avenant|bail)"
)
_BETWEEN = re.compile(
    r"\b(?:by\s+and\s+(?:between|among)|between\s+and\s+among|between|among|amongst|zwischen|"
    r"entre)\b",
    re.IGNORECASE,
)
_THIS = re.compile(
    rf"\b(?:this|the\s+present|dieser|diese|dieses|der|die|das|folgender?|le\s+présent|"
    rf"la\s+présente)\s+(?:[\w\"'/&-]+\s+){{0,8}}?{_AGREEMENT}\b",
    re.IGNORECASE,
)
_NOUN = re.compile(rf"\b{_AGREEMENT}\b", re.IGNORECASE)

# Words before "between" that make it another agreement's, one that this one only names.
_OTHER = re.compile(
    r"\b(?:reference\s+is\s+made|that\s+certain|certain\s+\w+|pursuant\s+to|under\s+the|"
    r"as\s+defined|terms\s+of\s+(?:the|that|a)|discussions?|negotiations?|transaction|relationship|"
    r"dispute|conflict|difference|merger|communications?|respective|whereas|bezug\s+auf|"
    r"aux\s+termes)\b",
    re.IGNORECASE,
)
_LOOK_BACK = 420
_LIST = 2600

_WORD = re.compile(r"\S+")
_MARK = re.compile(r"\(?(?:\d{1,2}|[ivx]{1,4}|[a-z])[.)]|\((?:\d{1,2}|[ivx]{1,4}|[a-z])\)\Z", re.I)
_AND = frozenset({"and", "und", "et", "sowie", "&"})
_OPENERS = frozenset(
    """
    the following parties : the_parties both each either der die das dem den firma herr herrn frau
    la le les l' société soussignés soussignées soussigné soussignée monsieur madame mr mrs ms mme m
    folgenden vertragsparteien parteien and und et between among one on hand first second part une
    d'une d'autre part company its a by
    """.split()
)
_ENDS = frozenset(
    """
    hereby agree agrees whereas recitals witnesseth background now präambel vorbemerkung préambule
    wird werden schließen vereinbaren geschlossen vereinbart convenu exposé arrêté préalablement
    preliminary in_witness
    """.split()
)
_CALLED = frozenset(
    "hereinafter hereafter nachfolgend folgenden nachstehend ci-après dénommée dénommé".split()
)
_BEING = re.compile(
    r"[\s,]*(?:an?|being|a\s+limited|eine?|société|une?)\s+(?:[\w.'/-]+\s+){0,8}?"
    r"(?:corporation|company|partnership|individual|association|person|resident|citizen|trust|"
    r"bank|entity|organi[sz]ation|university|body|gesellschaft|société|entreprise)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Party:
    """A party by its name; ``vouched`` is how many things besides its place say that it is one."""

    name: Name
    vouched: int


@dataclass(frozen=True, slots=True)
class Preamble:
    """Parties of a list that begins at ``start`` and ends at ``end``.

    ``own`` tells whether it is this agreement's: another one may be named with its parties, too.
    ``open`` is how many stand there only by what they are, or as a blank.
    """

    start: int
    end: int
    own: bool
    parties: tuple[Party, ...]
    open: int


def preambles(text: str, since: int = 0) -> Iterator[Preamble]:
    """Yield the lists of parties of a text that begin at ``since`` or later."""
    done = since
    for found in _BETWEEN.finditer(text, since):
        if found.start() < done:
            continue
        before = text[max(0, found.start() - _LOOK_BACK) : found.start()]
        if not _NOUN.search(before):
            continue
        parties, left_open, end = _parties(text, found.end())
        if not parties:
            continue
        this = [each.end() for each in _THIS.finditer(before)]
        other = [each.end() for each in _OTHER.finditer(before)]
        own = bool(this) and not (other and other[-1] > this[-1])
        own = own or (not other and _opens(before))
        done = end
        yield Preamble(found.start(), end, own, parties, left_open)


_DEFINED = re.compile(r"\(\s*(?:the\s+|each,?\s+an?\s+|hereinafter,?\s+)?\"[^\"()]{2,40}\"?\s*\)")
_BACK = re.compile(
    r"(?:(?:[^\W\d_][\w&.'/-]*|\d[\w&.-]*|&),?\s+(?:(?:of|and|&|for|the|de|du)\s+)?){1,8}\Z"
)


def defined(text: str, since: int = 0) -> Iterator[Name]:
    """Yield the names with a legal form that are given a short one: ``Acme Inc. ("Acme")``."""
    for found in _DEFINED.finditer(text, since):
        window = max(0, found.start() - 110)
        before = _BACK.search(text[window : found.start()])
        if before is None:
            continue
        for word in _WORD.finditer(text, window + before.start(), found.start()):
            name = names.read(text, word.start())
            if (
                name is not None
                and name.formed
                and text[name.end : found.start()].strip(" ,") == ""
            ):
                yield name
                break


def _opens(before: str) -> bool:
    """Tell whether a list stands under its title, and in no sentence."""
    last = before.rstrip(" :\n").rpartition("\n")[2]
    return len(last) < 90 and bool(_NOUN.search(last)) and last[:1].isupper()


def _parties(text: str, at: int) -> tuple[tuple[Party, ...], int, int]:
    """Return the parties of a list, how many of them have no name, and where it ends."""
    limit = min(len(text), at + _LIST)
    found: list[Party] = []
    left_open = 0
    misses = 0
    expecting = True
    depth = 0
    opened = 0
    closed_comma = False
    while at < limit:
        match = _WORD.search(text, at, limit)
        if match is None:
            break
        word, here = match.group(), names.bare(match.group())
        gap = text[at : match.start()]
        if depth == 0 and here in _ENDS:
            break
        if expecting and depth == 0:
            if here in _OPENERS or not here or _MARK.fullmatch(word):
                name = names.read(text, match.start()) if _named(text, match.start()) else None
                if name is None:
                    at = match.end()
                    if here in {"company", "party"}:
                        misses += 1
                    continue
            else:
                name = names.read(text, match.start())
            if name is not None:
                found.append(Party(name, int(name.formed) + bool(_BEING.match(text, name.end))))
                at, expecting, closed_comma = max(name.end, match.end()), False, False
                misses = 0
                # A name's last word may have had the comma or bracket that says what follows.
                at = name.end if name.end > match.start() else match.end()
                continue
            if word[:1].isupper() or "_" in word or word[:1] in "[«<{":
                left_open += 1
                expecting = False
            else:
                misses += 1
                if misses > 10:
                    break
            depth, opened = _depth(word, depth, opened, match.start())
            at = match.end()
            continue
        if here in _CALLED or ('"' in word and depth > 0):
            found = _vouch(found)
        if depth == 0:
            after = text[match.end() : match.end() + 40]
            if here in _AND and (_named(text, match.end()) or not after.strip()):
                expecting, at = True, match.end()
                misses = 0
                continue
            if (closed_comma or word.startswith(";")) and names.read(text, match.start()):
                expecting = True
                misses = 0
                if not word.startswith(";"):
                    continue
            if found and _MARK.fullmatch(word) and "\n" in gap:
                expecting, at, misses = True, match.end(), 0
                continue
            if _sentence_ends(word, after):
                at = match.end()
                break
        depth, opened = _depth(word, depth, opened, match.start())
        # A bracket that nobody closes holds no more than this.
        if depth and match.start() - opened > 500:
            depth = 0
        closed_comma = depth == 0 and word.endswith(("),", ");", ";", '",', ',"'))
        at = match.end()
    return _kept(found), left_open, at


def _vouch(found: list[Party]) -> list[Party]:
    if not found:
        return found
    last = found[-1]
    return [*found[:-1], Party(last.name, last.vouched + 1)]


def _kept(found: list[Party]) -> tuple[Party, ...]:
    """Return the parties without towns and the like, which stand between those that are vouched."""
    vouched = [party for party in found if party.vouched]
    kept = vouched if len(vouched) >= 2 else found[:2]
    seen: dict[str, Party] = {}
    for party in kept:
        seen.setdefault(names.key(party.name.text), party)
    return tuple(seen.values())


def _named(text: str, at: int) -> bool:
    """Tell whether a name, or a blank for one, stands at a place."""
    start = names.skip(text, at)
    if names.read(text, start) is not None:
        return True
    rest = text[start : start + 24].lstrip()
    return rest[:1].isupper() or rest[:1] in "[«_(" or bool(re.match(r"\d\)|:", rest))


def _depth(word: str, depth: int, opened: int, at: int) -> tuple[int, int]:
    after = max(0, depth + word.count("(") - word.count(")"))
    return after, (at if depth == 0 and after else opened)


def _sentence_ends(word: str, after: str) -> bool:
    if not word.endswith((".", '."')):
        return False
    if names.bare(word) in names.LEGAL_FORMS or "." in word[:-1] or len(names.bare(word)) <= 2:
        return False
    following = after.lstrip()
    return not following or following[0].isupper() or following[0] in "\"'(§0123456789"
