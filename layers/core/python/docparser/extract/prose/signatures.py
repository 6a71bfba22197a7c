"""Names that stand as a letter's sender or addressee, or over and beside signatures.

These are read from a page's rows: blocks of signatures stand side by side, which running text does
not show.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from . import names

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docparser.extract.view import PageView, Placed, Segment

# What a line begins with that somebody signs, or in which a signer is described.
_SIGNED = re.compile(
    r"(?:by|per|sign(?:ed|ature)?(?:\s+date)?|print(?:ed)?\s+name|name|par|signé|nom|durch|gez\.?|"
    r"unterschrift|its|x)\s*(?:[:_]|/s/|\Z)|/s/|_{6,}|\.{12,}",
    re.IGNORECASE,
)
_DESCRIBES = re.compile(r"(?:print(?:ed)?\s+)?(?:name|title|date|address|its|nom|titre)\s*:", re.I)
_LABELLED = re.compile(
    r"(?:(?:full\s+|legal\s+|print\s+)?(?:name\s+of\s+)?(?:the\s+)?(?:company|corporation|entity|"
    r"individual|organi[sz]ation|firm|licensor|licensee|recipient|discloser|disclosing\s+party|"
    r"receiving\s+party|customer|client|supplier|vendor|contractor|consultant|employer|employee|"
    r"party(?:\s+[ab12])?|firma|unternehmen|auftraggeber|auftragnehmer|société|entreprise)"
    r"(?:\s+name)?)(?:\s*\([^)]*\))?\s*:\s*",
    re.IGNORECASE,
)
_SALUTATION = re.compile(
    r"(?:dear\b|gentlemen\b|ladies\s+and\s+gentlemen\b|mesdames\b|messieurs\b|madame\b|monsieur\b|"
    r"sehr\s+geehrte|to\s+whom\s+it\s+may)",
    re.IGNORECASE,
)
_AFFILIATES = re.compile(
    r",?\s+(?:and|und|et)\s+(?:its|their|all|seine|ses)\s+(?:\w+\s+)?"
    r"(?:affiliates|subsidiaries|affiliated|verbundene|filiales).*",
    re.IGNORECASE | re.DOTALL,
)
_RUNNING_SIGNATURE = re.compile(r"/s/|\bBy:\s")

# What forms have blanks for besides their parties.
_BLANKS = frozenset("name signature date title address insert of and the other agreement".split())

_ABOVE = 9
_LONGEST_LABEL = 3
_ASIDE = 60.0
_BESIDE = 260
_TALLEST_LETTERHEAD = 40


@dataclass(frozen=True, slots=True)
class Signer:
    """A name, the words that it is of, and whether it has a legal form."""

    text: str
    words: tuple[Placed, ...]
    formed: bool


def signers(view: PageView) -> Iterator[Signer]:
    """Yield the names over the places where a page is signed, and those that a form labels."""
    rows = view.rows
    for number, row in enumerate(rows):
        for segment in row:
            label = _LABELLED.match(_plain(segment.text))
            if label is not None:
                signer = _in(segment, label.end())
                if signer is not None:
                    yield signer
            if _SIGNED.match(segment.text):
                signer = _over(rows, number, segment)
                if signer is not None:
                    yield signer


def labelled(view: PageView) -> Iterator[Signer]:
    """Yield the parties of a sheet of particulars: "Supplier:", and beside it who that is."""
    for row in view.rows:
        for label, value in pairwise(row):
            said = [names.bare(word.text) for word in label.words]
            if not label.text.endswith(":") or not said or len(said) > _LONGEST_LABEL:
                continue
            if all(word in names.ROLES - _BLANKS for word in said):
                signer = _in(value, 0)
                if signer is not None:
                    yield signer


def addressees(view: PageView) -> tuple[Signer, ...]:
    """Return the names above a letter's salutation: who writes, and to whom; none without one.

    A person is one of them only by the salutation: "Dear Jane Roe".
    """
    above: list[Segment] = []
    for row in view.rows[:_TALLEST_LETTERHEAD]:
        hello = next((segment for segment in row if is_salutation(segment.text)), None)
        if hello is not None:
            break
        above.extend(row)
    else:
        return ()
    family = names.bare(hello.words[-1].text)
    found = [signer for segment in above if (signer := _in(segment, 0)) is not None]
    return tuple(
        signer
        for signer in found
        if signer.formed or (len(hello.words) > 1 and names.bare(signer.text.split()[-1]) == family)
    )


def salutation(view: PageView) -> bool:
    """Tell whether somebody is addressed at the top of a page, as letters do."""
    return any(
        is_salutation(segment.text) for row in view.rows[:_TALLEST_LETTERHEAD] for segment in row
    )


def is_salutation(text: str) -> bool:
    """Tell whether a line addresses somebody: "Dear ...", "Ladies and Gentlemen:"."""
    return _SALUTATION.match(text) is not None


def in_text(text: str, since: int) -> Iterator[tuple[int, int, str]]:
    """Yield names with a legal form that stand right before signatures in running text."""
    done = since
    for found in _RUNNING_SIGNATURE.finditer(text, since):
        at = max(done, found.start() - _BESIDE)
        while at < found.start():
            word = re.compile(r"\S+").search(text, at, found.start())
            if word is None:
                break
            name = names.read(text, word.start())
            at = word.end()
            if name is not None and name.formed and name.end <= found.start():
                yield name.start, name.end, name.text
                at = name.end
        done = found.end()


def _over(rows: Sequence[Sequence[Segment]], number: int, mark: Segment) -> Signer | None:
    """Return the nearest name with a legal form above a signature, in its column."""
    lower: Segment | None = None
    for row in reversed(rows[max(0, number - _ABOVE) : number]):
        for segment in row:
            if abs(segment.left - mark.left) > _ASIDE and not _over_it(segment, mark):
                continue
            if _DESCRIBES.match(segment.text):
                return None
            if _SIGNED.match(segment.text):
                # "By: X Capital, its general partner" stands between a party and its signature.
                continue
            signer = _in(segment, 0)
            if signer is not None and signer.formed:
                return signer
            joined = _joined(segment, lower)
            if joined is not None:
                return joined
            lower = segment
    return None


def _over_it(segment: Segment, mark: Segment) -> bool:
    return segment.left < mark.right and mark.left < segment.right and segment.left >= mark.left


def _joined(upper: Segment, lower: Segment | None) -> Signer | None:
    """Return a name that is broken into two lines: "THE TRAVELERS COMPANIES," and "INC."."""
    if lower is None or abs(upper.left - lower.left) > _ASIDE or lower.row != upper.row + 1:
        return None
    words = (*upper.words, *lower.words)
    text = _plain(" ".join(word.text for word in words))
    name = names.read(text, 0)
    if name is None or not name.formed or name.end < len(text) - 1 or name.start:
        return None
    return Signer(name.text, words, formed=True)


def _in(segment: Segment, at: int) -> Signer | None:
    """Return the name that a segment is from some character on, if it is nothing else."""
    text = _plain(segment.text)
    rest = _AFFILIATES.sub("", text[at:])
    name = names.read(text, at)
    if name is None or name.start > at + 1 or len(rest.strip()) - len(name.text) > 3:
        return None
    words, place = [], 0
    for word in segment.words:
        if place + len(word.text) > name.start and place < name.end:
            words.append(word)
        place += len(word.text) + 1
    return Signer(name.text, tuple(words), name.formed) if words else None


def _plain(text: str) -> str:
    """Return a text with plain quotation marks; every character stays in its place."""
    return text.translate(_MARKS)


_MARKS = str.maketrans(
    {**dict.fromkeys("\u201c\u201d\u201e\u00ab\u00bb", '"'), **dict.fromkeys("\u2018\u2019", "'")}
)
