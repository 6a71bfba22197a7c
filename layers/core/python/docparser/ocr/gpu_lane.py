"""The GPU lane, out: a shard alone goes to the OCR endpoint, and its state waits by a token."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from docparser import observability
from docparser.model import PageCode, PlannedShard, Ref, Shard, now
from docparser.store import layout
from docparser.store.callbacks import Callback

from .answer import pages_refused
from .scan_input import write_pages

if TYPE_CHECKING:
    from docparser.function import Call
    from docparser.model import Plan, Source
    from docparser.store.blobs import Blobs, Sources
    from docparser.store.callbacks import Callbacks, TaskTokens

    from .endpoint import OcrEndpoint
    from .shards import Shards

# An answer may come long after the deadline. So long it is known whose it was.
_REMEMBERED_AFTER = timedelta(days=1)


class GpuLane:
    """Sends shards of scanned pages to the endpoint.

    The answer may be there before the call returns, or may have come for an earlier try. So the
    token is stored first, and only then is looked whether the shard has been read: whoever commits
    it looks for the token afterwards. One of the two sees the other.
    """

    def __init__(
        self,
        *,
        sources: Sources,
        shards: Shards,
        exchange: Blobs,
        callbacks: Callbacks,
        tokens: TaskTokens,
        endpoint: OcrEndpoint,
        deadline: timedelta,
    ) -> None:
        self._sources = sources
        self._shards = shards
        self._exchange = exchange
        self._callbacks = callbacks
        self._tokens = tokens
        self._endpoint = endpoint
        self._lifetime = deadline + _REMEMBERED_AFTER

    def request(
        self, ref: Ref, source: Source, planned: PlannedShard, task_token: str, call: Call
    ) -> None:
        """Ask for a shard; whoever has the answer gives it to the token.

        Raises
        ------
        Retryable
            ENDPOINT_ERROR, THROTTLED: the endpoint did not take the shard.
        Terminal
            SOURCE_GONE; CHECKSUM_MISMATCH: the pinned version holds other bytes than planned.
        """
        self._shards.reopen(ref, planned.shard_id)
        shard = self._shards.find(ref, planned.shard_id)
        if shard is None:
            shard = self._ask(ref, source, planned, task_token, call)
        if shard is not None:
            self._tokens.succeed(task_token, self._shards.summary(ref, shard))

    def _ask(
        self, ref: Ref, source: Source, planned: PlannedShard, task_token: str, call: Call
    ) -> Shard | None:
        """Ask the endpoint; return the shard if it turns out that there is nothing to wait for."""
        plan = self._shards.plan(ref)
        sent = self._send(ref, source, plan, planned)
        if not sent:
            pages = pages_refused(plan, planned, PageCode.PAGE_UNREADABLE)
            shard = Shard(shard_id=planned.shard_id, pages=pages, gb_seconds=call.gb_seconds)
            return self._shards.commit(ref, shard)
        callback = Callback(
            ref=ref,
            shard=planned,
            task_token=task_token,
            pages=sent,
            requested_at=now(),
            gb_seconds=call.gb_seconds,
        )
        self._callbacks.put(callback, self._lifetime)
        answered = self._shards.find(ref, planned.shard_id)
        if answered is not None:
            self._callbacks.delete(callback)
            return answered
        self._endpoint.submit(ref, planned.shard_id, plan.readable(source).media_type)
        observability.log(
            "asked",
            shard_id=planned.shard_id,
            inference_id=callback.inference_id,
            count=len(sent),
        )
        return None

    def _send(self, ref: Ref, source: Source, plan: Plan, planned: PlannedShard) -> tuple[int, ...]:
        """Store the shard alone where the endpoint reads it; return the pages that it has."""
        key = layout.ocr_input_key(ref, planned.shard_id)
        readable = plan.readable(source)
        numbers = range(planned.first_page, planned.last_page + 1)
        if len(numbers) == plan.page_count:
            # The whole document, such as a photo: S3 itself makes the copy.
            self._exchange.copy(
                readable.source, key, readable.sha256, content_type=readable.media_type
            )
            return tuple(numbers)
        with tempfile.NamedTemporaryFile() as whole, tempfile.NamedTemporaryFile() as part:
            self._sources.fetch(readable.source, whole, readable.sha256)
            sent = write_pages(Path(whole.name), part, readable.media_type, numbers)
            if sent:
                self._exchange.put_file(key, part, readable.media_type)
        return sent
