"""What a call of the API takes: over real HTTP on the embedded AWS, and the handler alone.

Deploys the stack, writes 1,000 records and 10,000 passages, and calls one after the other, signed,
over one connection: a document, a document that the caller has (304), a page of the list, a search
of each kind that ``benchmarks/search.py`` asks, and an id that is none, for which the function asks
nobody: what is left of that one is the gateway, the worker and the client. ``handler`` is the
function in this process, called with the gateway's event: its wall time, in which the engine's
answers are waited for, and its CPU time, which is what the function itself costs::

    uv run python -m benchmarks.api

The last result is kept in ``benchmarks/results/api.json``.
"""

from __future__ import annotations

import hashlib
import importlib.util
import io
import json
import logging
import os
import random
import statistics
import tempfile
import time
from datetime import timedelta
from itertools import cycle
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import boto3
import httpx
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from docparser.intake.identity import document_id
from docparser.model import Record, Ref, Source, Status, now
from docparser.search.embedded import EmbeddedIndex
from docparser.store.records import Records
from docparser_local.stack import Stack

from benchmarks.machine import stamp
from benchmarks.search import CHUNKS_A_DOCUMENT, chunk_of, passages, queries

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docparser_local.outputs import Outputs

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "api.json"
PORT = 4593
DOCUMENTS = 1000
CALLS = 500
WARM_UP = 50
SEED = 20_261_122
TARGET_HANDLER_MS = 10.0


def seed_records(outputs: Outputs) -> list[str]:
    """Write queued documents that nobody walks; return their ids."""
    records = Records(boto3.client("dynamodb"), outputs.settings()["DOCPARSER_TABLE"])
    ids = []
    for number in range(DOCUMENTS):
        sha256 = hashlib.sha256(str(number).encode()).hexdigest()
        ref = Ref(tenant="default", document_id=document_id("default", sha256))
        moment = now() - timedelta(seconds=DOCUMENTS - number)
        record = Record(
            ref=ref,
            status=Status.QUEUED,
            source=Source(bucket="none", key="none"),
            content_sha256=sha256,
            size_bytes=1,
            created_at=moment,
            updated_at=moment,
        )
        records.open(record, name=f"{number}.pdf", upload_id=f"{number:032x}")
        ids.append(ref.document_id)
    return ids


def seed_index(location: Path, chance: random.Random) -> dict[str, list[str]]:
    """Store passages where the function looks for them; return queries of each kind."""
    texts = passages(chance)
    index = EmbeddedIndex(location)
    for start in range(0, len(texts), CHUNKS_A_DOCUMENT):
        words = texts[start : start + CHUNKS_A_DOCUMENT]
        document = start // CHUNKS_A_DOCUMENT
        index.put([chunk_of(one, document, number) for number, one in enumerate(words)])
    return queries(texts, chance)


def distribution(milliseconds: list[float]) -> dict[str, float]:
    cuts = statistics.quantiles(milliseconds, n=100)
    return {f"p{share}_ms": round(cuts[share - 1], 2) for share in (50, 95, 99)}


def timed(calls: Iterator[Callable[[], object]], clock: Callable[[], float]) -> dict[str, float]:
    """Return how long calls take, one after the other, after some that are not counted."""
    spent = []
    for number in range(WARM_UP + CALLS):
        call = next(calls)
        begun = clock()
        call()
        if number >= WARM_UP:
            spent.append(1000 * (clock() - begun))
    return distribution(spent)


class Caller:
    """Asks the deployed API over one connection; every answer must be the expected one."""

    def __init__(self, outputs: Outputs) -> None:
        self._outputs = outputs
        self._http = httpx.Client(trust_env=False)

    def get(
        self, path: str, status: int, *, headers: dict[str, str] | None = None, **query: str
    ) -> Callable[[], httpx.Response]:
        """Return a call that is built and signed, so that only sending is counted."""
        url = self._outputs.api_url + path
        request = self._http.build_request("GET", url, params=query or None, headers=headers)
        signed = AWSRequest("GET", str(request.url))
        credentials = Credentials(self._outputs.account, "test")
        SigV4Auth(credentials, "execute-api", self._outputs.region).add_auth(signed)
        request.headers.update(dict(signed.headers.items()))

        def send() -> httpx.Response:
            answer = self._http.send(request)
            assert answer.status_code == status, answer.text
            return answer

        return send


def over_http(
    outputs: Outputs, ids: list[str], asked: dict[str, list[str]]
) -> dict[str, dict[str, float]]:
    caller, wall = Caller(outputs), time.perf_counter
    known = {one: caller.get(f"/documents/{one}", 200)().headers["etag"] for one in ids[:CALLS]}
    results = {
        "no_document": timed(cycle([caller.get("/documents/none", 404)]), wall),
        "document": timed(cycle([caller.get(f"/documents/{one}", 200) for one in ids]), wall),
        "document_not_modified": timed(
            cycle(
                [
                    caller.get(f"/documents/{one}", 304, headers={"If-None-Match": etag})
                    for one, etag in known.items()
                ]
            ),
            wall,
        ),
        "list_of_50": timed(cycle([caller.get("/documents", 200, limit="50")]), wall),
    }
    for kind, words in asked.items():
        calls = [caller.get("/search", 200, q=query) for query in words]
        results[f"search_{kind}"] = timed(cycle(calls), wall)
    return results


def handler_alone(
    outputs: Outputs, location: str, ids: list[str], asked: dict[str, list[str]]
) -> dict[str, Any]:
    """Return what the function takes in this process."""
    os.environ |= {
        "DOCPARSER_SEARCH": "embedded",
        "DOCPARSER_SEARCH_LOCATION": location,
        **outputs.settings(),
    }
    path = ROOT / "functions" / "api" / "handler.py"
    spec = importlib.util.spec_from_file_location("api_handler", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sample = json.loads((ROOT / "events" / "api.json").read_text("utf-8"))
    quiet = {"multiValueHeaders": {}, "headers": {}}
    context = SimpleNamespace(aws_request_id="benchmark")
    # A line for each call is part of its cost; nobody wants to read them here.
    for log in logging.getLogger("docparser").handlers:
        cast("logging.StreamHandler[Any]", log).setStream(io.StringIO())

    def called(path: str, query: dict[str, list[str]] | None = None) -> Callable[[], object]:
        event = {**sample, **quiet, "path": path, "multiValueQueryStringParameters": query}

        def call() -> None:
            answer = module.handler(event, context)
            assert answer["statusCode"] == 200, answer["body"]

        return call

    documents = [called(f"/documents/{one}") for one in ids]
    words = [query for kind in asked.values() for query in kind]
    searches = [called("/search", {"q": [query]}) for query in words]
    return {
        name: {
            "wall": timed(cycle(calls), time.perf_counter),
            "cpu": timed(cycle(calls), time.process_time),
        }
        for name, calls in (("document", documents), ("search", searches))
    }


def search_location(outputs: Outputs) -> str:
    name = f"docparser-{outputs.env}-api"
    function = boto3.client("lambda").get_function_configuration(FunctionName=name)
    return str(function["Environment"]["Variables"]["DOCPARSER_SEARCH_LOCATION"])


def main() -> None:
    """Measure, print, and keep the result."""
    head = stamp("api")
    with tempfile.TemporaryDirectory() as home:
        stack = Stack(Path(home), port=PORT)
        outputs = stack.up()
        try:
            os.environ |= outputs.environment()
            location = search_location(outputs)
            ids = seed_records(outputs)
            asked = seed_index(Path(location), random.Random(SEED))
            http = over_http(outputs, ids, asked)
            alone = handler_alone(outputs, location, ids, asked)
        finally:
            stack.down()
    result = {
        **head,
        "documents": DOCUMENTS,
        "calls": CALLS,
        "over_http": http,
        "handler": alone,
        "handler_target_ms": TARGET_HANDLER_MS,
    }
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    for name, row in http.items():
        print(f"{name:40}", row)
    for name, both in alone.items():
        for clock, row in both.items():
            print(f"{'handler, ' + name + ', ' + clock:40}", row)


if __name__ == "__main__":
    main()
