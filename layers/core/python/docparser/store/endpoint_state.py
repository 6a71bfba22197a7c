"""Whether the OCR endpoint has an instance that reads, or would have to start one."""

from __future__ import annotations

import time
from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from docparser import observability

if TYPE_CHECKING:
    from collections.abc import Callable

    from types_boto3_sagemaker import SageMakerClient
    from types_boto3_sagemaker.type_defs import DescribeEndpointOutputTypeDef

_SERVES = frozenset({"InService", "Updating", "SystemUpdating", "RollingBack"})
_FRESH_S = 60.0


class EndpointState(StrEnum):
    """What a page finds that is sent now.

    ``WARM``: an instance reads. ``WAKING``: one is being started, for somebody else's pages.
    ``COLD``: there is none, or nobody knows. ``NONE``: no endpoint is deployed.
    """

    WARM = "WARM"
    WAKING = "WAKING"
    COLD = "COLD"
    NONE = "NONE"


class EndpointWatch:
    """Asks SageMaker how many instances an endpoint has, once a minute at most.

    Parameters
    ----------
    client
        Makes the SageMaker client. It is called when the first document has scans: the service's
        model has 3 MB, which a cold start would pay for every document.
    name
        The endpoint's name; empty where none is deployed.
    clock
        Seconds that only grow.
    """

    def __init__(
        self,
        client: Callable[[], SageMakerClient],
        name: str,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._name = name
        self._clock = clock
        self._asked_at: float | None = None
        self._state = EndpointState.COLD

    @property
    def deployed(self) -> bool:
        """Whether there is an endpoint at all."""
        return bool(self._name)

    def state(self) -> EndpointState:
        """Return the endpoint's state, at most a minute old.

        An endpoint that cannot be asked counts as cold: no document fails because of that.
        """
        if not self._name:
            return EndpointState.NONE
        moment = self._clock()
        if self._asked_at is None or moment - self._asked_at >= _FRESH_S:
            self._state = self._ask()
            self._asked_at = moment
        return self._state

    def _ask(self) -> EndpointState:
        try:
            return _state(self._client().describe_endpoint(EndpointName=self._name))
        except (BotoCoreError, ClientError) as error:
            observability.log("endpoint not described", error_type=type(error).__name__)
            return EndpointState.COLD


def _state(described: DescribeEndpointOutputTypeDef) -> EndpointState:
    if described["EndpointStatus"] not in _SERVES:
        return EndpointState.COLD
    variants = described.get("ProductionVariants", [])
    if any(variant.get("CurrentInstanceCount", 0) > 0 for variant in variants):
        return EndpointState.WARM
    if any(variant.get("DesiredInstanceCount", 0) > 0 for variant in variants):
        return EndpointState.WAKING
    return EndpointState.COLD
