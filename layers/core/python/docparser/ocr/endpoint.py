"""The OCR endpoint: an asynchronous SageMaker endpoint that reads a shard from S3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.errors import ConfigurationError, Retryable
from docparser.model import Ref, RetryableCode
from docparser.store import layout

if TYPE_CHECKING:
    from types_boto3_sagemaker_runtime import SageMakerRuntimeClient

_LONGEST_INVOCATION_S = 3600  # SageMaker's own limit
_NEEDED = {"S3OutputPathExtension", "Filename"}


class OcrEndpoint:
    """Takes shards in; its answers come by S3 and SNS, sooner or later or never.

    Parameters
    ----------
    client
        The SageMaker Runtime client.
    name
        The endpoint's name.
    bucket
        Where shards and answers lie.
    waits_s
        How long a shard may wait in the endpoint's queue, in seconds.
    works_s
        How long the endpoint may work on one shard, in seconds.
    page_s
        How long it may work on one page, in seconds.

    Raises
    ------
    ConfigurationError
        This SDK is too old to say where an answer shall lie. Better no function than one that
        gives up every scan: the parameters came in 2026, and Lambda brings an SDK of its own.
    """

    def __init__(
        self,
        client: SageMakerRuntimeClient,
        *,
        name: str,
        bucket: str,
        waits_s: int,
        works_s: int,
        page_s: int,
    ) -> None:
        self._client = client
        self._name = name
        self._bucket = bucket
        self._waits_s = waits_s
        self._works_s = min(works_s, _LONGEST_INVOCATION_S)
        self._page_s = page_s
        known = client.meta.service_model.operation_model("InvokeEndpointAsync").input_shape
        if known is None or not known.members.keys() >= _NEEDED:
            raise ConfigurationError("the runtime's SDK does not know S3OutputPathExtension")

    def submit(self, ref: Ref, shard_id: str, content_type: str) -> None:
        """Hand over a shard that lies in the bucket.

        Raises
        ------
        Retryable
            ENDPOINT_ERROR: the endpoint is not there, or does not take it; THROTTLED.
        """
        runtime = self._client
        try:
            runtime.invoke_endpoint_async(
                EndpointName=self._name,
                InputLocation=layout.uri(self._bucket, layout.ocr_input_key(ref, shard_id)),
                InferenceId=layout.inference_id(ref, shard_id),
                ContentType=content_type,
                Accept="application/json",
                CustomAttributes=f"language=und;deadline_s={self._page_s}",
                S3OutputPathExtension=layout.ocr_output_extension(ref),
                Filename=layout.ocr_answer_name(ref, shard_id),
                RequestTTLSeconds=self._waits_s,
                InvocationTimeoutSeconds=self._works_s,
            )
        except (
            # SageMaker says ValidationError of an endpoint that it does not know. One that is being
            # deployed anew is back in a moment; of one that stays away the pages are given up.
            runtime.exceptions.ValidationError,
            runtime.exceptions.InternalFailure,
            runtime.exceptions.ServiceUnavailable,
        ):
            raise Retryable(RetryableCode.ENDPOINT_ERROR) from None
