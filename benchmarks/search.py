"""What the embedded index costs, beside plain SQLite FTS5; and how well it finds.

Stores 10,000 passages of about 100 words, made of the sentences in ``samples/text`` with a seed, as
250 documents of 40 passages, and asks 200 queries of each kind for their first ten hits. Beside it
stands a plain FTS5 table (tokenizer ``unicode61``) with the same texts and no places, tenants or
stems, asked for the same words. Times are CPU time of this process, so that neighbours on the
machine count for little. On the shared questions with their right paragraphs (XQuAD in English and
German), if they lie beside the project, the index is scored as ``score_search.py`` does it, with
that script's own BM25 beside it::

    uv run python -m benchmarks.search

The last result is kept in ``benchmarks/results/search.json``.
"""

from __future__ import annotations

import ast
import json
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import apsw
from docparser.model import Chunk, DocumentType, Level
from docparser.search.embedded import EmbeddedIndex
from docparser.search.terms import STOP_WORDS, tokens

from benchmarks.machine import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[1]
RESULT = ROOT / "benchmarks" / "results" / "search.json"
TEXTS = ROOT / "samples" / "text"
DATA = Path(os.environ.get("DOCPARSER_DATA_DIR", ROOT.parent / "shared" / "data"))
CHUNKS = 10_000
CHUNKS_A_DOCUMENT = 40
WORDS_A_CHUNK = 100
QUERIES = 200
HITS = 10
TARGET_FIND_MS = 10.0
TARGET_INDEX_S = 1.0
SEED = 20_261_122


def sentences() -> list[list[str]]:
    """Return the words of every sentence in the samples' texts, their gaps as they stand."""
    texts = [path.read_text("utf-8") for path in sorted(TEXTS.glob("*.txt"))]
    found = [
        sentence.split()
        for text in texts
        for paragraph in text.split("\n\n")
        if not paragraph.startswith("#")
        for sentence in re.split(r"(?<=[.!?])\s+", paragraph)
    ]
    return [words for words in found if len(words) > 3]


def passages(chance: random.Random) -> list[list[str]]:
    """Return passages of 100 words; a gap is filled with a number or an id of its own."""
    pool = sentences()
    made = []
    for _ in range(CHUNKS):
        words: list[str] = []
        while len(words) < WORDS_A_CHUNK:
            words += chance.choice(pool)
        filled = [
            re.sub(r"{\w+}", lambda _: f"{chance.choice('ABCDE')}-{chance.randrange(10**5)}", word)
            for word in words[:WORDS_A_CHUNK]
        ]
        made.append(filled)
    return made


def chunk_of(words: list[str], document: int, number: int = 0) -> Chunk:
    """Return a passage with a place for each word, ten to a line."""
    boxes = [
        (n % 10 / 10, n // 10 / 100, n % 10 / 10 + 0.08, n // 10 / 100 + 0.01)
        for n in range(len(words))
    ]
    return Chunk.model_validate(
        {
            "tenant": "default",
            "document_id": f"d{document:032x}",
            "revision": 1,
            "number": number + 1,
            "page": number // 4 + 1,
            "level": Level.INTERNAL,
            "type": DocumentType.REPORT,
            "words": words,
            "boxes": boxes,
        }
    )


def queries(texts: list[list[str]], chance: random.Random) -> dict[str, list[str]]:
    """Return queries of each kind, taken from passages."""

    def telling(count: int) -> list[str]:
        words = [word for word in chance.choice(texts) if not STOP_WORDS.issuperset(tokens(word))]
        return chance.sample(words, count)

    def phrase() -> str:
        words = chance.choice(texts)
        start = chance.randrange(len(words) - 4)
        return f'"{" ".join(words[start : start + 4])}"'.replace('""', '"')

    return {
        "one_word": [telling(1)[0] for _ in range(QUERIES)],
        "three_words_of_a_passage": [" ".join(telling(3)) for _ in range(QUERIES)],
        "phrase_of_four_words": [phrase() for _ in range(QUERIES)],
        "eight_words_of_two_passages": [
            " ".join([*telling(4), *telling(4)]) for _ in range(QUERIES)
        ],
    }


def times(ask: Callable[[str], object], asked: list[str]) -> dict[str, float]:
    """Return median and 95th percentile of CPU milliseconds for each query, asked once before."""
    costs = []
    for query in asked:
        ask(query)
        start = time.process_time()
        ask(query)
        costs.append(1000 * (time.process_time() - start))
    return {
        "p50_ms": round(statistics.median(costs), 2),
        "p95_ms": round(statistics.quantiles(costs, n=20)[-1], 2),
    }


class Plain:
    """SQLite's FTS5 as it comes."""

    def __init__(self, path: Path) -> None:
        self._connection = apsw.Connection(str(path))
        self._connection.execute("PRAGMA journal_mode = WAL").fetchall()
        self._connection.execute("PRAGMA synchronous = NORMAL").fetchall()
        self._connection.execute("CREATE VIRTUAL TABLE plain USING fts5(text)")

    def put(self, texts: list[str]) -> None:
        """Store texts in one transaction."""
        with self._connection:
            self._connection.executemany(
                "INSERT INTO plain VALUES (?)", [(text,) for text in texts]
            )

    def find(self, query: str) -> list[Any]:
        """Return the first hits with all words, or as many of any."""
        phrase = query.startswith('"')
        words = [query.strip('"')] if phrase else query.split()
        parts = [f'"{word}"' for word in words]
        sql = "SELECT rowid, text FROM plain WHERE plain MATCH ? ORDER BY rank LIMIT ?"
        rows = self._connection.execute(sql, (" AND ".join(parts), HITS)).fetchall()
        return rows or self._connection.execute(sql, (" OR ".join(parts), HITS)).fetchall()


def measure(folder: Path) -> dict[str, Any]:
    """Return what storing and asking costs on both sides."""
    chance = random.Random(SEED)
    texts = passages(chance)
    asked = queries(texts, chance)
    chunks = [chunk_of(words, *divmod(at, CHUNKS_A_DOCUMENT)) for at, words in enumerate(texts)]
    starts = range(0, CHUNKS, CHUNKS_A_DOCUMENT)

    index, plain = EmbeddedIndex(folder / "ours.sqlite"), Plain(folder / "plain.sqlite")
    costs = []
    for start in starts:
        begun = time.process_time()
        index.put(chunks[start : start + CHUNKS_A_DOCUMENT])
        costs.append(time.process_time() - begun)
    begun = time.process_time()
    for start in starts:
        plain.put([" ".join(words) for words in texts[start : start + CHUNKS_A_DOCUMENT]])
    plain_s = time.process_time() - begun
    repeat = time.process_time()
    index.put(chunks[:CHUNKS_A_DOCUMENT])
    repeat = time.process_time() - repeat
    return {
        "chunks": CHUNKS,
        "words_a_chunk": WORDS_A_CHUNK,
        "index_s": round(sum(costs), 2),
        "index_ms_a_document_of_40_chunks": round(1000 * statistics.median(costs), 1),
        "index_ms_the_same_document_again": round(1000 * repeat, 1),
        "plain_index_s": round(plain_s, 2),
        "file_mb": round((folder / "ours.sqlite").stat().st_size / 1e6, 1),
        "plain_file_mb": round((folder / "plain.sqlite").stat().st_size / 1e6, 1),
        "find_target_ms": TARGET_FIND_MS,
        "find": {
            kind: times(lambda query: index.find("default", query, limit=HITS), of_kind)
            for kind, of_kind in asked.items()
        },
        "plain_find": {kind: times(plain.find, of_kind) for kind, of_kind in asked.items()},
    }


def jsonl(path: Path) -> Iterator[dict[str, str]]:
    """Yield a file's objects."""
    for line in path.read_text("utf-8").splitlines():
        yield json.loads(line)


def scores(name: str, folder: Path) -> dict[str, Any]:
    """Return how often the right paragraph is found, and what the script's own BM25 finds."""
    collection = DATA / "search" / name
    index = EmbeddedIndex(folder / f"{name}.sqlite")
    documents = list(jsonl(collection / "corpus.jsonl"))
    index.put(
        [
            chunk_of(f"{document['title']} {document['text']}".split(), at)
            for at, document in enumerate(documents)
        ]
    )
    run = folder / f"{name}.tsv"
    with run.open("w", encoding="utf-8") as rows:
        for query in jsonl(collection / "queries.jsonl"):
            for hit in index.find("default", query["text"], limit=100).hits:
                paragraph = documents[int(hit.document_id[1:], 16)]["_id"]
                rows.write(f"{query['_id']}\t{paragraph}\t{hit.score}\n")
    return {"ours": score(name, "--run", str(run)), "bm25": score(name, "--bm25")}


def score(name: str, *options: str) -> Any:
    """Return what the shared script says of a run."""
    command = [sys.executable, "score_search.py", "--set", str(DATA / "search" / name), *options]
    said = subprocess.run(
        command, cwd=DATA / "score", check=True, capture_output=True, text=True
    ).stdout
    return ast.literal_eval(said[said.index("{") :])


def main() -> None:
    """Measure, print, and keep the result."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        result = {**stamp("search"), **measure(folder), "index_target_s": TARGET_INDEX_S}
        if (DATA / "search").is_dir():
            result["questions"] = {name: scores(name, folder) for name in ("xquad_en", "xquad_de")}
    RESULT.parent.mkdir(exist_ok=True)
    RESULT.write_text(json.dumps(result, indent=2) + "\n")
    print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
