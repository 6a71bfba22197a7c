"""Content over the API: a short-lived URL of the vault, once there is something in it."""

from __future__ import annotations

import httpx
import pytest
from docparser.model import Record, Status
from docparser.store import layout
from docparser.store.blobs import Blobs

from tests.contract.api.test_documents import stored
from tests.stack import Pipeline
from tests.unit.api.calls import Api, api_on

FILES = {
    "document.json": b'{"schema": "docparser/document/1"}',
    "document.md": "# Kündigung".encode(),
    "document.txt": "Kündigung".encode(),
    "pages/s0001.json": b'{"schema": "docparser/shard/1"}',
    "tables/t0001.json": b'{"schema": "docparser/table/1"}',
    "tables/t0001.csv": b"date,amount\r\n",
    "original": b"%PDF-",
}


@pytest.fixture
def api(pipeline: Pipeline) -> Api:
    return api_on(pipeline)


@pytest.fixture
def record(pipeline: Pipeline) -> Record:
    record = stored(pipeline.records, Status.PARTIAL)
    vault = Blobs(pipeline.client("s3"), pipeline.names["VAULT_BUCKET"])
    for name, body in FILES.items():
        vault.put(layout.revision_prefix(record.ref) + name, body, "application/octet-stream")
    return record


@pytest.mark.parametrize(
    ("query", "file", "content_type"),
    [
        ({}, "document.json", "application/json"),
        ({"format": "json", "revision": "1"}, "document.json", "application/json"),
        ({"format": "md"}, "document.md", "text/markdown; charset=utf-8"),
        ({"format": "txt"}, "document.txt", "text/plain; charset=utf-8"),
        ({"part": "s0001"}, "pages/s0001.json", "application/json"),
        ({"part": "t0001"}, "tables/t0001.json", "application/json"),
        ({"format": "csv", "part": "t0001"}, "tables/t0001.csv", "text/csv; charset=utf-8"),
    ],
)
def test_content_is_behind_a_url(
    api: Api, record: Record, query: dict[str, str], file: str, content_type: str
) -> None:
    answer = api.get(f"/documents/{record.ref.document_id}/content", **query)
    assert (answer.status, answer.body) == (303, "")
    assert answer.headers["cache-control"] == "no-store"
    url = httpx.URL(answer.headers["location"])
    assert url.params["X-Amz-Expires"] == "300"
    assert "a.pdf" not in str(url)  # the user's name: URLs are logged on their way
    sent = httpx.get(url, trust_env=False)
    assert sent.content == FILES[file]
    assert sent.headers["content-type"] == content_type
    assert sent.headers["content-disposition"].startswith(
        f'attachment; filename="{record.ref.document_id}.'
    )


def test_what_is_not_there_is_not_found(api: Api, record: Record) -> None:
    where = f"/documents/{record.ref.document_id}/content"
    assert api.get(where, part="s0002").code == "NOT_FOUND"
    assert api.get(where, revision="2").code == "NOT_FOUND"
    assert api.get(where, format="csv", part="t0002").code == "NOT_FOUND"


@pytest.mark.parametrize(
    "query",
    [
        {"format": "csv"},
        {"format": "csv", "part": "s0001"},
        {"format": "md", "part": "t0001"},
        {"part": "x0001"},
        {"format": "csv", "part": "t0001/../../r2/document.json"},
    ],
)
def test_what_no_document_has_is_malformed(api: Api, record: Record, query: dict[str, str]) -> None:
    answer = api.get(f"/documents/{record.ref.document_id}/content", **query)
    assert (answer.status, answer.code) == (422, "INVALID_REQUEST")


@pytest.mark.parametrize("status", [Status.QUEUED, Status.RUNNING])
def test_a_document_that_is_not_finished_is_not_ready(
    pipeline: Pipeline, api: Api, status: Status
) -> None:
    record = stored(pipeline.records, status)
    answer = api.get(f"/documents/{record.ref.document_id}/content")
    assert (answer.status, answer.code) == (409, "NOT_READY")


@pytest.mark.parametrize("status", [Status.REJECTED, Status.FAILED, Status.CANCELLED])
def test_a_document_that_ended_without_content_has_none(
    pipeline: Pipeline, api: Api, status: Status
) -> None:
    record = stored(pipeline.records, status)
    answer = api.get(f"/documents/{record.ref.document_id}/content")
    assert (answer.status, answer.code) == (404, "NOT_FOUND")
