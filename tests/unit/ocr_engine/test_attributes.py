"""The header by which a caller names language and deadline."""

from __future__ import annotations

import pytest
from docparser_ocr.attributes import Attributes, InvalidAttributes, parse


@pytest.mark.parametrize(
    ("header", "asked"),
    [
        ("", Attributes("und", 30)),
        ("language=de;deadline_s=12.5", Attributes("de", 12.5)),
        (" deadline_s = 5 ; language = und ; ", Attributes("und", 5)),
    ],
)
def test_what_is_not_named_keeps_its_default(header: str, asked: Attributes) -> None:
    assert parse(header, deadline_s=30) == asked


@pytest.mark.parametrize(
    "header",
    [
        "language=german",
        "language=",
        "language=DE",
        "language=de;language=en",
        "deadline_s=soon",
        "deadline_s=0",
        "deadline_s=-1",
        "deadline_s=nan",
        "deadline_s=inf",
        "secret",
        "colour=blue",
    ],
)
def test_what_is_wrong_is_refused_and_not_quoted(header: str) -> None:
    with pytest.raises(InvalidAttributes) as caught:
        parse(header, deadline_s=30)
    assert "=" not in str(caught.value)
    assert "blue" not in str(caught.value)
