"""What was read of a document: by a short-lived URL, since an answer of Lambda ends at 6 MB."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from docparser.model import Lane, Status
from docparser.store import layout

from .documents import known_document
from .problems import Erased, InvalidRequest, NotFound, NotReady

if TYPE_CHECKING:
    from docparser.model import Record
    from docparser.store.presigned import PresignedUrls
    from docparser.store.records import Records


class ContentFormat(StrEnum):
    """A form of a document's content."""

    JSON = "json"
    MARKDOWN = "md"
    TEXT = "txt"
    PDF = "pdf"
    ALTO = "alto"
    CSV = "csv"


class RedactedFormat(StrEnum):
    """A form of a document without its personal data."""

    TEXT = "txt"
    MARKDOWN = "md"
    PDF = "pdf"


class _File(NamedTuple):
    name: str
    content_type: str
    suffix: str


_FILES = {
    ContentFormat.JSON: _File("document.json", "application/json", "json"),
    ContentFormat.MARKDOWN: _File("document.md", "text/markdown; charset=utf-8", "md"),
    ContentFormat.TEXT: _File("document.txt", "text/plain; charset=utf-8", "txt"),
    ContentFormat.PDF: _File("document.pdf", "application/pdf", "pdf"),
    ContentFormat.ALTO: _File("document.alto.xml", "application/xml", "alto.xml"),
}
_ROWS = "text/csv; charset=utf-8"
_SHARD = re.compile(r"s[0-9]{4}")
_REDACTED = {
    RedactedFormat.TEXT: _File("redacted.txt", "text/plain; charset=utf-8", "txt"),
    RedactedFormat.MARKDOWN: _File("redacted.md", "text/markdown; charset=utf-8", "md"),
    RedactedFormat.PDF: _File("redacted.pdf", "application/pdf", "pdf"),
}
_ORIGINAL = "original"
_NOT_MADE = {
    ContentFormat.PDF: "There is no searchable PDF of this document.",
    ContentFormat.ALTO: "ALTO is made of documents with scanned pages only.",
    ContentFormat.CSV: "The document has no such table.",
}
_READ = {Status.COMPLETED, Status.PARTIAL}


class Content:
    """The results in the vault, where every level lies."""

    def __init__(self, *, records: Records, downloads: PresignedUrls) -> None:
        self._records = records
        self._downloads = downloads

    def location(
        self,
        tenant: str,
        document_id: str,
        form: ContentFormat,
        *,
        revision: int | None = None,
        part: str | None = None,
    ) -> str:
        """Return a URL of a document's content.

        Parameters
        ----------
        tenant, document_id
            Whose, and which document.
        form
            In which form.
        revision
            Which revision; None is the current one.
        part
            A shard's id: its pages, instead of the document that names them, as JSON. A table's
            id: its rows, as JSON or CSV, which is made of tables alone.

        Raises
        ------
        NotReady
            The revision is not finished.
        NotFound
            There is no such document, revision or part, or it ended without content.
        Erased
            The document or the revision was erased.
        InvalidRequest
            A part was asked for in another form, or CSV of no table.
        """
        file = _file(form, part)
        record = self._read(tenant, document_id, revision)
        prefix = layout.revision_prefix(record.ref)
        # Not the user's own name: URLs are logged on their way.
        saved_as = f"{document_id}.{file.suffix}"
        url = self._downloads.download(
            prefix + file.name, file_name=saved_as, content_type=file.content_type
        )
        if (
            url is None
            and form is ContentFormat.PDF
            and not set(record.pages_by_lane) - {Lane.TEXT}
        ):
            # A PDF without a scanned page can be searched as it came.
            url = self._downloads.download(
                prefix + _ORIGINAL,
                file_name=saved_as,
                content_type=file.content_type,
                stored_as=file.content_type,
            )
        if url is None:
            raise NotFound(_NOT_MADE.get(form))
        return url

    def redacted(
        self, tenant: str, document_id: str, form: RedactedFormat, *, revision: int | None = None
    ) -> str:
        """Return a URL of a document without its personal data.

        Raises
        ------
        NotReady, NotFound, Erased
            As for `location`; NotFound too where no such rendition was asked for.
        """
        record = self._read(tenant, document_id, revision)
        file = _REDACTED[form]
        url = self._downloads.download(
            f"{layout.revision_prefix(record.ref)}{file.name}",
            file_name=f"{document_id}.redacted.{file.suffix}",
            content_type=file.content_type,
        )
        if url is None:
            raise NotFound("There is no such rendition of this document.")
        return url

    def _read(self, tenant: str, document_id: str, revision: int | None) -> Record:
        """Return the record of a revision that has content; None is the current one."""
        record = known_document(self._records, tenant, document_id).record
        if revision is not None and revision != record.ref.revision:
            asked = record.ref.model_copy(update={"revision": revision})
            earlier = self._records.get(asked)
            if earlier is None:
                raise NotFound
            record = earlier
        if record.status is Status.ERASED:
            raise Erased
        if not record.status.terminal:
            raise NotReady
        if record.status not in _READ:
            raise NotFound("The document ended without content.")
        return record


def _file(form: ContentFormat, part: str | None) -> _File:
    """Return what is asked for.

    Raises
    ------
    InvalidRequest
        There is no such form of it.
    """
    if form is ContentFormat.CSV:
        if part is None or _SHARD.fullmatch(part):
            raise InvalidRequest("part: the id of a table, with format=csv.")
        return _File(f"tables/{part}.csv", _ROWS, f"{part}.csv")
    if part is None:
        return _FILES[form]
    if form is not ContentFormat.JSON:
        raise InvalidRequest("part: only with format=json or format=csv.")
    folder = "pages" if _SHARD.fullmatch(part) else "tables"
    return _File(f"{folder}/{part}.json", "application/json", f"{part}.json")
