"""When a payment is due, where a sentence says it: by a date, or so many days after the issue.

Days are counted only where the words leave no doubt: "30 days net" is plain; a discount, the end
of a month, or a term that begins with the receipt of something is not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from docparser.extract.values.text import plain

if TYPE_CHECKING:
    from collections.abc import Iterator

_DAYS = r"(?P<days>[0-9]{1,3}) ?(?:calendar |kalender|j(?:ou)?rs?|days?|tagen?|tg|j)(?![^\W\d_])"
_NET_AFTER = re.compile(
    _DAYS + r"[ ,:]*(?:rein )?(?:netto|nets?|ohne abzug|sans escompte|without deduction)(?!\w)",
    re.IGNORECASE,
)
_NET_BEFORE = re.compile(
    r"(?<!\w)(?:net(?:to)?|sans escompte|ohne abzug)[ :,]*(?:in|within|innerhalb(?: von)?)? ?"
    + _DAYS,
    re.IGNORECASE,
)
# "Net 30" is a term by itself, or behind its label.
_NET_ALONE = re.compile(
    r"(?:^|(?:terms|conditions|bedingung(?:en)?|ziel)\W{1,4})net(?:to)? (?P<days>[0-9]{1,3})"
    r"(?=$|[^\S\r\n]{2}| [A-Z])",
    re.IGNORECASE,
)
_PAYABLE = re.compile(
    r"(?<!\w)(?:zahlbar|zahlung|zahlungsziel|zahlungsbedingung|zahlungsfrist|zahlen|begleichen|"
    r"\u00fcberweisen|f\u00e4llig|payment|payable|pay|due|terms|paiement|r\u00e8glement|payables?|"
    r"r\u00e9gler|\u00e9ch\u00e9ance|d\u00e9lai de paiement)[^.%;]{0,60}?(?<![\d,.-])" + _DAYS,
    re.IGNORECASE,
)
_MONTHLY = r"fin d[eu] mois|end of (?:the )?month|monatsende|(?<!\w)eom(?!\w)"
_AT_MONTHS_END = re.compile(_MONTHLY, re.IGNORECASE)
_DISCOUNTED = re.compile(r"%|skonto|nachlass|discount|escompte|(?<!ohne )abz\u00fcg", re.IGNORECASE)
_DOUBTFUL = re.compile(
    _MONTHLY + r"|receipt|erhalt|r\u00e9ception|eingang|delivery|lieferung|livraison|acompte|"
    r"advance|anzahlung|mahn|verzug|late|interest|p\u00e9nalit\u00e9|retard|zins|reminder|widerspr|"
    r"reklam|cancel",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[^\W\d_]{2}[.!;])\s+")

_UNTIL = re.compile(
    r"(?<!\w)(?:bis(?: zum| sp\u00e4testens)?|sp\u00e4testens(?: am| bis)?|until|by|before|"
    r"no later than|f\u00e4llig(?:keit)?(?: am)?|due(?: on| by)?|avant le|au plus tard le|jusqu'au|"
    r"pour le|payable le|on or before|le)\s*:?\s*$",
    re.IGNORECASE,
)
_FALLS_DUE = re.compile(r"[ ,]*(?:zur zahlung )?f\u00e4llig(?!\w)", re.IGNORECASE)
_PAY = re.compile(
    r"(?<!\w)(?:be)?(?:zahl|\u00fcberweis|begleich|f\u00e4llig|einzahl|abbuch|pay|remit|due|settle|"
    r"transfer|r\u00e8gl|r\u00e9gl|paye|paie|payable|\u00e9ch\u00e9ance|vire)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Term:
    """Days after the date of issue, and where the text says so."""

    start: int
    end: int
    days: int


def days(text: str) -> Iterator[Term]:
    """Yield how many days a text leaves for the payment, where it is beyond doubt."""
    said = plain(text)
    start = 0
    for sentence in _SENTENCE.split(said):
        start = said.index(sentence, start)
        match = _NET_AFTER.search(sentence) or _NET_BEFORE.search(sentence)
        match = match or _NET_ALONE.search(sentence)
        doubtful = _DOUBTFUL.search(sentence) or _DISCOUNTED.search(sentence)
        if match is None and doubtful is None:
            match = _PAYABLE.search(sentence)
        if match is None or int(match["days"]) == 0 or _AT_MONTHS_END.search(sentence):
            continue
        yield Term(start + match.start(), start + match.end(), int(match["days"]))


def is_due(before: str, after: str) -> bool:
    """Whether what stands around a date makes it the day when the whole payment is due.

    Until another day there may be a discount: that day is none.
    """
    said = _SENTENCE.split(plain(before)[-160:])[-1]
    rest = _SENTENCE.split(plain(after)[:160])[0]
    if _DISCOUNTED.search(said) or _DISCOUNTED.search(rest):
        return False
    if _FALLS_DUE.match(rest) is not None:
        return True
    return _UNTIL.search(said) is not None and _PAY.search(said) is not None
