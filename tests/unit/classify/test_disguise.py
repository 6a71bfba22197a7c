"""Words that a person reads and a search does not find."""

from __future__ import annotations

import pytest
from docparser.classify.pii import PiiWatch
from docparser.classify.reading import Reading
from docparser.model import PiiType

from tests.unit.classify.pages import page_of

IBAN = "DE89370400440532013000"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("conf\u200bidential", "confidential"),
        ("con\u2060fid\ufeffential", "confidential"),
        ("\u0441\u043enfid\u0435ntial", "confidential"),  # Cyrillic c, o, e
        ("\u039d\u039fTICE", "NOTICE"),  # Greek capitals
        ("\uff36\uff25\uff32\uff34\uff32\uff21\uff35", "VERTRAU"),  # full width
        ("\U0001d41c\U0001d428\U0001d427\U0001d41f", "conf"),  # mathematical bold
        (f"DE89\u200b{IBAN[4:]}", IBAN),
        (IBAN.translate({ord(str(d)): chr(0xFF10 + d) for d in range(10)}), IBAN),
        ("4111\u00ad1111\u00ad1111\u00ad1111", "4111111111111111"),
    ],
)
def test_a_disguise_is_undone_and_told(written: str, read: str):
    reading = Reading(page_of(f"this is {written} here"))

    assert reading.text == f"this is {read} here\n"
    assert reading.disguised
    (place,) = reading.places(8, 8 + len(read))
    assert place.id == "p1.w3"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Donau\u00addampf\u00adschiff", "Donaudampfschiff"),
        ("https://a.example/\u200blong\u200bpath", "https://a.example/longpath"),
        ("o\ufb03ce", "office"),
        ("5 \u03bcm", "5 \u03bcm"),
        ("\u0394T", "\u0394T"),
        ("x\u00b2", "x2"),
        ("\u0664\u0661", "41"),
        ("\u03b1-helix", "\u03b1-helix"),
        ("\u03bdx = \u03c1c", "\u03bdx = \u03c1c"),
        ("\u041f\u0440\u0438\u0432\u0435\u0442", "\u041f\u0440\u0438\u0432\u0435\u0442"),
        ("\u00e9t\u00e9", "\u00e9t\u00e9"),
    ],
)
def test_ordinary_typesetting_is_no_disguise(written: str, read: str):
    reading = Reading(page_of(written))

    assert reading.text == read + "\n"
    assert not reading.disguised


def test_a_russian_word_of_lookalikes_stays_russian_in_a_russian_text():
    reading = Reading(
        page_of("\u041f\u0440\u0438\u0432\u0435\u0442 \u0441\u043e\u0441\u043e\u043a")
    )

    assert reading.text.split()[1] == "\u0441\u043e\u0441\u043e\u043a"
    assert not reading.disguised


def test_a_word_wholly_of_lookalikes_is_read_in_a_latin_text():
    reading = Reading(page_of("please \u0441\u043e\u0440\u0435 with it"))

    assert reading.text == "please cope with it\n"
    assert reading.disguised


def test_full_width_among_chinese_is_ordinary():
    assert not Reading(page_of("\u4e2d\u6587\uff21\uff22\uff23\uff24\u6587")).disguised


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("V E R T R A U L I C H", "VERTRAULICH"),
        ("IBAN " + " ".join(IBAN), f"IBAN {IBAN}"),
        ("a b c d e of it", "a b c d e of it"),
        ("C & A und H & M", "C & A und H & M"),
    ],
)
def test_letters_set_apart_are_one_word(written: str, read: str):
    reading = Reading(page_of(written))

    assert reading.text == read + "\n"
    assert not reading.disguised


def test_letters_set_apart_keep_their_places():
    reading = Reading(page_of("IBAN " + " ".join(IBAN)))
    (finding,) = PiiWatch().read(reading)

    assert finding.type is PiiType.IBAN
    assert finding.verified
    assert len(finding.words) == len(IBAN)


@pytest.mark.parametrize(
    "written",
    [
        "IBAN \uff24\uff25" + IBAN[2:],
        "IBAN DE89 3704\u200b 0044 05\u200d32 0130 00",
        "IBAN \u0044\u0415" + IBAN[2:],  # a Cyrillic E: one Latin letter is left beside it
    ],
)
def test_a_disguised_iban_is_found(written: str):
    (finding,) = PiiWatch().read(Reading(page_of(written)))

    assert finding.type is PiiType.IBAN
    assert finding.verified
