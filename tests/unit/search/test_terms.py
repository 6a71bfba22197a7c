"""Words become tokens and stems; the stemmers come without the 35 that nobody uses."""

from __future__ import annotations

import subprocess
import sys

import pytest
from docparser.search.terms import STOP_WORDS, Token, english, german, joined, tokens
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("Rechnung,", ("rechnung",)),
        ("RE-2024/0815", ("re", "2024", "0815")),
        ("Größe", ("grosse",)),
        ("ÉTÉ", ("ete",)),
        ("e\u0301te\u0301", ("ete",)),
        ("Ver\u00adtrag", ("vertrag",)),
        ("İstanbul", ("istanbul",)),
        ("m²", ("m2",)),
        ("ﬁnal", ("final",)),
        ("合同", ("合", "同")),
        ("…—", ()),
        ("a_b", ("a", "b")),
        ("x" * 100, ("x" * 64,)),
    ],
)
def test_tokens_are_letters_and_digits_without_case_and_accents(
    word: str, expected: tuple[str, ...]
) -> None:
    assert tokens(word) == expected


@given(st.text(max_size=80))
def test_tokens_and_stems_hold_nothing_that_an_engine_could_read_as_syntax(text: str) -> None:
    for token in tokens(text):
        assert token.isalnum()
        assert tokens(token) == (token,)
        for stem in (german, english):
            assert stem(token).isalnum()
            assert stem(token)[0] == token[0]


def test_stop_words_are_tokens() -> None:
    assert all(tokens(word) == (word,) for word in STOP_WORDS)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("per E-Mail bitte", [Token("email", 1, 1)]),
        ("der Versiche- rungsvertrag gilt", [Token("versicherungsvertrag", 1, 2)]),
        ("Ein- und Ausgang", [Token("einund", 0, 1)]),
        ("Haupt- Bahnhof", []),
        ("am Ende- 12", []),
        ("Ende-", []),
        ("1.234,56 EUR", [Token("123456", 0, 0)]),
    ],
)
def test_what_is_parted_is_joined(words: str, expected: list[Token]) -> None:
    assert joined(words.split()) == expected


def test_the_stemmers_leave_their_package_as_they_found_it() -> None:
    script = (
        "import sys\n"
        "from docparser.search.terms import german\n"
        "assert german('rechnungen') == 'rechnung'\n"
        "loaded = [name for name in sys.modules if name.startswith('snowballstemmer.')]\n"
        "assert not any('finnish' in name for name in loaded), loaded\n"
        "assert len(loaded) <= 5, loaded\n"
        "import snowballstemmer\n"
        "assert snowballstemmer.stemmer('finnish').stemWord('talossa') == 'talo'\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


def test_a_package_that_is_there_already_is_used() -> None:
    script = "import snowballstemmer\nfrom docparser.search.terms import english\n"
    script += "assert english('payments') == 'payment'\n"
    subprocess.run([sys.executable, "-c", script], check=True)
