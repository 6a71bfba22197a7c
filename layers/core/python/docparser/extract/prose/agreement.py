"""The fields of an agreement: parties, title, effective date, term and the law that governs it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from math import exp
from typing import TYPE_CHECKING

from docparser.extract.extractor import Found, Locale
from docparser.model import BlockKind, FieldSource, FieldType, FieldValue

from . import dating, law, names, preamble, running, signatures, term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docparser.extract.view import PageView, Proof

    from .running import Running

# The list of parties stands on one of so many pages: behind a cover and a table of contents.
_FIRST_PAGES = 12

# So many values of one kind are kept of a document; one that has more of them is no agreement.
_MOST = 60

_TITLE = re.compile(
    r"\b(?:agreement|contract|lease|deed|amendment|memorandum\s+of\s+understanding|undertaking|"
    r"addendum|letter\s+of\s+intent|\w*vertrag|\w*vereinbarung|\w*abrede|contrat|accord|"
    r"convention|avenant|bail)\b",
    re.IGNORECASE,
)
_EXHIBIT = re.compile(r"\b(?:exhibit|appendix|annex|attachment|schedule|ex-\d|anlage)\b", re.I)
_LONGEST_TITLE = 120
_TITLE_BLOCKS = 8
_QUOTED = 70

# What it is worth where a party's name stands; the first that names any decides.
_LISTED, _VOUCHED, _ADDRESSED, _SIGNED, _NAMED = 0.6, 0.15, 0.7, 0.65, 0.5
_TWICE = 0.1

# Evidence for a term is a sum of signs; this much of it is worth 63 of 100.
_EVIDENCE = 2.6


@dataclass(frozen=True, slots=True)
class _Seen:
    """A value, where it stands, and how much speaks for it, 0..1."""

    value: str
    raw: str
    quote: str
    proof: Proof
    strength: float


@dataclass(frozen=True, slots=True)
class _List:
    """The parties of a preamble, and whether it is this agreement's."""

    own: bool
    parties: tuple[_Seen, ...]


class AgreementReader:
    """Reads an agreement page by page; see `docparser.extract.extractor.Extractor`.

    Of a page only what may be a value is kept, and the end of its text, which is read again with
    the next page: a sentence goes on overleaf. What is found there anew replaces what was found.
    """

    def __init__(self, locale: Locale) -> None:
        self._locale = locale
        self._before: Running = running.EMPTY
        self._title: _Seen | None = None
        self._letter = False
        self._lists: dict[str, _List] = {}
        self._addressed: list[_Seen] = []
        self._labelled: list[_Seen] = []
        self._defined: dict[str, _Seen] = {}
        self._signed: list[_Seen] = []
        self._dates: dict[str, _Seen] = {}
        self._terms: dict[str, _Seen] = {}
        self._laws: dict[str, _Seen] = {}

    def read(self, page: PageView) -> None:
        """Take one page in."""
        text = running.running(page.page, self._before)
        if page.number <= _FIRST_PAGES:
            self._read_title(page)
            self._read_lists(text)
        if page.number == 1:
            self._read_letter(page)
        if page.number <= _FIRST_PAGES:
            found = [_signer(page, each, _ADDRESSED) for each in signatures.labelled(page)]
            self._labelled = _distinct([*self._labelled, *found])[:_MOST]
        self._read_signatures(page, text)
        for day in dating.dated(text.text, self._locale):
            _note(self._dates, _seen(text, day.start, day.end, day.day.isoformat(), day.strength))
        for length in term.terms(text.text):
            strength = 1 - exp(-length.strength / _EVIDENCE)
            _note(self._terms, _seen(text, length.start, length.end, length.length, strength))
        for clause in law.clauses(text.text):
            _note(self._laws, _seen(text, clause.start, clause.end, clause.place, clause.strength))
        self._before = text.tail()

    def found(self) -> Found:
        """Return the fields; a confidence is how much evidence there was, not yet calibrated."""
        values = [_field("party", FieldType.TEXT, party) for party in self._parties()]
        if (day := self._effective()) is not None:
            values.append(_field("effective_date", FieldType.DATE, day))
        if (length := _strongest(self._terms.values())) is not None:
            values.append(_field("term", FieldType.DURATION, length))
        if (place := _strongest(self._laws.values())) is not None:
            values.append(_field("jurisdiction", FieldType.TEXT, place))
        if self._title is not None:
            values.append(_field("title", FieldType.TEXT, self._title))
        return Found(tuple(values))

    # ------------------------------------------------------------------ reading
    def _read_title(self, page: PageView) -> None:
        if self._title is not None:
            return
        for block in page.page.blocks[:_TITLE_BLOCKS]:
            said = " ".join(block.text.split())
            if block.kind in (BlockKind.HEADER, BlockKind.FOOTER) or len(said) > _LONGEST_TITLE:
                continue
            if not _TITLE.search(said) or _EXHIBIT.search(said) or said.endswith((".", ",", ";")):
                continue
            words = [word for line in block.lines for word in line.words]
            proof = running.proof_of(page.number, words)
            self._title = _Seen(said, said, said, proof, 0.8)
            return

    def _read_lists(self, text: Running) -> None:
        for each in preamble.preambles(text.text):
            parties = tuple(
                _seen(
                    text,
                    party.name.start,
                    party.name.end,
                    party.name.text,
                    min(_LISTED + _VOUCHED * party.vouched, 0.9),
                )
                for party in each.parties
            )
            place = text.words(each.start, each.start + 1)
            if place and len(self._lists) < _MOST:
                self._lists[place[0].word.id] = _List(each.own, parties)
        for name in preamble.defined(text.text):
            _note(self._defined, _seen(text, name.start, name.end, name.text, _NAMED))

    def _read_letter(self, page: PageView) -> None:
        self._letter = signatures.salutation(page)
        for signer in signatures.addressees(page):
            self._addressed.append(_signer(page, signer, _ADDRESSED))
        if not self._letter:
            return
        for segment in page.segments:
            if signatures.is_salutation(segment.text):
                break
            day = dating.alone(segment.text, self._locale)
            if day is not None:
                proof = page.proof(segment.words)
                seen = _Seen(day.isoformat(), segment.text, segment.text, proof, dating.LETTER)
                _note(self._dates, seen)

    def _read_signatures(self, page: PageView, text: Running) -> None:
        found = [_signer(page, each, _SIGNED) for each in signatures.signers(page)]
        if not found:
            found = [
                _seen(text, start, end, name, _SIGNED)
                for start, end, name in signatures.in_text(text.text, text.fresh)
            ]
        self._signed = _distinct([*self._signed, *found])[:_MOST]

    # ------------------------------------------------------------------ deciding
    def _parties(self) -> list[_Seen]:
        """Return the parties: those of the list that it begins with, else of letter and signatures.

        Where one has no name in the list ("the person who signs below"), signatures name it.
        """
        listed = self._listed()
        if listed is not None and len(listed.parties) >= 2:
            parties = list(listed.parties)
        else:
            named = [] if listed is None else list(listed.parties)
            # A person is a letter's addressee where no company is.
            firms = [each for each in self._addressed if names.has_form(each.value)]
            persons = [each for each in self._addressed if not names.has_form(each.value)]
            parties = _distinct([*named, *firms, *self._labelled, *self._signed])
            if len(parties) < 2 and (self._letter or not parties):
                parties = _distinct([*parties, *persons, *self._defined.values()])
            if not parties:
                parties = next((list(each.parties) for each in self._lists.values()), [])
        signed = {names.key(each.value) for each in self._signed}
        return [
            replace(each, strength=min(each.strength + _TWICE, 1.0))
            if any(_same(names.key(each.value), key) for key in signed)
            else each
            for each in parties
        ]

    def _listed(self) -> _List | None:
        """Return the list of this agreement's own parties that names most of them.

        A cover names them, too, and so may a table of contents; what is vouched for goes first.
        """
        own = [each for each in self._lists.values() if each.own]
        vouched = [each for each in own if any(party.strength > _LISTED for party in each.parties)]
        several = [each for each in own if len(each.parties) > 1]
        return max(vouched or several, key=lambda each: len(each.parties), default=None)

    def _effective(self) -> _Seen | None:
        """Return the date that most speaks for; of dates of signatures, the last."""
        best = _strongest(self._dates.values())
        if best is None or best.strength != dating.SIGNED:
            return best
        return max(
            (each for each in self._dates.values() if each.strength == dating.SIGNED),
            key=lambda each: each.value,
        )


def _seen(text: Running, start: int, end: int, value: str, strength: float) -> _Seen:
    proof = running.proof(text.words(start, end))
    said = text.text
    since = said.rfind(" ", 0, max(0, start - _QUOTED)) + 1
    until = said.find(" ", min(len(said), end + _QUOTED))
    quote = said[since : until if until >= 0 else len(said)]
    return _Seen(value, " ".join(said[start:end].split()), " ".join(quote.split()), proof, strength)


def _signer(page: PageView, signer: signatures.Signer, strength: float) -> _Seen:
    proof = page.proof(signer.words)
    return _Seen(signer.text, signer.text, proof.quote, proof, strength)


def _note(kept: dict[str, _Seen], seen: _Seen) -> None:
    """Keep a value by its first word: what is read again with the next page replaces it."""
    word = seen.proof.word_ids[0]
    known = kept.get(word)
    if known is not None and known.proof.page == seen.proof.page and known.strength > seen.strength:
        return
    if known is not None or len(kept) < _MOST:
        kept[word] = seen


def _strongest(seen: Iterable[_Seen]) -> _Seen | None:
    """Return the value that most speaks for, the first of equals."""
    return max(seen, key=lambda each: each.strength, default=None)


def _distinct(seen: Sequence[_Seen]) -> list[_Seen]:
    """Return values of which none is another spelling of one before it."""
    kept: list[_Seen] = []
    for each in seen:
        key = names.key(each.value)
        if not any(_same(key, names.key(other.value)) for other in kept):
            kept.append(each)
    return kept


def _same(one: str, other: str) -> bool:
    """Tell whether two keys of names are one party's: the shorter one begins the longer."""
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) >= 5 and long.startswith(short))


def _field(name: str, kind: FieldType, seen: _Seen) -> FieldValue:
    return FieldValue(
        name=name,
        type=kind,
        value=seen.value,
        raw=seen.raw,
        quote=seen.quote,
        page=seen.proof.page,
        polygon=seen.proof.polygon,
        word_ids=seen.proof.word_ids,
        source=FieldSource.LAYOUT,
        confidence=seen.strength,
    )
