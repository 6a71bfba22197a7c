"""Asynchronous invocations are kept until they have ended, as AWS keeps them in a queue of its own.

One that a stop or a crash interrupted is begun again. What EventBridge and SNS invoke is repeated
twice when the function fails, like any other; ministack lets it go.
"""

from __future__ import annotations

import contextvars
import json
import logging
import threading
import time
from typing import TYPE_CHECKING, Any

from ministack.core.responses import new_uuid, request_scope
from ministack.services import eventbridge, lambda_svc, sns

from docparser_local.bridge.journal import of_kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from docparser_local.bridge.journal import Journal, Row

LOG = logging.getLogger(__name__)

_RETRIES = 2
_MAX_AGE_S = 6 * 3600


class AsyncInvocations:
    """The invocations under way, each in a thread of its own.

    Parameters
    ----------
    journal
        Where they are written before their callers are answered.
    rows
        What the journal says about them when the engine starts.
    stopping
        Returns whether the engine is about to end, when what fails has not failed of itself.
    """

    def __init__(self, journal: Journal, rows: list[Row], stopping: Callable[[], bool]) -> None:
        self._journal = journal
        self._stopping = stopping
        self._pending: dict[str, Row] = {}
        for row in of_kind(rows, "invoke", "invoked"):
            if "invoke" in row:
                self._pending[row["invoke"][0]] = row
            else:
                self._pending.pop(row["invoked"], None)
        self._interrupted = list(self._pending.values())
        journal.carry(lambda: list(self._pending.values()))

    def submit(self, function: dict[str, Any], event: Any) -> None:
        """Accept an invocation of ministack's function record."""
        arn = (function.get("config") or function)["FunctionArn"]
        name = new_uuid()
        row = {"invoke": [name, arn, event]}
        with self._journal as rows:
            self._pending[name] = row
            rows.append(row)
        self._start(name, function, event)

    def resume(self) -> None:
        """Begin again what was interrupted."""
        for row in self._interrupted:
            name, arn, event = row["invoke"]
            _, _, _, region, account, *_ = arn.split(":")
            with request_scope(account, region):
                function, config, _ = lambda_svc._get_func_record_for_ref(arn)
                if function and config:
                    record = lambda_svc._execution_record_for_config(function, config)
                    self._start(name, record, event)
                else:
                    LOG.warning("the function of an interrupted invocation is gone")
                    self._end(name)
        self._interrupted.clear()

    def _start(self, name: str, function: dict[str, Any], event: Any) -> None:
        arn = (function.get("config") or function)["FunctionArn"]
        _, _, _, region, account, *_ = arn.split(":")

        def run() -> None:
            with request_scope(account, region):
                deliver(function, event)
            if not self._stopping():
                self._end(name)

        context = contextvars.copy_context()
        threading.Thread(target=context.run, args=(run,), daemon=True, name="invocation").start()

    def _end(self, name: str) -> None:
        with self._journal as rows:
            del self._pending[name]
            rows.append({"invoked": name})


def deliver(function: dict[str, Any], event: Any) -> None:
    """Invoke until it succeeds, for as often and as long as the function's settings say."""
    config = function.get("config") or function
    qualified = (function.get("event_invoke_configs") or {}).get("$LATEST")
    settings = function.get("event_invoke_config") or qualified or {}
    retries = settings.get("MaximumRetryAttempts")
    deadline = time.time() + int(settings.get("MaximumEventAgeInSeconds", _MAX_AGE_S))
    delay_s = lambda_svc._LAMBDA_ASYNC_RETRY_BASE_SECONDS
    result = lambda_svc._execute_function(function, event)
    for _ in range(_RETRIES if retries is None else int(retries)):
        if not result.get("error") or time.time() + delay_s > deadline:
            break
        time.sleep(delay_s)
        delay_s = min(2 * delay_s, lambda_svc._LAMBDA_ASYNC_RETRY_MAX_SECONDS)
        result = lambda_svc._execute_function(function, event)
    on_failure = (settings.get("DestinationConfig") or {}).get("OnFailure") or {}
    dead_letters = (config.get("DeadLetterConfig") or {}).get("TargetArn")
    target = on_failure.get("Destination") or dead_letters
    if result.get("error") and target:
        lambda_svc._route_async_failure(target, config["FunctionName"], event, result)


def install(invocations: AsyncInvocations) -> None:
    """Take over the asynchronous invocations of every service."""

    def invoke(arn: str, event: Any) -> None:
        function, config, name = lambda_svc._get_func_record_for_ref(arn)
        if not function or not config:
            LOG.warning("function %s, the target of an event, does not exist", name)
            return
        invocations.submit(lambda_svc._execution_record_for_config(function, config), event)

    def from_topic(endpoint: str, envelope: str, _topic: str, subscription: str, *_: Any) -> None:
        record = {
            "EventVersion": "1.0",
            "EventSubscriptionArn": subscription,
            "EventSource": "aws:sns",
            "Sns": json.loads(envelope),
        }
        invoke(endpoint, {"Records": [record]})

    def from_rule(arn: str, payload: str) -> None:
        try:
            invoke(arn, json.loads(payload))
        except ValueError:  # a transformer may write any text
            invoke(arn, {"body": payload})

    lambda_svc.invoke_async_with_retry = invocations.submit
    eventbridge._dispatch_to_lambda = from_rule
    sns._deliver_to_lambda = from_topic
