"""The REST API over HTTP, deployed from its template: from a file to its text and back to it."""

from __future__ import annotations

import hashlib
import http.client
import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import httpx
import pytest
from docparser.api.routes import METHODS

from tests.e2e.signing import signed
from tests.pdfs import text_pdf
from tests.stack import Pipeline, until

if TYPE_CHECKING:
    from collections.abc import Iterator

SAMPLES = Path(__file__).parents[2] / "samples" / "documents"
UNKNOWN = "d" + "0" * 32


class Caller:
    """Signs and sends; follows nothing by itself."""

    def __init__(self, pipeline: Pipeline) -> None:
        self._outputs = pipeline.outputs
        self.url = pipeline.outputs.api_url
        self._http = httpx.Client(trust_env=False, timeout=30)

    def __call__(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **said: Any
    ) -> httpx.Response:
        request = self._http.build_request(method, self.url + path, headers=headers, **said)
        request.headers.update(signed(self._outputs, method, str(request.url), request.read()))
        return self._http.send(request)

    def raw(self, target: str) -> tuple[int, bytes]:
        """Ask for a path as it stands: clients tidy up dots and escapes."""
        where = urlsplit(self.url)
        connection = http.client.HTTPConnection(str(where.hostname), where.port)
        try:
            headers = signed(self._outputs, "GET", self.url)
            connection.request("GET", where.path + target, headers=headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def close(self) -> None:
        self._http.close()


@pytest.fixture
def call(pipeline: Pipeline) -> Iterator[Caller]:
    caller = Caller(pipeline)
    yield caller
    caller.close()


def problem(answer: httpx.Response) -> tuple[int, str]:
    """Return status and code, from an answer that has the form of all problems."""
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told.keys() == {"type", "title", "status", "detail", "code", "request_id"}
    assert told["type"] == f"urn:docparser:problem:{told['code']}"
    assert told["status"] == answer.status_code
    assert told["request_id"] == answer.headers["x-amzn-requestid"]
    return answer.status_code, told["code"]


def announced(content: bytes, name: str = "letter.pdf") -> dict[str, Any]:
    return {"name": name, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}


def processed(call: Caller, content: bytes, name: str = "letter.pdf") -> dict[str, Any]:
    """Send a file in and return its state once it has ended."""
    created = call("POST", "/documents", json=announced(content, name)).json()
    upload = created["upload"]
    sent = httpx.request(
        upload["method"],
        upload["url"],
        content=content,
        headers=upload["headers"],
        trust_env=False,
    )
    assert sent.status_code == 200

    def ended() -> dict[str, Any] | None:
        state = call("GET", f"/documents/{created['document_id']}").json()
        return state if state["finished_at"] else None

    return until(ended)


def test_from_a_file_to_its_text_and_back_by_search(call: Caller) -> None:
    # Given a press release, which everybody may read
    content = (SAMPLES / "de" / "pressemitteilung.pdf").read_bytes()
    content += b"\n% " + uuid.uuid4().hex.encode()
    # When it is sent in over HTTP
    state = processed(call, content, "Pressemitteilung Müller.pdf")
    # Then its record tells what was found
    assert (state["status"], state["level"]) == ("COMPLETED", "PUBLIC")
    assert state["name"] == "Pressemitteilung Müller.pdf"
    where = f"/documents/{state['document_id']}"
    # And its content is behind a redirection that wants no signature
    told = {}
    for form in ("json", "md", "txt"):
        answer = call("GET", f"{where}/content", params={"format": form})
        assert (answer.status_code, answer.content) == (303, b"")
        told[form] = httpx.get(answer.headers["location"], trust_env=False)
        assert told[form].status_code == 200
    document = told["json"].json()
    assert document["schema"] == "docparser/document/1"
    (shard,) = document["shards"]
    part = call("GET", f"{where}/content", params={"part": shard["shard_id"]})
    pages = httpx.get(part.headers["location"], trust_env=False).content
    assert hashlib.sha256(pages).hexdigest() == shard["file"]["sha256"]
    # And a phrase of its text finds it, with the place on its page
    phrase = " ".join(told["txt"].text.split()[8:12])
    found = call("GET", "/search", params={"q": f'"{phrase}"'}).json()
    hits = [hit for hit in found["hits"] if hit["document_id"] == state["document_id"]]
    assert hits
    assert hits[0]["page"] == 1
    assert all(0 <= x <= 1 and 0 <= y <= 1 for x, y in hits[0]["polygon"])


def test_known_content_is_not_sent_again(call: Caller) -> None:
    content = text_pdf()
    state = processed(call, content)
    answer = call("POST", "/documents", json=announced(content, "again.pdf"))
    assert answer.status_code == 200
    assert answer.json() == {"document_id": state["document_id"], "status": "COMPLETED"}


def test_a_state_that_the_caller_has_is_not_sent_again(call: Caller) -> None:
    where = f"/documents/{processed(call, text_pdf())['document_id']}"
    etag = call("GET", where).headers["etag"]
    answer = call("GET", where, headers={"If-None-Match": etag})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == etag


def test_documents_are_listed_page_by_page(call: Caller) -> None:
    mine = [
        call("POST", "/documents", json=announced(text_pdf())).json()["document_id"]
        for _ in range(3)
    ]
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 2, "status": "AWAITING_UPLOAD"}
    while not set(mine) <= set(seen):
        answer = call("GET", "/documents", params=query).json()
        seen += [row["document_id"] for row in answer["items"]]
        query["cursor"] = answer["next_cursor"]
    assert [one for one in seen if one in mine] == mine[::-1]


def test_an_announced_document_is_not_ready_and_may_be_cancelled(call: Caller) -> None:
    where = (
        f"/documents/{call('POST', '/documents', json=announced(text_pdf())).json()['document_id']}"
    )
    assert problem(call("GET", f"{where}/content")) == (409, "NOT_READY")
    assert call("DELETE", where).status_code == 202
    assert problem(call("DELETE", where)) == (409, "CONFLICT")
    assert problem(call("GET", f"{where}/content")) == (404, "NOT_FOUND")


@pytest.mark.parametrize("path", METHODS)
def test_only_health_answers_an_unsigned_request(call: Caller, path: str) -> None:
    unsigned = httpx.get(call.url + path.replace("<document_id>", UNKNOWN), trust_env=False)
    if path == "/health":
        assert (unsigned.status_code, unsigned.json()["status"]) == (200, "ok")
    else:
        assert problem(unsigned) == (403, "FORBIDDEN")


@pytest.mark.parametrize(("method", "path"), [("PUT", "/documents"), ("GET", "/nowhere")])
def test_what_no_route_takes_is_refused_in_the_same_form(
    call: Caller, method: str, path: str
) -> None:
    status, _ = problem(call(method, path))
    assert status in {403, 404, 405}


@pytest.mark.parametrize(
    "target",
    [
        "/documents/..",
        "/documents/../../../../etc/passwd",
        "/documents/%2e%2e",
        "/documents/%2e%2e%2f%2e%2e%2fhealth",
        "/documents/%00",
        "/documents/%ff%fe",
        "/documents/%ED%A0%80",
        "/documents/%25%32%65",
        f"/documents/{UNKNOWN}%00",
        f"/documents/{UNKNOWN}/../{UNKNOWN}",
        f"/documents/{UNKNOWN};x=y",
        f"/documents/{UNKNOWN}/content?format=json&revision=1&part=..%2foriginal",
        f"/documents/{'d' * 4000}",
        "/documents/T%23default%23D%23x",
        "//documents//x",
        "/documents/*",
    ],
)
def test_a_trick_with_the_path_finds_nothing(call: Caller, target: str) -> None:
    status, body = call.raw(target)
    assert 400 <= status < 500
    assert json.loads(body)["status"] == status


@pytest.mark.parametrize(
    ("content", "headers"),
    [
        (b"{", {}),
        (b"\xff\xfe{}", {}),
        (b"\x00", {}),
        (b"[" * 50_000, {}),
        (b'{"name": "\\ud800", "sha256": "", "size": 1}', {}),
        (b'{"name": "a", "sha256": "a", "size": 1}', {"Content-Type": "text/plain"}),
        (b"--x\r\n\r\n--x--", {"Content-Type": "multipart/form-data; boundary=x"}),
        (b'{"size": ' + b"9" * 10_000 + b"}", {}),
    ],
)
def test_a_bad_body_is_refused(call: Caller, content: bytes, headers: dict[str, str]) -> None:
    answer = call("POST", "/documents", content=content, headers=headers)
    status, code = problem(answer)
    assert status in {400, 415, 422}
    assert code in {"INVALID_REQUEST", "UNSUPPORTED"}


def test_a_document_that_nobody_has_is_not_found(call: Caller) -> None:
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/content")):
        assert problem(call(method, f"/documents/{UNKNOWN}{path}")) == (404, "NOT_FOUND")
