"""Which characters the bytes of a text stand for.

Most texts say so by a byte order mark or by being UTF-8, which other text never is by chance. What
remains is of the time of code pages: then that one is chosen in which the letters beyond ASCII are
those of one language. The standard library has the codecs and no guess.
"""

# ruff: noqa: RUF001 - letters that look like others are what this is about

from __future__ import annotations

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),  # begins like UTF-16's, so it stands before it
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

SAMPLE_BYTES = 1 << 16
"""How much of a text is looked at."""

# Control characters that texts have: tab, line feed, vertical tab, form feed, carriage return, the
# end of a DOS file, and what begins the escapes of a terminal.
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1a\x1b"))
_MOST_CONTROLS = 0.002
# Of the UTF-16 of a text in Latin letters every other byte is NUL.
_NULS = 0.35

_LANGUAGES = {
    "cp1252": (
        "äöüßÄÖÜ",
        "éèàçêâîôûëïùœÉÀÇ",
        "ñáéíóúüÑÁÉÍÓÚ",
        "ãõáéíóúâêôçÃÕÇÁÉÍÓ",
        "åäöÅÄÖéøæØÆ",
        "àèéìòùÀÈÉÌÒÙ",
        "áéíóúýðþæöÁÉÍÓÚÝÐÞÆÖ",
        "ëéïöüèê",
    ),
    "cp1250": (
        "áčďéěíňóřšťúůýžÁČĎÉĚÍŇÓŘŠŤÚŮÝŽäôľĺŕĽ",
        "ąćęłńóśźżĄĆĘŁŃÓŚŹŻ",
        "áéíóöőúüűÁÉÍÓÖŐÚÜŰ",
        "čćžšđČĆŽŠĐ",
        "ăâîşţĂÂÎŞŢ",
    ),
    "cp1254": ("çğıöşüÇĞİÖŞÜâî",),
    "cp1251": ("абвгдежзийклмнопрстуфхцчшщъыьэюяєіїґАБВГДЕЖЗИКЛМНОПРСТ",),
    "koi8-r": ("абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИКЛМНОПРСТ",),
    "cp866": ("абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЖЗИКЛМНОПРСТ",),
    "cp1253": ("αβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ",),
    "cp850": ("äöüßÄÖÜ", "éèàçêâîôûëïù", "ñáéíóúüÑ", "åäöÅÄÖøæØÆ"),
    "mac_roman": ("äöüßÄÖÜ", "éèàçêâîôûëïùœ", "ñáéíóúüÑ", "åäöÅÄÖøæØÆ"),
}
"""By code page, the letters of languages that are written in it; the likelier one first."""

# Code pages of two bytes a character: a pattern of what their texts consist of, and the least part
# of their letters (0..1) that it makes up.
_WIDE = {
    "shift_jis": (re.compile("[\u3041-\u3093]"), 0.2),
    "euc_jp": (re.compile("[\u3041-\u3093]"), 0.2),
    "euc_kr": (re.compile("[\uac00-\ud7a3]"), 0.6),
    "gb18030": (re.compile("[的一是不了在人有我他这中大来上国个到说们为和地要时可以会]"), 0.1),
    "big5": (re.compile("[的一是不了在人有我他這中大來上國個到說們為和地要時可以會]"), 0.1),
}

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")
_LETTER_BEYOND_ASCII = re.compile(r"[^\W\d_\x00-\x7f]")
_SIGN_IN_WORD = re.compile(r"(?<=[^\W\d_])[^\w\s\x00-\x7f’\u00ad](?=[^\W\d_])")
_TYPOGRAPHY = frozenset("„“”‘’‚«»‹›–—…€£§°·•®©\xa0\u00ad¿¡ºª")
_CAPITAL_AFTER_SMALL = re.compile("[а-яα-ωà-ÿ][А-ЯΑ-ΩÀ-Þ]")
# Letters of two alphabets in one word, or one Greek or Cyrillic letter alone among Latin text.
_MIXED = re.compile(r"[A-Za-z][Ͱ-ӿ]|[Ͱ-ӿ][A-Za-z]|(?<![Ͱ-ӿ])[Ͱ-ӿ](?![Ͱ-ӿ])")


def is_text(head: bytes) -> bool:
    """Tell whether a file that begins so is text, in any encoding that `encoding_of` knows."""
    if not head:
        return False
    if _marked(head) is not None:
        return True
    if _utf_16(head) is not None:
        return True
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls <= _MOST_CONTROLS * len(head) and b"\0" not in head


def encoding_of(sample: bytes, *, whole: bool = True) -> str:
    """Return the name of the codec that a text is written in.

    Parameters
    ----------
    sample
        The text, or the first bytes of it.
    whole
        Whether this is all of it: a part may end within a character.

    Returns
    -------
    str
        A codec of Python that leaves out a byte order mark.
    """
    marked = _marked(sample) or _utf_16(sample)
    if marked is not None:
        return marked
    if _decodes(sample, "utf-8", whole=whole):
        return "utf-8"
    best, most = "cp1252", 0.0
    for codec, languages in _LANGUAGES.items():
        text = sample.decode(codec, "replace")
        likely = max(_likelihood(text, letters) for letters in languages)
        if likely > most + 1e-9:
            best, most = codec, likely
    wide = _wide(sample)
    return wide if wide is not None and most < 0.9 else best


def decode(content: bytes) -> str:
    """Return the characters of a text; what is none in its encoding becomes U+FFFD."""
    # The sample must show letters beyond ASCII, which may come late.
    first = next((at for at in re.finditer(rb"[\x80-\xff]", content)), None)
    begin = 0 if first is None else max(0, first.start() - SAMPLE_BYTES // 2)
    sample = content[:SAMPLE_BYTES]
    codec = _marked(sample) or _utf_16(sample)
    if codec is None:
        if _decodes(content, "utf-8", whole=True):
            codec = "utf-8"
        else:
            codec = encoding_of(content[begin : begin + SAMPLE_BYTES])
    return content.decode(codec, "replace").removeprefix("\ufeff")


def _marked(sample: bytes) -> str | None:
    """Return the encoding that a byte order mark names."""
    for mark, codec in _MARKS:
        if sample.startswith(mark):
            return (
                "utf-8-sig" if codec == "utf-8" else codec.removesuffix("-le").removesuffix("-be")
            )
    return None


def _utf_16(sample: bytes) -> str | None:
    """Return the byte order of UTF-16 without a mark, which its NULs show."""
    if len(sample) < 4:
        return None
    even, odd = sample[::2], sample[1::2]
    evens, odds = even.count(0) / len(even), odd.count(0) / len(odd)
    for nuls, others, codec in ((odds, evens, "utf-16-le"), (evens, odds, "utf-16-be")):
        if nuls > _NULS and others < _NULS / 10:
            text = sample[: len(sample) // 2 * 2].decode(codec, "replace")
            broken = sum(
                mark == "\ufffd" or (mark < " " and mark not in "\t\n\v\f\r") for mark in text
            )
            return codec if broken <= _MOST_CONTROLS * len(text) else None
    return None


def _decodes(sample: bytes, codec: str, *, whole: bool) -> bool:
    try:
        codecs.getincrementaldecoder(codec)().decode(sample, final=whole)
    except UnicodeDecodeError:
        return False
    return True


def _likelihood(text: str, letters: str) -> float:
    """Return how far what is beyond ASCII is what a language has there; 1 at most."""
    beyond = _BEYOND_ASCII.findall(text)
    if not beyond:
        return 0.0
    own = sum(mark in letters for mark in beyond)
    usual = sum(mark in _TYPOGRAPHY for mark in beyond)
    odd = sum(len(each.findall(text)) for each in (_SIGN_IN_WORD, _CAPITAL_AFTER_SMALL, _MIXED))
    return (own + usual - 2 * odd) / len(beyond)


def _wide(sample: bytes) -> str | None:
    """Return the code page of two bytes a character that a text is written in."""
    best, most = None, 0.0
    for codec, (usual, least) in _WIDE.items():
        # The sample may begin and end within a character.
        text = sample.decode(codec, "replace")
        letters = _LETTER_BEYOND_ASCII.findall(text)
        broken = text.count("\ufffd")
        if not letters or broken > 0.01 * len(letters) + 2:
            continue
        part = sum(1 for mark in letters if usual.match(mark)) / len(letters)
        if part >= least and part / least > most:
            best, most = codec, part / least
    return best
