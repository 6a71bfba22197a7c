"""The OCR endpoint's state: what SageMaker says, and what is made of what it does not say."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber
from docparser.store.endpoint_state import EndpointState, EndpointWatch

NAME = "docparser-test-ocr"


class SageMaker:
    """boto3's own client, whose wire is a list of answers."""

    def __init__(self) -> None:
        self.client = boto3.client(
            "sagemaker",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )
        self.wire = Stubber(self.client)
        self.wire.activate()
        self.made = 0

    def __call__(self) -> Any:
        self.made += 1
        return self.client

    def says(self, status: str, *counts: tuple[int, int]) -> None:
        variants = [
            {
                "VariantName": f"v{place}",
                "CurrentInstanceCount": current,
                "DesiredInstanceCount": desired,
            }
            for place, (current, desired) in enumerate(counts)
        ]
        self.wire.add_response(
            "describe_endpoint",
            {
                "EndpointName": NAME,
                "EndpointArn": f"arn:aws:sagemaker:us-east-1:000000000000:endpoint/{NAME}",
                "EndpointStatus": status,
                "CreationTime": 0,
                "LastModifiedTime": 0,
                "ProductionVariants": variants,
            },
            {"EndpointName": NAME},
        )

    def refuses(self, code: str, status: int = 400) -> None:
        self.wire.add_client_error("describe_endpoint", code, http_status_code=status)


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def service() -> SageMaker:
    return SageMaker()


@pytest.fixture
def sagemaker(service: SageMaker) -> SageMaker:
    service.wire.assert_no_pending_responses()
    service.made = 0
    return service


@pytest.mark.parametrize(
    ("status", "counts", "state"),
    [
        ("InService", [(1, 1)], EndpointState.WARM),
        ("InService", [(1, 0)], EndpointState.WARM),
        ("Updating", [(0, 1), (2, 2)], EndpointState.WARM),
        ("InService", [(0, 1)], EndpointState.WAKING),
        ("InService", [(0, 0)], EndpointState.COLD),
        ("Creating", [(0, 1)], EndpointState.COLD),
        ("Failed", [(1, 1)], EndpointState.COLD),
        ("Deleting", [(1, 1)], EndpointState.COLD),
    ],
)
def test_an_endpoint_is_as_awake_as_its_instances(
    sagemaker: SageMaker, status: str, counts: list[tuple[int, int]], state: EndpointState
) -> None:
    sagemaker.says(status, *counts)
    assert EndpointWatch(sagemaker, NAME).state() is state


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ValidationException", 400),  # what SageMaker says of an endpoint that is not there
        ("AccessDeniedException", 403),
        ("ThrottlingException", 400),
        ("InternalFailure", 500),
    ],
)
def test_what_cannot_be_asked_counts_as_cold(
    sagemaker: SageMaker, code: str, status: int, caplog: pytest.LogCaptureFixture
) -> None:
    sagemaker.refuses(code, status)
    assert EndpointWatch(sagemaker, NAME).state() is EndpointState.COLD
    assert "endpoint not described" in caplog.text


def test_a_service_that_is_away_counts_as_cold() -> None:
    class Away:
        def describe_endpoint(self, **_: str) -> None:
            raise EndpointConnectionError(endpoint_url="https://sagemaker.example")

    assert EndpointWatch(Away, NAME).state() is EndpointState.COLD  # type: ignore[arg-type]


def test_sagemaker_is_asked_once_a_minute(sagemaker: SageMaker) -> None:
    clock = Clock()
    watch = EndpointWatch(sagemaker, NAME, clock=clock)
    sagemaker.says("InService", (1, 1))
    assert [watch.state() for _ in range(3)] == [EndpointState.WARM] * 3
    clock.now += 59.9
    assert watch.state() is EndpointState.WARM
    # An error is remembered as long, or every document would wait for it.
    clock.now += 0.1
    sagemaker.refuses("ThrottlingException")
    assert [watch.state(), watch.state()] == [EndpointState.COLD] * 2
    clock.now += 60
    sagemaker.says("InService", (0, 1))
    assert watch.state() is EndpointState.WAKING


def test_nobody_is_asked_for_an_endpoint_that_is_not_deployed(sagemaker: SageMaker) -> None:
    watch = EndpointWatch(sagemaker, "")
    assert (watch.state(), watch.deployed, sagemaker.made) == (EndpointState.NONE, False, 0)
    assert EndpointWatch(sagemaker, NAME).deployed
    assert sagemaker.made == 0
