"""Premises for what needs the store alone: no function is deployed there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.engine.running import Engine
from tests.contract.premises import Premises

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def premises(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Premises]:
    engine = Engine(tmp_path_factory.mktemp("premises"))
    engine.start()
    try:
        yield Premises(engine)
    finally:
        engine.stop()
