"""One stack for every suite that needs one: the product, deployed from its own template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.stack import Pipeline, start

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipeline]:
    yield from start(tmp_path_factory.mktemp("stack"))
