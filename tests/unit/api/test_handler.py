"""The function as it is deployed: its settings, its parts, and the event that it is sent."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from docparser.errors import ConfigurationError
from docparser.settings import NAMES

from tests.unit.test_events import event_of, handler_of

CONTEXT = SimpleNamespace(aws_request_id="r")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name in NAMES:
        if name.endswith(("TABLE", "BUCKET", "ARN", "QUEUE")):
            monkeypatch.setenv(f"DOCPARSER_{name}", "x")


@pytest.fixture
def api() -> ModuleType:
    return handler_of("api")


def asking(path: str, **query: str) -> dict[str, Any]:
    return {
        **event_of("api.json"),
        "path": path,
        "queryStringParameters": query,
        "multiValueQueryStringParameters": {name: [value] for name, value in query.items()},
    }


def test_a_request_is_answered(api: ModuleType) -> None:
    event = asking("/documents", limit="0")
    answer = api.handler(event, CONTEXT)
    assert answer["statusCode"] == 422
    assert event["requestContext"]["requestId"] in answer["body"]


def test_the_index_is_the_one_that_the_settings_choose(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCPARSER_SEARCH", "embedded")
    monkeypatch.setenv("DOCPARSER_SEARCH_LOCATION", str(tmp_path / "search.sqlite"))
    answer = handler_of("api").handler(asking("/search", q="word"), CONTEXT)
    assert (answer["statusCode"], answer["body"]) == (200, '{"hits":[],"next_cursor":null}')


def test_a_missing_setting_is_said_at_init(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCPARSER_INTAKE_BUCKET")
    with pytest.raises(ConfigurationError, match="INTAKE_BUCKET"):
        handler_of("api")
