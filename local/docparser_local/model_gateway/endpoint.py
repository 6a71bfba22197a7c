"""An asynchronous endpoint, as its endpoint configuration describes it."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Endpoint(BaseModel):
    """What CreateEndpointConfig fixes for one endpoint.

    ``output`` and ``failure`` are S3 URIs (S3OutputPath, S3FailurePath); a topic that is empty gets
    no notification. ``max_concurrent`` is MaxConcurrentInvocationsPerInstance.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    model_url: str
    output: str
    failure: str
    success_topic: str = ""
    error_topic: str = ""
    max_concurrent: int = Field(default=1, ge=1)
