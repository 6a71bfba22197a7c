"""What unit tests share: a log to read."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from docparser import observability


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What is logged; the logger keeps the stream of its making, so it is given another."""
    handler, written = observability._logger.registered_handler, io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before)
