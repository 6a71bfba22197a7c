"""Log lines hold the fields that were agreed on, and no others."""

from __future__ import annotations

import pytest
from docparser import observability


def test_a_field_that_was_not_agreed_on_is_an_error() -> None:
    with pytest.raises(ValueError, match="name"):
        observability.log("x", name="Jane Doe.pdf")
    with pytest.raises(ValueError, match="text"):
        observability.bind("r", None, text="secret")
