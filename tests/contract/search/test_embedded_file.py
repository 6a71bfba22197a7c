"""The embedded index's file: shared, private, whole after a kill, clean after a deletion."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import apsw
import pytest
from docparser.errors import Retryable
from docparser.model import Chunk
from docparser.search.embedded import EmbeddedIndex

from tests.contract.search.chunks import chunk, document_id

ROOT = Path(__file__).parents[3]
WRITER = """
import sys
from pathlib import Path
from docparser.search.embedded import EmbeddedIndex
from tests.contract.search.chunks import chunk, document_id
path, name, documents, chunks = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
index = EmbeddedIndex(Path(path))
for n in range(documents):
    document = document_id(f"{name}{n}")
    made = [
        chunk(f"common words of {name} row {k} " + "and some more text " * 20,
              tenant="acme", document=document, number=k, page=k)
        for k in range(1, chunks + 1)
    ]
    assert index.put(made) == chunks
    assert index.find("acme", f"common {name}", limit=5).hits
    print(document, flush=True)
"""


def writer(path: Path, name: str, documents: int, chunks: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path), name, str(documents), str(chunks)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "search.sqlite"


def passages(document: str, count: int, text: str = "a passage on herons") -> list[Chunk]:
    return [chunk(text, tenant="acme", document=document, number=n) for n in range(1, count + 1)]


def checked(path: Path) -> apsw.Connection:
    """Return a connection to a file in which everything fits together."""
    connection = apsw.Connection(str(path))
    connection.set_busy_timeout(10_000)
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.execute("INSERT INTO terms(terms, rank) VALUES ('integrity-check', 1)")
    ours = connection.execute("SELECT number FROM chunks ORDER BY 1").fetchall()
    assert connection.execute("SELECT rowid FROM terms ORDER BY 1").fetchall() == ours
    return connection


def test_processes_that_write_and_read_at_once_never_fail(path: Path) -> None:
    # Given four processes that meet at a file that is not there yet
    processes = [writer(path, name, 15, 8) for name in ("north", "east", "south", "west")]
    # When all have written and read
    ends = [process.communicate(timeout=120) for process in processes]
    # Then none failed, nothing is lost,
    assert [process.returncode for process in processes] == [0] * 4, ends
    with contextlib.closing(checked(path)) as connection:
        assert connection.execute("SELECT count(*) FROM chunks").fetchall() == [(4 * 15 * 8,)]
    # and nothing lies beside the file but its log
    names = {other.name for other in path.parent.iterdir()}
    assert names <= {path.name, f"{path.name}-wal", f"{path.name}-shm"}


def test_a_killed_writer_leaves_a_valid_file_with_whole_documents(path: Path) -> None:
    stored: set[str] = set()
    for round_ in range(5):
        # Given a writer, killed at some moment after its first document
        process = writer(path, f"r{round_}x", 10_000, 30)
        assert process.stdout is not None
        stored.add(process.stdout.readline().strip())
        time.sleep(0.05 + 0.07 * round_)
        process.send_signal(signal.SIGKILL)
        rest, _ = process.communicate(timeout=30)
        stored.update(rest.split())
        # Then what it reported is there, each document as a whole, and the file takes more
        with contextlib.closing(checked(path)) as connection:
            rows = connection.execute("SELECT document_id, count(*) FROM chunks GROUP BY 1")
            counts = dict(rows.fetchall())
        assert stored <= counts.keys()
        assert set(counts.values()) == {30}


def test_a_file_that_stays_locked_is_tried_later(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("docparser.search.embedded._BUSY_MS", 50)
    index = EmbeddedIndex(path)
    index.put(passages(document_id(), 1))
    with contextlib.closing(apsw.Connection(str(path))) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Retryable, match="DEPENDENCY"):
            index.put(passages(document_id(), 1))
        with pytest.raises(Retryable, match="DEPENDENCY"):
            index.delete("acme", document_id())
        # and a reader does not wait
        assert len(index.find("acme", "herons", limit=10).hits) == 1
        other.execute("ROLLBACK")
    assert index.put(passages(document_id(), 1)) == 1


def test_a_writer_waits_for_another(path: Path) -> None:
    index = EmbeddedIndex(path)
    index.put(passages(document_id(), 1))
    other = apsw.Connection(str(path))
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.3, lambda: other.execute("COMMIT"))
    done.start()
    assert index.put(passages(document_id(), 1)) == 1
    done.join()
    other.close()


def test_only_the_owner_reads_it(path: Path) -> None:
    before = os.umask(0)
    try:
        index = EmbeddedIndex(path)
        index.put(passages(document_id(), 3))
    finally:
        os.umask(before)
    assert {other.stat().st_mode & 0o777 for other in path.parent.iterdir()} == {0o600}


def test_a_chunk_that_cannot_be_stored_leaves_nothing_of_its_batch(path: Path) -> None:
    index = EmbeddedIndex(path)
    good = passages(document_id(), 2)
    bad = good[0].model_copy(update={"page": 1 << 70, "number": 9})
    with pytest.raises(OverflowError):
        index.put([*good, bad])
    assert index.find("acme", "herons", limit=10).hits == ()
    assert index.put(good) == 2


def test_nothing_of_a_deleted_document_stays_in_the_file(path: Path) -> None:
    index = EmbeddedIndex(path)
    gone, kept = document_id(), document_id()
    index.put(passages(kept, 50, "ordinary text that stays quagga"))
    index.put(passages(gone, 50, "zyxwvutsrq okapi okapis"))
    assert index.delete("acme", gone) == 50
    for file in path.parent.iterdir():
        content = file.read_bytes()
        assert gone.encode() not in content
        assert b"zyxwvutsrq" not in content
        assert b"okapi" not in content
    assert b"quagga" in path.read_bytes()


def test_nothing_of_an_earlier_wording_stays_in_the_file(path: Path) -> None:
    index = EmbeddedIndex(path)
    document = document_id()
    index.put(passages(document, 5, "zyxwvutsrq of old"))
    index.put(passages(document, 5, "a new wording"))
    assert index.delete("acme", document_id()) == 0
    with contextlib.closing(checked(path)) as connection:
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    assert b"zyxwvutsrq" not in path.read_bytes()


def test_what_is_no_index_is_not_searched(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("this is no database, however long it may be" * 100)
    (tmp_path / "empty").write_bytes(b"")
    for path in (tmp_path / "note.txt", tmp_path / "empty"):
        with pytest.raises((apsw.Error, OSError)):
            EmbeddedIndex(path).find("acme", "word", limit=1)
    assert (tmp_path / "note.txt").stat().st_size == 4300
