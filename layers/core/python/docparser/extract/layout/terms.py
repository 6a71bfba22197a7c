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

_DAYS = r"(?P<days>[0-9]{1,3}) ?(?:calendar |kalender|jours calendaires|j(?:ou)?rs?|days?|tagen?|tg|j)(?![^\W\d_])"
_NET_AFTER = re.compile(
    _DAYS + r"[ ,:]*(?:rein )?(?:netto|nets?|ohne abzug|sans escompte|without deduction)(?!\w)",
    re.IGNORECASE,
)
_NET_BEFORE = re.compile(
    r"(?<!\w)(?:net(?:to)?|sans escompte|ohne abzug)[ :,]*(?:in|within|innerhalb(?: von)?)? ?"
    + _DAYS,
    re.IGNORECASE,
)
_PAYABLE = re.compile(
    r"(?<!\w)(?:zahlbar|zahlung|zahlungsziel|zahlungsbedingung|zahlungsfrist|zahlen|begleichen|"
    r"\u00fcberweisen|f\u00e4llig|payment|payable|pay|due|terms|paiement|r\u00e8glement|payables?|"
    r"r\u00e9gler|\u00e9ch\u00e9ance|d\u00e9lai de paiement)[^.%;]{0,60}?(?<![\d,.-])" + _DAYS,
    re.IGNORECASE,
)
_DOUBTFUL = re.compile(
    r"%|skonto|discount|escompte|fin de mois|fin du mois|end of (?:the )?month|monatsende|(?<!\w)eom(?!\w)|"
    r"receipt|erhalt|r\u00e9ception|eingang|delivery|lieferung|livraison|acompte|advance|anzahlung|"
    r"mahn|verzug|late|interest|p\u00e9nalit\u00e9|retard|zins|reminder|widerspr|reklam|cancel",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?<=[^\W\d_]{2}[.!;])\s+")

_UNTIL = re.compile(
    r"(?<!\w)(?:bis(?: zum| sp\u00e4testens)?|sp\u00e4testens(?: am| bis)?|until|by|before|no later than|"
    r"f\u00e4llig(?:keit)?(?: am)?|due(?: on| by)?|avant le|au plus tard le|jusqu'au|pour le|payable le|"
    r"on or before|le)\s*:?\s*$",
    re.IGNORECASE,
)
_PAY = re.compile(
    r"(?<!\w)(?:zahl|\u00fcberweis|begleich|f\u00e4llig|einzahl|abbuch|pay|remit|due|settle|transfer|"
    r"r\u00e8gl|r\u00e9gl|paye|paie|payable|\u00e9ch\u00e9ance|vire)",
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
    start = 0
    for sentence in _SENTENCE.split(plain(text)):
        start = plain(text).index(sentence, start)
        match = _NET_AFTER.search(sentence) or _NET_BEFORE.search(sentence)
        if match is None and _DOUBTFUL.search(sentence) is None:
            match = _PAYABLE.search(sentence)
        if match is not None and int(match["days"]) > 0 and not _monthly(sentence):
            yield Term(start + match.start(), start + match.end(), int(match["days"]))


def _monthly(sentence: str) -> bool:
    return re.search(r"fin d[eu] mois|end of|monatsende|eom\b", sentence, re.IGNORECASE) is not None


def is_due(before: str) -> bool:
    """Whether what stands before a date in a sentence makes it the day when a payment is due."""
    said = plain(before)[-120:]
    return _UNTIL.search(said) is not None and _PAY.search(said) is not None
