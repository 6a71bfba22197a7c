"""The characters of a text, whatever it was written with."""

from __future__ import annotations

from pathlib import Path

import pytest
from docparser.intake.encoding import decode, encoding_of, is_text

LANGUAGES = Path(__file__).parents[3] / "samples/text/languages"


@pytest.mark.parametrize(
    ("language", "codec"),
    [
        ("de", "cp1252"),
        ("de", "cp850"),
        ("de", "mac_roman"),
        ("de", "utf-8-sig"),
        ("de", "utf-16"),
        ("de", "utf-16-be"),
        ("de", "utf-32"),
        ("fr", "cp1252"),
        ("es", "cp1252"),
        ("pt", "cp1252"),
        ("sv", "cp1252"),
        ("is", "cp1252"),
        ("cs", "cp1250"),
        ("pl", "cp1250"),
        ("hu", "cp1250"),
        ("tr", "cp1254"),
    ],
)
def test_a_language_in_its_encoding(language: str, codec: str) -> None:
    text = (LANGUAGES / f"{language}.txt").read_text().encode(codec, "ignore").decode(codec)
    content = text.encode(codec)

    assert is_text(content)
    assert decode(content) == text.removeprefix("\ufeff")


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Привет, мир! Это обычный текст в старой кодировке.", "cp1251"),
        ("Привет, мир! Это обычный текст в старой кодировке.", "koi8-r"),
        ("Привет, мир! Это обычный текст в старой кодировке.", "cp866"),
        ("Καλημέρα κόσμε, αυτό είναι ένα απλό κείμενο.", "cp1253"),
        ("日本語のテキストです。これは長い文です。", "shift_jis"),
        ("日本語のテキストです。これは長い文です。", "euc_jp"),
        ("안녕하세요. 이것은 한국어로 된 텍스트입니다.", "euc_kr"),
        ("这是一个中文的文本,我们在这里说的是编码。", "gb18030"),
        ("Preis: 3 €", "cp1252"),
        ("“quoted” \u2013 and more", "cp1252"),
        ("Straße", "cp1252"),
        ("only ASCII", "ascii"),
        ("", "ascii"),
    ],
)
def test_short_texts(text: str, codec: str) -> None:
    assert decode(text.encode(codec)) == text


def test_the_first_letter_beyond_ascii_may_come_late() -> None:
    text = "x" * 100_000 + " Größe und Maß der Straße"

    assert decode(text.encode("cp1252")) == text
    assert decode(text.encode()) == text


def test_a_sample_may_end_within_a_letter() -> None:
    assert encoding_of("Straße".encode()[:5], whole=False) == "utf-8"


@pytest.mark.parametrize(
    "content", [b"", b"\0\1\2\3" * 8, bytes(range(256)), b"text\0with NUL", b"\x7fELF\2\1\1\0"]
)
def test_what_is_no_text(content: bytes) -> None:
    assert not is_text(content)
