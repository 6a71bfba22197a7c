"""A service for one test."""

from collections.abc import Iterator

import pytest
from docparser_client.api import Client

from tests.unit.client.service import Service, running


@pytest.fixture
def service() -> Iterator[Service]:
    with running() as service:
        yield service


@pytest.fixture
def client(service: Service) -> Iterator[Client]:
    with service.client() as client:
        yield client
