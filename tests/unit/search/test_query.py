"""What a person typed becomes words and phrases, and nothing else."""

from __future__ import annotations

import contextlib

import pytest
from docparser.search import InvalidQuery
from docparser.search.query import Part, parse
from hypothesis import given
from hypothesis import strategies as st


def words(text: str) -> list[tuple[str, ...]]:
    return [part.tokens for part in parse(text).wanted]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rent  deposit", [("rent",), ("deposit",)]),
        ("rent rent RENT", [("rent",)]),
        ("RE-2024/0815", [("re", "2024", "0815")]),
        ('"net rent" deposit', [("net", "rent"), ("deposit",)]),
        ("„netto Kalt“ miete", [("netto", "kalt"), ("miete",)]),
        ("«net rent»", [("net", "rent")]),
        ('19" monitor', [("19",), ("monitor",)]),
        ('a "b" c" d', [("b",), ("c",), ("d",)]),
        ('""x""', [("x",)]),
        ("the house of the lords", [("house",), ("lords",)]),
        ("to be or", [("to",), ("be",), ("or",)]),
        ('"to be" house', [("to", "be"), ("house",)]),
        ("die Miete für das Haus", [("miete",), ("haus",)]),
    ],
)
def test_parts(text: str, expected: list[tuple[str, ...]]) -> None:
    assert words(text) == expected


def test_a_word_of_several_tokens_is_searched_in_one_too_and_a_phrase_is_not() -> None:
    assert Part(("e", "mail")).ways == (("e", "mail"), ("email",))
    assert Part(("e", "mail"), quoted=True).ways == (("e", "mail"),)
    assert Part(("mail",)).ways == (("mail",),)


def test_what_was_typed_is_kept_with_its_repetitions() -> None:
    assert parse("the owner of the house").sequence == ("the", "owner", "of", "the", "house")


@pytest.mark.parametrize("text", ["", " ", '"', "?!", "x" * 401])
def test_nothing_and_too_much_are_refused(text: str) -> None:
    with pytest.raises(InvalidQuery):
        parse(text)


def test_the_longest_query_is_taken() -> None:
    assert len(parse("a " * 199 + "bb").sequence) == 200


@given(st.text(max_size=420))
def test_any_text_is_a_query_or_refused(text: str) -> None:
    with contextlib.suppress(InvalidQuery):
        parsed = parse(text)
        assert parsed.wanted
        assert all(token.isalnum() for part in parsed.parts for token in part.tokens)
