"""What the store makes of answers that the embedded AWS does not give when it is asked to."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import timedelta

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from docparser import aws
from docparser.errors import Retryable, Superseded
from docparser.model import Record, Ref, Source, Stage, Status, now
from docparser.store import items
from docparser.store.blobs import Blobs
from docparser.store.records import Records

BODY = b"a page"
DIGEST = hashlib.sha256(BODY).hexdigest()
LEASE = timedelta(hours=1)
MOMENT = now()
RECORD = Record(
    ref=Ref(tenant="t", document_id="d" + "0" * 32),
    status=Status.QUEUED,
    source=Source(bucket="b", key="k", version_id="v"),
    content_sha256=DIGEST,
    size_bytes=len(BODY),
    created_at=MOMENT,
    updated_at=MOMENT,
    lease_until=MOMENT + LEASE,
)


def stubbed(service: str) -> Stubber:
    return Stubber(
        boto3.client(
            service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
    )


@pytest.fixture
def s3() -> Iterator[Stubber]:
    with stubbed("s3") as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def dynamodb() -> Iterator[Stubber]:
    with stubbed("dynamodb") as stub:
        yield stub
        stub.assert_no_pending_responses()


# ---------------------------------------------------------------------- objects
def test_two_writers_that_meet_try_again(s3: Stubber) -> None:
    s3.add_client_error("put_object", "ConditionalRequestConflict", http_status_code=409)
    with pytest.raises(Retryable, match="THROTTLED"):
        Blobs(s3.client, "b").put_once("k", BODY, DIGEST, "text/plain")


def test_an_error_that_says_nothing_of_the_key_is_not_taken_for_done_before(s3: Stubber) -> None:
    s3.add_client_error("put_object", "AccessDenied", http_status_code=403)
    with pytest.raises(ClientError, match="AccessDenied"):
        Blobs(s3.client, "b").put_once("k", BODY, DIGEST, "text/plain")


def test_an_object_is_sent_with_its_checksum(s3: Stubber) -> None:
    expected = {
        "Bucket": "b",
        "Key": "k",
        "Body": BODY,
        "ContentType": "text/plain",
        "ChecksumSHA256": base64.b64encode(hashlib.sha256(BODY).digest()).decode(),
    }
    s3.add_response("put_object", {}, expected)
    s3.add_response("put_object", {}, {**expected, "IfNoneMatch": "*"})
    blobs = Blobs(s3.client, "b")
    blobs.put("k", BODY, "text/plain")
    assert blobs.put_once("k", BODY, DIGEST, "text/plain")


def test_a_purge_that_left_something_behind_is_tried_again(s3: Stubber) -> None:
    # Given two versions, of which S3 deletes one and answers 200 all the same
    versions = [{"Key": f"t/d/{name}", "VersionId": "v"} for name in "ab"]
    s3.add_response("list_object_versions", {"Versions": versions, "IsTruncated": False})
    s3.add_response(
        "delete_objects", {"Errors": [{"Key": "t/d/b", "VersionId": "v", "Code": "InternalError"}]}
    )
    # Then the purge does not say that it is done
    with pytest.raises(Retryable, match="DEPENDENCY"):
        Blobs(s3.client, "b").purge("t/d/")


# ---------------------------------------------------------------------- transactions
def cancelled(dynamodb: Stubber, *reasons: str) -> None:
    dynamodb.add_client_error(
        "transact_write_items",
        "TransactionCanceledException",
        http_status_code=400,
        modeled_fields={"CancellationReasons": [{"Code": reason} for reason in reasons]},
    )


def stands(dynamodb: Stubber, record: Record) -> None:
    item = items.marshal(items.from_record(record))
    dynamodb.add_response("get_item", {"Item": item})


def test_a_document_that_exists_is_not_opened_again(dynamodb: Stubber) -> None:
    cancelled(dynamodb, "ConditionalCheckFailed", "None", "None", "None")
    assert not Records(dynamodb.client, "t").open(RECORD, name="x.pdf", upload_id="0" * 32)


def test_a_change_that_comes_too_late_changes_nothing(dynamodb: Stubber) -> None:
    cancelled(dynamodb, "ConditionalCheckFailed", "None")
    stands(dynamodb, RECORD.model_copy(update={"status": Status.CANCELLED}))
    records = Records(dynamodb.client, "t")
    assert records.change_from(RECORD, Status.RUNNING, stage=Stage.PREFLIGHT) is None


def test_a_failed_condition_counts_more_than_a_conflict_beside_it(dynamodb: Stubber) -> None:
    cancelled(dynamodb, "TransactionConflict", "ConditionalCheckFailed")
    failed = RECORD.model_copy(update={"status": Status.FAILED})
    assert Records(dynamodb.client, "t").begin_again(failed, RECORD.source, LEASE) is None


@pytest.mark.parametrize(
    "reason", ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"]
)
def test_a_transaction_that_met_another_or_was_throttled_is_tried_again(
    dynamodb: Stubber, reason: str
) -> None:
    cancelled(dynamodb, reason, "None")
    with pytest.raises(Retryable, match="THROTTLED"):
        Records(dynamodb.client, "t").change_from(RECORD, Status.RUNNING, stage=Stage.PREFLIGHT)


def test_a_transaction_that_is_still_under_way_is_tried_again(dynamodb: Stubber) -> None:
    dynamodb.add_client_error("transact_write_items", "TransactionInProgressException")
    with pytest.raises(Retryable, match="THROTTLED"):
        Records(dynamodb.client, "t").open(RECORD, name="x.pdf", upload_id="0" * 32)


def test_an_attempt_that_lost_its_record_notes_nothing(dynamodb: Stubber) -> None:
    dynamodb.add_client_error("update_item", "ConditionalCheckFailedException")
    with pytest.raises(Superseded):
        Records(dynamodb.client, "t").advance(RECORD.ref, Stage.READ)


# ---------------------------------------------------------------------- clients
@pytest.mark.parametrize("client", [aws.s3, aws.dynamodb, aws.states])
def test_every_client_tries_four_times(client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The state machine's own tries begin only where these have ended."""
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    assert client().meta.config.retries == {"mode": "standard", "total_max_attempts": 4}
