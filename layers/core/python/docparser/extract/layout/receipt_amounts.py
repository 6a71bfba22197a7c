"""Amounts as tills print them: two decimals, a currency glued to them, a code for the tax behind.

Other numbers of a receipt are no amounts: quantities, weights, article numbers, dates. What tells
an amount is its two decimals, which OCR may part or take letters for.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from docparser.extract.values import currency
from docparser.extract.values.text import plain

if TYPE_CHECKING:
    from docparser.extract.extractor import Locale

# Letters that OCR reads for digits, where digits or a decimal mark stand beside them.
_ZERO = re.compile(r"(?<=[0-9.,])[OoQD](?=[0-9OoQ.,]|\b)|(?<![^\W_])[OoQD](?=[.,] ?[0-9OoQ]{2}\b)")
_ONE = re.compile(
    r"(?<=[.,])[Il|](?=[0-9])|(?<=[.,][0-9])[Il|](?!\w)|(?<=[0-9])[Il|](?=[0-9]*[.,])"
    r"|(?:(?<![^\W_])|(?<=RM)|(?<=EUR)|(?<=CHF))[Il|](?=[0-9]{1,4}[.,][0-9]{2}(?!\w))"
)
_FIVE = re.compile(r"(?<=[.,])S(?=[0-9])|(?<=[.,][0-9])S(?!\w)|(?<=[0-9])S(?=[0-9]*[.,][0-9])")
_EIGHT = re.compile(r"(?<=[.,])B(?=[0-9])|(?<=[.,][0-9])B(?!\w)|(?<=[0-9])B(?=[0-9]*[.,][0-9])")

# No more than twelve digits before the decimals: what is longer is an article number.
_AMOUNT = re.compile(
    r"(?<![0-9.,:/#*])(?P<open>\()?(?P<minus>-)?(?P<glued>(?<![^\W_])(?:[^\W\d_]{1,3}"
    r"|[^\w\s(.,-]))?"
    r"(?P<inner>-)?"
    # Blanks part thousands only where a comma parts the decimals, and no wide gap is one.
    r"(?P<whole>[0-9]{1,3}(?:(?P<mark>[.,'])[0-9]{3}(?:(?P=mark)[0-9]{3})*"
    r"| [0-9]{3}(?: [0-9]{3})*(?=,))"
    r"|[0-9]{0,12})[.,](?P<blank> ?)(?P<cents>[0-9]{2})"
    r"(?![0-9]|[.,:/][0-9]| ?%|-[0-9])(?P<after>-(?!\w))?(?P<close>\))?"
)
# A letter behind it that is no code of a tax: litres, grams, metres.
_UNIT = re.compile(r"(?:k?[gG]|[lL]|[cm]?[mM]|ml|ML|KG|cl|CL|x|X|in|oz|lb)\b|[^\W\d_]{4,}")

_ENDED = re.compile(r"[^\w]*(?:[A-Za-z]{1,2})?[^\w]*$")

# Two numbers that a point may have parted; only the end of a line.
_PARTED = re.compile(r"(?<![0-9.,:/-])(?P<whole>[0-9]{1,4}) (?P<cents>[0-9]{2})(?: ?[A-Z]{1,2})?$")

# Amounts of currencies without decimals, and of receipts that leave them out.
_WHOLE = re.compile(
    # The yen's sign is often read as a letter.
    r"(?:(?<![0-9A-Za-z.,:/#*-])|(?<=\b[VY]))(?P<minus>-)?"
    r"(?P<whole>[0-9]{1,3}(?:[.,' ][0-9]{3})+|[0-9]{1,12})"
    r"(?![0-9]|[.,:/-][0-9]|\w| ?%)"
)
_BEFORE = re.compile(rf"({currency.PATTERN})\s*[-:(]?\s*$", re.IGNORECASE)
_AFTER = re.compile(rf"\s*({currency.PATTERN})", re.IGNORECASE)


NOT_CURRENCIES = frozenset({"SVC"})
"""Codes that tills print for something else: service charge, not the colón of El Salvador."""


class Printed(NamedTuple):
    """An amount at ``text[start:end]``.

    ``currency`` is the ISO 4217 code of what is printed beside it, at ``text[slice(*sign)]``.
    """

    start: int
    end: int
    amount: Decimal
    currency: str | None = None
    mended: bool = False
    sign: tuple[int, int] | None = None


def find(text: str, locale: Locale) -> list[Printed]:
    """Return the amounts with two decimals in a line, from left to right."""
    said = plain(text)
    clean = _ONE.sub("1", _ZERO.sub("0", said))
    clean = _EIGHT.sub("8", _FIVE.sub("5", clean))
    found: list[Printed] = []
    bracketed: list[int] = []
    for match in _AMOUNT.finditer(clean):
        if _UNIT.match(clean, match.end()):
            continue
        # "No.59 High Street", "Unit 5, 49 High Street": only at the end are these amounts.
        if (match["blank"] or not match["whole"]) and not _ENDED.match(clean, match.end()):
            continue
        if match["blank"] and not match["whole"]:
            continue
        digits = re.sub(r"[^0-9]", "", match["whole"]) or "0"
        amount = Decimal(f"{digits}.{match['cents']}")
        start, end = match.span()
        named = _BEFORE.search(clean[max(0, start - 8) : start])
        code, sign = _named(
            clean, start, end, match.span("glued") if match["glued"] else (start, start), locale
        )
        ahead = clean[: start - len(named[0])] if named else ""
        if (
            match["minus"]
            or match["inner"]
            or match["after"]
            or ahead.endswith(("-", " -"))
            or (match["open"] and match["close"])
        ):
            amount = -amount
        mended = clean[start:end] != said[start:end] or bool(match["blank"])
        if match["open"] and match["close"]:
            bracketed.append(len(found))
        found.append(Printed(start, end, amount, code, mended, sign))
    # "Total EUR (1.02)  11.27": a rate of exchange, not an amount below nothing.
    return [each for at, each in enumerate(found) if at not in bracketed or at == len(found) - 1]


def find_parted(text: str) -> Printed | None:
    """Return the amount at the end of a line whose decimal mark was not read, if it has one."""
    match = _PARTED.search(plain(text))
    if match is None:
        return None
    amount = Decimal(f"{match['whole']}.{match['cents']}")
    return Printed(match.start(), match.end("cents"), amount, None, True)


def find_whole(text: str, locale: Locale) -> list[Printed]:
    """Return the numbers without decimals in a line, as if they were amounts."""
    said = plain(text)
    found = []
    for match in _WHOLE.finditer(said):
        amount = Decimal(re.sub(r"[^0-9]", "", match["whole"]))
        amount = -amount if match["minus"] else amount
        start, end = match.span()
        code, sign = _named(said, start, end, (start, start), locale)
        found.append(Printed(start, end, amount, code, sign=sign))
    return found


def _named(
    text: str, start: int, end: int, glued: tuple[int, int], locale: Locale
) -> tuple[str | None, tuple[int, int] | None]:
    """Return the currency that is named beside an amount, and where."""
    near = max(0, start - 8)
    before = _BEFORE.search(text[near:start])
    after = _AFTER.match(text, end, end + 8)
    for sign in (
        glued,
        (near + before.start(1), near + before.end(1)) if before else (0, 0),
        after.span(1) if after else (0, 0),
    ):
        named = text[slice(*sign)]
        if named and named.upper() not in NOT_CURRENCIES:
            code = currency.parse(named, locale)
            if code is not None:
                return code, sign
    return None, None
