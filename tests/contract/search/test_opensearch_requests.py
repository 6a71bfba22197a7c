"""What is sent to OpenSearch, to the letter, and what is made of its answers.

A real HTTP server replays answers. Their shapes are OpenSearch's own: of a search and of a bulk
request from its API reference (docs.opensearch.org, "Search" and "Bulk"), of items that fail from
its REST tests (rest-api-spec/test/bulk/10_basic.yml), of errors from the names and statuses of its
exceptions (index_not_found_exception 404, resource_already_exists_exception 400,
rejected_execution_exception 429, mapper_parsing_exception 400). That a collection which scaled to
zero takes 10 to 30 seconds to answer is said by AWS ("Scale to zero for Amazon OpenSearch
Serverless").

The requests lie in ``recorded/``; ``RECORD_REQUESTS=1 pytest <this file>`` writes them anew, to be
read before they are committed.
"""

from __future__ import annotations

import json
import logging
import logging.config
import os
import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from docparser.errors import Retryable, Terminal
from docparser.search import InvalidCursor
from docparser.search.opensearch import OpenSearchIndex

from tests.contract.search.chunks import chunk, document_id

RECORDED = Path(__file__).with_name("recorded")
DOCUMENT = document_id("recorded")
INDEX = "docparser-test-chunks-1"
TEXT = "Bitte per E-Mail an Herrn Müller"
OK = (200, {})
AWAY = (503, {"message": "Service Unavailable"})
NO_INDEX = (
    404,
    {
        "error": {
            "root_cause": [{"type": "index_not_found_exception", "index": INDEX}],
            "type": "index_not_found_exception",
            "reason": f"no such index [{INDEX}]",
        },
        "status": 404,
    },
)
DROP, HANG = (0, {}), (-1, {})

Answer = tuple[int, dict[str, Any]]


class Replay:
    """A server that gives prepared answers in turn and keeps what it was asked."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.requests: list[dict[str, Any]] = []
        self.released = threading.Event()
        replay = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                replay.requests.append(seen(self.command, self.path, body))
                status, content = replay.answers.pop(0)
                if status == 0:
                    self.connection.shutdown(socket.SHUT_RDWR)
                    self.close_connection = True
                    return
                if status < 0:
                    replay.released.wait(20)
                    self.close_connection = True
                    return
                sent = b"" if self.command == "HEAD" else json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(sent)))
                self.end_headers()
                self.wfile.write(sent)

            do_GET = do_PUT = do_POST = do_HEAD = answer  # noqa: N815 - http.server's names

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,))
        self.thread.start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def give(self, *answers: Answer) -> None:
        self.answers += answers

    def asked(self) -> list[str]:
        return [f"{request['method']} {request['path']}" for request in self.requests]

    def close(self) -> None:
        self.released.set()
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


def seen(method: str, path: str, body: str) -> dict[str, Any]:
    lines = [json.loads(line) for line in body.splitlines()] if body else []
    content = {"lines": lines} if path.endswith("_bulk") else {"body": lines[0]} if lines else {}
    return {"method": method, "path": path, **content}


@pytest.fixture
def replay() -> Iterator[Replay]:
    server = Replay()
    yield server
    server.close()
    assert server.answers == []


@pytest.fixture
def index(replay: Replay) -> Iterator[OpenSearchIndex]:
    opened = OpenSearchIndex(replay.url, env="test", patience_s=2, pause_s=0.02)
    yield opened
    opened._client.close()


def passage(number: int = 1, text: str = TEXT) -> Any:
    return chunk(text, tenant="acme", document=DOCUMENT, number=number)


def items(*statuses: int, action: str = "index") -> Answer:
    """Return a bulk request's answer: one item for each action, in their order."""
    rows = []
    for number, status in enumerate(statuses, start=1):
        row: dict[str, Any] = {"_index": INDEX, "_id": passage(number).id, "status": status}
        if status == 429:
            row["error"] = {
                "type": "rejected_execution_exception",
                "reason": "rejected execution of coordinating operation",
            }
        elif status == 400:
            row["error"] = {
                "type": "mapper_parsing_exception",
                "reason": f"failed to parse field [text]. Preview of field's value: '{TEXT}'",
            }
        else:
            row |= {"_version": 1, "result": "created", "_seq_no": number, "_primary_term": 1}
        rows.append({action: row})
    return 200, {"took": 7, "errors": any(status >= 300 for status in statuses), "items": rows}


def hits(*rows: tuple[float, str], source: dict[str, Any] | None = None) -> Answer:
    return 200, {
        "took": 2,
        "timed_out": False,
        "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
        "hits": {
            "total": {"value": len(rows), "relation": "eq"},
            "max_score": None,
            "hits": [
                {
                    "_index": INDEX,
                    "_id": id_,
                    "_score": score,
                    **({"_source": source} if source else {}),
                    "sort": [score, id_] if source else [id_],
                }
                for score, id_ in rows
            ],
        },
    }


@pytest.fixture
def source(replay: Replay, index: OpenSearchIndex) -> dict[str, Any]:
    """Return what a passage is stored as."""
    replay.give(OK, items(201))
    index.put([passage()])
    stored = dict(replay.requests[-1]["lines"][1])
    replay.requests.clear()
    return stored


def held(name: str, requests: list[dict[str, Any]]) -> None:
    path = RECORDED / f"{name}.json"
    if os.environ.get("RECORD_REQUESTS"):
        path.write_text(json.dumps(requests, indent=1, ensure_ascii=False) + "\n", "utf-8")
    assert requests == json.loads(path.read_text("utf-8"))


# ------------------------------------------------------------------ storing
def test_the_first_chunks_make_template_and_index(replay: Replay, index: OpenSearchIndex) -> None:
    replay.give(NO_INDEX, OK, OK, items(201, 201))
    assert index.put([passage(), passage(2, "invoice RESTRICTED de 3 pages")]) == 2
    held("first_put", replay.requests)


def test_later_chunks_are_one_request(replay: Replay, index: OpenSearchIndex) -> None:
    replay.give(OK, items(201), items(200))
    assert index.put([passage()]) == 1
    assert index.put([passage()]) == 1
    assert replay.asked() == [
        f"HEAD /{INDEX}",
        f"POST /{INDEX}/_bulk",
        f"POST /{INDEX}/_bulk",
    ]


def test_an_index_that_another_process_made_is_used(replay: Replay, index: OpenSearchIndex) -> None:
    exists = {"error": {"type": "resource_already_exists_exception", "reason": "x"}, "status": 400}
    replay.give(NO_INDEX, OK, (400, exists), items(201))
    assert index.put([passage()]) == 1


def test_an_index_that_cannot_be_made_is_a_defect(replay: Replay, index: OpenSearchIndex) -> None:
    refused = {"error": {"type": "illegal_argument_exception", "reason": "x"}, "status": 400}
    replay.give(NO_INDEX, OK, (400, refused))
    with pytest.raises(Terminal, match="INTERNAL"):
        index.put([passage()])


def test_many_chunks_are_sent_in_parts(replay: Replay, index: OpenSearchIndex) -> None:
    replay.give(OK, items(*[201] * 250), items(*[201] * 250), items(*[201] * 100))
    assert index.put([passage(n) for n in range(1, 601)]) == 600
    assert [len(request["lines"]) for request in replay.requests[1:]] == [500, 500, 200]


def test_a_request_stays_below_what_the_index_takes(replay: Replay, index: OpenSearchIndex) -> None:
    # Given the largest chunks that are made: 130 words of 256 characters, here of 3 bytes each
    text = " ".join(["\u4e00" * 256] * 130)
    made = [passage(n, text) for n in range(1, 61)]
    # When they are stored
    replay.give(OK, *[items(*[201] * count) for count in (22, 22, 16)])
    with index.within(60):
        assert index.put(made) == 60
    # Then no request is larger than 10 MB, and none is nearly empty
    sizes = [
        len(json.dumps(request["lines"], ensure_ascii=False).encode())
        for request in replay.requests[1:]
    ]
    assert [3_000_000 < size < 10_000_000 for size in sizes] == [True] * len(sizes), sizes


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("租赁合同 第三条", "合同"),
        ("στην Αθήνα", "αθηνα"),
        ("Общий счёт за май", "счет"),
        ("Bitte per E-Mail an Müller", "per e-mail"),
    ],
)
def test_what_is_stored_is_cut_and_folded_as_queries_are(
    replay: Replay, index: OpenSearchIndex, text: str, query: str
) -> None:
    replay.give(OK, items(201), hits(), hits())
    index.put([passage(text=text)])
    index.find("acme", query, limit=1)
    stored = replay.requests[1]["lines"][1]["tokens"]
    for part in replay.requests[2]["body"]["query"]["bool"]["must"]:
        (asked, *_) = part["dis_max"]["queries"]
        assert f" {asked['multi_match']['query']} " in f" {stored} "


def test_throttled_items_are_sent_again_and_no_others(
    replay: Replay, index: OpenSearchIndex
) -> None:
    replay.give(OK, items(201, 429, 201, 429), items(429, 201), items(201))
    assert index.put([passage(n) for n in range(1, 5)]) == 4
    sent = [
        [line["index"]["_id"][-1] for line in request["lines"] if "index" in line]
        for request in replay.requests[1:]
    ]
    assert sent == [["1", "2", "3", "4"], ["2", "4"], ["2"]]


def test_items_that_stay_throttled_are_tried_later(replay: Replay, index: OpenSearchIndex) -> None:
    patient = OpenSearchIndex(replay.url, env="test", patience_s=0.2, pause_s=0.15)
    replay.give(OK, items(429), items(429))
    with pytest.raises(Retryable, match="DEPENDENCY"):
        patient.put([passage()])
    patient._client.close()


def test_an_item_that_is_refused_for_good_is_a_defect(
    replay: Replay, index: OpenSearchIndex
) -> None:
    replay.give(OK, items(201, 400))
    with pytest.raises(Terminal) as caught:
        index.put([passage(), passage(2)])
    assert str(caught.value) == "INTERNAL"


def test_an_answer_that_leaves_items_out_is_a_defect(
    replay: Replay, index: OpenSearchIndex
) -> None:
    replay.give(OK, items(201))
    with pytest.raises(Terminal, match="INTERNAL"):
        index.put([passage(), passage(2)])


# ------------------------------------------------------------------ waking
@pytest.mark.parametrize(
    "away", [AWAY, (429, {}), (500, {}), (502, {}), (504, {}), (409, {}), DROP]
)
def test_an_index_that_wakes_is_asked_again(
    replay: Replay, index: OpenSearchIndex, source: dict[str, Any], away: Answer
) -> None:
    replay.give(away, away, items(201))
    assert index.put([passage()]) == 1
    replay.give(away, hits((1.5, passage().id), source=source))
    assert len(index.find("acme", "müller", limit=10).hits) == 1
    assert len(replay.requests) == 5


def test_an_index_that_does_not_wake_is_tried_later(replay: Replay, index: OpenSearchIndex) -> None:
    replay.give(*[AWAY] * 200)
    started = time.monotonic()
    with pytest.raises(Retryable, match="DEPENDENCY"):
        index.find("acme", "müller", limit=10)
    assert time.monotonic() - started < 2.5
    replay.answers.clear()


def test_an_index_that_holds_a_request_is_not_waited_for_for_ever(
    replay: Replay, index: OpenSearchIndex
) -> None:
    replay.give(HANG)
    started = time.monotonic()
    with pytest.raises(Retryable, match="DEPENDENCY"):
        index.find("acme", "müller", limit=10)
    assert time.monotonic() - started < 3


def test_the_calls_of_a_block_share_one_span_of_time(
    replay: Replay, index: OpenSearchIndex
) -> None:
    # Given an index that throttles each request for a moment
    replay.give(OK, *[items(429), items(429), items(201)] * 200)
    started = time.monotonic()
    # When many are sent in one block, then it ends, though no single one was too slow
    with pytest.raises(Retryable, match="DEPENDENCY"), index.within(0.5):
        sum(index.put([passage()]) for _ in range(200))
    assert time.monotonic() - started < 1
    # And nothing is sent when the time is over
    sent = len(replay.requests)
    with pytest.raises(Retryable, match="DEPENDENCY"), index.within(0):
        index.put([passage()])
    assert len(replay.requests) == sent
    # And the next call has its own time again
    replay.answers[:] = [items(201)]
    assert index.put([passage()]) == 1


def test_nobody_listening_is_tried_later() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    index = OpenSearchIndex(url, env="test", patience_s=0.1, pause_s=0.05)
    with pytest.raises(Retryable):
        index.put([passage()])
    index._client.close()


@pytest.mark.parametrize("status", [400, 401, 403, 413])
def test_a_refusal_is_a_defect_and_quotes_nothing(
    replay: Replay, index: OpenSearchIndex, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    # As a server's start-up does, in the same process
    logging.config.dictConfig({"version": 1, "disable_existing_loggers": False})
    replay.give((status, {"error": {"type": "x", "reason": TEXT}, "status": status}))
    with pytest.raises(Terminal) as caught:
        index.find("acme", "müller", limit=10)
    assert str(caught.value) == "INTERNAL"
    assert caught.value.__cause__ is None
    assert "ller" not in caplog.text


# ------------------------------------------------------------------ finding
def test_all_words_are_asked_for_then_any(
    replay: Replay, index: OpenSearchIndex, source: dict[str, Any]
) -> None:
    replay.give(hits(), hits((1.5, passage().id), source=source))
    found = index.find("acme", 'Müllers E-Mail und "per Brief"', limit=2)
    held("find", replay.requests)
    (hit,) = found.hits
    assert (hit.document_id, hit.revision, hit.page, hit.score) == (DOCUMENT, 1, 1, 1.5)
    assert hit.snippet == TEXT
    assert found.next_cursor is None


def test_the_box_is_that_of_the_word(
    replay: Replay, index: OpenSearchIndex, source: dict[str, Any]
) -> None:
    replay.give(hits((1.5, passage().id), source=source))
    (hit,) = index.find("acme", "Mueller", limit=2).hits
    assert hit.polygon == ((0.5, 0.0), (0.58, 0.0), (0.58, 0.04), (0.5, 0.04))


def test_a_hit_that_another_stemmer_found_has_a_box_too(
    replay: Replay, index: OpenSearchIndex, source: dict[str, Any]
) -> None:
    replay.give(hits((1.5, passage().id), source=source))
    (hit,) = index.find("acme", "Müllerinnen", limit=2).hits
    assert hit.polygon == ((0.5, 0.0), (0.58, 0.0), (0.58, 0.04), (0.5, 0.04))


def test_the_next_page_begins_after_the_last_hit(
    replay: Replay, index: OpenSearchIndex, source: dict[str, Any]
) -> None:
    # One more is asked for than is shown: it says whether there is a next page
    replay.give(hits(), hits((2, passage(1).id), (1.5, passage(2).id), source=source))
    first = index.find("acme", "per müller", limit=1)
    assert (len(first.hits), first.next_cursor is not None) == (1, True)
    replay.requests.clear()
    replay.give(hits((1.5, passage(2).id), source=source))
    second = index.find("acme", "per müller", limit=1, cursor=first.next_cursor)
    held("next_page", replay.requests)
    assert second.next_cursor is None


def test_a_cursor_of_another_index_is_refused(index: OpenSearchIndex) -> None:
    from docparser.search import cursor

    made_up = cursor.encode(cursor.Position(False, 1.0, "17"), "acme", "word")
    with pytest.raises(InvalidCursor):
        index.find("acme", "word", limit=1, cursor=made_up)


def test_where_nothing_was_stored_nothing_is_found(replay: Replay, index: OpenSearchIndex) -> None:
    replay.give(NO_INDEX, NO_INDEX)
    assert index.find("acme", "müller", limit=10).hits == ()


@pytest.mark.parametrize("part", [{"timed_out": True}, {"_shards": {"total": 2, "failed": 1}}])
def test_half_an_answer_is_none(
    replay: Replay, index: OpenSearchIndex, part: dict[str, Any]
) -> None:
    status, whole = hits()
    replay.give((status, whole | part))
    with pytest.raises(Retryable, match="DEPENDENCY"):
        index.find("acme", "müller", limit=10)


# ------------------------------------------------------------------ deleting
def test_a_document_is_deleted_by_its_chunks_ids(replay: Replay, index: OpenSearchIndex) -> None:
    replay.give(hits((0, passage(1).id), (0, passage(2).id)), items(200, 404, action="delete"))
    assert index.delete("acme", DOCUMENT, keep_revision=2) == 2
    held("delete", replay.requests)


def test_chunks_that_no_search_sees_yet_are_deleted_by_their_known_ids(
    replay: Replay, index: OpenSearchIndex
) -> None:
    replay.give(hits((0, passage(2).id)), items(200, 200, action="delete"))
    known = (passage(number).id for number in (1, 2))
    assert index.delete("acme", DOCUMENT, known=known) == 2
    assert replay.requests[-1]["lines"] == [
        {"delete": {"_id": passage(number).id}} for number in (1, 2)
    ]


def test_a_long_document_is_deleted_page_by_page(replay: Replay, index: OpenSearchIndex) -> None:
    first = [(0.0, passage(n).id) for n in range(1, 1001)]
    replay.give(hits(*first), hits((0, passage(1001).id)))
    replay.give(*[items(*[200] * 250, action="delete")] * 4, items(200, action="delete"))
    assert index.delete("acme", DOCUMENT) == 1001
    assert replay.requests[1]["body"]["search_after"] == [passage(1000).id]


def test_what_was_never_stored_is_deleted(replay: Replay, index: OpenSearchIndex) -> None:
    replay.give(NO_INDEX)
    assert index.delete("acme", DOCUMENT) == 0


# ------------------------------------------------------------------ signing
@pytest.mark.parametrize(
    ("host", "service"),
    [
        ("abc.eu-central-1.aoss.amazonaws.com", "aoss"),
        ("abc.aoss.eu-central-1.on.aws", "aoss"),
        ("search-abc.eu-central-1.es.amazonaws.com", "es"),
    ],
)
def test_requests_to_aws_are_signed(
    monkeypatch: pytest.MonkeyPatch, host: str, service: str
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    index = OpenSearchIndex(f"https://{host}", env="dev")
    (connection,) = index._client.transport.connection_pool.connections
    signed = connection.http_auth("POST", f"https://{host}:443/x/_bulk", b"body")
    assert f"/eu-central-1/{service}/aws4_request" in signed["Authorization"]
    assert "x-amz-content-sha256" in signed["Authorization"]
    index._client.close()
