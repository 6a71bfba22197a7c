"""The workflow suite's stack notes what its functions ask of AWS; who compares that comes last."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stack import Pipeline, start

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LAST = "test_rights_used.py"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let every other test make its calls before they are compared with the rights."""
    items.sort(key=lambda item: item.path.name == LAST)


@pytest.fixture(scope="session")
def calls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of what the functions asked of AWS so far."""
    return tmp_path_factory.mktemp("calls") / "calls.jsonl"


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory, calls: Path) -> Iterator[Pipeline]:
    yield from start(tmp_path_factory.mktemp("stack"), calls)
