"""OpenSearch: a Serverless collection of type SEARCH, or a managed domain.

What both can do is used and nothing else: Serverless has no refresh and no deletion by query, and
shows what was written some seconds later. A NextGen collection that was idle for ten minutes has
scaled to zero: its first requests are refused or time out while it wakes, and are repeated here.

The client is imported at the first request: it takes 0.2 s, most of it for what is not used here,
which would be more than half of a cold start.
"""

from __future__ import annotations

import base64
import contextlib
import functools
import json
import logging
import os
import random
import re
import time
from array import array
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import botocore.session

from docparser.errors import Retryable, Terminal
from docparser.model import Hit, Hits, RetryableCode, TerminalCode

from .cursor import Position, decode, encode
from .highlight import Highlighter
from .index import MAX_HITS, InvalidCursor
from .query import parse
from .terms import in_order, joined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from opensearchpy import OpenSearch

    from docparser.model import Chunk

    from .query import Part, Query

    Action = tuple[str, ...]
    """Lines of a bulk request: what to do, and with what."""

T = TypeVar("T")

# The client logs what is sent and answered, which is document text. A filter, because a program
# that configures its logging switches loggers on again that were merely disabled.
for _name in ("opensearch", "opensearchpy.trace"):
    logging.getLogger(_name).addFilter(lambda _: False)

_LAYOUT = 1
"""Raised with the mapping: an index's fields cannot be changed, so that it gets another name."""

# One bulk request: mostly 1 MB, where Serverless and a small domain take 10.
_BATCH = 250
_BATCH_BYTES = 6_000_000
_IDS_AT_ONCE = 1000
_REQUEST_S = 40  # longer than a collection takes to wake, during which it may hold a request
_PASSING = frozenset({409, 429, 500, 502, 503, 504, "N/A", "TIMEOUT"})
_CHUNK_ID = re.compile(r"d[0-9a-f]{32}-r[0-9]+-[0-9]{6,}")
_SEARCHED = ["tokens", "tokens.english"]
_JOINED = ["joined", "joined.english"]

_WORDS = {
    "type": "text",
    "analyzer": "docparser_german",
    "fields": {"english": {"type": "text", "analyzer": "docparser_english"}},
}
_TEMPLATE = {
    "settings": {
        "analysis": {
            # Snowball's stemmers, as here: a hit's words are looked for again to show its place.
            "filter": {
                "docparser_german": {"type": "stemmer", "language": "german"},
                "docparser_english": {"type": "stemmer", "language": "porter2"},
            },
            "analyzer": {
                "docparser_german": {
                    "tokenizer": "whitespace",
                    "filter": ["german_normalization", "docparser_german"],
                },
                "docparser_english": {"tokenizer": "whitespace", "filter": ["docparser_english"]},
            },
        }
    },
    "mappings": {
        "dynamic": "strict",
        "properties": {
            "id": {"type": "keyword"},
            "tenant": {"type": "keyword"},
            "document_id": {"type": "keyword"},
            "revision": {"type": "integer"},
            "number": {"type": "integer"},
            "page": {"type": "integer"},
            "level": {"type": "keyword"},
            "type": {"type": "keyword"},
            "language": {"type": "keyword"},
            # What is searched is cut and folded by `docparser.search.terms`, as queries are: the
            # engine's own ways of doing so differ in most scripts.
            "tokens": _WORDS,
            "joined": _WORDS,
            "text": {"type": "text", "index": False},
            "boxes": {"type": "binary"},
        },
    },
}


class OpenSearchIndex:
    """A `SearchIndex` behind an OpenSearch endpoint.

    Parameters
    ----------
    url
        The endpoint. One of AWS is sent requests signed by SigV4 with the process's credentials,
        any other those of the URL, if it has some.
    env
        The deployment; the index is ``docparser-<env>-chunks-1``.
    patience_s
        How long one call may take if the index wakes or throttles, in seconds, unless `within`
        says otherwise. A collection needs 10 to 30 to wake; API Gateway gives up after 29, and
        wants our answer before.
    pause_s
        The longest first pause between two tries; it doubles with each, up to eight seconds.
    """

    def __init__(
        self,
        url: str,
        *,
        env: str,
        patience_s: float = 20,
        pause_s: float = 0.5,
    ) -> None:
        self._url = url
        self.name = f"docparser-{env}-chunks-{_LAYOUT}"
        self._patience_s = patience_s
        self._pause_s = pause_s
        self._until: float | None = None
        self._exists = False

    @functools.cached_property
    def _client(self) -> OpenSearch:
        return _client(self._url)

    @contextlib.contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Give all calls of a block one span of time, in place of one for each."""
        before, self._until = self._until, time.monotonic() + seconds
        try:
            yield
        finally:
            self._until = before

    def put(self, chunks: Sequence[Chunk]) -> int:
        """Store chunks in bulk; what was throttled is sent again."""
        if not chunks:
            return 0
        deadline = self._deadline()
        self._make(deadline)
        actions = [_action({"index": {"_id": chunk.id}}, _source(chunk)) for chunk in chunks]
        return self._bulk(actions, {200, 201}, deadline)

    def delete(
        self,
        tenant: str,
        document_id: str,
        *,
        keep_revision: int | None = None,
        only_revision: int | None = None,
        known: Iterable[str] = (),
    ) -> int:
        """Delete a document's chunks, as far as they are known or can be seen yet."""
        deadline = self._deadline()
        filters: list[dict[str, Any]] = [
            {"term": {"tenant": tenant}},
            {"term": {"document_id": document_id}},
        ]
        if keep_revision is not None:
            filters.append({"range": {"revision": {"lt": keep_revision}}})
        if only_revision is not None:
            filters.append({"term": {"revision": only_revision}})
        ids = dict.fromkeys([*known, *self._ids({"bool": {"filter": filters}}, deadline)])
        actions = [_action({"delete": {"_id": id_}}) for id_ in ids]
        # 404: another try deleted it, and it was still seen or known.
        return self._bulk(actions, {200, 404}, deadline)

    def find(self, tenant: str, query: str, *, limit: int, cursor: str | None = None) -> Hits:
        """Return the next hits, by BM25."""
        if not 1 <= limit <= MAX_HITS:
            raise ValueError(f"a page has 1 to {MAX_HITS} hits")
        parsed = parse(query)
        after = decode(cursor, tenant, query) if cursor is not None else None
        if after is not None and not _CHUNK_ID.fullmatch(after.tie):
            raise InvalidCursor("not a cursor of this index")
        deadline = self._deadline()
        rows: list[dict[str, Any]] = []
        any_word = False
        for any_word in (False, True) if after is None else (after.any_word,):
            rows = self._search(_request(tenant, parsed, limit + 1, any_word, after), deadline)
            if rows:
                break
        next_cursor = None
        if len(rows) > limit:
            rows = rows[:limit]
            score, tie = rows[-1]["sort"]
            next_cursor = encode(Position(any_word, float(score), tie), tenant, query)
        highlighter = Highlighter(parsed)
        hits = tuple(_hit(highlighter, row) for row in rows)
        return Hits(hits=hits, next_cursor=next_cursor)

    # ------------------------------------------------------------------ requests
    def _deadline(self) -> float:
        """Return when a call that begins now must have ended, on the monotonic clock."""
        return time.monotonic() + self._patience_s if self._until is None else self._until

    def _make(self, deadline: float) -> None:
        """Make the index by its template, once in this process."""
        if self._exists:
            return
        if not self._patiently(self._client.indices.exists, deadline):
            template = {"index_patterns": [self.name], "template": _TEMPLATE}
            self._patiently(functools.partial(self._put_template, template), deadline)
            self._patiently(self._create, deadline)
        self._exists = True

    def _put_template(self, template: dict[str, Any], *, index: str, **options: Any) -> None:
        self._client.indices.put_index_template(name=index, body=template, **options)

    def _create(self, **options: Any) -> None:
        answer = self._client.indices.create(ignore=400, **options)
        # Another process may have been faster.
        error = answer.get("error", {}).get("type", "resource_already_exists_exception")
        if error != "resource_already_exists_exception":
            raise Terminal(TerminalCode.INTERNAL)

    def _bulk(self, actions: Sequence[Action], done: set[int], deadline: float) -> int:
        """Return how many actions ended as wanted, which is all of them.

        Raises
        ------
        Retryable
            An action was throttled until the time was over.
        Terminal
            INTERNAL: an action is refused for good, or has no answer.
        """
        waiting, tries = list(actions), 0
        while waiting:
            count = _fitting(waiting)
            batch, rest = waiting[:count], waiting[count:]
            throttled = self._send(batch, done, deadline)
            if throttled:
                tries += 1
                self._pause(tries, deadline)
            waiting = [*throttled, *rest]
        return len(actions)

    def _send(self, batch: Sequence[Action], done: set[int], deadline: float) -> list[Action]:
        """Send actions in one request; return those that were throttled."""
        body = [line for action in batch for line in action]
        answer = self._patiently(functools.partial(self._client.bulk, body=body), deadline)
        items = [item for entry in answer["items"] for item in entry.values()]
        statuses = [item["status"] for item in items]
        if len(statuses) != len(batch) or not {*statuses} <= {*done, *_PASSING}:
            raise Terminal(TerminalCode.INTERNAL)
        return [
            action for action, status in zip(batch, statuses, strict=True) if status not in done
        ]

    def _ids(self, query: dict[str, Any], deadline: float) -> Iterator[str]:
        """Yield the ids of all chunks of a query, page by page."""
        request: dict[str, Any] = {
            "size": _IDS_AT_ONCE,
            "query": query,
            "sort": [{"id": "asc"}],
            "_source": False,
        }
        while True:
            rows = self._search(request, deadline)
            yield from (row["_id"] for row in rows)
            if len(rows) < _IDS_AT_ONCE:
                return
            request["search_after"] = rows[-1]["sort"]

    def _search(self, request: dict[str, Any], deadline: float) -> list[dict[str, Any]]:
        """Return the rows of a search; none if nothing was ever stored."""
        search = functools.partial(self._client.search, body=request, ignore=404)
        answer = self._patiently(search, deadline)
        if answer.get("status") == 404:
            return []
        # A shard that failed would make hits disappear in silence.
        if answer.get("timed_out") or answer.get("_shards", {}).get("failed"):
            raise Retryable(RetryableCode.DEPENDENCY)
        rows: list[dict[str, Any]] = answer["hits"]["hits"]
        return rows

    def _patiently(self, ask: Callable[..., T], deadline: float) -> T:
        """Return an answer of our index, asking again while it wakes, is away or throttles."""
        from opensearchpy.exceptions import TransportError

        tries = 0
        while True:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise Retryable(RetryableCode.DEPENDENCY)
            timeout_s = min(max(left_s, 1), _REQUEST_S)
            try:
                return ask(index=self.name, request_timeout=timeout_s)
            except TransportError as error:
                if error.status_code not in _PASSING:
                    # Its message may quote what was sent.
                    raise Terminal(TerminalCode.INTERNAL) from None
            tries += 1
            self._pause(tries, deadline)

    def _pause(self, tries: int, deadline: float) -> None:
        """Wait longer after each try (full jitter), but not beyond a deadline."""
        pause_s = random.uniform(0.5, 1) * min(self._pause_s * 2 ** (tries - 1), 8)  # noqa: S311
        if time.monotonic() + pause_s > deadline:
            raise Retryable(RetryableCode.DEPENDENCY)
        time.sleep(pause_s)


def _client(url: str) -> OpenSearch:
    from opensearchpy import OpenSearch, Urllib3AWSV4SignerAuth, Urllib3HttpConnection

    host = urlsplit(url).hostname or ""
    signer = None
    if host.endswith((".amazonaws.com", ".on.aws")):
        session = botocore.session.get_session()
        signer = Urllib3AWSV4SignerAuth(
            session.get_credentials(),
            os.environ["AWS_REGION"],
            "aoss" if ".aoss." in host else "es",
        )
    return OpenSearch(
        hosts=[url],
        http_auth=signer,
        connection_class=Urllib3HttpConnection,
        max_retries=0,
    )


def _action(*lines: dict[str, Any]) -> Action:
    return tuple([json.dumps(line, ensure_ascii=False) for line in lines])


def _fitting(actions: Sequence[Action]) -> int:
    """Return how many of the first actions one request takes, at least one."""
    size = 0
    for count, action in enumerate(actions[:_BATCH]):
        size += sum([len(line.encode(errors="surrogatepass")) + 1 for line in action])
        if count and size > _BATCH_BYTES:
            return count
    return min(len(actions), _BATCH)


def _source(chunk: Chunk) -> dict[str, Any]:
    """Return a chunk as it is stored; its boxes as packed 32-bit floats."""
    edges = array("f", [edge for box in chunk.boxes for edge in box])
    return {
        "id": chunk.id,
        **chunk.model_dump(mode="json", exclude={"words", "boxes"}),
        "text": chunk.text,
        "tokens": " ".join([token.text for token in in_order(chunk.words)]),
        "joined": " ".join([token.text for token in joined(chunk.words)]),
        "boxes": base64.b64encode(edges.tobytes()).decode(),
    }


def _request(
    tenant: str, query: Query, size: int, any_word: bool, after: Position | None
) -> dict[str, Any]:
    """Return the body of a search; only words of a tenant's own passages are ever compared."""
    parts = [_clause(part) for part in query.wanted]
    wanted = {"should": parts, "minimum_should_match": 1} if any_word else {"must": parts}
    request: dict[str, Any] = {
        "size": size,
        "query": {"bool": {"filter": [{"term": {"tenant": tenant}}], **wanted}},
        # Not by ``_id``, which Serverless does not sort by.
        "sort": [{"_score": "desc"}, {"id": "asc"}],
        "_source": ["document_id", "revision", "page", "text", "boxes"],
    }
    if after is not None:
        request["search_after"] = [after.score, after.tie]
    return request


def _clause(part: Part) -> dict[str, Any]:
    """Return a part as a query: its tokens side by side, or joined. Nothing in it is syntax."""
    return {"dis_max": {"queries": [_phrase(tokens) for tokens in part.ways]}}


def _phrase(tokens: Sequence[str]) -> dict[str, Any]:
    fields = _SEARCHED if len(tokens) > 1 else [*_SEARCHED, *_JOINED]
    return {"multi_match": {"query": " ".join(tokens), "type": "phrase", "fields": fields}}


def _hit(highlighter: Highlighter, row: dict[str, Any]) -> Hit:
    source = row["_source"]
    edges = array("f")
    edges.frombytes(base64.b64decode(source["boxes"]))
    boxes = list(zip(edges[0::4], edges[1::4], edges[2::4], edges[3::4], strict=True))
    shown = highlighter.show(source["text"].split(" "), boxes)
    return Hit(
        document_id=source["document_id"],
        revision=source["revision"],
        page=source["page"],
        polygon=shown.polygon,
        score=row["sort"][0],
        snippet=shown.snippet,
    )
