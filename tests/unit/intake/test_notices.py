"""What intake is told, by S3 and by GuardDuty; whoever names a key decides nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from docparser.errors import Retryable
from docparser.intake.notices import ObjectCreated, ObjectScanned, noticed
from docparser.model import Malware, Source

from tests.unit.test_events import event_of

CANARY = "CANARY-41b7"


def created(key: str, version_id: str | None = "v") -> dict[str, Any]:
    told = {"key": key, "size": 1} | ({"version-id": version_id} if version_id else {})
    return {"detail": {"bucket": {"name": "b"}, "object": told}}


def scanned(key: str, verdict: Any) -> dict[str, Any]:
    named = {"bucketName": "b", "objectKey": key, "eTag": "e", "versionId": "v"}
    return {
        "detail": {"s3ObjectDetails": named, "scanResultDetails": {"scanResultStatus": verdict}}
    }


@pytest.mark.parametrize("key", ["standard/t/0", "scanResultDetails", '"}}'])
def test_an_object_that_was_created_has_not_been_looked_at(key: str) -> None:
    notice = noticed(json.dumps(created(key)))
    assert isinstance(notice, ObjectCreated)
    assert notice.source == Source(bucket="b", key=key, version_id="v")
    assert notice.malware is None
    assert noticed(json.dumps(created(key, None))).source.version_id is None


@pytest.mark.parametrize(
    ("verdict", "malware"),
    [
        ("NO_THREATS_FOUND", Malware.CLEAN),
        ("THREATS_FOUND", Malware.INFECTED),
        ("UNSUPPORTED", Malware.UNSCANNED),
    ],
)
def test_a_verdict_says_what_is_known(verdict: str, malware: Malware) -> None:
    notice = noticed(json.dumps(scanned("k", verdict)))
    assert notice.source == Source(bucket="b", key="k", version_id="v")
    assert notice.malware is malware


@pytest.mark.parametrize("verdict", ["ACCESS_DENIED", "FAILED", "clean", ""])
def test_without_a_verdict_nothing_goes_on(verdict: str) -> None:
    notice = noticed(json.dumps(scanned("k", verdict)))
    with pytest.raises(Retryable):
        _ = notice.malware


def test_the_sample_of_a_verdict_is_one() -> None:
    (message,) = event_of("intake.verdict.json")["Records"]
    notice = noticed(message["body"])
    assert isinstance(notice, ObjectScanned)
    assert notice.malware in Malware


@pytest.mark.parametrize(
    "event",
    [
        CANARY,
        [],
        {"detail": CANARY},
        {"detail": {"scanResultDetails": CANARY}},
        scanned(CANARY, [CANARY]),
        scanned([CANARY], "NO_THREATS_FOUND"),  # type: ignore[arg-type]
        created([CANARY]),  # type: ignore[arg-type]
    ],
)
def test_what_is_no_notice_is_not_quoted(event: Any) -> None:
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - pydantic's, whatever its message
        noticed(json.dumps(event))
    assert CANARY not in str(raised.value)
