"""The Textract lane: each page of a shard is sent alone, as fast as the account's quota allows."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docparser import aws
from docparser.errors import Rejected, Retryable
from docparser.model import (
    Lane,
    LanePolicy,
    Page,
    PageCode,
    PageStatus,
    PlannedShard,
    Ref,
    RejectedCode,
    RetryableCode,
    Shard,
    Stage,
)
from docparser.pricing import page_cost, textract_charge
from docparser.store import layout
from docparser.store.blobs import JSON
from docparser.textract.blocks import NoDocumentError
from docparser.textract.pictures import UnreadablePageError, open_pictures

from .shards import reason_of, unread
from .textract_response import Frame, read_pages

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent.futures import Future

    from types_boto3_textract import TextractClient
    from types_boto3_textract.literals import FeatureTypeType
    from types_boto3_textract.type_defs import DocumentTypeDef

    from docparser.function import Call
    from docparser.model import Plan, Source
    from docparser.store.blobs import Blobs, Sources
    from docparser.store.pace import Pace
    from docparser.textract.pictures import Picture, Pictures

    from .shards import Shards

# Pages that are with Textract at once: an answer takes a second or two, and the pace, not this,
# is what keeps them apart.
_AT_ONCE = 8

# A function waits for its turn so long at a time; then others may have its place.
_PATIENCE_S = 30.0

# What a page is asked for where quality counts most: text alone has no tables and no headings.
_FEATURES: tuple[FeatureTypeType, ...] = ("LAYOUT", "TABLES")

_REFUSALS = {
    "DocumentTooLargeException": PageCode.PAGE_TOO_LARGE,
    "BadDocumentException": PageCode.PAGE_UNREADABLE,
    "UnsupportedDocumentException": PageCode.PAGE_UNREADABLE,
    "InvalidParameterException": PageCode.PAGE_UNREADABLE,
}


class Textract:
    """The synchronous API, each of its two operations at its own pace.

    Parameters
    ----------
    client
        The API.
    detect, analyze
        The pace of DetectDocumentText and of AnalyzeDocument: each has a quota of its own.
    """

    def __init__(self, client: TextractClient, *, detect: Pace, analyze: Pace) -> None:
        self._client = client
        self._detect = detect
        self._analyze = analyze

    def await_turn(self, features: Sequence[FeatureTypeType]) -> None:
        """Wait until a page may be sent.

        Raises
        ------
        Retryable
            THROTTLED: too many wait already.
        """
        (self._analyze if features else self._detect).take(_PATIENCE_S)

    def read(
        self, content: bytes, frame: Frame, features: Sequence[FeatureTypeType]
    ) -> Page | PageCode:
        """Return the page, or why Textract refuses it.

        Raises
        ------
        Retryable, Terminal
            What AWS's error means; its words, which may quote, are dropped.
        """
        document: DocumentTypeDef = {"Bytes": content}
        response: Mapping[str, Any]
        try:
            if features:
                response = self._client.analyze_document(
                    Document=document, FeatureTypes=list(features)
                )
            else:
                response = self._client.detect_document_text(Document=document)
            return read_pages(response, [frame])[0]
        except self._client.exceptions.ClientError as error:
            code = _REFUSALS.get(error.response.get("Error", {}).get("Code", ""))
            if code is None:
                raise aws.translate(error) from None
            return code
        except NoDocumentError:
            raise Retryable(RetryableCode.DEPENDENCY) from None


class TextractLane:
    """Reads shards of scanned pages where Textract may see them."""

    def __init__(
        self, *, sources: Sources, work: Blobs, shards: Shards, textract: Textract
    ) -> None:
        self._sources = sources
        self._work = work
        self._shards = shards
        self._textract = textract

    def run(self, ref: Ref, source: Source, planned: PlannedShard, call: Call) -> Shard:
        """Return the shard's pages, stored as ``read/<shard_id>.json``.

        A page that Textract refuses is in the shard with its code. Pages that were read before a
        throttle are kept, so that the next try neither pays for them again nor waits for them.

        Raises
        ------
        Retryable
            THROTTLED, DEPENDENCY: Textract did not take every page.
        Terminal
            SOURCE_GONE; CHECKSUM_MISMATCH: the pinned version holds other bytes than planned.
        """
        self._shards.reopen(ref, planned.shard_id)
        stored = self._shards.find(ref, planned.shard_id)
        if stored is not None:
            return stored
        plan = self._shards.plan(ref)
        features = _FEATURES if plan.policy is LanePolicy.QUALITY else ()
        key = layout.stage_key(ref, Stage.READ, f"{planned.shard_id}.part.json")
        kept = self._work.find(key)
        pages = {} if kept is None else _numbered(Shard.model_validate_json(kept).pages)
        before = len(pages)
        try:
            self._read(source, plan, planned, features, pages)
        except Retryable:
            if len(pages) > before:
                part = Shard(shard_id=planned.shard_id, pages=tuple(pages.values()))
                self._work.put(key, part.to_json(), JSON)
            raise
        shard = self._shards.commit(ref, _priced(planned, pages, features, call.gb_seconds))
        if kept is not None:
            self._work.delete(key)
        return shard

    def _read(
        self,
        source: Source,
        plan: Plan,
        planned: PlannedShard,
        features: Sequence[FeatureTypeType],
        pages: dict[int, Page],
    ) -> None:
        """Read what is missing of the shard into ``pages``, whatever else happens."""
        refused = {gap.page: gap.code for gap in plan.refused}
        missing = []
        for number in range(planned.first_page, planned.last_page + 1):
            if number in refused:
                pages[number] = _unread(plan, planned, number, refused[number])
            elif number not in pages:
                missing.append(number)
        if not missing:
            return
        readable = plan.readable(source)
        with tempfile.NamedTemporaryFile() as file:
            self._sources.fetch(readable.source, file, readable.sha256)
            try:
                with open_pictures(Path(file.name), readable.media_type) as pictures:
                    self._send(pictures, plan, planned, missing, features, pages)
            except Rejected as error:
                large = error.code in {RejectedCode.TOO_LARGE, RejectedCode.TOO_MANY_PIXELS}
                code = PageCode.PAGE_TOO_LARGE if large else PageCode.PAGE_UNREADABLE
                pages |= {number: _unread(plan, planned, number, code) for number in missing}

    def _send(
        self,
        pictures: Pictures,
        plan: Plan,
        planned: PlannedShard,
        numbers: Sequence[int],
        features: Sequence[FeatureTypeType],
        pages: dict[int, Page],
    ) -> None:
        """Send pages one after the other, each when its turn comes, and gather the answers.

        Pages are drawn and turns awaited by this thread alone: pdfium knows one thread only.
        """
        sent: dict[int, Future[Page | PageCode]] = {}
        stopped: Exception | None = None
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for number in numbers:
                try:
                    picture = pictures.page(number)
                except UnreadablePageError:
                    code = PageCode.PAGE_UNREADABLE
                    pages[number] = _unread(plan, planned, number, code)
                    continue
                try:
                    self._textract.await_turn(features)
                except Retryable as error:
                    stopped = error
                    break
                frame = _frame(number, plan, planned, picture)
                sent[number] = pool.submit(self._textract.read, picture.content, frame, features)
                # One that was throttled stands for those after it.
                if any(future.done() and future.exception() for future in sent.values()):
                    break
        for number, future in sent.items():
            failed = future.exception()
            if failed is not None:
                stopped = failed if isinstance(failed, Exception) else stopped
                continue
            read = future.result()
            pages[number] = read if isinstance(read, Page) else _unread(plan, planned, number, read)
        if stopped is not None:
            raise stopped


def _frame(number: int, plan: Plan, planned: PlannedShard, picture: Picture) -> Frame:
    return Frame(
        number=number,
        reason=reason_of(plan, planned, number),
        width_pt=picture.width_pt,
        height_pt=picture.height_pt,
        rotation=picture.rotation,
    )


def _unread(plan: Plan, planned: PlannedShard, number: int, code: PageCode) -> Page:
    return unread(number, Lane.TEXTRACT, reason_of(plan, planned, number), code)


def _numbered(pages: Sequence[Page]) -> dict[int, Page]:
    return {page.number: page for page in pages}


def _priced(
    planned: PlannedShard,
    pages: Mapping[int, Page],
    features: Sequence[FeatureTypeType],
    gb_seconds: float,
) -> Shard:
    """Return the shard with what Textract charges for it; a page that was not read is free."""
    read = sum(page.status is PageStatus.OK for page in pages.values())
    charges = read * textract_charge(features)
    cost = (
        page_cost(Lane.TEXTRACT, pages=read, gb_seconds=gb_seconds, charges_usd=charges)
        if read
        else Decimal(0)
    )
    return Shard(
        shard_id=planned.shard_id,
        pages=tuple(
            page.model_copy(update={"cost_usd": cost}) if page.status is PageStatus.OK else page
            for _, page in sorted(pages.items())
        ),
        gb_seconds=gb_seconds,
        charges_usd=charges,
    )
