"""A function's edge: three names leave, with a code, a stage and a page, and nothing else."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from docparser.errors import Rejected, Retryable, Terminal
from docparser.function import Call, Request, function
from docparser.model import RejectedCode, Stage, TerminalCode

EVENT = {"ref": {"tenant": "t", "document_id": "d" + "0" * 32, "revision": 1, "attempt": 1}}
CONTEXT = SimpleNamespace(aws_request_id="r")
CANARY = "CANARY-7b1c"


def client_error(code: str, status: int) -> ClientError:
    answer = {
        "Error": {"Code": code, "Message": CANARY},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "GetObject")


@pytest.fixture(autouse=True)
def _logged(log: io.StringIO) -> None:
    """Every handler here logs."""


class TooLarge(Rejected):
    """A precise class of our own."""


def raising(error: Exception) -> Any:
    @function(Stage.PREFLIGHT, Request)
    def handler(request: Request, call: Call) -> dict[str, Any]:
        raise error

    return handler


@pytest.mark.parametrize(
    ("error", "kind", "code"),
    [
        (TooLarge(RejectedCode.TOO_LARGE, page=3), Rejected, "TOO_LARGE"),
        (Terminal(TerminalCode.SOURCE_GONE, page=3), Terminal, "SOURCE_GONE"),
        (ValueError(CANARY), Terminal, "INTERNAL"),
        (KeyError(CANARY), Terminal, "INTERNAL"),
        (client_error("SlowDown", 503), Retryable, "THROTTLED"),
        (client_error("ThrottlingException", 400), Retryable, "THROTTLED"),
        (client_error("InternalError", 500), Retryable, "DEPENDENCY"),
        (client_error("AccessDenied", 403), Terminal, "INTERNAL"),
        (EndpointConnectionError(endpoint_url=CANARY), Retryable, "DEPENDENCY"),
    ],
)
def test_exactly_three_names_leave(
    error: Exception, kind: type[Exception], code: str, log: io.StringIO
) -> None:
    with pytest.raises(kind) as caught:
        raising(error)(EVENT, CONTEXT)
    assert type(caught.value) is kind
    page = getattr(error, "page", None)
    assert json.loads(str(caught.value)) == {"code": code, "stage": "preflight", "page": page}
    # Neither as cause nor as context: Lambda and loggers walk both.
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert CANARY not in log.getvalue()
    assert code in log.getvalue()


def test_a_malformed_event_is_terminal_and_not_quoted(log: io.StringIO) -> None:
    @function(Stage.ROUTE, Request)
    def handler(request: Request, call: Call) -> dict[str, Any]:
        return {}

    with pytest.raises(Terminal) as caught:
        handler({"ref": {"tenant": CANARY}}, CONTEXT)
    assert CANARY not in str(caught.value) + log.getvalue()


def test_a_malformed_event_is_not_logged_as_the_document_before_it(log: io.StringIO) -> None:
    # Given a process that has just worked on a document
    @function(Stage.ROUTE, Request)
    def handler(request: Request, call: Call) -> dict[str, Any]:
        return {}

    handler(EVENT, CONTEXT)
    # When an event comes that names none
    with pytest.raises(Terminal):
        handler({"ref": {}}, SimpleNamespace(aws_request_id="r2"))
    # Then what is logged belongs to its own request, and to no document
    done, stopped = map(json.loads, log.getvalue().splitlines())
    assert (done["request_id"], done["document_id"]) == ("r", EVENT["ref"]["document_id"])
    assert (stopped["request_id"], stopped["stage"]) == ("r2", "route")
    assert not stopped.keys() & {"tenant", "document_id", "revision", "attempt"}


def test_a_result_passes_and_its_log_names_the_document(
    log: io.StringIO, capsys: pytest.CaptureFixture[str]
) -> None:
    @function(Stage.ROUTE, Request)
    def handler(request: Request, call: Call) -> dict[str, Any]:
        assert call.gb_seconds >= 0
        return {"ok": request.ref.document_id}

    assert handler(EVENT, CONTEXT) == {"ok": "d" + "0" * 32}
    line = json.loads(log.getvalue())
    assert (line["message"], line["stage"]) == ("done", "route")
    assert line["document_id"] == "d" + "0" * 32
    metric = json.loads(capsys.readouterr().out)
    assert metric["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["env", "stage"]]
