"""A cursor goes back to the search that gave it, and to no other."""

from __future__ import annotations

import base64
import contextlib
import json

import pytest
from docparser.search import InvalidCursor
from docparser.search.cursor import Position, decode, encode
from hypothesis import given
from hypothesis import strategies as st


@given(
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=64, alphabet="0123456789dr-"),
    st.text(max_size=400),
)
def test_a_position_comes_back_to_the_bit(any_word: bool, score: float, tie: str, q: str) -> None:
    position = Position(any_word, score, tie)
    cursor = encode(position, "acme", q)
    assert decode(cursor, "acme", q) == position
    assert cursor.isascii()
    for tenant, query in (("other", q), ("acme", f"{q}.")):
        with pytest.raises(InvalidCursor):
            decode(cursor, tenant, query)


def test_a_tenant_and_a_query_are_not_run_together() -> None:
    with pytest.raises(InvalidCursor):
        decode(encode(Position(False, 1.0, "1"), "ab", "c"), "a", "bc")


def made_up(fields: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(fields).encode()).decode()


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f[:3],
        lambda f: [*f, 1],
        lambda f: [f[0], 1, f[2], f[3]],
        lambda f: [f[0], f[1], "1", f[3]],
        lambda f: [f[0], f[1], float("nan"), f[3]],
        lambda f: [f[0], f[1], float("inf"), f[3]],
        lambda f: [f[0], f[1], True, f[3]],
        lambda f: [f[0], f[1], f[2], 7],
        lambda f: [f[0], f[1], f[2], "9" * 65],
        lambda f: [f[0], f[1], f[2], None],
        lambda f: dict(enumerate(f)),
        lambda f: None,
        lambda f: [[[[[]]]]],
    ],
)
def test_other_fields_are_refused(change) -> None:
    good = encode(Position(False, 1.5, "17"), "acme", "q")
    fields = json.loads(base64.urlsafe_b64decode(good + "=" * (-len(good) % 4)))
    assert decode(made_up(fields), "acme", "q") == Position(False, 1.5, "17")
    with pytest.raises(InvalidCursor):
        decode(made_up(change(fields)), "acme", "q")


@given(st.text(max_size=320))
def test_any_text_is_refused(text: str) -> None:
    with contextlib.suppress(InvalidCursor):
        raise AssertionError(decode(text, "acme", "q"))
