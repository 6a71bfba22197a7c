"""One engine for every check of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.engine.running import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator

FUNCTIONS = ("echo", "flaky", "broken", "slow", "hand_over", "consume", "authorize", "api")


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Start an engine with the functions that checks share."""
    engine = Engine(tmp_path_factory.mktemp("engine"))
    engine.start()
    try:
        engine.provision()
        for name in FUNCTIONS:
            engine.function(name, name)
        yield engine
    finally:
        engine.stop()
