"""Cursors: what was given out is taken back, and nothing else."""

from __future__ import annotations

import base64

import pytest
from docparser.api.cursor import InvalidCursor, decode, encode

POSITION = "2026-01-01T00:00:00.000Z#d" + "0123456789abcdef" * 2


def test_a_cursor_comes_back() -> None:
    assert decode(encode(POSITION)) == POSITION
    assert encode(POSITION).isalnum()


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "=",
        "\x00",
        "ü",
        "\ud800",
        "a" * 100_000,
        encode(POSITION) + "=",
        encode(POSITION)[:-4],
        encode(POSITION + "0"),
        encode("2026-01-01T00:00:00.000Z#" + "e" * 33),
        encode("٢٠٢٦-01-01T00:00:00.000Z#d" + "0" * 32),
        encode("\n" + POSITION[1:]),
        base64.b64encode(b"\xff" * 58).decode(),
        "../../etc/passwd",
    ],
)
def test_any_other_word_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidCursor) as error:
        decode(cursor)
    assert str(error.value) == ""
