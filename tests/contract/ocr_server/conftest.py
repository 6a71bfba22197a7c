"""One server for the suite; its limits are small, so that they can be reached."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contract.ocr_server.serving import Server, start


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, models: Path) -> Iterator[Server]:
    limits = {
        "DOCPARSER_MAX_BYTES": "2000000",
        "DOCPARSER_MAX_PAGES": "12",
        "DOCPARSER_MAX_PAGE_PIXELS": "30000000",
        "DOCPARSER_OCR_THREADS": "2",
    }
    server = start(tmp_path_factory.mktemp("server"), models, **limits)
    # The port is open before the models are loaded.
    seen = server.wait_until_ready()
    assert 503 in seen
    yield server
    assert server.stop() == 0
