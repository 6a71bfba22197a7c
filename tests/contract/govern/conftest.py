"""One engine for the checks of governance; each has a table, queues and buckets alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.engine.running import Engine
from tests.contract.flow.bench import Bench
from tests.contract.govern.governed import Governed

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def govern_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    engine = Engine(tmp_path_factory.mktemp("govern"))
    engine.start()
    try:
        yield engine
    finally:
        engine.stop()


@pytest.fixture
def governed(govern_engine: Engine) -> Governed:
    return Governed(Bench.on(govern_engine))
