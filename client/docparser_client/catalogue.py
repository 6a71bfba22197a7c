"""What the service says of many documents."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

from .api import Erased, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .api import Client, Document

_AT_ONCE = 4
_PAGE = 200  # documents in one answer, at most


class Catalogue:
    """Reads records; it never changes one."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def records(self, known: Mapping[str, Document | None]) -> dict[str, Document]:
        """Return the records of documents, by id; those that are not there are left out.

        Parameters
        ----------
        known
            Each document's id, with its record as last seen: what has not changed is not sent
            again.
        """
        with ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="look") as pool:
            found = list(pool.map(self._record, known, known.values()))
        return {record.document_id: record for record in found if record is not None}

    def newest(self, limit: int) -> list[Document]:
        """Return the newest documents, the newest first."""
        return list(islice(self._client.documents(page_size=min(limit, _PAGE)), limit))

    def names(self, document_ids: Iterable[str]) -> dict[str, str]:
        """Return the names under which documents first came; empty where one is not known."""
        wanted = dict.fromkeys(document_ids)
        records = self.records(wanted)
        return {each: records[each].name if each in records else "" for each in wanted}

    def _record(self, document_id: str, known: Document | None) -> Document | None:
        try:
            return self._client.document(document_id, known=known)
        except (NotFound, Erased):
            return None
