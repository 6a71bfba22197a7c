"""A function's edge: what enters is parsed into nouns, what leaves is one of three errors.

::

    @function(Stage.PREFLIGHT, Request)
    def handler(request: Request, call: Call) -> dict[str, Any]:
        return preflight.run(request.ref, request.source, call)
"""

from __future__ import annotations

import functools
import os
import time
import traceback
from typing import TYPE_CHECKING, Any, TypeVar

from . import init_phase, observability
from .aws import translate
from .errors import Rejected, Retryable, Superseded, Terminal, public_message
from .model import Noun, Ref, Stage

if TYPE_CHECKING:
    from collections.abc import Callable


class Request(Noun):
    """What every state passes; functions add the fields they need."""

    ref: Ref


class Call:
    """One invocation: how long it has run, and what of Lambda it has used."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._memory_gb = int(os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "1024")) / 1024

    @property
    def seconds(self) -> float:
        """Wall time since the invocation began."""
        return time.perf_counter() - self._started

    @property
    def gb_seconds(self) -> float:
        """Memory size times wall time, the unit that Lambda bills."""
        return self._memory_gb * self.seconds


R = TypeVar("R", bound=Request)


def function(
    stage: Stage, kind: type[R], *, uses: tuple[type[Noun], ...] = ()
) -> Callable[[Callable[[R, Call], dict[str, Any]]], Callable[[dict[str, Any], Any], Any]]:
    """Turn a body that works on nouns into a Lambda handler; this ends the init phase.

    Parameters
    ----------
    stage
        Where in the walk the function stands.
    kind
        What an event is parsed into.
    uses
        The nouns that every invocation reads or writes besides.

    Raises
    ------
    Rejected, Retryable, Terminal
        Exactly these leave, with ``{"code", "stage", "page"}`` as their message. Whatever nobody
        expected becomes ``Terminal(INTERNAL)`` or, if AWS was merely away, ``Retryable``.
    """

    def decorate(
        body: Callable[[R, Call], dict[str, Any]],
    ) -> Callable[[dict[str, Any], Any], Any]:
        @functools.wraps(body)
        def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
            call = Call()
            # Bound before the event is read: a malformed one must not log as the one before it.
            observability.bind(context.aws_request_id, None, stage=stage)
            try:
                request = kind.model_validate(event)
                observability.bind(context.aws_request_id, request.ref, stage=stage)
                result = body(request, call)
            except Exception as error:  # noqa: BLE001 - the edge: nothing passes unnamed
                left = leaving(error, stage)
            else:
                observability.log("done", seconds=round(call.seconds, 4))
                observability.seconds("StageSeconds", call.seconds, stage=stage)
                return result
            # Outside the except block: neither cause nor context may carry the original along.
            raise left

        init_phase.end(kind, Ref, *uses)
        return handler

    return decorate


def leaving(error: Exception, stage: Stage) -> Rejected | Retryable | Terminal:
    """Return the error that may leave a function in place of another, and log it."""
    known = error if isinstance(error, (Rejected, Retryable, Terminal)) else translate(error)
    if isinstance(known, Superseded):
        observability.count("RecordConflict")
    observability.log_error(
        "stopped",
        code=known.code,
        page=known.page,
        error_type=type(error).__name__,
        frames=frames(error),
    )
    left: Rejected | Retryable | Terminal
    if isinstance(known, Rejected):
        left = Rejected(known.code, page=known.page)
    elif isinstance(known, Retryable):
        left = Retryable(known.code, page=known.page)
    else:
        left = Terminal(known.code, page=known.page)
    left.args = (public_message(known, stage),)
    return left


def frames(error: Exception) -> list[str]:
    """Return where an error came from, without source lines and without its message."""
    return [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-6:]
    ]
