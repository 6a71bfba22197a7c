"""An engine with a table and buckets, and a gateway whose engine is told what to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.engine.model import Gateway, Model
from tests.contract.engine.running import Engine
from tests.contract.textract.readings import PAGE, answer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Start an engine with the table and the buckets of the lane."""
    engine = Engine(tmp_path_factory.mktemp("engine"))
    engine.start()
    try:
        engine.provision()
        names = ("pk", "sk")
        engine.client("dynamodb").create_table(
            TableName="pages",
            KeySchema=[
                {"AttributeName": name, "KeyType": kind}
                for name, kind in zip(names, ("HASH", "RANGE"), strict=True)
            ],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
            BillingMode="PAY_PER_REQUEST",
        )
        for bucket in ("intake", "work"):
            engine.client("s3").create_bucket(Bucket=bucket)
        yield engine
    finally:
        engine.stop()


@pytest.fixture(scope="session")
def running(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    gateway = Gateway(engine, tmp_path_factory.mktemp("gateway"), Model())
    gateway.start()
    yield gateway
    gateway.close()


@pytest.fixture
def gateway(running: Gateway) -> Iterator[Gateway]:
    """Return a gateway with a fresh model server behind it, which reads the same in any picture."""
    running.model = Model(port=running.model.port, behave=lambda _body: (200, answer(PAGE)))
    running.model.start()
    yield running
    running.model.stop()
