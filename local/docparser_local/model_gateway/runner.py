"""Runs accepted invocations: a few at a time per endpoint, each until its answer is stored."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from docparser_local.model_gateway import notification
from docparser_local.model_gateway.exchange import RefusedError
from docparser_local.model_gateway.model_server import (
    Answer,
    BrokenConnectionError,
    InvocationTimeoutError,
    NotReadyError,
)

if TYPE_CHECKING:
    from docparser_local.model_gateway.endpoint import Endpoint
    from docparser_local.model_gateway.exchange import Exchange
    from docparser_local.model_gateway.invocation import Invocation
    from docparser_local.model_gateway.model_server import ModelServer
    from docparser_local.model_gateway.spool import Spool

LOG = logging.getLogger(__name__)

_FIRST_WAIT_S = 0.1
_LONGEST_WAIT_S = 2.0
# A request that ends its server every time must not do so until its own time to live is over.
_BROKEN_CONNECTIONS = 3

_SEE_LOGS = "See the SageMaker Endpoint logs in your account for more information."
_EXPIRED = (
    "ClientError: The request expired: it was in the queue for longer than RequestTTLSeconds."
)
_TIMED_OUT = (
    "ClientError: Your invocation timed out while waiting for a response from container primary."
)
_UNSIZED = (
    "ClientError: The response from container primary did not specify the required "
    "Content-Length header"
)


class FailedError(Exception):
    """The invocation has failed for good.

    Attributes
    ----------
    reason
        SageMaker's words.
    answer
        What the container said, if it said anything.
    """

    def __init__(self, reason: str, answer: Answer | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.answer = answer


class Runner:
    """Runs the invocations of one endpoint.

    Parameters
    ----------
    server
        The model server behind the endpoint.
    """

    def __init__(
        self, endpoint: Endpoint, server: ModelServer, exchange: Exchange, spool: Spool
    ) -> None:
        self.endpoint = endpoint
        self.server = server
        self._exchange = exchange
        self._spool = spool
        self._slots = asyncio.Semaphore(endpoint.max_concurrent)
        self._tasks: set[asyncio.Task[None]] = set()

    async def submit(self, invocation: Invocation) -> None:
        """Take an invocation; when this returns, it is on disk."""
        await asyncio.to_thread(self._spool.keep, invocation)
        self.resume(invocation)

    def resume(self, invocation: Invocation) -> None:
        """Run an invocation that is on disk already."""
        task = asyncio.get_running_loop().create_task(self._run(invocation))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Interrupt what runs; all of it stays on disk."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # ------------------------------------------------------------ one invocation
    async def _run(self, invocation: Invocation) -> None:
        try:
            try:
                answer = await self._answer(invocation)
                await self._complete(invocation, answer)
            except FailedError as failure:
                await self._fail(invocation, failure)
            await asyncio.to_thread(self._spool.drop, invocation)
        except Exception as error:  # noqa: BLE001 - the other invocations go on
            # Left on disk for the next start. Not the text: it may quote the model's answer.
            LOG.error("invocation %s: %s", invocation.inference_id, type(error).__name__)

    async def _answer(self, invocation: Invocation) -> Answer:
        """Wait for a slot and for the server, then invoke the model."""
        remaining_s = invocation.expires_at - time.time()
        if remaining_s <= 0:  # it may have waited for the gateway to come back
            raise FailedError(_EXPIRED)
        try:
            async with asyncio.timeout(remaining_s):
                await self._slots.acquire()
        except TimeoutError:
            raise FailedError(_EXPIRED) from None
        try:
            answer = await self._invoke(invocation, await self._input(invocation))
        finally:
            self._slots.release()
        if answer.ok:
            return answer
        if not answer.sized:
            raise FailedError(_UNSIZED, answer)
        side = "client" if answer.status < 500 else "server"
        raise FailedError(
            f"ClientError: Received {side} error ({answer.status}) from model. {_SEE_LOGS}", answer
        )

    async def _input(self, invocation: Invocation) -> bytes:
        if invocation.input_location is None:
            return invocation.body or b""
        try:
            return await self._exchange.read(invocation.input_location)
        except RefusedError as error:
            raise FailedError(
                f"ClientError: The input could not be read from S3: {error}"
            ) from None

    async def _invoke(self, invocation: Invocation, body: bytes) -> Answer:
        broken, wait_s = 0, _FIRST_WAIT_S
        while time.time() < invocation.expires_at:
            try:
                return await self.server.invoke(
                    body, invocation.model_headers(), invocation.timeout_s
                )
            except NotReadyError:
                LOG.debug("invocation %s waits for the model", invocation.inference_id)
            except BrokenConnectionError:
                broken += 1
                LOG.warning("invocation %s: the model went away", invocation.inference_id)
                if broken == _BROKEN_CONNECTIONS:
                    raise FailedError(
                        f"ClientError: Received server error (0) from model. {_SEE_LOGS}"
                    ) from None
            except InvocationTimeoutError:
                raise FailedError(_TIMED_OUT) from None
            await asyncio.sleep(wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)
        raise FailedError(_EXPIRED)

    async def _complete(self, invocation: Invocation, answer: Answer) -> None:
        try:
            await self._exchange.write(invocation.output_location, answer.body, answer.content_type)
        except RefusedError as error:
            reason = f"ClientError: The output could not be written to S3: {error}"
            raise FailedError(reason) from None
        message = notification.completed(invocation, time.time(), answer.content_type)
        await self._notify(invocation, self.endpoint.success_topic, message)

    async def _fail(self, invocation: Invocation, failure: FailedError) -> None:
        content_type = None
        if answer := failure.answer:
            content_type = answer.content_type
            try:
                await self._exchange.write(
                    invocation.failure_location, answer.body, answer.content_type
                )
            except RefusedError as error:
                LOG.error("invocation %s: no failure object: %s", invocation.inference_id, error)
                content_type = None
        message = notification.failed(invocation, time.time(), failure.reason, content_type)
        await self._notify(invocation, self.endpoint.error_topic, message)

    async def _notify(self, invocation: Invocation, topic: str, message: dict[str, object]) -> None:
        LOG.info("invocation %s: %s", invocation.inference_id, message["invocationStatus"])
        if not topic:
            return
        try:
            await self._exchange.publish(topic, message)
        except RefusedError as error:
            LOG.error("invocation %s: not published: %s", invocation.inference_id, error)
