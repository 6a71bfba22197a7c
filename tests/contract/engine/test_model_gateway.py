"""The model gateway, as boto3's SageMaker Runtime client sees it."""

from __future__ import annotations

import contextlib
import http.client
import signal
import socket
import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from botocore.exceptions import ClientError
from docparser_local.model_gateway.invocation import accept
from docparser_local.model_gateway.spool import Spool

from tests.contract.engine.model import Gateway, Model
from tests.contract.engine.running import Engine, poll

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PREFIX = "x-amzn-sagemaker-"


@pytest.fixture
def model() -> Iterator[Model]:
    """Start a model server."""
    model = Model()
    model.start()
    yield model
    model.stop()


@pytest.fixture(scope="module")
def shared(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    """Start a gateway with a model server that no test has to itself."""
    gateway = Gateway(engine, tmp_path_factory.mktemp("gateway"), Model())
    gateway.start()
    yield gateway
    gateway.close()


@pytest.fixture
def gateway(shared: Gateway) -> Iterator[Gateway]:
    """Return a gateway, with a fresh model server behind it."""
    shared.model = Model(port=shared.model.port)
    shared.model.start()
    yield shared
    shared.model.stop()


# ---------------------------------------------------------------- asynchronous
def test_a_result_lies_where_the_caller_asked_for_it(gateway: Gateway) -> None:
    # Given
    before = time.time()
    # When
    answer = gateway.submit(
        ContentType="application/pdf",
        Accept="application/json",
        CustomAttributes="language=de;deadline_s=30",
        InferenceId="d0-r1-a1-s0001",
        S3OutputPathExtension="tenant/d0",
        Filename="r1-a1-s0001.json",
        RequestTTLSeconds=1800,
        InvocationTimeoutSeconds=600,
    )
    # Then
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert answer["InferenceId"] == "d0-r1-a1-s0001"
    assert answer["OutputLocation"] == "s3://checks/output/tenant/d0/r1-a1-s0001.json"
    assert answer["FailureLocation"].startswith("s3://checks/failure/tenant/d0/r1-a1-s0001")
    (told,) = gateway.told("success")
    assert gateway.stored(answer["OutputLocation"])[0] == b"read a page"
    (body, headers) = gateway.model.requests[0]
    assert body == b"a page"
    assert headers["content-type"] == "application/pdf"
    assert headers["accept"] == "application/json"
    assert headers[f"{PREFIX}custom-attributes"] == "language=de;deadline_s=30"
    assert before <= _epoch_s(told.pop("receivedTime")) <= _epoch_s(told.pop("eventTime"))
    assert told.pop("requestParameters").pop("inputLocation").startswith("s3://checks/input/")
    assert told == {
        "awsRegion": "us-east-1",
        "invocationStatus": "Completed",
        "responseParameters": {
            "contentType": "text/plain; charset=utf-8",
            "outputLocation": answer["OutputLocation"],
        },
        "inferenceId": "d0-r1-a1-s0001",
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }
    poll(gateway.idle)


def test_names_are_made_where_none_are_given(gateway: Gateway) -> None:
    answer = gateway.submit()
    made = answer["InferenceId"]
    assert answer["OutputLocation"] == f"s3://checks/output/{made}.out"
    assert answer["FailureLocation"] == f"s3://checks/failure/{made}-error.out"
    assert gateway.told("success")[0]["inferenceId"] == made


def test_an_inline_body_needs_no_input(gateway: Gateway) -> None:
    answer = gateway.runtime.invoke_endpoint_async(EndpointName=gateway.name, Body=b"\x00inline")
    gateway.told("success")
    assert gateway.stored(answer["OutputLocation"])[0] == b"read \x00inline"


@pytest.mark.parametrize(("status", "side"), [(400, "client"), (415, "client"), (500, "server")])
def test_an_error_of_the_model_becomes_a_failure_object(
    gateway: Gateway, status: int, side: str
) -> None:
    gateway.model.behave = lambda body: (status, b"canary-" + body)
    answer = gateway.submit(InferenceId="one", Filename="r1.json")
    (told,) = gateway.told("error")
    assert told["invocationStatus"] == "Failed"
    assert told["inferenceId"] == "one"
    assert f"Received {side} error ({status}) from model" in told["failureReason"]
    assert told["responseParameters"]["outputLocation"] == answer["FailureLocation"]
    assert gateway.stored(answer["FailureLocation"])[0] == b"canary-a page"
    assert len(gateway.model.requests) == 1
    assert "canary" not in str(told) + gateway.log.read_text()
    poll(gateway.idle)


def test_a_missing_input_is_a_failure(gateway: Gateway) -> None:
    gateway.submit(InputLocation="s3://checks/nowhere")
    (told,) = gateway.told("error")
    assert "NoSuchKey" in told["failureReason"]
    assert "responseParameters" not in told
    assert gateway.model.requests == []


def test_a_slow_model_is_given_up(gateway: Gateway) -> None:
    gateway.model.delay_s = 3
    gateway.submit(InvocationTimeoutSeconds=1)
    assert "timed out" in gateway.told("error")[0]["failureReason"]


def test_an_answer_of_unknown_length_is_refused(gateway: Gateway) -> None:
    gateway.model.unsized = True
    gateway.submit()
    assert "Content-Length" in gateway.told("error")[0]["failureReason"]


def test_a_model_that_always_breaks_is_given_up(gateway: Gateway) -> None:
    gateway.model.stop()
    with _breaking_server(gateway.model.port) as taken:
        gateway.submit()
        assert "server error (0)" in gateway.told("error")[0]["failureReason"]
    assert len(taken) == 3


def test_a_model_that_is_away_is_waited_for(gateway: Gateway) -> None:
    gateway.model.stop()
    gateway.submit()
    time.sleep(0.5)
    assert not gateway.idle()
    gateway.model.start()
    gateway.told("success")


def test_a_model_that_still_loads_is_waited_for(gateway: Gateway) -> None:
    started = time.monotonic()
    gateway.model.behave = lambda _body: (
        (200, b"ready") if time.monotonic() > started + 0.7 else (503, b"loading")
    )
    answer = gateway.submit()
    gateway.told("success")
    assert gateway.stored(answer["OutputLocation"])[0] == b"ready"
    assert len(gateway.model.requests) > 1


def test_a_request_that_waited_too_long_expires(
    engine: Engine, model: Model, tmp_path: Path
) -> None:
    # Given: accepted by an earlier run, a minute and a moment ago
    gateway = Gateway(engine, tmp_path, model)
    headers = {
        f"{PREFIX}inference-id": "old",
        f"{PREFIX}inputlocation": "s3://checks/any",
        f"{PREFIX}requestttlseconds": "60",
    }
    Spool(gateway.spool).keep(accept(gateway.endpoint, headers, b"", time.time() - 61))
    # When
    gateway.start()
    # Then
    try:
        (told,) = gateway.told("error")
        assert told["inferenceId"] == "old"
        assert "expired" in told["failureReason"]
        assert model.requests == []
        poll(gateway.idle)
    finally:
        gateway.close()


def test_the_queue_expires_while_the_model_is_away(
    engine: Engine, model: Model, tmp_path: Path
) -> None:
    # Given: three that have five seconds left, for two slots and no model
    model.stop()
    gateway = Gateway(engine, tmp_path, model)
    headers = {f"{PREFIX}requestttlseconds": "60"}
    for _ in range(3):
        Spool(gateway.spool).keep(accept(gateway.endpoint, headers, b"x", time.time() - 55))
    gateway.start()
    try:
        assert not gateway.idle()
        gateway.told("error", 3)
    finally:
        gateway.close()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_a_restart_loses_none(
    engine: Engine, model: Model, tmp_path: Path, how: signal.Signals
) -> None:
    # Given: five accepted, two of them at a model that will not answer in time
    model.delay_s = 60
    gateway = Gateway(engine, tmp_path, model)
    gateway.start()
    ids = {gateway.submit(f"page {number}".encode())["InferenceId"] for number in range(5)}
    poll(lambda: len(model.requests) == 2)
    # When
    gateway.stop(how)
    model.delay_s = 0
    gateway.start()
    # Then
    try:
        assert {told["inferenceId"] for told in gateway.told("success", 5)} == ids
        poll(gateway.idle)
    finally:
        gateway.close()


def test_a_result_outlives_a_restart_of_the_engine(model: Model, tmp_path: Path) -> None:
    # Given: an answer that comes while nobody can store it
    engine = Engine(tmp_path / "engine")
    engine.start()
    gateway = Gateway(engine, tmp_path, model)
    try:
        engine.client("s3").create_bucket(Bucket="checks")
        gateway.start()
        model.behave = lambda _body: (200, b"late") if engine.ended() else (503, b"loading")
        answer = gateway.submit()
        poll(lambda: model.requests)
        # When
        engine.stop()
        poll(lambda: "the engine is away" in gateway.log.read_text())
        engine.start()
        # Then
        gateway.told("success")
        assert gateway.stored(answer["OutputLocation"])[0] == b"late"
    finally:
        gateway.close()
        if not engine.ended():
            engine.stop()


def test_what_an_other_version_left_stops_nobody(
    engine: Engine, model: Model, tmp_path: Path
) -> None:
    gateway = Gateway(engine, tmp_path, model)
    gateway.spool.mkdir()
    (gateway.spool / "odd.json").write_text('{"number": "odd"}')
    gateway.start()
    try:
        gateway.submit()
        gateway.told("success")
        assert "odd.json" in gateway.log.read_text()
    finally:
        gateway.close()


def test_an_id_may_be_used_twice(gateway: Gateway) -> None:
    for content in (b"first", b"second"):
        gateway.submit(content, InferenceId="same", Filename=f"{content.decode()}.json")
    rows = gateway.told("success", 2)
    assert [row["inferenceId"] for row in rows] == ["same", "same"]
    outputs = {row["responseParameters"]["outputLocation"] for row in rows}
    assert {gateway.stored(output)[0] for output in outputs} == {b"read first", b"read second"}


def test_no_more_at_once_than_configured(gateway: Gateway) -> None:
    gateway.model.delay_s = 0.2
    for _ in range(6):
        gateway.submit()
    gateway.told("success", 6)
    assert gateway.model.most_at_once == 2


@pytest.mark.parametrize(
    "options",
    [
        {"Filename": "two.dots.json"},
        {"Filename": "../up.json"},
        {"S3OutputPathExtension": "s3://elsewhere"},
        {"S3OutputPathExtension": "tenant name"},
        {"InputLocation": "/tmp/file"},
        {"CustomAttributes": "language=\u00fc"},
        {"RequestTTLSeconds": 21_601},
        {"InvocationTimeoutSeconds": 3_601},
        {"InferenceId": "x" * 65},
        {"Body": b"both"},
    ],
)
def test_what_breaks_the_service_model_is_refused(gateway: Gateway, options: dict) -> None:
    with pytest.raises(ClientError) as raised:
        gateway.submit(**options)
    assert raised.value.response["Error"]["Code"] == "ValidationError"
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert gateway.idle()


def test_a_number_below_its_bound_is_refused(gateway: Gateway) -> None:
    headers = {f"{PREFIX}InputLocation": "s3://checks/any", f"{PREFIX}RequestTTLSeconds": "59"}
    status, body = _post(gateway, f"/endpoints/{gateway.name}/async-invocations", headers)
    assert status == 400
    assert b"'requestTTLSeconds'" in body
    assert b"greater than or equal to 60" in body


def test_nothing_to_read_is_refused(gateway: Gateway) -> None:
    assert _post(gateway, f"/endpoints/{gateway.name}/async-invocations", {})[0] == 400


# ---------------------------------------------------------------- synchronous
def test_an_answer_comes_back_at_once(gateway: Gateway) -> None:
    answer = gateway.runtime.invoke_endpoint(
        EndpointName=gateway.name,
        Body=b"a page",
        ContentType="image/png",
        Accept="application/json",
        CustomAttributes="language=de",
    )
    assert answer["Body"].read() == b"read a page"
    assert answer["ContentType"] == "text/plain; charset=utf-8"
    assert answer["CustomAttributes"] == "seen=1"
    (_, headers) = gateway.model.requests[0]
    assert headers["content-type"] == "image/png"
    assert headers[f"{PREFIX}custom-attributes"] == "language=de"


def test_an_error_of_the_model_is_the_callers(gateway: Gateway) -> None:
    gateway.model.behave = lambda _body: (413, b'{"code": "TOO_LARGE"}')
    with pytest.raises(gateway.runtime.exceptions.ModelError) as raised:
        gateway.runtime.invoke_endpoint(EndpointName=gateway.name, Body=b"x")
    answer = raised.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 424
    assert answer["OriginalStatusCode"] == 413
    assert answer["OriginalMessage"] == '{"code": "TOO_LARGE"}'


def test_a_model_that_is_away_is_not_ready(gateway: Gateway) -> None:
    gateway.model.stop()
    with pytest.raises(gateway.runtime.exceptions.ModelNotReadyException):
        gateway.runtime.invoke_endpoint(EndpointName=gateway.name, Body=b"x")


def test_an_unknown_endpoint(gateway: Gateway) -> None:
    invocations = (
        lambda: gateway.runtime.invoke_endpoint(EndpointName="no", Body=b"x"),
        lambda: gateway.runtime.invoke_endpoint_async(EndpointName="no", InputLocation="s3://a/b"),
    )
    for invoke in invocations:
        with pytest.raises(ClientError, match="Endpoint no of account 000000000000 not found"):
            invoke()


def test_an_endpoint_is_described(gateway: Gateway) -> None:
    found = gateway.sagemaker.describe_endpoint(EndpointName=gateway.name)
    assert found["EndpointName"] == gateway.name
    assert found["EndpointStatus"] == "InService"
    (variant,) = found["ProductionVariants"]
    assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"]) == (1, 1)


def test_an_unknown_endpoint_has_no_description(gateway: Gateway) -> None:
    with pytest.raises(ClientError) as raised:
        gateway.sagemaker.describe_endpoint(EndpointName="no")
    error = raised.value.response["Error"]
    assert error["Code"] == "ValidationException"
    arn = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/no"
    assert error["Message"] == f'Could not find endpoint "{arn}".'
    assert raised.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


def test_an_unknown_operation_is_refused(gateway: Gateway) -> None:
    with pytest.raises(ClientError) as raised:
        gateway.sagemaker.list_endpoints()
    assert raised.value.response["Error"]["Code"] == "UnknownOperationException"


def test_a_web_page_is_refused(gateway: Gateway) -> None:
    path = f"/endpoints/{gateway.name}/invocations"
    assert _post(gateway, path, {"Origin": "https://example.com"})[0] == 403


# ---------------------------------------------------------------- plumbing
def _epoch_s(moment: str) -> float:
    """Read a timestamp to the millisecond; add one, since it was cut off there."""
    assert moment.endswith("Z")
    return datetime.fromisoformat(moment).timestamp() + 0.001


@contextlib.contextmanager
def _breaking_server(port: int) -> Iterator[list[bytes]]:
    """Take requests and hang up; yield what was taken."""
    taken: list[bytes] = []

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = listener.accept()
                with connection:
                    taken.append(connection.recv(65536))

    with socket.create_server(("127.0.0.1", port)) as listener:
        thread = threading.Thread(target=serve)
        thread.start()
        yield taken
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


def _post(gateway: Gateway, path: str, headers: dict[str, str]) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port)
    try:
        connection.request("POST", path, headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()
