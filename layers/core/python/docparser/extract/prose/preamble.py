"""The parties that an agreement begins with: "by and between X, a ... ("Company"), and Y"."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from . import names, places

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .names import Name

_AGREEMENT = (
    r"(?:agreement|contract|lease|deed|letter|amendment|memorandum|undertaking|addendum|"
    r"\w*vertrag|\w*vereinbarung|\w*abkommen|contrat|accord|convention|avenant|bail)"
)
_BETWEEN = re.compile(
    r"\b(?:by\s+and\s+(?:between|among)|between\s+and\s+among|between|among|amongst|zwischen|"
    r"entre)\b(?!\s+(?:the\s+parties|them|us\b|you\b|den\s+parteien|les\s+parties))",
    re.IGNORECASE,
)
_THIS = re.compile(
    rf"\b(?:this|the\s+present|dieser|diese|dieses|folgender?|le\s+présent|la\s+présente)\s+"
    rf"(?:[\w\"'/&()-]+\s+){{0,8}}?{_AGREEMENT}\b",
    re.IGNORECASE,
)
_NOUN = re.compile(rf"\b{_AGREEMENT}\b", re.IGNORECASE)

# Words before "between" that make it another agreement's, or no agreement's at all.
_OTHER = re.compile(
    r"\b(?:reference\s+is\s+made|that\s+certain|pursuant\s+to|under\s+the|as\s+defined|"
    r"terms\s+of\s+(?:the|that|a)|discussions?|negotiations?|transaction|relationship|dispute|"
    r"conflict|difference|merger|communications?|respective|whereas|supersed\w+|replac\w+|"
    r"understandings?|notwithstanding|courier|partnership|bezug\s+auf|ersetzt|aux\s+termes)\b",
    re.IGNORECASE,
)
_UNDERSIGNED = re.compile(r"entre\s+les\s+soussigné", re.IGNORECASE)
_ENTERS = re.compile(
    rf"\b(?:hereby\s+)?(?:enters?|entered|are\s+entering)\s+into\s+(?:this|the\s+following)\s+"
    rf"(?:[\w'-]+\s+){{0,6}}?{_AGREEMENT}\b|\b(?:hereby\s+)?agrees?\s+as\s+follows\b|"
    r"\bschließen\s+(?:hiermit\s+)?(?:folgende|diese)\w*\b|\bconviennent\s+de\s+ce\s+qui\s+suit\b",
    re.IGNORECASE,
)
_LOOK_BACK = 420
_LIST = 2600

# On a page with more of them, none of the rest is the list of parties.
_MOST = 40

_WORD = re.compile(r"\S+")
_MARK = re.compile(r"\(?(?:\d{1,2}|[ivx]{1,4}|[a-z])[.)]|\((?:\d{1,2}|[ivx]{1,4}|[a-z])\)\Z", re.I)
_AND = frozenset({"and", "und", "et", "sowie"})
_BULLETS = " \n-*\u2013\u2014\u2022"

# "Service Provider:" and below it "Name:"; the first begins a party, the second only its name.
_LABEL = re.compile(r"(?:[^\W\d_]+[ /]){0,3}[^\W\d_]+\s?:")
_BLANKS = frozenset("name title address date signature".split())
_ANOTHER = frozenset("this between zwischen entre dieser diese dieses dated".split())
_OPENERS = frozenset(
    """
    the following parties both each either der die das dem den firma herr herrn frau la le les l'
    société soussignés soussignées soussigné soussignée monsieur madame mr mrs ms mme m folgenden
    vertragsparteien parteien and und et between among one on hand first second part une d'une
    d'autre part company its a by
    """.split()
)
_ENDS = frozenset(
    """
    hereby agree agrees whereas recitals witnesseth background now präambel vorbemerkung préambule
    wird werden schließen vereinbaren geschlossen vereinbart convenu exposé arrêté préalablement
    preliminary enter enters
    """.split()
)
_CALLED = frozenset(
    "hereinafter hereafter nachfolgend folgenden nachstehend ciaprès dénommée dénommé".split()
)
_COURTESY = re.compile(r"(?:mr|mrs|ms|herrn?|frau|monsieur|madame|mme|m)\b", re.IGNORECASE)
_BEING = re.compile(
    r"[\s,]*(?:an?|being|a\s+limited|eine?|société|une?)\s+(?:[\w.'/-]+\s+){0,8}?"
    r"(?:corporation|company|partnership|individual|association|person|resident|citizen|trust|"
    r"bank|entity|organi[sz]ation|university|body|gesellschaft|société|entreprise)",
    re.IGNORECASE,
)

# A list that has gone on for so many words without a name is none; a bracket that nobody closes
# ends after so many characters.
_MISSES = 10
_BRACKET = 500


@dataclass(frozen=True, slots=True)
class Party:
    """A party by its name; ``vouched`` is how many things besides its place say that it is one."""

    name: Name
    vouched: int


@dataclass(frozen=True, slots=True)
class Preamble:
    """Parties of a list that begins at ``start`` and ends at ``end``.

    ``own`` tells whether it is this agreement's: another one may be named with its parties, too.
    """

    start: int
    end: int
    own: bool
    parties: tuple[Party, ...]


def preambles(text: str) -> Iterator[Preamble]:
    """Yield the lists of parties of a text."""
    done = 0
    for found in islice(_BETWEEN.finditer(text), _MOST):
        if found.start() < done:
            continue
        before = text[max(0, found.start() - _LOOK_BACK) : found.start()]
        undersigned = _UNDERSIGNED.match(text, found.start()) is not None
        if not undersigned and not _NOUN.search(before):
            continue
        reading = _Reading(text, found.end(), min(len(text), found.end() + _LIST))
        if not (parties := reading.parties()):
            continue
        this = [each.end() for each in _THIS.finditer(before)]
        other = [each.end() for each in _OTHER.finditer(before)]
        own = bool(this) and not (other and other[-1] > this[-1])
        own = own or undersigned or (not other and _titled(before))
        done = reading.at
        yield Preamble(found.start(), done, own, parties)
    yield from _entering(text)


def _entering(text: str) -> Iterator[Preamble]:
    """Yield the parties that a sentence begins with: "X ("A") and Y ("B") enter into this"."""
    for found in islice(_ENTERS.finditer(text), _MOST):
        start = max(text.rfind("\n", 0, found.start()) + 1, found.start() - _LIST)
        reading = _Reading(text, start, found.start())
        parties = reading.parties()
        if sum(party.vouched > 0 for party in parties) >= 2:
            yield Preamble(start, found.start(), own=True, parties=parties)


_DEFINED = re.compile(r"\(\s*(?:the\s+|each,?\s+an?\s+|hereinafter,?\s+)?\"[^\"()]{2,40}\"?\s*\)")
_NAME_BEFORE = re.compile(
    r"(?:(?:[^\W\d_][\w&.'/-]*|\d[\w&.-]*|&),?\s+(?:(?:of|and|&|for|the|de|du)\s+)?){1,8}\Z"
)
_LONGEST_NAME = 110


def defined(text: str) -> Iterator[Name]:
    """Yield the names with a legal form that are given a short one: ``Acme Inc. ("Acme")``."""
    for found in _DEFINED.finditer(text):
        since = max(0, found.start() - _LONGEST_NAME)
        before = _NAME_BEFORE.search(text[since : found.start()])
        if before is None:
            continue
        for word in _WORD.finditer(text, since + before.start(), found.start()):
            name = names.read(text, word.start())
            if name is None or not name.formed:
                continue
            if not text[name.end : found.start()].strip(" ,"):
                yield name
                break


def _titled(before: str) -> bool:
    """Tell whether a list stands under its title, and in no sentence."""
    last = before.rstrip(" :\n").rpartition("\n")[2].lstrip()
    return len(last) < 90 and bool(_NOUN.search(last)) and last[:1].isupper()


class _Reading:
    """One list of parties, read word by word from ``at``: a name, what is said of it, the next."""

    def __init__(self, text: str, at: int, limit: int) -> None:
        self._text = text
        self.at = at
        self._limit = limit
        self._found: list[Party] = []
        self._expecting = True
        self._misses = 0
        self._depth = 0
        self._opened = 0
        self._closed = False
        # How many words are said of the last name so far, and whether it got a short one.
        self._described = 0
        self._called = False

    def parties(self) -> tuple[Party, ...]:
        """Return the parties, without towns and the like that stand between vouched ones."""
        while self.at < self._limit:
            word = _WORD.search(self._text, self.at, self._limit)
            if word is None or (self._depth == 0 and names.bare(word.group()) in _ENDS):
                break
            goes_on = self._name(word) if self._expecting else self._description(word)
            if not goes_on:
                break
        vouched = [party for party in self._found if party.vouched]
        seen: dict[str, Party] = {}
        for party in vouched if len(vouched) >= 2 else self._found[:2]:
            seen.setdefault(names.key(party.name.text), party)
        return tuple(seen.values())

    def _name(self, word: re.Match[str]) -> bool:
        """Read a word where a name should come; return whether the list goes on."""
        label = self._label(word)
        if label is not None:
            self.at = label.end()
            return True
        if self._depth == 0 and (name := self._named(word)) is not None:
            self._found.append(Party(name, self._evidence(word, name)))
            self._expecting, self._closed, self._misses = False, False, 0
            self._described, self._called = 0, False
            self.at = max(name.end, word.start() + 1)
            return True
        text, here = word.group(), names.bare(word.group())
        if self._depth == 0 and here not in _OPENERS and here and not _MARK.fullmatch(text):
            if text[0].isupper() or "_" in text or text[0] in "[«<{":
                # Who it is stands elsewhere, or is still to be filled in.
                self._expecting = False
            else:
                self._misses += 1
        self._pass(word)
        return self._misses <= _MISSES

    def _named(self, word: re.Match[str]) -> Name | None:
        """Return the name that begins here; "England and Wales" has an "and" of its own."""
        name = names.read(self._text, word.start())
        if name is None or name.start >= self._limit or places.named(name.text) is not None:
            return None
        return None if _NOUN.search(name.text) and not name.formed else name

    def _evidence(self, word: re.Match[str], name: Name) -> int:
        """Return how many things besides its place say that a name is a party's."""
        courtesy = _COURTESY.match(self._text, word.start(), name.start)
        being = _BEING.match(self._text, name.end)
        return int(name.formed) + bool(being) + bool(courtesy)

    def _label(self, word: re.Match[str]) -> re.Match[str] | None:
        """Return what a form calls the party, or the blank, that follows: "Tenant:", "Name:"."""
        label = _LABEL.match(self._text, word.start())
        if label is None or self._depth:
            return None
        said = label.group().rstrip(" :").replace("/", " ").split()
        return label if all(names.bare(each) in names.ROLES for each in said) else None

    def _description(self, word: re.Match[str]) -> bool:
        """Read a word behind a name; return whether the list goes on."""
        text, here = word.group(), names.bare(word.group())
        gap = self._text[self.at : word.start()]
        self._described += 1
        if here in _CALLED or ('"' in text and self._depth > 0):
            self._called = True
            self._vouch()
        if self._depth == 0:
            if here in _ANOTHER and self._found:
                return False
            if self._begins(word, gap):
                return True
            if _ends_sentence(text, self._text[word.end() : word.end() + 8]):
                self.at = word.end()
                return False
        self._pass(word)
        return True

    def _begins(self, word: re.Match[str], gap: str) -> bool:
        """Tell whether the next party begins here, and go to where it does."""
        here = names.bare(word.group())
        if here in _AND and self._next(word, gap):
            self.at = word.end()
        elif self._closed and names.read(self._text, word.start()) is not None:
            pass
        elif "\n" in gap and _MARK.fullmatch(word.group()) and self._listed(word.end()):
            self.at = word.end()
        elif "\n" in gap and here not in _BLANKS and self._label(word) is not None:
            pass
        else:
            return False
        self._expecting, self._misses = True, 0
        return True

    def _listed(self, at: int) -> bool:
        """Tell whether a number in a list stands before a party, and not before a heading."""
        name = names.read(self._text, at)
        return name is not None and (
            name.formed or self._text[name.end : name.end + 2].strip()[:1] in {",", "("}
        )

    def _pass(self, word: re.Match[str]) -> None:
        text = word.group()
        depth = max(0, self._depth + text.count("(") - text.count(")"))
        if self._depth == 0 and depth:
            self._opened = word.start()
        self._depth = 0 if depth and word.start() - self._opened > _BRACKET else depth
        self._closed = self._depth == 0 and text.endswith(("),", ");", ";", '",', ',"'))
        self.at = word.end()

    def _vouch(self) -> None:
        if self._found:
            last = self._found[-1]
            self._found[-1] = replace(last, vouched=last.vouched + 1)

    def _next(self, word: re.Match[str], gap: str) -> bool:
        """Tell whether a name, or a blank for one, stands behind an "and"."""
        at = word.end()
        after = self._text[at : at + 40]
        bullets = len(after) - len(after.lstrip(_BULLETS))
        start = names.skip(self._text, at + bullets)
        name = names.read(self._text, start)
        if name is None:
            rest = self._text[start : start + 24].lstrip()
            return (
                rest[:1].isupper() or rest[:1] in "[«_(" or bool(re.match(r"\d{1,2}[.)]|:", rest))
            )
        if places.named(name.text) is not None:
            return False
        if self._described <= 2 or self._called or name.formed:
            return True
        if start > at + bullets + 1 or _BEING.match(self._text, name.end):
            return True
        # "an architect and Lead Engineer", "Springfield and Boston" go on with the same party.
        apart = (
            "\n" in gap
            or "\n" in after[:bullets]
            or self._text[: word.start()].rstrip()[-1:] == ","
        )
        return apart and " " in name.text


def _ends_sentence(word: str, after: str) -> bool:
    if not word.endswith((".", '."')):
        return False
    here = names.bare(word)
    if here in names.LEGAL_FORMS or "." in word[:-1] or len(here) <= 2:
        return False
    following = after.lstrip()
    if names.bare(following.split(" ")[0].split("\n")[0]) in _AND:
        return False
    return not following or following[0].isupper() or following[0] in "\"'(§0123456789"
