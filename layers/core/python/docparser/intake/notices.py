"""What intake is told of an object: that it was created, or that it was scanned for malware."""

from __future__ import annotations

from pydantic import ConfigDict, Field
from pydantic_core import from_json

from docparser.errors import Retryable
from docparser.model import Malware, Noun, RetryableCode, Source


class _Told(Noun):
    """A part of an event; whatever else its sender says of it is left aside."""

    model_config = ConfigDict(extra="ignore")


class Named(_Told):
    """A bucket, as the event names it."""

    name: str


class Arrived(_Told):
    """An object, as the event names it."""

    key: str
    version_id: str | None = Field(default=None, alias="version-id")


class Created(_Told):
    """Bucket and object of an event."""

    bucket: Named
    object: Arrived


class ObjectCreated(_Told):
    """EventBridge's ``Object Created``, the unchanged body of an intake message."""

    detail: Created

    @property
    def source(self) -> Source:
        """The object."""
        told = self.detail.object
        return Source(bucket=self.detail.bucket.name, key=told.key, version_id=told.version_id)

    @property
    def malware(self) -> None:
        """Nobody has looked yet."""
        return


class ScannedObject(_Told):
    """An object, as GuardDuty names it."""

    bucket: str = Field(alias="bucketName")
    key: str = Field(alias="objectKey")
    version_id: str | None = Field(default=None, alias="versionId")


class Verdict(_Told):
    """What GuardDuty found."""

    status: str = Field(alias="scanResultStatus")


class Scanned(_Told):
    """Object and verdict of an event."""

    object: ScannedObject = Field(alias="s3ObjectDetails")
    verdict: Verdict = Field(alias="scanResultDetails")


class ObjectScanned(_Told):
    """EventBridge's ``GuardDuty Malware Protection Object Scan Result``.

    Field names and verdicts: docs.aws.amazon.com/guardduty, "Monitoring S3 object scans with
    Amazon EventBridge".
    """

    detail: Scanned

    @property
    def source(self) -> Source:
        """The object."""
        told = self.detail.object
        return Source(bucket=told.bucket, key=told.key, version_id=told.version_id)

    @property
    def malware(self) -> Malware:
        """What is known of malware in it.

        Raises
        ------
        Retryable
            DEPENDENCY: the scan has failed. The message comes again, and then to the dead letters:
            nothing that should have been scanned goes on without.
        """
        known = _VERDICTS.get(self.detail.verdict.status)
        if known is None:
            raise Retryable(RetryableCode.DEPENDENCY)
        return known


_VERDICTS = {
    "NO_THREATS_FOUND": Malware.CLEAN,
    "THREATS_FOUND": Malware.INFECTED,
    # Too large for GuardDuty, or encrypted: preflight looks at such files itself.
    "UNSUPPORTED": Malware.UNSCANNED,
}


def noticed(body: str) -> ObjectCreated | ObjectScanned:
    """Return what a message of the intake queues tells."""
    event = from_json(body)
    detail = event.get("detail") if isinstance(event, dict) else None
    scanned = isinstance(detail, dict) and "scanResultDetails" in detail
    return (ObjectScanned if scanned else ObjectCreated).model_validate(event)
