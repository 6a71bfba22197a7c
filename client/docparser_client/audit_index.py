"""The hashes of all events while they are verified: on disk, there may be many."""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import TYPE_CHECKING

from docparser.audit.anchored import late

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from docparser.audit.anchors import Head
    from docparser.audit.archive import Archive
    from docparser.model import Event

_TABLES = """
CREATE TABLE events (document, revision, seq, day, sha256, PRIMARY KEY (document, revision, seq))
WITHOUT ROWID;
CREATE TABLE known (document, revision, seq, PRIMARY KEY (document, revision)) WITHOUT ROWID;
CREATE TABLE suspects (document PRIMARY KEY) WITHOUT ROWID;
"""
_SUSPECT = "INSERT OR IGNORE INTO suspects VALUES (?)"
_KNOWN = """
INSERT INTO known VALUES (?, ?, ?)
ON CONFLICT DO UPDATE SET seq = max(seq, excluded.seq)
"""
_ALL = """
SELECT document, day, events.seq, sha256, coalesce(known.seq, 0)
FROM events LEFT JOIN known USING (document, revision)
"""


class AuditIndex:
    """Which events the table tells of, and which documents have to be looked at event by event."""

    def __init__(self) -> None:
        # The empty name is a file of SQLite's own that is deleted when it is closed.
        self._database = sqlite3.connect("")
        self._database.executescript(_TABLES)
        self.events = 0

    def close(self) -> None:
        """Forget everything."""
        self._database.close()

    def add(self, events: Iterable[Event]) -> None:
        """Take in the events of a document."""
        rows = [
            (each.ref.document_id, each.ref.revision, each.seq, str(each.at.date()), each.sha256)
            for each in events
        ]
        self._database.executemany("INSERT OR REPLACE INTO events VALUES (?, ?, ?, ?, ?)", rows)
        self.events += len(rows)

    def suspect(self, document_id: str) -> None:
        """Note that something is wrong with a document."""
        self._database.execute(_SUSPECT, (document_id,))

    def compare(self, head: Head) -> None:
        """Compare what was anchored with what the table tells."""
        place = (head.document_id, head.revision, head.seq)
        row = self._database.execute(
            "SELECT sha256 FROM events WHERE document = ? AND revision = ? AND seq = ?", place
        ).fetchone()
        if row == (head.sha256,):
            self._database.execute(_KNOWN, place)
        else:
            self.suspect(head.document_id)

    def suspects(self, archive: Archive) -> Iterator[str]:
        """Yield the documents that are not what was anchored, or do not fit together."""
        for document, day, seq, sha256, known in self._database.execute(_ALL):
            if late(date.fromisoformat(day), seq, sha256, known=known, archive=archive):
                self.suspect(document)
        for (document,) in self._database.execute("SELECT document FROM suspects ORDER BY 1"):
            yield str(document)
