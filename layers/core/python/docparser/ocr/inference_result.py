"""The GPU lane, back: the endpoint's answer becomes the shard, and the state that waits goes on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ConfigDict, Field

from docparser import observability
from docparser.errors import Retryable, public_message
from docparser.model import Lane, Noun, RetryableCode, Stage
from docparser.store import layout

from .answer import pages_read, pages_refused, parse, refusal
from .shards import priced

if TYPE_CHECKING:
    from docparser.function import Call
    from docparser.model import Ref, Shard
    from docparser.store.blobs import Blobs
    from docparser.store.callbacks import Callback, Callbacks, TaskTokens
    from docparser.store.records import Records

    from .shards import Shards

_COMPLETED = "Completed"


class ResponseParameters(Noun):
    """Where an answer lies: ``s3://bucket/key``."""

    model_config = ConfigDict(extra="ignore")
    output_location: str = Field(default="", alias="outputLocation")


class InferenceResult(Noun):
    """SageMaker's notification of an asynchronous inference, from its success or error topic.

    ``failure_reason`` may quote the model's words, and so the document: it is never passed on.
    """

    model_config = ConfigDict(extra="ignore")
    inference_id: str = Field(alias="inferenceId")
    status: str = Field(alias="invocationStatus")
    response: ResponseParameters = Field(default=ResponseParameters(), alias="responseParameters")
    failure_reason: str = Field(default="", alias="failureReason", repr=False)


class InferenceResults:
    """Takes answers in, however often and however late they come."""

    def __init__(
        self,
        *,
        shards: Shards,
        exchange: Blobs,
        records: Records,
        callbacks: Callbacks,
        tokens: TaskTokens,
    ) -> None:
        self._shards = shards
        self._exchange = exchange
        self._records = records
        self._callbacks = callbacks
        self._tokens = tokens

    def take(self, result: InferenceResult, call: Call) -> None:
        """Commit what was read, then answer whoever waits for it.

        An answer that nobody waits for is dropped. One that comes after its deadline, while its
        document still walks, is kept if no shard was committed meanwhile; one that comes after its
        document has ended is deleted, whether anybody waits for it or not.
        """
        callback = self._callbacks.get(result.inference_id)
        if callback is None:
            observability.count("CallbackUnknown")
            self._dropped(result)
            return
        if self._dropped(result, callback.ref):
            observability.log("late", shard_id=callback.shard.shard_id)
            self._callbacks.delete(callback)
            return
        try:
            read = self._read(result, callback, call)
        except Retryable as error:
            self._fail(callback, error)
        else:
            self._succeed(callback, self._shards.commit(callback.ref, read))

    def _read(self, result: InferenceResult, callback: Callback, call: Call) -> Shard:
        """Return the shard that an answer makes.

        Raises
        ------
        Retryable
            ENDPOINT_ERROR: there is no answer, or none that can be read; another try may succeed.
        """
        plan, planned = self._shards.plan(callback.ref), callback.shard
        seconds = 0.0
        if result.status == _COMPLETED:
            answer = parse(self._answer(result, callback))
            pages, seconds = pages_read(answer, plan, planned, callback.pages), answer.seconds
        elif (code := refusal(result.failure_reason)) is not None:
            pages = pages_refused(plan, planned, code)
        else:
            raise Retryable(RetryableCode.ENDPOINT_ERROR)
        return priced(
            planned,
            pages,
            gb_seconds=callback.gb_seconds + call.gb_seconds,
            gpu_seconds=seconds,
        )

    def _answer(self, result: InferenceResult, callback: Callback) -> bytes:
        """Return the bytes of an answer."""
        key = self._answer_key(result, callback)
        body = None if key is None else self._exchange.find(key)
        if body is None:
            raise Retryable(RetryableCode.ENDPOINT_ERROR)
        return body

    def _dropped(self, result: InferenceResult, ref: Ref | None = None) -> bool:
        """Whether an answer's document has ended, the answer deleted.

        What lay between was purged when the document ended: what is stored since would stay.
        """
        key = self._key(result)
        answered = None if key is None else layout.answered(key)
        ref = ref or answered
        record = None if ref is None else self._records.get(ref)
        if ref is None or (record is not None and not record.status.terminal):
            return False
        if key is not None and answered is not None and _same_document(answered, ref):
            self._exchange.delete(key)
        return True

    def _answer_key(self, result: InferenceResult, callback: Callback) -> str | None:
        """Return where an answer lies, or None if it is not where those about its document lie."""
        key = self._key(result)
        ours = key is not None and key.startswith(layout.ocr_output_prefix(callback.ref))
        return key if ours else None

    def _key(self, result: InferenceResult) -> str | None:
        """Return the key that an answer has in the exchange, or None if it lies elsewhere."""
        bucket = layout.uri(self._exchange.bucket, "")
        location = result.response.output_location
        return location.removeprefix(bucket) if location.startswith(bucket) else None

    def _succeed(self, callback: Callback, shard: Shard) -> None:
        """Answer the token; if a retry has replaced it meanwhile, answer that one as well.

        A retry that stored its token after this shard was committed has seen the shard. One that
        stored it before has not: its token is found here, because the old one cannot be deleted.
        """
        waiting: Callback | None = callback
        while waiting is not None:
            told = self._tokens.succeed(
                waiting.task_token, self._shards.summary(waiting.ref, shard)
            )
            observability.log(
                "answered" if told else "nobody waits",
                shard_id=shard.shard_id,
                inference_id=waiting.inference_id,
            )
            if self._callbacks.delete(waiting):
                return
            waiting = self._callbacks.get(callback.inference_id)

    def _fail(self, callback: Callback, error: Retryable) -> None:
        """Let the state try again, unless its shard was read after all.

        A token that is newer than this answer waits for an answer of its own.
        """
        stored = self._shards.find(callback.ref, callback.shard.shard_id)
        if stored is not None:
            self._succeed(callback, stored)
            return
        observability.count("ShardRetried", lane=Lane.GPU)
        self._tokens.fail(
            callback.task_token,
            error=Retryable.__name__,
            message=public_message(error, Stage.READ),
        )
        self._callbacks.delete(callback)


def _same_document(one: Ref, other: Ref) -> bool:
    return (one.tenant, one.document_id) == (other.tenant, other.document_id)
