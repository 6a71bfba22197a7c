"""What SageMaker publishes when an asynchronous invocation has ended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from docparser_local.settings import REGION

if TYPE_CHECKING:
    from docparser_local.model_gateway.invocation import Invocation


def completed(invocation: Invocation, ended_at: float, content_type: str) -> dict[str, Any]:
    """Return the message of a result that lies at its output location."""
    response = {"contentType": content_type, "outputLocation": invocation.output_location}
    return _message(invocation, ended_at, {"invocationStatus": "Completed"}, response)


def failed(
    invocation: Invocation, ended_at: float, reason: str, content_type: str | None = None
) -> dict[str, Any]:
    """Return the message of a failure.

    Parameters
    ----------
    reason
        SageMaker's words; never the model's answer, which may quote the document.
    content_type
        Type of the model's answer at the failure location; None if there is none.
    """
    response = content_type and {
        "contentType": content_type,
        "outputLocation": invocation.failure_location,
    }
    outcome = {"invocationStatus": "Failed", "failureReason": reason}
    return _message(invocation, ended_at, outcome, response or None)


def _message(
    invocation: Invocation,
    ended_at: float,
    outcome: dict[str, str],
    response: dict[str, str] | None,
) -> dict[str, Any]:
    request = {
        "accept": invocation.accept,
        "contentType": invocation.content_type,
        "endpointName": invocation.endpoint_name,
        "inputLocation": invocation.input_location,
    }
    return {
        "awsRegion": REGION,
        "eventTime": timestamp(ended_at),
        "receivedTime": timestamp(invocation.received_at),
        **outcome,
        "requestParameters": {name: value for name, value in request.items() if value is not None},
        **({"responseParameters": response} if response else {}),
        "inferenceId": invocation.inference_id,
        "eventVersion": "1.0",
        "eventSource": "aws:sagemaker",
        "eventName": "InferenceResult",
    }


def timestamp(epoch_s: float) -> str:
    """Format epoch seconds: RFC 3339, UTC, milliseconds."""
    moment = datetime.fromtimestamp(epoch_s, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
