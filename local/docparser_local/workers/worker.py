"""One Lambda execution environment."""

from __future__ import annotations

import json
import os
import selectors
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from docparser_local.settings import GATEWAY_VARIABLES
from docparser_local.workers.process import END_OF_LOG

if TYPE_CHECKING:
    from pathlib import Path

    from docparser_local.workers.nursery import Nursery, Pipes

_INIT_TIMEOUT_S = 60.0
_CHUNK = 1 << 16
_LOG_END = f"{END_OF_LOG}\n".encode()


@dataclass(frozen=True)
class Function:
    """What a worker must know of a function version.

    ``timeout_s`` is in seconds, ``memory_mb`` in MB and only reported, never enforced.
    ``revision`` changes with everything that a running worker could not pick up.
    """

    name: str
    arn: str
    version: str
    handler: str
    timeout_s: float
    memory_mb: int
    log_group: str
    revision: str
    environment: dict[str, str] = field(hash=False)


@dataclass(frozen=True)
class Outcome:
    """What an invocation came to.

    ``payload`` is the handler's result or, if ``failed``, AWS's description of the error.
    """

    payload: Any
    failed: bool
    log: str
    memory_mb: int = 0


class WorkerGoneError(Exception):
    """The worker ended, or went silent, while an answer was due."""


class Worker:
    """A warm process that runs one function, one invocation at a time."""

    def __init__(self, nursery: Nursery, function: Function, code: Path) -> None:
        self.function = function
        self.idle_since = time.monotonic()
        self.stream = f"{time.strftime('%Y/%m/%d')}/[{function.version}]{uuid4().hex}"
        self.alive = True
        self._nursery = nursery
        self._pipes: Pipes = nursery.spawn(code, self._environment(code))
        self._log = bytearray()  # since the last marker
        self._said = bytearray()  # before it
        self._response = bytearray()
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._pipes.response, selectors.EVENT_READ, self._response)
        self._selector.register(self._pipes.log, selectors.EVENT_READ, self._log)
        self._initialised = False

    def invoke(self, event: Any, request_id: str, trace_id: str | None) -> Outcome:
        """Run one invocation; after any death of the process ``alive`` is False."""
        function = self.function
        try:
            if not self._initialised:
                row = self._answer(_INIT_TIMEOUT_S)
                if "failure" in row:
                    self.close()
                    return Outcome(row["failure"], True, self._take_log())
                self._initialised = True
            request = {
                "event": event,
                "request_id": request_id,
                "arn": function.arn,
                "timeout_s": function.timeout_s,
                "trace_id": trace_id,
            }
            self._send(json.dumps(request).encode() + b"\n")
            row = self._answer(function.timeout_s)
        except TimeoutError:
            self.close()
            text = f"RequestId: {request_id} Error: Task timed out after {function.timeout_s:.2f}"
            return self._died("Sandbox.Timedout", f"{text} seconds")
        except WorkerGoneError:
            reason = _exit_reason(self.close())
            return self._died("Runtime.ExitError", f"RequestId: {request_id} Error: {reason}")
        failed = "failure" in row
        payload = row["failure"] if failed else row["result"]
        return Outcome(payload, failed, self._take_log(), row.get("memory_mb", 0))

    def close(self) -> int:
        """End the process; return its wait status."""
        self.alive = False
        self._selector.close()
        self._pipes.close()
        return self._nursery.reap(self._pipes.pid)

    # ------------------------------------------------------------ the pipes
    def _send(self, message: bytes) -> None:
        view = memoryview(message)
        try:
            while view:
                view = view[os.write(self._pipes.request, view) :]
        except BrokenPipeError as error:
            raise WorkerGoneError from error

    def _answer(self, timeout_s: float) -> dict[str, Any]:
        """Read until both the response and the end of its log are there."""
        deadline = time.monotonic() + timeout_s
        while not (self._response.endswith(b"\n") and self._log.endswith(_LOG_END)):
            remaining = deadline - time.monotonic()
            ready = self._selector.select(remaining) if remaining > 0 else []
            if not ready:
                raise TimeoutError
            for key, _ in ready:
                part = os.read(key.fd, _CHUNK)
                if not part and key.data is self._response:
                    self._drain_log()
                    raise WorkerGoneError
                key.data.extend(part)
                if not part:
                    self._selector.unregister(key.fd)
        row = json.loads(self._response)
        self._response.clear()
        self._said += self._log.removesuffix(_LOG_END)
        self._log.clear()
        return dict(row)

    def _drain_log(self) -> None:
        """Read the last words of a process that has ended."""
        os.set_blocking(self._pipes.log, False)
        try:
            while part := os.read(self._pipes.log, _CHUNK):
                self._log.extend(part)
        except BlockingIOError:
            return  # a process that it had started still holds the other end

    def _take_log(self) -> str:
        text = (self._said + self._log).decode("utf-8", "replace")
        self._said.clear()
        self._log.clear()
        return text.rstrip("\n")

    def _died(self, kind: str, message: str) -> Outcome:
        log = "\n".join(filter(None, [self._take_log(), message]))
        return Outcome({"errorType": kind, "errorMessage": message}, True, log)

    def _environment(self, code: Path) -> dict[str, str]:
        function = self.function
        # The engine's own environment is kept out, as a user's DOCPARSER_* variables in it would
        # silently win over, or add to, what the template sets.
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        return {
            **inherited,
            **function.environment,
            "TZ": ":UTC",
            "LAMBDA_TASK_ROOT": str(code),
            "_HANDLER": function.handler,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_FUNCTION_NAME": function.name,
            "AWS_LAMBDA_FUNCTION_VERSION": function.version,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory_mb),
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
            "AWS_LAMBDA_LOG_STREAM_NAME": self.stream,
        }


_INHERITED = (
    "PATH",
    "HOME",
    "TMPDIR",
    "LANG",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "AWS_ENDPOINT_URL",
    *GATEWAY_VARIABLES,
    "AWS_CONFIG_FILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "no_proxy",
)


def _exit_reason(status: int) -> str:
    code = os.waitstatus_to_exitcode(status)
    if code == 0:
        return "Runtime exited without providing a reason"
    if code < 0:
        return f"Runtime exited with error: signal: {-code}"
    return f"Runtime exited with error: exit status {code}"
