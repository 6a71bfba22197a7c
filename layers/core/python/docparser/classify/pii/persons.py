"""Names of persons in context: a salutation, a title, a label, a signature, a mail address.

A pair of capitalised words alone is no person: on an invoice most are products and companies, in
German most are nouns. So every name here has something beside it that says so, or begins with a
given name that is one of the usual ones (our own list of them), or, in English prose, is a subject
that acts. A name that is known from one place of the page is known at every other.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import PiiType

from .engine import Hit
from .name_words import (
    ACTS,
    AMBIGUOUS,
    BEFORE_ACTS,
    BEFORE_PLACES,
    CLOSINGS,
    COMMON,
    ENGLISH,
    FIELDS,
    GREETINGS,
    HONOURS,
    LEADS,
    NO_PERSON,
    PARTICLES,
    PERSONAL_ACTS,
    ROLES,
    THING_ENDINGS,
    TITLES,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.classify.reading import Reading

_WORD = re.compile(r"[^\W\d_]+(?:['\u2019-][^\W\d_]+)*\.?")
_MOST_WORDS = 5
_MAIL = re.compile(r"[\w.+-]{3,64}(?=@)")
_MAIL_REACH = 400
_KNOWN = 0.7
"""A name so certain makes its words one wherever they stand on the page."""
_ENGLISH = frozenset(ENGLISH)
_ROLES = tuple(f" {role}" for role in ROLES)
_POSSESSIVE = ("'s", "\u2019s")
_LOWER = (
    r"(?:my name is|maiden name is|last name is|calls me|mein name ist|ich heiße|je m'appelle) "
    r"([^\W\d_]{2,}(?: (?!and |but |und |et |mais |or )[^\W\d_]{2,}\b){0,2})"
    r"(?=[.,!?\n]| and| but| und| et)"
)
_LISTED = (
    r"(?:founders|members|partners|participants|attendees|authors|students|teilnehmer|mitglieder"
    r"|anwesende|participants|auteurs): ?(?:[^\n,:;.]{2,40}, ?){0,8}"
    r"(?:[^\n,:;.]{2,40} (?:and|und|et) )?$"
)


class _Word(NamedTuple):
    text: str
    start: int
    end: int
    folded: str


class _Run(NamedTuple):
    """Capitalised words of a line without titles before and common words around them."""

    words: tuple[_Word, ...]
    start: int
    end: int
    titled: bool
    greeted: bool

    @property
    def is_given(self) -> bool:
        """Whether it begins with a usual given name."""
        return self.words[0].folded in _given_names()

    @property
    def is_full(self) -> bool:
        """Whether it has two words at least that are no initials."""
        return sum(len(word.folded) > 1 for word in self.words) > 1


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


@cache
def _given_names() -> frozenset[str]:
    return frozenset(Path(__file__).with_name("given_names.txt").read_text("utf-8").split())


def _folded(word: str) -> str:
    """Return a word in lower case without accents and without a full stop behind it."""
    if word.isascii():
        return word.lower().rstrip(".")
    for letter, plain in (("ß", "ss"), ("ø", "o"), ("\u0142", "l"), ("æ", "ae")):
        word = word.lower().replace(letter, plain)
    return "".join(c for c in unicodedata.normalize("NFD", word) if c.isalpha() or c in "'-")


def find_persons(reading: Reading, addresses: Sequence[Hit]) -> list[Hit]:
    """Return the names of persons of a page, with what gave each away as its rule.

    ``addresses`` are those of the page: what is a part of one is a street or a town, and a name on
    the line above one is that of whoever lives there.
    """
    clues = _Clues(reading, addresses)
    hits = []
    unknown = []
    for words in _capitalised(reading.parted):
        run = _trimmed(words)
        if run is None or clues.is_in_address(run):
            continue
        rule, confidence = clues.cue(run)
        if confidence:
            hits.append(_hit(run, rule, confidence))
        else:
            unknown.append(run)
    known = {
        _folded(word)
        for hit in hits
        if hit.confidence >= _KNOWN
        for word in reading.text[hit.start : hit.end].split()
        if len(word) > 3
    }
    hits += [hit for run in unknown for hit in _named_before(run, known)]
    hits += [
        Hit(PiiType.PERSON, *match.span(1), 0.5, "person.introduction")
        for match in _compiled(_LOWER).finditer(reading.text)
    ]
    return hits


def _hit(run: _Run, rule: str, confidence: float) -> Hit:
    return Hit(PiiType.PERSON, run.start, run.end, confidence, f"person.{rule}")


def _named_before(run: _Run, known: set[str]) -> list[Hit]:
    """Return the part of a run that is known to be a name."""
    words = [word for word in run.words if word.folded in known]
    if not words:
        return []
    end = min(words[-1].end, run.end)
    return [Hit(PiiType.PERSON, words[0].start, end, 0.55, "person.named_before")]


def _capitalised(text: str) -> list[list[_Word]]:
    """Return runs of capitalised words of a line, particles and initials between them included."""
    runs: list[list[_Word]] = []
    run: list[_Word] = []
    pending: list[_Word] = []
    for match in _WORD.finditer(text):
        word = match.group()
        if run:
            last = (pending or run)[-1]
            if text[last.end : match.start()] != " " or _ends_sentence(run[-1]):
                runs.append(run)
                run, pending = [], []
        if word[0].isupper():
            run += [*pending, _Word(word, match.start(), match.end(), _folded(word))]
            pending = []
        elif run and len(pending) < 2 and word in PARTICLES:
            pending.append(_Word(word, match.start(), match.end(), word))
        elif run:
            runs.append(run)
            run, pending = [], []
    if run:
        runs.append(run)
    return runs


def _ends_sentence(word: _Word) -> bool:
    """Whether the full stop behind a word is neither an initial's nor a title's."""
    return word.text[-1] == "." and len(word.text) > 3 and word.folded not in TITLES


def _trimmed(words: list[_Word]) -> _Run | None:
    """Return the part of a run that may be a name, or None if none of it is."""
    first, last = 0, len(words)
    titled = greeted = False
    while first < last:
        folded = words[first].folded
        if folded in TITLES:
            titled = True
        elif folded in GREETINGS:
            greeted, titled = True, False
        elif words[first].text not in PARTICLES:
            if folded not in COMMON:
                break
            titled = greeted = False
        first += 1
    while last > first and words[last - 1].folded in COMMON:
        last -= 1
    kept = tuple(words[first:last])
    if not _may_be_name(kept):
        return None
    end = kept[-1].end
    if kept[-1].text.endswith(_POSSESSIVE):
        end -= 2
    elif kept[-1].text[-1] == "." and len(kept[-1].text) > 2 and kept[-1].folded not in HONOURS:
        # The full stop of a sentence is no part of the name; that of an initial is.
        end -= 1
    return _Run(kept, kept[0].start, end, titled, greeted)


def _may_be_name(words: tuple[_Word, ...]) -> bool:
    """Whether no word says that a run is a company, a place, a thing or an abbreviation."""
    if not words or len(words) > _MOST_WORDS or len(words[0].folded) < 2:
        return False
    given = words[0].folded in _given_names()
    return not any(
        word.folded in NO_PERSON
        or word.folded in COMMON
        or word.folded.endswith(THING_ENDINGS)
        or (word.text.isupper() and 1 < len(word.folded) < 4 and not given)
        for word in words
    )


class _Clues:
    """What stands around the words of a page."""

    def __init__(self, reading: Reading, addresses: Sequence[Hit]) -> None:
        self._reading = reading
        self._addresses = sorted((hit.start, hit.end) for hit in addresses)
        self._mails = (
            [(match.start(), _folded(match.group())) for match in _MAIL.finditer(reading.text)]
            if "@" in reading.text
            else []
        )

    @cached_property
    def _uncapitalised(self) -> frozenset[str]:
        """The words of the page in lower case: what stands among them is a word like others."""
        return frozenset(filter(str.islower, self._reading.text.split()))

    def _is_common(self, run: _Run) -> bool:
        """Whether a word of a run is one in lower case elsewhere, or has no lower case."""
        return any(
            word.text.lower() in self._uncapitalised or word.text.isupper()
            for word in run.words
            if len(word.folded) > 1
        )

    def is_in_address(self, run: _Run) -> bool:
        """Whether a run is a part of an address."""
        place = bisect_left(self._addresses, (run.end,))
        return place > 0 and self._addresses[place - 1][1] > run.start

    def cue(self, run: _Run) -> tuple[str, float]:
        """Return what makes a run a name, and how certain it is; 0 if nothing does."""
        lower = self._reading.lower
        before = lower[max(0, run.start - 40) : run.start].rstrip(' :;,-*»"')
        trusted = run.is_full or run.is_given
        if self._is_in_mail(run):
            return "mail_address", 0.9
        if run.titled:
            return "title", 0.85
        if run.greeted:
            return "salutation", 0.8 if trusted else 0.6
        before = " " + before
        if before.endswith(LEADS) and (trusted or before.endswith("name is")):
            return "introduction", 0.8
        return self._cue_of_place(run, before, trusted=trusted)

    def _cue_of_place(self, run: _Run, before: str, *, trusted: bool) -> tuple[str, float]:
        lower_before = self._reading.lower[max(0, run.start - 20) : run.start].rstrip()
        if self._is_field(run):
            return "field", 0.75
        if self._follows_closing(run):
            return "signature", 0.75
        if run.is_given and run.is_full:
            return "given_name", 0.7
        if trusted and lower_before.endswith(_ROLES):
            return "role", 0.6
        if self._is_listed(run):
            return "list", 0.55
        if run.is_full and self._is_above_address(run):
            return "recipient", 0.6
        return self._cue_of_prose(run, before)

    def _cue_of_prose(self, run: _Run, before: str) -> tuple[str, float]:
        """Return the cue of a name in an English sentence."""
        lower = self._reading.lower
        around = lower[max(0, run.start - 120) : run.end + 120].split()
        if len(_ENGLISH.intersection(around)) < 2:
            return "", 0.0
        after = lower[run.end : run.end + 14].lstrip(" ,")
        acts = after.startswith((*ACTS, *_POSSESSIVE))
        given = run.is_given and run.words[0].folded not in AMBIGUOUS
        if given and (acts or before.endswith(BEFORE_ACTS)):
            return "given_name", 0.6
        if before.endswith(BEFORE_PLACES):
            return "", 0.0
        if after.startswith(PERSONAL_ACTS) or before.endswith(" said"):
            return "acts", 0.5
        if given:
            return "given_name", 0.45
        if run.is_full and any(len(word.folded) == 1 for word in run.words[1:-1]):
            return "initial", 0.6
        if run.is_full and len(run.words) <= 3 and acts and not self._is_common(run):
            return "sentence", 0.4
        return "", 0.0

    def _is_in_mail(self, run: _Run) -> bool:
        """Whether a mail address nearby is made of the words of a name."""
        parts = [word.folded for word in run.words if len(word.folded) > 2]
        if len(parts) < 2:
            return False
        first = bisect_left(self._mails, (run.start - _MAIL_REACH,))
        last = bisect_right(self._mails, (run.start + _MAIL_REACH,))
        # A page may be full of addresses; those nearest come first and are enough.
        return any(
            parts[0] in mail and parts[-1] in mail for _, mail in self._mails[first:last][:40]
        )

    def _is_field(self, run: _Run) -> bool:
        """Whether a name is the value of a field for persons: behind its label or below it."""
        if not (run.is_given or (run.is_full and len(run.words) <= 4)):
            return False
        reading = self._reading
        index = reading.line_at(run.start)
        lead = reading.lower[max(reading.lines[index].start, run.start - 40) : run.start].strip()
        if not lead and index:
            above = reading.lines[index - 1]
            lead = reading.lower[above.start : min(above.end, above.start + 60)].strip()
        elif not lead.endswith(":"):
            return False
        return lead.rstrip(" :.*") in FIELDS

    def _is_alone(self, run: _Run) -> bool:
        """Whether a run is a line of its own."""
        line = self._reading.lines[self._reading.line_at(run.start)]
        return run.words[0].start - line.start <= 4 and line.end <= run.end + 1

    def _follows_closing(self, run: _Run) -> bool:
        """Whether a name is a line of its own, at most three below the end of a letter."""
        if not (run.is_full or run.is_given) or not self._is_alone(run):
            return False
        index = self._reading.line_at(run.start)
        return any(
            self._reading.lower[above.start : min(above.end, above.start + 60)].strip(" ,.!")
            in CLOSINGS
            for above in self._reading.lines[max(0, index - 3) : index]
        )

    def _is_above_address(self, run: _Run) -> bool:
        """Whether a name is a line of its own, one or two lines above an address."""
        if not self._is_alone(run):
            return False
        place = bisect_left(self._addresses, (run.end,))
        if place == len(self._addresses):
            return False
        start = self._addresses[place][0]
        return self._reading.line_at(start) - self._reading.line_at(run.start) <= 2

    def _is_listed(self, run: _Run) -> bool:
        """Whether a name is one of a list of people."""
        before = self._reading.lower[max(0, run.start - 120) : run.start]
        return ":" in before and _compiled(_LISTED).search(before) is not None
