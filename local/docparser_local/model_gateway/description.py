"""DescribeEndpoint: whether an endpoint is there, and with how many instances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docparser_local.model_gateway.json_protocol import ServiceError
from docparser_local.settings import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Collection

    from docparser_local.model_gateway.json_protocol import Operation

_VARIANT = {
    "VariantName": "AllTraffic",
    "CurrentWeight": 1.0,
    "DesiredWeight": 1.0,
    "CurrentInstanceCount": 1,
    "DesiredInstanceCount": 1,
}


def description(names: Collection[str], since: float) -> Operation:
    """Return the operation for these endpoints, made at ``since`` (epoch seconds).

    Each has one instance that is always there. An unknown name is a ``ValidationException``.
    """

    async def describe(members: dict[str, Any]) -> dict[str, Any]:
        name = members.get("EndpointName")
        arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/{name}"
        if name not in names:
            raise ServiceError("ValidationException", f'Could not find endpoint "{arn}".')
        return {
            "EndpointName": name,
            "EndpointArn": arn,
            "EndpointConfigName": name,
            "EndpointStatus": "InService",
            "CreationTime": since,
            "LastModifiedTime": since,
            "ProductionVariants": [_VARIANT],
        }

    return describe
