"""One engine for the checks of the flow; each has a table, a queue and a state machine alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.engine.running import Engine
from tests.contract.flow.bench import Bench

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def flow_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(tmp_path_factory.mktemp("flow"))
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


@pytest.fixture
def bench(flow_engine: Engine) -> Bench:
    return Bench.on(flow_engine)
