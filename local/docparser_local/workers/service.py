"""Puts the workers under ministack's Lambda service, for its Python runtimes."""

from __future__ import annotations

import atexit
import json
import threading
import time
from typing import TYPE_CHECKING, Any

from ministack.core.lambda_runtime import execution_credentials
from ministack.services import cloudwatch_logs, lambda_svc

from docparser_local.settings import REGION, EngineSettings
from docparser_local.workers.nursery import Nursery
from docparser_local.workers.pool import Pools
from docparser_local.workers.worker import Function, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

_CHECK_IDLE_S = 60.0
_NO_CODE = {"errorType": "Runtime.InvalidEntrypoint", "errorMessage": "the function has no code"}


def describe(config: dict[str, Any]) -> Function:
    """Collect what a worker must know from a function's configuration.

    Any ``python3.x`` runtime is this interpreter with the project's locked environment.
    """
    name = config["FunctionName"]
    variables = config.get("Environment", {}).get("Variables", {})
    log_group = (config.get("LoggingConfig") or {}).get("LogGroup") or f"/aws/lambda/{name}"
    region = config["FunctionArn"].split(":")[3] or REGION
    keys = ("CodeSha256", "Handler", "Timeout", "MemorySize", "LoggingConfig")
    return Function(
        name=name,
        arn=config["FunctionArn"],
        version=config.get("Version", "$LATEST"),
        handler=config["Handler"],
        timeout_s=float(config.get("Timeout", 3)),
        memory_mb=int(config.get("MemorySize", 128)),
        log_group=log_group,
        revision=json.dumps([*(config.get(key) for key in keys), variables], sort_keys=True),
        environment={
            **variables,
            **execution_credentials(config),
            "AWS_REGION": region,
            "AWS_DEFAULT_REGION": region,
        },
    )


class LambdaExecutor:
    """Runs invocations on pooled workers and writes their logs."""

    def __init__(self, pools: Pools, on_log: Callable[[list[str]], None]) -> None:
        self._pools = pools
        self._on_log = on_log

    def execute(self, record: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        """Run an invocation; the result has the shape of ministack's own executors."""
        config = record.get("config") or record
        code = record.get("code_zip")
        if not code:
            return {"body": _NO_CODE, "error": True, "log": ""}
        pool = self._pools.pool(describe(config), config["CodeSha256"], code)
        with pool.lease() as worker:
            started = time.time()
            trace_id = lambda_svc._xray_trace_id_for_invocation(config)
            outcome = worker.invoke(event, request_id, trace_id)
            lines = outcome.log.splitlines()
            self._write(worker.function, worker.stream, request_id, started, lines, outcome)
        self._on_log(lines)
        result = {"body": outcome.payload, "log": outcome.log}
        return {**result, "error": True} if outcome.failed else result

    def _write(
        self,
        function: Function,
        stream_name: str,
        request_id: str,
        started: float,
        lines: list[str],
        outcome: Outcome,
    ) -> None:
        """Append the invocation to the worker's log stream, between AWS's platform lines."""
        ended = time.time()
        duration = (ended - started) * 1000
        report = (
            f"REPORT RequestId: {request_id}\tDuration: {duration:.2f} ms\t"
            f"Billed Duration: {int(duration) + 1} ms\tMemory Size: {function.memory_mb} MB\t"
            f"Max Memory Used: {outcome.memory_mb} MB"
        )
        start = f"START RequestId: {request_id} Version: {function.version}"
        end = f"END RequestId: {request_id}"
        stamp = int(ended * 1000)
        events = [
            {"timestamp": stamp, "message": message, "ingestionTime": stamp}
            for message in (start, *lines, end, report)
        ]
        stream = _stream(function.log_group, stream_name, stamp)
        cloudwatch_logs._append_log_events(stream, events)
        cloudwatch_logs._fanout_to_subscription_filters(function.log_group, stream_name, events)


def _stream(group_name: str, stream_name: str, stamp: int) -> dict[str, Any]:
    """Return a log stream's record, made on its first use, as AWS does."""
    groups = cloudwatch_logs._log_groups
    if group_name not in groups:
        groups[group_name] = {
            "arn": cloudwatch_logs._make_group_arn(group_name),
            "creationTime": stamp,
            "retentionInDays": None,
            "tags": {},
            "subscriptionFilters": {},
            "streams": {},
        }
    empty = {
        "events": [],
        "uploadSequenceToken": "1",
        "creationTime": stamp,
        "firstEventTimestamp": None,
        "lastEventTimestamp": None,
        "lastIngestionTime": None,
    }
    return dict.setdefault(groups[group_name]["streams"], stream_name, empty)


def install(settings: EngineSettings, on_log: Callable[[list[str]], None]) -> None:
    """Replace ministack's worker pool; ``on_log`` receives every invocation's log lines."""
    nursery = Nursery()
    atexit.register(nursery.stop)
    pools = Pools(nursery, settings.home / "code")
    executor = LambdaExecutor(pools, on_log)
    original = lambda_svc._execute_function_warm

    def execute(record: dict[str, Any], event: Any, request_id: str) -> dict[str, Any]:
        runtime = (record.get("config") or record).get("Runtime", "python")
        run = executor.execute if runtime.startswith("python") else original
        return dict(run(record, event, request_id))

    lambda_svc._execute_function_warm = execute
    # Written by the executor, one stream per worker; ministack's would be one per invocation.
    lambda_svc._emit_lambda_logs = lambda *_args, **_kwargs: None
    threading.Thread(target=_close_idle, args=(pools,), daemon=True, name="idle-workers").start()


def _close_idle(pools: Pools) -> None:
    while True:
        time.sleep(_CHECK_IDLE_S)
        pools.retire_idle()
