"""S3, DynamoDB and KMS."""

from __future__ import annotations

import base64
import hashlib
import time
import urllib.error
import urllib.request

import pytest
from botocore.exceptions import ClientError

from tests.contract.engine.running import Engine


def test_transactions_are_atomic(engine: Engine) -> None:
    table = engine.client("dynamodb")

    def put(key):
        return {"Put": {"TableName": "checks", "Item": {"pk": {"S": key}}}}

    table.put_item(TableName="checks", Item={"pk": {"S": "taken"}})
    conflict = put("taken")
    conflict["Put"]["ConditionExpression"] = "attribute_not_exists(pk)"
    with pytest.raises(ClientError, match="TransactionCanceled"):
        table.transact_write_items(TransactItems=[put("fresh"), conflict])
    assert engine.stored("fresh") is None


def test_object_lock_and_conditional_write(engine: Engine) -> None:
    s3 = engine.client("s3")
    s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    lock = {"ObjectLockMode": "COMPLIANCE", "ObjectLockRetainUntilDate": time.time() + 3600}
    version = s3.put_object(Bucket="locked", Key="k", Body=b"1", **lock)["VersionId"]
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(Bucket="locked", Key="k", VersionId=version)
    s3.put_object(Bucket="checks", Key="once", Body=b"1")
    with pytest.raises(ClientError, match="PreconditionFailed"):
        s3.put_object(Bucket="checks", Key="once", Body=b"2", IfNoneMatch="*")


def test_a_copy_is_locked_as_it_asks_or_as_its_bucket_says(engine: Engine) -> None:
    s3 = engine.client("s3")
    asked, standing, source = ("asked", "standing", "unlocked")
    for bucket in (asked, standing):
        s3.create_bucket(Bucket=bucket, ObjectLockEnabledForBucket=True)
    rule = {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}}
    s3.put_object_lock_configuration(
        Bucket=standing,
        ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": rule},
    )
    s3.create_bucket(Bucket=source)
    s3.put_object(Bucket=source, Key="k", Body=b"1")
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": time.time() + 3600}

    def copy(bucket, to, source=source, **options):
        s3.copy_object(Bucket=bucket, Key=to, CopySource={"Bucket": source, "Key": "k"}, **options)
        return s3.head_object(Bucket=bucket, Key=to)

    # A copy has the lock that was asked for, or its bucket's,
    assert copy(asked, "k", **lock)["ObjectLockMode"] == "GOVERNANCE"
    assert copy(standing, "k")["ObjectLockMode"] == "GOVERNANCE"
    # and none where neither is, wherever it comes from.
    assert "ObjectLockMode" not in copy(asked, "again", source=asked)
    # Whoever may bypass it deletes it.
    version = s3.head_object(Bucket=asked, Key="k")["VersionId"]
    one = {"Objects": [{"Key": "k", "VersionId": version}]}
    refused = s3.delete_objects(Bucket=asked, Delete=one)
    assert [row["Code"] for row in refused["Errors"]] == ["AccessDenied"]
    done = s3.delete_objects(Bucket=asked, Delete=one, BypassGovernanceRetention=True)
    assert [row["Key"] for row in done["Deleted"]] == ["k"]


def test_an_upload_in_parts_is_locked_as_it_asked(engine: Engine) -> None:
    s3 = engine.client("s3")
    s3.create_bucket(Bucket="in-parts", ObjectLockEnabledForBucket=True)
    where = {"Bucket": "in-parts", "Key": "k"}
    lock = {"ObjectLockMode": "GOVERNANCE", "ObjectLockRetainUntilDate": time.time() + 3600}
    upload = s3.create_multipart_upload(**where, **lock)["UploadId"]
    part = s3.upload_part(**where, UploadId=upload, PartNumber=1, Body=b"x")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload=parts)
    assert s3.head_object(**where)["ObjectLockMode"] == "GOVERNANCE"


def test_presigned_upload_and_download(engine: Engine) -> None:
    s3 = engine.client("s3")
    where = {"Bucket": "checks", "Key": "signed"}
    upload = urllib.request.Request(
        s3.generate_presigned_url("put_object", Params=where), data=b"hey", method="PUT"
    )
    urllib.request.urlopen(upload).close()
    with urllib.request.urlopen(s3.generate_presigned_url("get_object", Params=where)) as response:
        assert response.read() == b"hey"


def test_multipart_upload(engine: Engine) -> None:
    s3 = engine.client("s3")
    where = {"Bucket": "checks", "Key": "big"}
    upload = s3.create_multipart_upload(**where)["UploadId"]

    def part(number):
        return s3.upload_part(**where, UploadId=upload, PartNumber=number, Body=b"x" * 5_242_880)

    parts = [{"PartNumber": number, "ETag": part(number)["ETag"]} for number in (1, 2)]
    s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts})
    assert s3.head_object(**where)["ContentLength"] == 10_485_760


def test_kms_encryption_context_is_enforced(engine: Engine) -> None:
    kms = engine.client("kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    blob = kms.encrypt(KeyId=key, Plaintext=b"s", EncryptionContext={"tenant": "a"})[
        "CiphertextBlob"
    ]
    with pytest.raises(ClientError):
        kms.decrypt(CiphertextBlob=blob, EncryptionContext={"tenant": "b"})


# ---------------------------------------------------------------- versions and checksums
@pytest.fixture(scope="module")
def versioned(engine: Engine) -> str:
    """Return a versioned bucket."""
    s3 = engine.client("s3")
    s3.create_bucket(Bucket="versioned")
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
    return "versioned"


def test_every_version_can_be_read_listed_and_deleted(engine: Engine, versioned: str) -> None:
    s3 = engine.client("s3")
    where = {"Bucket": versioned, "Key": "v"}
    first = s3.put_object(**where, Body=b"1")["VersionId"]
    second = s3.put_object(**where, Body=b"2")["VersionId"]
    assert s3.get_object(**where, VersionId=first)["Body"].read() == b"1"
    listed = s3.list_object_versions(Bucket=versioned, Prefix="v")["Versions"]
    assert {v["VersionId"]: v["IsLatest"] for v in listed} == {first: False, second: True}
    s3.delete_object(**where, VersionId=first)
    s3.delete_object(**where)
    page = s3.list_object_versions(Bucket=versioned, Prefix="v")
    assert [v["VersionId"] for v in page["Versions"]] == [second]
    s3.delete_object(**where, VersionId=page["DeleteMarkers"][0]["VersionId"])
    s3.delete_object(**where, VersionId=second)
    page = s3.list_object_versions(Bucket=versioned, Prefix="v")
    assert "Versions" not in page
    assert "DeleteMarkers" not in page
    with pytest.raises(ClientError, match="NoSuchVersion"):
        s3.get_object(**where, VersionId=second)


def test_a_second_conditional_write_answers_412(engine: Engine, versioned: str) -> None:
    s3 = engine.client("s3")
    where = {"Bucket": versioned, "Key": "once"}
    s3.put_object(**where, Body=b"1", IfNoneMatch="*")
    with pytest.raises(ClientError) as caught:
        s3.put_object(**where, Body=b"2", IfNoneMatch="*")
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 412
    assert s3.get_object(**where)["Body"].read() == b"1"


def sha256(body: bytes) -> str:
    """Return a checksum as S3 writes it."""
    return base64.b64encode(hashlib.sha256(body).digest()).decode()


def test_a_checksum_is_verified_kept_and_copied(engine: Engine, versioned: str) -> None:
    s3 = engine.client("s3")
    where = {"Bucket": versioned, "Key": "sum"}
    s3.put_object(**where, Body=b"body", ChecksumSHA256=sha256(b"body"))
    head = s3.head_object(**where, ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"] == sha256(b"body")
    copied = s3.copy_object(
        Bucket=versioned,
        Key="copy",
        CopySource={"Bucket": versioned, "Key": "sum", "VersionId": head["VersionId"]},
        ChecksumAlgorithm="SHA256",
    )
    assert copied["CopyObjectResult"]["ChecksumSHA256"] == sha256(b"body")
    s3.put_object(**where, Body=b"plain")
    source = {"Bucket": versioned, "Key": "sum"}
    copied = s3.copy_object(
        Bucket=versioned, Key="copy", CopySource=source, ChecksumAlgorithm="SHA256"
    )
    assert copied["CopyObjectResult"]["ChecksumSHA256"] == sha256(b"plain")


def test_a_wrong_checksum_is_a_bad_digest(engine: Engine, versioned: str) -> None:
    s3 = engine.client("s3")
    with pytest.raises(ClientError, match="BadDigest"):
        s3.put_object(Bucket=versioned, Key="bad", Body=b"body", ChecksumSHA256=sha256(b"other"))
    with pytest.raises(ClientError, match="404"):
        s3.head_object(Bucket=versioned, Key="bad")


def test_metadata_and_ranges(engine: Engine, versioned: str) -> None:
    s3 = engine.client("s3")
    where = {"Bucket": versioned, "Key": "meta"}
    s3.put_object(**where, Body=b"0123456789", Metadata={"name": "a%20b.pdf"})
    assert s3.head_object(**where)["Metadata"] == {"name": "a%20b.pdf"}
    assert s3.get_object(**where, Range="bytes=2-4")["Body"].read() == b"234"


# ---------------------------------------------------------------- transactions and indexes
def test_a_cancelled_transaction_names_its_reasons(engine: Engine) -> None:
    table = engine.client("dynamodb")
    table.put_item(TableName="checks", Item={"pk": {"S": "held"}, "n": {"N": "1"}})
    update = {
        "Update": {
            "TableName": "checks",
            "Key": {"pk": {"S": "held"}},
            "UpdateExpression": "SET n = :two",
            "ConditionExpression": "n = :two",
            "ExpressionAttributeValues": {":two": {"N": "2"}},
        }
    }
    put = {"Put": {"TableName": "checks", "Item": {"pk": {"S": "beside"}}}}
    with pytest.raises(ClientError) as caught:
        table.transact_write_items(TransactItems=[put, update])
    reasons = [reason["Code"] for reason in caught.value.response["CancellationReasons"]]
    assert reasons == ["None", "ConditionalCheckFailed"]
    assert engine.stored("beside") is None


def test_a_sparse_index_holds_only_items_with_its_key(engine: Engine) -> None:
    table = engine.client("dynamodb")
    names = ("pk", "gsi2pk", "gsi2sk")
    index = {
        "IndexName": "open",
        "KeySchema": [
            {"AttributeName": "gsi2pk", "KeyType": "HASH"},
            {"AttributeName": "gsi2sk", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    table.create_table(
        TableName="sparse",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": n, "AttributeType": "S"} for n in names],
        GlobalSecondaryIndexes=[index],
    )
    item = {"pk": {"S": "open"}, "gsi2pk": {"S": "OPEN#0"}, "gsi2sk": {"S": "2026"}}
    table.put_item(TableName="sparse", Item={**item, "extra": {"S": "x"}})
    table.put_item(TableName="sparse", Item={"pk": {"S": "closed"}})

    def members() -> list[str]:
        page = table.query(
            TableName="sparse",
            IndexName="open",
            KeyConditionExpression="gsi2pk = :p AND gsi2sk < :now",
            ExpressionAttributeValues={":p": {"S": "OPEN#0"}, ":now": {"S": "2027"}},
        )
        assert all("extra" not in row for row in page["Items"])
        return [row["pk"]["S"] for row in page["Items"]]

    assert members() == ["open"]
    table.update_item(
        TableName="sparse",
        Key={"pk": {"S": "open"}},
        UpdateExpression="REMOVE gsi2pk, gsi2sk",
    )
    assert members() == []
