"""Sensitivity markings: what a document says about itself, where markings stand.

The same word is a marking in a header and a mention in a sentence ("the Confidential Information
shall ..."). Three readings, from strong to weak:

- a *marking* stands alone: as a line of its own, as a part of the header or footer, or after a
  label ("Classification: Internal");
- a *statement* is a sentence about the document ("this document is confidential");
- a *mention* is the word anywhere else: it decides nothing, but many of them are noted.

Fail closed: a marking that makes a document stricter counts on any page. The level of the whole
is announced only by the first page (its header, footer or title area, or a phrase set apart), or
by the headers or footers of at least half the pages.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import Level, strictest

from .reading import TITLE_AREA, Reading, Stretch
from .sightings import Sightings

if TYPE_CHECKING:
    from collections.abc import Iterator

_PHRASES = {
    Level.CONFIDENTIAL: (
        "confidential|strictly confidential|highly confidential|company confidential|"
        "private and confidential|private & confidential|personal and confidential|"
        "strictly private and confidential|strictly private & confidential|"
        "confidential and proprietary|proprietary and confidential|commercial in confidence|"
        "confidential - do not distribute|confidential do not distribute|"
        "attorney-client privileged|privileged and confidential|privileged & confidential|"
        "attorney work product|secret|top secret|trade secret|tlp:red|tlp red|eyes only|"
        "streng vertraulich|vertraulich|persönlich/vertraulich|persönlich und vertraulich|"
        "persönlich / vertraulich|vertraulich/persönlich|firmenvertraulich|betriebsgeheimnis|"
        "geschäftsgeheimnis|geheim|streng geheim|höchst vertraulich|"
        "confidentiel|strictement confidentiel|très confidentiel|confidentiel défense|secret"
    ),
    Level.RESTRICTED: (
        "restricted|restricted use|restricted distribution|limited distribution|need to know|"
        "need-to-know|for limited distribution only|do not distribute|not for distribution|"
        "do not forward|do not copy or distribute|embargoed|proprietary|"
        "tlp:amber|tlp amber|tlp:amber+strict|official sensitive|official-sensitive|"
        "nur für den dienstgebrauch|vs - nur für den dienstgebrauch|vs-nfd|"
        "eingeschränkter verteiler|nicht zur weitergabe|nicht zur weitergabe bestimmt|"
        "nicht weitergeben|sperrvermerk|sperrfrist|"
        "diffusion restreinte|diffusion limitée|ne pas diffuser"
    ),
    Level.INTERNAL: (
        "internal|internal use|internal use only|for internal use only|for internal use|"
        "company internal|internal document|not for public release|not for publication|"
        "not for release|staff only|tlp:green|tlp green|"
        "intern|nur intern|nur für internen gebrauch|nur für den internen gebrauch|"
        "nur zum internen gebrauch|zum internen gebrauch|für den internen gebrauch|"
        "nur für interne zwecke|nur zur internen verwendung|zur internen verwendung|"
        "nur für den dienstlichen gebrauch|firmenintern|betriebsintern|internes dokument|"
        "nicht zur veröffentlichung|nicht zur veröffentlichung bestimmt|"
        "interne|usage interne|à usage interne|usage interne uniquement|document interne"
    ),
    Level.PUBLIC: (
        "for public release|approved for public release|cleared for public release|"
        "public release|press release|media release|news release|for immediate release|"
        "public document|tlp:clear|tlp clear|tlp:white|tlp white|unclassified|"
        "distribution unlimited|for public distribution|"
        "zur veröffentlichung freigegeben|zur veröffentlichung|zur sofortigen veröffentlichung|"
        "für die öffentlichkeit|öffentliches dokument|frei zur veröffentlichung|"
        "pressemitteilung|presseinformation|medienmitteilung|"
        "communiqué de presse|diffusion publique|document public|diffusion libre"
    ),
}

_LABELLED = {
    "public": Level.PUBLIC,
    "öffentlich": Level.PUBLIC,
    "offen": Level.PUBLIC,
    "publique": Level.PUBLIC,
    "high": Level.CONFIDENTIAL,
    "hoch": Level.CONFIDENTIAL,
}
"""Words that mark only after a label: alone they may be anything."""

_LABEL = re.compile(
    r"(?:document |information |data |security )?(?:classification|sensitivity|confidentiality)"
    r"(?: level| class)?"
    r"|(?:security|protection|secrecy|clearance) (?:level|class|marking)"
    r"|klassifizierung|klassifikation|vertraulichkeit(?:sstufe|sklasse)?|schutzklasse|schutzstufe"
    r"|einstufung|geheimhaltungsstufe|informationsklasse|sensibilité|niveau de confidentialité"
)

_STATEMENTS = {
    Level.CONFIDENTIAL: (
        "this document is confidential|this document is strictly confidential|"
        "this report is confidential|this letter is confidential|"
        "this email is confidential|this document contains confidential|"
        "this report contains confidential|strictly confidential|streng vertraulich|"
        "dieses dokument ist vertraulich|dieses dokument ist streng vertraulich|"
        "dieser bericht ist vertraulich|vertraulich zu behandeln|"
        "dieses dokument enthält vertrauliche|streng vertraulich zu behandeln|"
        "ce document est confidentiel|strictement confidentiel"
    ),
    Level.RESTRICTED: (
        "must not be distributed outside|may not be distributed|not to be distributed|"
        "embargoed until|under embargo until|embargo:|sperrfrist:|sperrfrist bis|"
        "darf nicht an dritte|weitergabe an dritte ist nicht gestattet"
    ),
    Level.INTERNAL: (
        "for internal use only|internal use only|nur für den internen gebrauch|"
        "ausschließlich für den internen gebrauch|ausschließlich zum internen gebrauch|"
        "not for public release|nicht zur veröffentlichung|draft press release|"
        "pressemitteilung (entwurf)|entwurf der pressemitteilung|entwurf einer pressemitteilung"
    ),
}

_MENTIONS = "confidential|vertraulich*|confidentiel*|geheimhaltung*|proprietary information"

_LOOSE_LABEL = re.compile(
    r"(?:document )?(?:status|marking|distribution)|dokumentstatus|kennzeichnung|verteiler"
    r"|statut|schutzbedarf"
)
"""What may be said of other things than secrecy, too: it closes a document, and never opens it."""

_NOT_LETTERS = re.compile(r"[\W_]+")
_SEPARATOR = re.compile(r"\s*[|·•*/;,:.]\s+|\s+-+\s+")
_ASIDE = re.compile(
    r"[\s,(]*(?:©.*"
    r"|\d{1,2}(?:st|nd|rd|th)?\.? [a-zäéû]{3,9}\.?,? \d{4}|[a-zäéû]{3,9}\.? \d{1,2},? \d{4}"
    r"|(?:(?:page|seite|p\.|s\.|vom|dated|of|du|nr\.?|no\.?|n°) ?)?\d[\d ./-]*"
    r"(?:(?:of|von|sur|de) ?\d+)?[\s)]*)$"
)
"""A page number, date or serial number after a marking."""
_STATE = r"(?:draft|entwurf|vorläufig|preliminary|projet|brouillon|final|copy|kopie|copie)"
_DRAFT = re.compile(r"\b(?:draft|entwurf|vorläufig|preliminary|projet|brouillon)\b")
_BEFORE = re.compile(
    rf"^\W*(?:(?:page|seite|p\.|s\.) ?\d+(?: ?(?:of|von|sur|de|/) ?\d+)?|{_STATE})[\W_]+"
)
_AFTER = re.compile(rf"[\s,]*\([^()]{{1,40}}\)\W*$|[\W_]+{_STATE}\W*$")
"""What is said of a page or a version before or after a marking: "DRAFT - Confidential"."""
_LONGEST = 120
"""No marking is longer, in characters; a hostile line of digits would take seconds to search."""
_FEW_WORDS = 6
_FEW_LINES = 5
"""A header or footer is small; a block with more lines is text that reaches to the edge."""
_STAMP_LINES = 8
"""The most lines that a stamp has."""
_MENTIONS_NOTED = 3
"""So many mentions of confidentiality are taken as a sign that the document is not for all."""


def _key(text: str) -> str:
    """Return letters and digits alone: "V E R T R A U L I C H !" is "vertraulich"."""
    return _NOT_LETTERS.sub("", text)


_MARKS: dict[str, Level] = {}
# The strictest first, so that a phrase in two lists keeps its stricter level.
for _level in Level:
    for _phrase in _PHRASES[_level].split("|"):
        _MARKS.setdefault(_key(_phrase), _level)

_SAID = tuple(
    (phrase, level) for level, phrases in _STATEMENTS.items() for phrase in phrases.split("|")
)


class _Marking(NamedTuple):
    """``text[start:end]`` of a page marks it; ``opens``: it may say what the whole document is."""

    line: Stretch
    start: int
    end: int
    level: Level
    opens: bool = True


class MarkingWatch:
    """Watches for markings page by page.

    Attributes
    ----------
    seen
        One sighting per rule: ``marking.<level>``, ``statement.<level>``,
        ``mention.confidential``.
    """

    def __init__(self) -> None:
        self.seen = Sightings()
        self._announced: Level | None = None
        self._pages = 0
        self._running: Counter[Level] = Counter()

    @property
    def announced(self) -> Level | None:
        """The strictest level that the document announces as its own; None if it does not."""
        levels = [level for level, pages in self._running.items() if 2 * pages >= self._pages]
        if self._announced is not None:
            levels.append(self._announced)
        return strictest(*levels) if levels else None

    def read(self, reading: Reading) -> None:
        """Look through one page.

        A page that hides text announces nothing: what a reader does not see lets nobody in.
        """
        taken: list[tuple[int, int]] = []
        running = set()
        for marking in _found(reading):
            self._mark(reading, marking)
            taken.append((marking.start, marking.end))
            at_edge = marking.line.in_head or marking.line.in_foot
            if marking.opens and at_edge and not reading.page.hides_text:
                running.add(marking.level)
        self._pages += 1
        self._running.update(running)
        for phrase, level in _SAID:
            for start, end in reading.find(phrase):
                if not _inside(start, taken):
                    self.seen.add(f"statement.{level.lower()}", 0.7, reading, start, end)
                    taken.append((start, end))
        for phrase in _MENTIONS.split("|"):
            for start, end in reading.find(phrase):
                if not _inside(start, taken):
                    self.seen.add("mention.confidential", 0.1, reading, start, end)

    def _mark(self, reading: Reading, marking: _Marking) -> None:
        line, start, end, level, opens = marking
        at_edge = line.in_head or line.in_foot
        # One word alone ("Intern") may be a heading or a table's cell; in the middle of a first
        # page it takes a phrase ("Internal use only").
        phrased = " " in reading.lower[start:end] and not line.siblings
        first = reading.number == 1 and opens and not reading.page.hides_text
        announcing = first and (at_edge or line.top <= TITLE_AREA or phrased)
        if announcing:
            self._announced = strictest(level, self._announced or level)
        elif level is Level.PUBLIC and not at_edge:
            return
        weight = 0.95 if announcing or at_edge else 0.85
        self.seen.add(f"marking.{level.lower()}", weight, reading, start, end)

    @property
    def differ(self) -> bool:
        """Whether the document says of itself that it is this and that."""
        kinds = (sighting.rule.partition(".") for sighting in self.seen)
        return len({level for kind, _, level in kinds if kind != "mention"}) > 1

    @property
    def insistent(self) -> bool:
        """Whether the text speaks of confidentiality again and again."""
        rule = "mention.confidential"
        return rule in self.seen and self.seen[rule].count >= _MENTIONS_NOTED


def _found(reading: Reading) -> Iterator[_Marking]:
    """Yield what stands as a marking on a page."""
    stamps = list(_stamps(reading))
    yield from stamps
    stamped = [(stamp.start, stamp.end) for stamp in stamps]
    for line in reading.lines:
        if _inside(line.start, stamped):
            continue
        draft = _DRAFT.search(reading.lower, line.start, line.end) is not None
        for marking in _markings(reading, line):
            # The draft of a release is not released.
            if not draft or marking.level is not Level.PUBLIC:
                yield marking


def _stamps(reading: Reading) -> Iterator[_Marking]:
    """Yield the markings that are a block of several lines: one word below the other."""
    for index, line in enumerate(reading.lines):
        if not line.opens or not 0 < line.siblings < _STAMP_LINES:
            continue
        last = line
        for following in reading.lines[index + 1 : index + 1 + line.siblings]:
            last = last if following.opens else following
        level = _marked(reading.lower[line.start : last.end])
        if level is not None and last is not line:
            stamp = replace(line, end=last.end, siblings=0, bottom=last.bottom)
            yield _Marking(stamp, line.start, last.end, level)


def _markings(reading: Reading, line: Stretch) -> Iterator[_Marking]:
    """Yield what stands as a marking in a line."""
    text = reading.lower[line.start : line.end]
    level = _labelled(text)
    if level is not None:
        yield _Marking(line, line.start, line.end, level)
        return
    in_title = reading.number == 1 and line.top <= TITLE_AREA
    at_edge = (line.in_head or line.in_foot) and line.siblings < _FEW_LINES
    if at_edge or (in_title and text.count(" ") < _FEW_WORDS):
        yield from _marked_parts(reading, line, at_edge=at_edge)
    else:
        level = _marked(text)
        if level is not None and _stands_alone(reading, line):
            yield _Marking(line, line.start, line.end, level)


def _labelled(text: str) -> Level | None:
    """Return the level that a line names after a label: "Classification: Internal"."""
    label, colon, value = text.partition(":")
    sure = _LABEL.fullmatch(label.strip()) is not None
    if colon and (sure or _LOOSE_LABEL.fullmatch(label.strip()) is not None):
        for part in (value, _SEPARATOR.split(value.strip())[0]):
            level = _marked(part, labelled=sure)
            if level is not None and (sure or level is not Level.PUBLIC):
                return level
        return None
    # In a table, the next column.
    named = _LABEL.match(text)
    level = _marked(text[named.end() :]) if named else None
    return None if level is Level.PUBLIC else level


def _marked_parts(reading: Reading, line: Stretch, *, at_edge: bool) -> Iterator[_Marking]:
    """Yield the markings of a header, footer or title: "ACME GmbH | Vertraulich | Seite 3"."""
    level = _marked(reading.lower[line.start : line.end])
    if level is not None:
        if at_edge or _stands_alone(reading, line):
            yield _Marking(line, line.start, line.end, level)
        return
    for segment_start, segment_end in reading.segments(line):
        separators = list(_SEPARATOR.finditer(reading.lower, segment_start, segment_end))
        ends = [separator.start() for separator in separators] + [segment_end]
        begins = [segment_start] + [separator.end() for separator in separators]
        before = ["", *(separator.group().strip() for separator in separators)]
        for start, end, separator in zip(begins, ends, before, strict=True):
            level = _marked(reading.lower[start:end])
            if level is None:
                continue
            # In lower case or after a comma it may be a word of a list, after a colon the subject
            # of a mail ("Subject: Press release"): then it may close the document, not open it.
            loose = reading.text[start].islower() or separator in {",", ":"}
            if not loose or level is not Level.PUBLIC:
                opens = not loose or level is not Level.INTERNAL
                yield _Marking(line, start, end, level, opens)


def _marked(text: str, *, labelled: bool = False) -> Level | None:
    """Return the level that a text in lower case is the marking of."""
    if len(text) > _LONGEST:
        return None
    key = _key(_ASIDE.sub("", text))
    if labelled and key in _LABELLED:
        return _LABELLED[key]
    if key in _MARKS:
        return _MARKS[key]
    level = _MARKS.get(_key(_ASIDE.sub("", _AFTER.sub("", _BEFORE.sub("", text)))))
    if level is not None and level is not Level.PUBLIC:
        return level
    half = len(key) // 2
    if key[:half] == key[half:] and key[half:] in _MARKS:
        return _MARKS[key[half:]]
    # In two languages.
    parts = [_key(part) for part in _SEPARATOR.split(text)]
    levels = [_MARKS.get(part) for part in parts if part]
    known = [level for level in levels if level is not None]
    return strictest(*known) if len(known) > 1 and len(known) == len(levels) else None


def _stands_alone(reading: Reading, line: Stretch) -> bool:
    """Whether a line is more than the end of a sentence that a line break cut."""
    text = reading.text[line.start : line.end]
    if text.isupper():
        return True
    return line.opens and not text[0].islower() and (not line.siblings or not text.endswith("."))


def _inside(position: int, spans: list[tuple[int, int]]) -> bool:
    return any(start <= position < end for start, end in spans)
