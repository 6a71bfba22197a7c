"""How a spreadsheet shows a number: as a date, a share, an amount (ISO 29500-1, 18.8.30)."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

# Built-in formats by their ids; those not named here show the number as it is.
_BUILT_IN = {
    **dict.fromkeys((1, 3, 37, 38), "0"),
    **dict.fromkeys((2, 4, 39, 40), "0.00"),
    9: "0%",
    10: "0.00%",
    11: "0.00E+00",
    **dict.fromkeys((14, 15, 16, 17, *range(27, 32), 36, *range(50, 59)), "yyyy-mm-dd"),
    **dict.fromkeys((18, 19, 20, 21, 32, 33, 34, 35, 45, 46, 47), "h:mm:ss"),
    22: "yyyy-mm-dd h:mm",
}

_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|_.|\*.')
_ELAPSED = re.compile(r"\[(h+|m+|s+)\]", re.IGNORECASE)
_DAY = re.compile("[yd]|mmm", re.IGNORECASE)
_CLOCK = re.compile("[hs]", re.IGNORECASE)
_DECIMALS = re.compile(r"[0#?]\.([0#?]+)")
_BEFORE_POINT = re.compile(r"[0#?,]+")
_DIGITS = re.compile(r"[0#?]")
_CURRENCY = re.compile(r"[$€£¥]|\b(?:EUR|USD|GBP|CHF|JPY)\b")

_EPOCHS = {False: datetime(1899, 12, 30), True: datetime(1904, 1, 1)}  # noqa: DTZ001 - no zone
_MOST_DIGITS = 30
_LAST_DAY = 2_958_466


class NumberFormat(NamedTuple):
    """What of a format matters to a reader: which parts of a moment, or how many decimals.

    ``least_digits`` stand before the point, as in postal codes; ``currency`` is written behind an
    amount; ``elapsed`` is a time that goes on after 24 hours.
    """

    day: bool = False
    clock: bool = False
    elapsed: bool = False
    percent: bool = False
    decimals: int | None = None
    least_digits: int = 1
    currency: str = ""

    @classmethod
    def of(cls, code: str) -> NumberFormat:
        """Return the format that a code such as ``#,##0.00 "€"`` describes."""
        positive = code.split(";")[0]
        elapsed = bool(_ELAPSED.search(positive))
        positive = _ELAPSED.sub(r"\1", positive)
        literals = "".join("".join(found) for found in _LITERAL.findall(positive))
        bare = _LITERAL.sub("", positive)
        if "E+" in bare or "general" in bare.lower() or "@" in bare:
            return cls()
        day, clock = bool(_DAY.search(bare)), bool(_CLOCK.search(bare))
        if day or clock:
            return cls(day=day, clock=clock, elapsed=elapsed)
        decimals = _DECIMALS.search(bare)
        currency = _CURRENCY.search(literals + bare)
        fixed = len(decimals[1]) if decimals else 0
        whole = _BEFORE_POINT.search(bare.partition(".")[0])
        return cls(
            percent="%" in bare,
            decimals=fixed if _DIGITS.search(bare) else None,
            least_digits=min(whole[0].count("0"), _MOST_DIGITS) if whole else 1,
            currency=currency[0] if currency else "",
        )

    @classmethod
    def built_in(cls, number: int) -> NumberFormat:
        """Return one of the formats that have a number and no code."""
        code = _BUILT_IN.get(number)
        return cls() if code is None else cls.of(code)

    def show(self, value: str, *, since_1904: bool = False) -> str:
        """Return a stored number as text; what is no number is returned as it is.

        Dates and times are written as ISO 8601 does, decimals with a point and without grouping:
        what a sheet shows depends on where it is opened, and this does not.
        """
        try:
            number = float(value)
        except ValueError:
            return value
        if (self.day or self.clock) and 0 <= number < _LAST_DAY:
            # Of what counts from 1904, the last days are beyond the year 9999.
            with suppress(OverflowError):
                return _duration(number) if self.elapsed else self._moment(number, since_1904)
        if self.percent:
            return f"{number * 100:.{self.decimals or 0}f} %"
        if self.decimals is not None and (self.decimals or self.currency or number.is_integer()):
            sign, amount = ("-" if number < 0 else ""), f"{abs(number):.{self.decimals}f}"
            width = self.least_digits + (self.decimals + 1 if self.decimals else 0)
            shown = f"{sign}{amount:0>{width}}"
            return f"{shown} {self.currency}" if self.currency else shown
        return f"{number:.15g}"

    def _moment(self, number: float, since_1904: bool) -> str:
        moment = _EPOCHS[since_1904] + timedelta(seconds=round(number * 86_400))
        clock = f"{moment:%H:%M:%S}" if moment.second else f"{moment:%H:%M}"
        if not self.day:
            return clock
        day = f"{moment:%Y-%m-%d}"
        return f"{day} {clock}" if self.clock and clock != "00:00" else day


def _duration(days: float) -> str:
    """Return a time span as hours, minutes and, where there are any, seconds."""
    minutes, seconds = divmod(round(days * 86_400), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if seconds else f"{hours}:{minutes:02}"
