"""The calls of the REST API."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any, Literal

import httpx

from .errors import Unavailable, refusal
from .file_body import CHUNK_BYTES, announced
from .governance import Governance
from .nouns import Created, Document, DocumentPage, Health, Hit, HitPage, Upload
from .paths import document_path
from .policies import Policies
from .reviews import Reviews
from .trails import Trails
from .transport import Transport, away
from .understanding import understood

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path
    from threading import Event
    from types import TracebackType
    from typing import Self

    from botocore.credentials import Credentials

    from .retries import Retries

Format = Literal["json", "md", "txt", "pdf", "alto", "csv"]
Beginning = Literal["read", "classify"]


class Client:
    """A stack, as its users see it. It may be shared by threads.

    Parameters
    ----------
    endpoint
        The API's URL with its stage, ``https://<id>.execute-api.<region>.amazonaws.com/v1``.
        Plain HTTP goes to this machine only.
    credentials
        What requests are signed with; without them, what botocore's chain finds. On this machine,
        the local stack's: a user's own have no business there, and need not exist.
    region
        Where the API is; without it, the region in the URL or in the user's AWS settings.
    timeout_s
        How long to wait for the service to take or give the next bytes, in seconds.
    retries
        How often to ask again where the service is busy or away.

    Attributes
    ----------
    governance
        The levels, holds and erasures of its documents.
    policies
        The rules of the tenant.
    reviews
        Its documents that people should look at, or have.
    trails
        What happened to its documents.

    Raises
    ------
    UsageError
        The endpoint is no URL of an API.
    UnavailableError
        No credentials or no region can be found.
    """

    def __init__(
        self,
        endpoint: str,
        *,
        credentials: Credentials | None = None,
        region: str | None = None,
        timeout_s: float = 60.0,
        retries: Retries | None = None,
    ) -> None:
        self._transport = Transport(
            endpoint,
            credentials=credentials,
            region=region,
            timeout_s=timeout_s,
            retries=retries,
        )
        self.governance = Governance(self._transport)
        self.policies = Policies(self._transport)
        self.reviews = Reviews(self._transport)
        self.trails = Trails(self._transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    # ------------------------------------------------------------------ documents
    def create_document(
        self,
        name: str,
        *,
        sha256: str,
        size_bytes: int,
        priority: str = "standard",
        tags: Mapping[str, str] | None = None,
        policy: str | None = None,
        level: str | None = None,
        lane: str | None = None,
        password: str | None = None,
        redact: bool = False,
    ) -> Created:
        """Announce a document; the answer says where to send its bytes, if they are not known.

        The id follows from the content, so that the same call again has the same answer.

        Parameters
        ----------
        name
            For people; it decides nothing.
        sha256, size_bytes
            SHA-256 of the bytes in hex, and their number.
        priority
            ``standard`` or ``high``: the queue to wait in.
        tags
            Kept with the document.
        policy
            What matters most where scans are read: ``quality``, ``cost`` or ``fast``.
        level
            The least level of the document, whatever is found in it: ``PUBLIC``, ``INTERNAL``,
            ``RESTRICTED`` or ``CONFIDENTIAL``. Only the first two let its pages leave the account.
        lane
            Where every page shall be read that can be read there: ``text``, ``cpu``, ``gpu`` or
            ``textract``.
        password
            Opens the file. It travels with the upload and is kept nowhere else.
        redact
            Whether renditions without personal data are made as well.

        Raises
        ------
        TooLarge
            The service does not read documents of this size.
        InvalidRequest, ApiError
            Something else is wrong with what was announced.
        """
        told: dict[str, Any] = {
            "name": name,
            "sha256": sha256,
            "size": size_bytes,
            "priority": priority,
        }
        if tags:
            told["tags"] = dict(tags)
        told |= _given(policy=policy, level=level, lane=lane, password=password)
        if redact:
            told["redact"] = True
        return understood(Created, self._transport.call("POST", "/documents", body=told))

    def upload(self, to: Upload, path: Path, *, stop: Event | None = None) -> None:
        """Send a document's bytes from a file, which is never whole in memory.

        Parameters
        ----------
        to
            What `create_document` answered.
        path
            The file.
        stop
            Set by another thread to end the upload.

        Raises
        ------
        FileChanged
            The file is not, or no longer, the one that was announced; nothing is stored.
        OSError
            The file cannot be read.
        Stopped
            The event was set.
        ApiError
            The bucket refuses it, such as after ``to.expires_at``.
        """
        headers = {name.lower(): value for name, value in to.headers.items()}
        # S3 takes no body of unknown length.
        size_bytes = int(headers.setdefault("content-length", str(path.stat().st_size)))
        checksum = headers.get("x-amz-checksum-sha256", "")

        def content() -> Iterator[bytes]:
            pieces = announced(path, checksum, size_bytes, stop)
            # A small file is known to be the right one before the bucket is even asked.
            return chain([next(pieces)], pieces)

        response = self._transport.storage(to.method, to.url, headers=headers, content=content)
        if not response.is_success:
            raise refusal(response)

    def document(self, document_id: str, *, known: Document | None = None) -> Document:
        """Return a document's record.

        Parameters
        ----------
        document_id
            The document.
        known
            The record as last seen: returned as it is where nothing has changed, which costs the
            service less.

        Raises
        ------
        NotFound
            There is no such document.
        Erased
            There was one.
        """
        headers = {"if-none-match": known.etag} if known is not None and known.etag else {}
        response = self._transport.call(
            "GET", document_path(document_id), headers=headers, also=304
        )
        if known is not None and response.status_code == httpx.codes.NOT_MODIFIED:
            return known
        record = understood(Document, response)
        return record.model_copy(update={"etag": response.headers.get("etag", "")})

    def documents(
        self, *, status: str | None = None, document_type: str | None = None, page_size: int = 50
    ) -> Iterator[Document]:
        """Yield documents, the newest first, asking for more of them when they are needed.

        Parameters
        ----------
        status, document_type
            Only documents of this status or type.
        page_size
            How many to ask for at a time, at most 200.
        """
        words = {"status": status, "type": document_type, "limit": page_size}
        for response in self._transport.pages("/documents", words):
            yield from understood(DocumentPage, response).items

    def cancel(self, document_id: str) -> Document:
        """Stop the walk of a document, or end the wait for its upload; return its record.

        Raises
        ------
        NotFound
            There is no such document.
        Conflict
            Its walk has ended.
        """
        answer = self._transport.call("DELETE", document_path(document_id), repeatable=False)
        return understood(Document, answer)

    def reprocess(
        self,
        document_id: str,
        *,
        begin: Beginning = "read",
        policy: str | None = None,
        level: str | None = None,
        lane: str | None = None,
        redact: bool = False,
    ) -> Document:
        """Open a document's next revision; return its record. The result that there is is kept.

        Parameters
        ----------
        document_id
            The document.
        begin
            ``read``: every page is read again. ``classify``: the pages stay as they were read, and
            only what follows is done again.
        policy, level, lane, redact
            As for `create_document`; without them, as they were.

        Raises
        ------
        NotFound
            There is no such document.
        Conflict
            Its walk has not ended, or failed; or there is nothing to begin from.
        """
        asked: dict[str, Any] = {
            "from": begin,
            **_given(policy=policy, level=level, lane=lane),
        }
        if redact:
            asked["redact"] = True
        where = document_path(document_id, "revisions")
        answer = self._transport.call("POST", where, body=asked, repeatable=False)
        return understood(Document, answer)

    def retry(self, document_id: str) -> Document:
        """Give a FAILED document its next attempt; return its record.

        Raises
        ------
        NotFound
            There is no such document.
        Conflict
            It has not failed.
        """
        where = document_path(document_id, "attempts")
        return understood(Document, self._transport.call("POST", where, repeatable=False))

    # ------------------------------------------------------------------ results
    @contextmanager
    def content(
        self,
        document_id: str,
        format: Format,  # noqa: A002 - the service's own word
        *,
        revision: int | None = None,
        part: str | None = None,
        redacted: bool = False,
    ) -> Iterator[Iterator[bytes]]:
        """Open a document's result; give its bytes, a MiB at a time.

        Parameters
        ----------
        document_id
            The document.
        format
            ``json`` (``document.json``: what the document is, and the names of its parts), ``md``,
            ``txt``, ``pdf`` (its scans can be searched), ``alto`` (XML, of scans only) or ``csv``
            (of a table).
        revision
            Which one; without it, the current one.
        part
            A shard's id: its pages, instead of the document; with ``json`` only. A table's id: its
            rows, with ``json`` or ``csv``.
        redacted
            Without personal data: ``md``, ``txt`` or ``pdf``, where it was asked for.

        Raises
        ------
        NotReady
            There is no result, or not yet.
        NotFound
            There is no such document, revision or part.
        Unavailable
            The bytes stop coming.
        """
        words = {"format": format, "revision": revision, "part": part}
        where_it_is = document_path(document_id, "redacted" if redacted else "content")
        asked = self._transport.call("GET", where_it_is, words, also=303)
        location = asked.headers.get("location")
        if asked.status_code != httpx.codes.SEE_OTHER or location is None:
            raise Unavailable("the service does not say where the result is")
        where = asked.request.url.join(location)
        if where.scheme != "https" and self._transport.secure:
            raise Unavailable("the service sends the result over an open line")

        response = self._transport.storage("GET", where, stream=True)
        try:
            if not response.is_success:
                response.read()
                raise refusal(response)
            yield response.iter_bytes(CHUNK_BYTES)
        except httpx.TransportError as error:
            raise away(error) from None
        finally:
            response.close()

    def read(
        self,
        document_id: str,
        format: Format,  # noqa: A002 - the service's own word
        *,
        revision: int | None = None,
        part: str | None = None,
    ) -> bytes:
        """Return a document's result, as `content` gives it, in one piece."""
        with self.content(document_id, format, revision=revision, part=part) as pieces:
            return b"".join(pieces)

    def search(self, query: str, *, page_size: int = 50) -> Iterator[Hit]:
        """Yield the passages that answer a query, best first, asking for more as needed.

        Raises
        ------
        InvalidRequest
            The query holds no words.
        """
        for response in self._transport.pages("/search", {"q": query, "limit": page_size}):
            yield from understood(HitPage, response).hits

    def health(self) -> Health:
        """Return what the service says of itself; nothing is signed.

        Raises
        ------
        Unavailable
            It is not well.
        """
        return understood(Health, self._transport.call("GET", "/health", signed=False))


def _given(**options: str | None) -> dict[str, str]:
    return {name: value for name, value in options.items() if value is not None}
