"""The program of the nursery and, after a fork, of every worker.

Run as ``python -m docparser_local.workers.process`` with a Unix socket as standard input. It
answers two requests, one JSON line each: ``spawn`` (with the worker's three pipe ends as file
descriptors) and ``reap``. Importing boto3, Pydantic and Powertools takes 0.4 s of processor time;
here it is paid once and not once per worker.

A worker reads one JSON line per invocation and answers with one JSON line. Its standard output and
error both go to the log pipe, in the order in which they were written, and a marker line there
ends each invocation, so that the engine knows when it has read every line.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import resource
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any, NoReturn, TextIO

from docparser_local.workers import calls

END_OF_LOG = "\x01END"
# What nearly every handler imports and what no function replaces by a copy of its own.
PRELOADED = (
    "aws_lambda_powertools",
    "aws_lambda_powertools.logging",
    "aws_lambda_powertools.metrics",
    "aws_lambda_powertools.utilities.batch",
    "aws_lambda_powertools.utilities.parser",
    "boto3",
    "pydantic",
)
_REAP_GRACE_S = 0.2
_MESSAGE_BYTES = 1 << 20

Handler = Callable[[Any, Any], Any]


class Context:
    """The ``context`` argument of a handler."""

    identity = None
    client_context = None

    def __init__(self, request_id: str, arn: str, deadline: float) -> None:
        self.aws_request_id = request_id
        self.invoked_function_arn = arn
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        self._deadline = deadline

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until the invocation times out."""
        return max(0, int((self._deadline - time.time()) * 1000))

    def log(self, message: str) -> None:
        """Write a line to the function's log."""
        sys.stdout.write(f"{message}\n")


# ---------------------------------------------------------------- a worker
def work(request_fd: int, response_fd: int) -> None:
    """Import the handler, then answer invocations until the engine closes the pipe."""
    with os.fdopen(request_fd) as requests, os.fdopen(response_fd, "w") as responses:

        def answer(row: dict[str, Any]) -> None:
            sys.stdout.flush()
            sys.stderr.write(f"{END_OF_LOG}\n")
            sys.stderr.flush()
            responses.write(json.dumps(row) + "\n")
            responses.flush()

        try:
            handler = load_handler(os.environ["_HANDLER"])
        except BaseException as error:  # noqa: BLE001 - a module may even call sys.exit
            answer({"failure": init_failure(error)})
            return
        answer({"ready": True})
        for line in requests:
            answer(run(handler, json.loads(line)))


def load_handler(name: str) -> Handler:
    """Import ``module.function``; AWS also accepts slashes in the module's path."""
    module_name, _, function_name = name.replace("/", ".").rpartition(".")
    module = importlib.import_module(module_name)
    try:
        return getattr(module, function_name)  # type: ignore[no-any-return]
    except AttributeError:
        raise HandlerNotFoundError(
            f"Handler '{function_name}' missing on module '{module_name}'"
        ) from None


class HandlerNotFoundError(Exception):
    """The module has no such function."""


def init_failure(error: BaseException) -> dict[str, Any]:
    """Describe a failed initialisation as AWS does."""
    if isinstance(error, HandlerNotFoundError):
        return failure("Runtime.HandlerNotFound", str(error), "", [])
    if isinstance(error, ImportError):
        module = os.environ["_HANDLER"].rpartition(".")[0]
        text = f"Unable to import module '{module}': {error}"
        return failure("Runtime.ImportModuleError", text, "", [])
    return described(error, "", skip=4)  # this module's frame and importlib's


def run(handler: Handler, request: dict[str, Any]) -> dict[str, Any]:
    """Run one invocation."""
    request_id = request["request_id"]
    os.environ.pop("_X_AMZN_TRACE_ID", None)
    if request["trace_id"]:
        os.environ["_X_AMZN_TRACE_ID"] = request["trace_id"]
    context = Context(request_id, request["arn"], time.time() + request["timeout_s"])
    try:
        result = handler(request["event"], context)
    except Exception as error:  # noqa: BLE001 - the runtime's job is to report whatever it is
        return {"failure": described(error, request_id, skip=1)}
    try:
        json.dumps(result)
    except (TypeError, ValueError) as error:
        text = f"Unable to marshal response: {error}"
        return {"failure": failure("Runtime.MarshalError", text, request_id, [])}
    return {"result": result, "memory_mb": peak_memory_mb()}


def described(error: BaseException, request_id: str, skip: int) -> dict[str, Any]:
    """Log an exception and describe it, less the runtime's own frames."""
    frames = traceback.format_list(traceback.extract_tb(error.__traceback__)[skip:])
    name = type(error).__name__
    sys.stderr.write(f"[ERROR] {name}: {error}\nTraceback (most recent call last):\n")
    sys.stderr.write("".join(frames))
    return failure(name, str(error), request_id, frames)


def failure(kind: str, message: str, request_id: str, frames: list[str]) -> dict[str, Any]:
    """Build the payload of a failed invocation."""
    return {
        "errorMessage": message,
        "errorType": kind,
        "requestId": request_id,
        "stackTrace": frames,
    }


def peak_memory_mb() -> int:
    """Return the peak resident size of the process, and of the largest child it has had."""
    whose = resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN
    peak = sum(resource.getrusage(who).ru_maxrss for who in whose)
    return int(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10))


# ---------------------------------------------------------------- the nursery
def serve(control: socket.socket) -> None:
    """Answer spawn and reap requests until the engine closes the socket or dies."""
    for name in PRELOADED:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a collection in a worker would copy every page it shares with the nursery
    children: set[int] = set()
    while True:
        message, descriptors, _, _ = socket.recv_fds(control, _MESSAGE_BYTES, 3)
        if not message:
            break
        while not message.endswith(b"\n"):
            message += control.recv(_MESSAGE_BYTES)
        request = json.loads(message)
        if "spawn" in request:
            reply = {"pid": spawn(control, request["spawn"], descriptors)}
            children.add(reply["pid"])
        else:
            children.discard(request["reap"])
            reply = {"status": reap(request["reap"])}
        control.sendall(json.dumps(reply).encode() + b"\n")
    for pid in children:
        os.kill(pid, signal.SIGKILL)  # it is there, if only as a zombie, until it is waited for
    for pid in children:
        os.waitpid(pid, 0)


def spawn(control: socket.socket, spec: dict[str, Any], descriptors: list[int]) -> int:
    """Fork a worker; in the child this does not return."""
    if pid := os.fork():
        for descriptor in descriptors:
            os.close(descriptor)
        return pid
    control.close()
    become_worker(spec, *descriptors)
    return None


def become_worker(spec: dict[str, Any], request: int, response: int, log: int) -> NoReturn:
    """Turn the forked process into a worker and run it to its end."""
    code = 1
    try:
        for standard in (1, 2):
            os.dup2(log, standard)
        os.close(log)
        sys.stdout = line_buffered(1)
        sys.stderr = line_buffered(2)
        noted = os.environ.get(calls.VARIABLE)
        os.environ.clear()
        os.environ.update(spec["environment"])
        os.chdir(spec["code"])
        sys.path[0] = spec["code"]
        if noted:
            calls.note(noted, os.environ["AWS_LAMBDA_FUNCTION_NAME"])
        work(request, response)
        code = 0
    except BaseException:  # noqa: BLE001 - the last chance to say anything
        traceback.print_exc()
    finally:
        os._exit(code)


def line_buffered(descriptor: int) -> TextIO:
    """Open a standard stream anew: what it was before the fork may have been a file."""
    return open(descriptor, "w", buffering=1, encoding="utf-8", closefd=False)


def reap(pid: int) -> int:
    """Wait a moment for a worker to end, kill it otherwise; return its wait status."""
    deadline = time.monotonic() + _REAP_GRACE_S
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return status
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]


def main() -> None:
    """Run the nursery on the socket that is standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a Ctrl-C is the engine's to handle
    control = socket.socket(fileno=os.dup(0))
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    serve(control)


if __name__ == "__main__":
    main()
