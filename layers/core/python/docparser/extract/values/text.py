"""Text as the readers of values see it: as many characters as before, fewer ways to write one."""

from __future__ import annotations

import re
import unicodedata

# The zeros of other scripts' decimal digits (Unicode, category Nd), nine more follow each.
_ZEROS = "\u0660\u06f0\u07c0\u0966\u09e6\u0a66\u0ae6\u0be6\u0e50\u0ed0\uff10"
_BLANKS = (
    "\t\n\v\f\r\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u202f\u205f\u3000"
)
# Marks of direction stand before and after every number in right-to-left text.
_UNSEEN = "\u200b\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d"
# The last is the Arabic mark of thousands, as the first of the commas is that of decimals.
_APOSTROPHES = "\u2018\u2019\u02bc\u00b4\u0060\u2032\u066c"
_COMMAS = "\u066b\uff0c"
_SLASHES = "\uff0f\u2044"
_PLAIN = (
    {ord(zero) + digit: str(digit) for zero in _ZEROS for digit in range(10)}
    | dict.fromkeys(map(ord, _BLANKS + _UNSEEN), " ")
    | dict.fromkeys(map(ord, _DASHES), "-")
    | dict.fromkeys(map(ord, _APOSTROPHES), "'")
    | dict.fromkeys(map(ord, _COMMAS), ",")
    | dict.fromkeys(map(ord, _SLASHES), "/")
    | {0xFF0E: "."}
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
