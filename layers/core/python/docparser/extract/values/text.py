"""Text as the readers of values see it: as many characters as before, fewer ways to write one."""

from __future__ import annotations

import re
import unicodedata

# The zeros of other scripts' decimal digits (Unicode, category Nd), nine more follow each.
_ZEROS = (0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0BE6, 0x0E50, 0x0ED0, 0xFF10)
_DIGITS = {zero + digit: ord("0") + digit for zero in _ZEROS for digit in range(10)}
_SPACES = "\t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
_BLANKS = _SPACES + "\u202f\u205f\u3000"
# Marks of direction stand before and after every number in right-to-left text.
_UNSEEN = "\u200b\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_PLAIN: dict[int, int | str] = str.maketrans(
    {
        **_DIGITS,
        **dict.fromkeys(map(ord, _BLANKS + _UNSEEN), " "),
        **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"), "-"),
        **dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u00b4\u0060\u2032"), "'"),
        0x066B: ",",  # the Arabic decimal mark
        0x066C: "'",  # the Arabic mark of thousands
        0xFF0C: ",",
        0xFF0E: ".",
        0xFF0F: "/",
        0x2044: "/",
    }
)
_DROPPED = str.maketrans("", "", _UNSEEN)
_RUN = re.compile(r"\s+")


def plain(text: str) -> str:
    """Return text with the digits, blanks, dashes and apostrophes of ASCII, of the same length."""
    return text.translate(_PLAIN)


def squeeze(text: str) -> str:
    """Return text in normal form (NFC), unseen marks dropped, one space for each run of blanks."""
    seen = text.translate(_DROPPED)
    return _RUN.sub(" ", unicodedata.normalize("NFC", seen)).strip()
