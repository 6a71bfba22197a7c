"""The API's edge: whatever comes is answered, and no answer or log quotes it."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from docparser.api.content import Content
from docparser.api.documents import Documents
from docparser.api.entrance import entrance
from docparser.api.health import Monitor
from docparser.api.models import NewDocument
from docparser.api.passages import Passages
from docparser.api.restarts import Restarts
from docparser.api.routes import METHODS, resolver
from docparser.errors import Retryable, Terminal
from docparser.intake.options import Options
from docparser.model import RetryableCode, TerminalCode

from tests.unit.api.calls import Api, rooms

CANARY = "CANARY-7d1f"
SHA256 = "0" * 64
GOOD = {"name": "a.pdf", "sha256": SHA256, "size": 1}


class Failing:
    """Records and an index that fail as a test says; nothing else is ever reached."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def known(self, *_: Any) -> Any:
        raise self._error

    def ping(self) -> None:
        raise self._error


class Awake:
    """A table that answers."""

    def ping(self) -> None:
        return


def api(records: Any = None, index: Any = None) -> Api:
    documents = Documents(
        records=records, executions=None, waiting=None, uploads=None, index=index, max_bytes=10
    )
    return Api(
        entrance(
            resolver(
                rooms(
                    documents=documents,
                    restarts=Restarts(records=records, revisions=None),
                    content=Content(records=records, downloads=None),
                    passages=Passages(index),
                    monitor=Monitor(records),
                )
            )
        )
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        (CANARY, 400),
        ('{"name": NaN}', 400),
        ("[" * 100_000, 400),
        ('{"size": ' + "9" * 5000 + "}", 400),
        ("", 422),
        ("null", 422),
        ("[]", 422),
        ('"x"', 422),
        (json.dumps({**GOOD, CANARY: CANARY}), 422),
        (json.dumps({**GOOD, "name": ""}), 422),
        (json.dumps({**GOOD, "name": CANARY + "\0"}), 422),
        (json.dumps({**GOOD, "name": CANARY + "\ud800"}), 422),
        (json.dumps({**GOOD, "name": "n" * 1025}), 422),
        (json.dumps({**GOOD, "name": [CANARY]}), 422),
        (json.dumps({**GOOD, "sha256": CANARY}), 422),
        (json.dumps({**GOOD, "sha256": "A" * 64}), 422),
        (json.dumps({**GOOD, "size": -1}), 422),
        (json.dumps({**GOOD, "size": "1"}), 422),
        (json.dumps({**GOOD, "size": True}), 422),
        (json.dumps({**GOOD, "size": 1.5}), 422),
        ('{"size": 1e999}', 422),
        (json.dumps({**GOOD, "priority": CANARY}), 422),
        (json.dumps({**GOOD, "policy": CANARY}), 422),
        (json.dumps({**GOOD, "level": CANARY}), 422),
        (json.dumps({**GOOD, "level": "public"}), 422),
        (json.dumps({**GOOD, "lane": CANARY}), 422),
        (json.dumps({**GOOD, "lane": ["cpu"]}), 422),
        (json.dumps({**GOOD, "password": ""}), 422),
        (json.dumps({**GOOD, "password": CANARY * 200}), 422),
        (json.dumps({**GOOD, "password": [CANARY]}), 422),
        (json.dumps({**GOOD, "password": CANARY + "\ud800"}), 422),
        # What S3 cannot carry with the object
        (json.dumps({**GOOD, "password": CANARY + "\u00fc" * 300}), 422),
        (json.dumps({**GOOD, "tags": {str(n): "" for n in range(51)}}), 422),
        (json.dumps({**GOOD, "tags": {"": CANARY}}), 422),
        (json.dumps({**GOOD, "tags": {"k" * 129: ""}}), 422),
        (json.dumps({**GOOD, "tags": {"k": "v" * 257}}), 422),
        (json.dumps({**GOOD, "tags": {"k": None}}), 422),
    ],
)
def test_a_bad_body_is_the_caller_s_fault(body: str, status: int, log: io.StringIO) -> None:
    answer = api()("POST", "/documents", body=body)
    assert (answer.status, answer.code) == (status, "INVALID_REQUEST")
    assert "CANARY" not in answer.body + log.getvalue()


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"limit": "0"}, "/documents"),
        ({"limit": "201"}, "/documents"),
        ({"limit": "1" * 5000}, "/documents"),
        ({"limit": ["1", "2"]}, "/documents"),
        ({"limit": CANARY}, "/documents"),
        ({"limit": ""}, "/documents"),
        ({"status": CANARY}, "/documents"),
        ({"status": ["FAILED", "QUEUED"]}, "/documents"),
        ({"type": CANARY}, "/documents"),
        ({"cursor": CANARY}, "/documents"),
        ({"cursor": ""}, "/documents"),
        ({"cursor": "\ud800"}, "/documents"),
        ({"format": "docx"}, "/documents/d/content"),
        ({"revision": "0"}, "/documents/d/content"),
        ({"revision": "10000"}, "/documents/d/content"),
        ({"part": "../original"}, "/documents/d/content"),
        ({"part": "s00011"}, "/documents/d/content"),
        ({"part": "s0001\n"}, "/documents/d/content"),
        ({"part": "s0001", "format": "txt"}, "/documents/d/content"),
        ({}, "/search"),
        ({"q": ""}, "/search"),
        ({"q": ["a", "b"]}, "/search"),
        ({"q": "w" * 401}, "/search"),
        ({"q": "\ud800"}, "/search"),
        ({"q": "a", "limit": "201"}, "/search"),
    ],
)
def test_a_bad_parameter_is_the_caller_s_fault(
    query: dict[str, Any], path: str, log: io.StringIO
) -> None:
    answer = api()("GET", path, query=query)
    assert (answer.status, answer.code) == (422, "INVALID_REQUEST")
    assert "CANARY" not in answer.body + log.getvalue()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{", 400),
        ("", 422),
        ("[]", 422),
        (json.dumps({"from": CANARY}), 422),
        (json.dumps({"from_": "read"}), 422),
        (json.dumps({"from": None}), 422),
        (json.dumps({"level": "public"}), 422),
        (json.dumps({"password": CANARY}), 422),
        (json.dumps({CANARY: CANARY}), 422),
    ],
)
def test_a_bad_wish_for_a_revision_is_the_caller_s_fault(
    body: str, status: int, log: io.StringIO
) -> None:
    answer = api()("POST", f"/documents/d{'0' * 32}/revisions", body=body)
    assert (answer.status, answer.code) == (status, "INVALID_REQUEST")
    assert "CANARY" not in answer.body + log.getvalue()


def test_a_password_shows_in_nothing_that_is_printed() -> None:
    new = NewDocument(**GOOD, password=CANARY)
    assert "CANARY" not in f"{new!r} {new} {new.model_dump()} {new.model_dump_json()}"
    assert "CANARY" not in repr(Options(password=CANARY))


def test_the_parts_that_are_wrong_are_named() -> None:
    answer = api().post("/documents", {**GOOD, "size": "1", "sha256": "x", CANARY: 1})
    assert answer.json["detail"] == "Not as documented: body, sha256, size."


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/nowhere",
        "/documents/x/y",
        "/documents/x/content/y",
        "/documents/d0/../../health",
        "/documents/\0",
        "/documents/%2e%2e/content",
        "/documents/\ud800",
        "//documents//x",
    ],
)
def test_an_unknown_path_is_not_found(path: str) -> None:
    assert api().get(path).code == "NOT_FOUND"


@pytest.mark.parametrize(
    "document_id",
    [
        "..",
        "%2e%2e",
        "%00",
        "e" * 33,
        "D" + "0" * 32,
        "d" + "0" * 31,
        "d" + "\u0660" * 32,
        "x" * 10_000,
    ],
)
def test_a_malformed_id_is_as_unknown_as_any(document_id: str) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/content")):
        answer = api()(method, f"/documents/{document_id}{path}")
        assert (answer.status, answer.code) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", METHODS)
def test_a_method_that_a_resource_does_not_take_is_refused(path: str) -> None:
    taken = METHODS[path]
    for method in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - {*taken}:
        answer = api()(method, path.replace("<document_id>", "d" + "0" * 32))
        assert (answer.status, answer.code) == (405, "INVALID_REQUEST")
        assert answer.headers["allow"] == ", ".join(taken)


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x", ";", "\0"],
)
def test_a_body_that_is_not_json_is_not_read(content_type: str) -> None:
    answer = api()("POST", "/documents", body=CANARY, headers={"Content-Type": content_type})
    assert (answer.status, answer.code) == (415, "UNSUPPORTED")


@pytest.mark.parametrize("body", ["?", base64.b64encode(b"\xff\xfe").decode(), "YQ"])
def test_an_encoded_body_that_is_no_text_is_not_read(body: str) -> None:
    answer = api()("POST", "/documents", body=body, base64_encoded=True)
    assert (answer.status, answer.code) == (400, "INVALID_REQUEST")


@pytest.mark.parametrize("content_type", ["application/json", "Application/JSON ; charset=utf-8"])
def test_an_encoded_body_is_read(content_type: str) -> None:
    body = base64.b64encode(json.dumps({**GOOD, "size": 11}).encode()).decode()
    answer = api()(
        "POST",
        "/documents",
        body=body,
        base64_encoded=True,
        headers={"CONTENT-type": content_type},
    )
    assert (answer.status, answer.code) == (413, "TOO_LARGE")


def test_a_number_may_be_written_as_any_json_does() -> None:
    assert api()("POST", "/documents", body=json.dumps({**GOOD, "size": 11.0})).status == 413


def throttled() -> ClientError:
    error = {"Error": {"Code": "ThrottlingException", "Message": CANARY}}
    return ClientError(error, "GetItem")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (throttled(), "THROTTLED"),
        (EndpointConnectionError(endpoint_url=CANARY), "DEPENDENCY"),
        (Retryable(RetryableCode.THROTTLED), "THROTTLED"),
    ],
)
def test_what_is_away_for_a_moment_can_be_asked_again(
    error: Exception, code: str, log: io.StringIO
) -> None:
    answer = api(Failing(error)).get("/documents/d" + "0" * 32)
    assert (answer.status, answer.code) == (503, code)
    assert int(answer.headers["retry-after"]) > 0
    assert "CANARY" not in answer.body + log.getvalue()


@pytest.mark.parametrize(
    "error", [ValueError(CANARY), KeyError(CANARY), Terminal(TerminalCode.CHECKSUM_MISMATCH)]
)
def test_a_defect_says_nothing_of_itself(error: Exception, log: io.StringIO) -> None:
    answer = api(Failing(error)).get("/documents/d" + "0" * 32)
    assert (answer.status, answer.code) == (500, "INTERNAL")
    assert "CANARY" not in answer.body + log.getvalue()
    assert type(error).__name__ in log.getvalue()


def test_a_table_that_does_not_answer_makes_the_service_unwell() -> None:
    away = Failing(EndpointConnectionError(endpoint_url="http://127.0.0.1:1"))
    answer = api(away).get("/health")
    assert (answer.status, answer.code) == (503, "DEPENDENCY")


def test_a_deployment_without_an_index_is_well_and_finds_nothing() -> None:
    service = api(Awake())
    assert service.get("/health").json == {"status": "ok", "version": "0.1.0"}
    answer = service.get("/search", q="word")
    assert (answer.status, answer.code) == (404, "NOT_FOUND")
