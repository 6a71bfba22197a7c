"""One engine for every check of a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.engine.running import Engine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FUNCTIONS = ("echo", "flaky", "broken", "slow", "hand_over", "consume", "authorize", "api")


# What a user's shell may hold, each of it enough to fail a call to the engine.
HOSTILE = {
    "AWS_PROFILE": "nobody",
    "AWS_DEFAULT_PROFILE": "nobody",
    "AWS_USE_FIPS_ENDPOINT": "true",
    "AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9",
    "http_proxy": "http://127.0.0.1:9",
    "HTTP_PROXY": "http://127.0.0.1:9",
    "all_proxy": "http://127.0.0.1:9",
}


@pytest.fixture
def users_own_set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Surround the test with profiles, proxies and a broken configuration file."""
    broken = tmp_path / "aws-config"
    broken.write_text("[profile\n")
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(broken))
    for name, value in HOSTILE.items():
        monkeypatch.setenv(name, value)


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
