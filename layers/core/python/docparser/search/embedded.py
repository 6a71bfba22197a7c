"""The embedded index: SQLite's full-text search (FTS5) in one file that processes share.

Tokens are stemmed before SQLite sees them, once in German and once in English, each in a column
of its own, whatever the document's language: a query's language is not known, and a document's may
change with the page. On the XQuAD questions this ranks better (nDCG@10 .972 in English and .945 in
German) than one column of German stems (.968, .942), of both stemmers one after the other (.968,
.942), or of the document's language (.964, .942), and than a phrase over both columns where the
stems are equal (.967, .938), which halves the weight of such words. The file can be read by any
SQLite: a tokenizer of our own would have to be registered first.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
from array import array
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw

from docparser.errors import Retryable
from docparser.model import Hit, Hits, RetryableCode

from .cursor import Position, decode, encode
from .highlight import Highlighter
from .index import MAX_HITS, InvalidCursor
from .query import parse
from .terms import english, german, in_order, joined

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from docparser.model import Chunk

    from .query import Part, Query

_BUSY_MS = 10_000
# A token that nobody can search for (an invisible separator), so that no phrase reaches over it.
_GAP = "\u2063"
_NUMBER = re.compile(r"[0-9]{1,18}")
_CREATE = """
CREATE TABLE chunks(
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    tenant TEXT NOT NULL,
    document_id TEXT NOT NULL,
    revision INTEGER NOT NULL,
    page INTEGER,
    words TEXT NOT NULL,
    boxes BLOB NOT NULL
) STRICT;
CREATE INDEX by_document ON chunks(tenant, document_id);
CREATE INDEX by_tenant ON chunks(tenant);
CREATE VIRTUAL TABLE terms USING fts5(german, english, tokenize = 'ascii');
-- A deleted chunk's terms are gone from the file, not only marked as deleted.
INSERT INTO terms(terms, rank) VALUES ('secure-delete', 1);
"""
_STORED = "SELECT number, words FROM chunks WHERE id = ?"
_PUT_CHUNK = """
INSERT INTO chunks(id, tenant, document_id, revision, page, words, boxes)
VALUES (?, ?, ?, ?, ?, ?, ?)
ON CONFLICT(id) DO UPDATE SET tenant = excluded.tenant, document_id = excluded.document_id,
    revision = excluded.revision, page = excluded.page, words = excluded.words,
    boxes = excluded.boxes
RETURNING number
"""
_PUT_TERMS = "INSERT OR REPLACE INTO terms(rowid, german, english) VALUES (?, ?, ?)"
_DELETE_CHUNKS = """
DELETE FROM chunks
WHERE tenant = ? AND document_id = ? AND (?3 IS NULL OR revision < ?3)
  AND (?4 IS NULL OR revision = ?4)
RETURNING number
"""
_DELETE_TERMS = "DELETE FROM terms WHERE rowid = ?"
# FTS5's bm25 is the better the smaller, and below zero. Whose a passage is, is read from an index:
# to read its row for that takes longer than the whole search if a word is frequent.
_FIND = """
WITH found AS MATERIALIZED (
    SELECT rowid AS number, bm25(terms) AS score FROM terms WHERE terms MATCH :match
), best AS MATERIALIZED (
    SELECT score, number FROM found
    WHERE (score, number) > (:score, :number) AND EXISTS (
        SELECT 1 FROM chunks INDEXED BY by_tenant
        WHERE chunks.tenant = :tenant AND chunks.number = found.number
    )
    ORDER BY score, number
    LIMIT :limit
)
SELECT score, number, document_id, revision, page, words, boxes
FROM best JOIN chunks USING (number)
ORDER BY score, number
"""


class EmbeddedIndex:
    """A `SearchIndex` in one SQLite file, made at its first use and readable by its owner only.

    Several processes may write and read at once: a writer waits for another, up to ten seconds,
    and readers wait for nobody (write-ahead log).
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: apsw.Connection | None = None

    def within(self, seconds: float) -> contextlib.AbstractContextManager[None]:  # noqa: ARG002
        """Change nothing: a file neither wakes nor throttles."""
        return contextlib.nullcontext()

    def put(self, chunks: Sequence[Chunk]) -> int:
        """Store chunks in one transaction."""
        with _waiting(), self._writing() as connection:
            for chunk in chunks:
                _put(connection, chunk)
        return len(chunks)

    def delete(
        self,
        tenant: str,
        document_id: str,
        *,
        keep_revision: int | None = None,
        only_revision: int | None = None,
        known: Iterable[str] = (),  # noqa: ARG002 - a file shows all at once
    ) -> int:
        """Delete a document's chunks in one transaction, and what the file still held of them."""
        with _waiting():
            with self._writing() as connection:
                which = (tenant, document_id, keep_revision, only_revision)
                rows = connection.execute(_DELETE_CHUNKS, which)
                numbers = rows.fetchall()
                connection.executemany(_DELETE_TERMS, numbers)
            if numbers:
                # The log holds the pages as they were; a reader may keep it for a moment longer.
                connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        return len(numbers)

    def find(self, tenant: str, query: str, *, limit: int, cursor: str | None = None) -> Hits:
        """Return the next hits, by BM25."""
        if not 1 <= limit <= MAX_HITS:
            raise ValueError(f"a page has 1 to {MAX_HITS} hits")
        parsed = parse(query)
        after = decode(cursor, tenant, query) if cursor is not None else None
        with _waiting():
            any_word, rows = self._rows(tenant, parsed, limit + 1, after)
        next_cursor = None
        if len(rows) > limit:
            rows = rows[:limit]
            last = Position(any_word, rows[-1][0], str(rows[-1][1]))
            next_cursor = encode(last, tenant, query)
        highlighter = Highlighter(parsed)
        hits = tuple(_hit(highlighter, *row) for row in rows)
        return Hits(hits=hits, next_cursor=next_cursor)

    def _rows(
        self, tenant: str, query: Query, limit: int, after: Position | None
    ) -> tuple[bool, list[Any]]:
        """Return whether any word sufficed, and the rows after a position."""
        if after is not None and not _NUMBER.fullmatch(after.tie):
            raise InvalidCursor("not a cursor of this index")
        operators = [" AND ", " OR "] if after is None else [" OR " if after.any_word else " AND "]
        rows: list[Any] = []
        for operator in operators:
            rows = (
                self._connection()
                .execute(
                    _FIND,
                    {
                        "match": operator.join(f"({_expression(part)})" for part in query.wanted),
                        "tenant": tenant,
                        "score": after.score if after else float("-inf"),
                        "number": int(after.tie) if after else 0,
                        "limit": limit,
                    },
                )
                .fetchall()
            )
            if rows:
                break
        return operator == " OR ", rows

    # ------------------------------------------------------------------ the file
    @contextlib.contextmanager
    def _writing(self) -> Iterator[apsw.Connection]:
        """Run a transaction; it takes the write lock first, as one that read before might fail."""
        connection = self._connection()
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")

    def _connection(self) -> apsw.Connection:
        """Return the connection, made at the first use: one must not be taken over a fork."""
        if self._opened is None:
            if not self._path.exists():
                self._create()
            self._opened = _connect(self._path)
        return self._opened

    def _create(self) -> None:
        """Make the file under another name and link it: whoever finds it finds it whole."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f"{self._path.name}-")
        os.close(handle)
        made = Path(name)
        try:
            with contextlib.closing(apsw.Connection(name)) as connection:
                connection.execute("PRAGMA journal_mode = WAL").fetchall()
                connection.execute(_CREATE)
            with contextlib.suppress(FileExistsError):
                os.link(made, self._path)
        finally:
            made.unlink()


def _connect(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    connection.set_busy_timeout(_BUSY_MS)
    # With a write-ahead log nothing but a power cut can lose what was committed, and no crash at
    # all damages the file; a disk flush for each document costs more than the rest of its step.
    connection.execute("PRAGMA synchronous = NORMAL").fetchall()
    connection.execute("PRAGMA secure_delete = ON").fetchall()
    return connection


@contextlib.contextmanager
def _waiting() -> Iterator[None]:
    """Turn a lock that was not had in time into a try later."""
    try:
        yield
    except (apsw.BusyError, apsw.LockedError):
        raise Retryable(RetryableCode.DEPENDENCY) from None


def _put(connection: apsw.Connection, chunk: Chunk) -> None:
    text = chunk.text
    before = connection.execute(_STORED, (chunk.id,)).fetchone()
    edges = array("f", [edge for box in chunk.boxes for edge in box])
    row = (chunk.id, chunk.tenant, chunk.document_id, chunk.revision, chunk.page, text)
    ((number,),) = connection.execute(_PUT_CHUNK, (*row, edges.tobytes())).fetchall()
    # To replace terms takes ten times as long as to add them; a repeated step brings the same.
    if before != (number, text):
        connection.execute(_PUT_TERMS, (number, *_columns(chunk.words)))


def _columns(words: Sequence[str]) -> tuple[str, str]:
    """Return a passage's German and its English stems; those of joined tokens at the end."""
    texts = [token.text for token in in_order(words)]
    if whole := [token.text for token in joined(words)]:
        texts += [_GAP, *whole]
    return " ".join(map(german, texts)), " ".join(map(english, texts))


def _expression(part: Part) -> str:
    """Return a part as FTS5 reads it: tokens hold letters and digits only, so no operator."""
    return " OR ".join(
        f'{column}: "{" ".join(map(stem, way))}"'
        for way in part.ways
        for column, stem in (("german", german), ("english", english))
    )


def _hit(
    highlighter: Highlighter,
    score: float,
    _number: int,
    document_id: str,
    revision: int,
    page: int | None,
    text: str,
    places: bytes,
) -> Hit:
    edges = array("f", places)
    boxes = list(zip(edges[0::4], edges[1::4], edges[2::4], edges[3::4], strict=True))
    shown = highlighter.show(text.split(" "), boxes)
    return Hit(
        document_id=document_id,
        revision=revision,
        page=page,
        polygon=shown.polygon,
        score=-score,
        snippet=shown.snippet,
    )
