"""Buckets, keys and table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template as Assertions
from docparser.model import Level, Priority

from infra.deployment import Deployment
from infra.storage_stack import StorageStack
from tests.infra.template import Template, as_list

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

VERSIONED = {"intake", "vault", "backup", "sync", "audit"}
PURPOSES = VERSIONED | {"work", "ocr"}


def bucket_name(purpose: str) -> str:
    return f"docparser-dev-{purpose}-123456789012-eu-central-1"


@pytest.fixture(scope="session")
def buckets(storage: Template) -> dict[str, dict[str, Any]]:
    """Return the buckets' properties by purpose."""
    by_name = storage.named("AWS::S3::Bucket", "BucketName")
    assert set(by_name) == {bucket_name(purpose) for purpose in PURPOSES}
    return {purpose: by_name[bucket_name(purpose)] for purpose in PURPOSES}


@pytest.mark.parametrize("purpose", sorted(PURPOSES))
def test_buckets_are_private(buckets: dict[str, Any], purpose: str) -> None:
    assert buckets[purpose]["PublicAccessBlockConfiguration"] == {
        "BlockPublicAcls": True,
        "BlockPublicPolicy": True,
        "IgnorePublicAcls": True,
        "RestrictPublicBuckets": True,
    }


def test_buckets_refuse_connections_without_tls(storage: Template) -> None:
    refusing = {
        policy["Bucket"]
        for policy in storage.of_type("AWS::S3::BucketPolicy").values()
        for statement in policy["PolicyDocument"]["Statement"]
        if statement["Effect"] == "Deny"
        and statement["Action"] == "s3:*"
        and statement["Principal"] == {"AWS": "*"}
        and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        and len(as_list(statement["Resource"])) == 2
    }
    assert refusing == {f"<{logical_id}>" for logical_id in storage.of_type("AWS::S3::Bucket")}


def test_intake_and_zones_keep_versions(buckets: dict[str, Any]) -> None:
    versioned = {
        purpose
        for purpose, bucket in buckets.items()
        if bucket.get("VersioningConfiguration") == {"Status": "Enabled"}
    }
    assert versioned == VERSIONED


def test_only_the_intake_bucket_tells_eventbridge(buckets: dict[str, Any]) -> None:
    telling = {
        purpose for purpose, bucket in buckets.items() if "NotificationConfiguration" in bucket
    }
    assert telling == {"intake"}
    assert buckets["intake"]["NotificationConfiguration"] == {
        "EventBridgeConfiguration": {"EventBridgeEnabled": True}
    }


@pytest.mark.parametrize(
    ("purpose", "current_days", "noncurrent_days"),
    [
        ("intake", 45, 1),
        ("work", 45, None),
        ("ocr", 7, None),
        ("vault", None, 30),
        ("backup", None, 30),
        ("sync", None, 30),
        ("audit", None, 30),
    ],
)
def test_what_is_no_longer_needed_expires(
    buckets: dict[str, Any], purpose: str, current_days: int | None, noncurrent_days: int | None
) -> None:
    (rule,) = buckets[purpose]["LifecycleConfiguration"]["Rules"]
    assert rule["Status"] == "Enabled"
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}
    assert rule.get("ExpirationInDays") == current_days
    assert rule.get("NoncurrentVersionExpiration", {}).get("NoncurrentDays") == noncurrent_days


def test_what_a_waiting_document_is_made_of_outlives_the_longest_walk(
    buckets: dict[str, Any], pipeline: Template
) -> None:
    machines = pipeline.named("AWS::StepFunctions::StateMachine", "StateMachineName")
    machine = machines["docparser-dev-document"]
    longest_s = json.loads(machine["DefinitionString"])["TimeoutSeconds"]
    for purpose in ("intake", "work"):
        (rule,) = buckets[purpose]["LifecycleConfiguration"]["Rules"]
        assert rule["ExpirationInDays"] * 86_400 > longest_s


@pytest.mark.parametrize("purpose", sorted(PURPOSES - {"backup"}))
def test_buckets_encrypt(buckets: dict[str, Any], purpose: str) -> None:
    (rule,) = buckets[purpose]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["ServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_the_backup_zone_has_a_key_of_its_own_and_object_lock(
    storage: Template, buckets: dict[str, Any]
) -> None:
    ((key_id, key),) = (
        (key_id, key)
        for key_id, key in storage.of_type("AWS::KMS::Key").items()
        if key_id.startswith("BackupKey")
    )
    (rule,) = buckets["backup"]["BucketEncryption"]["ServerSideEncryptionConfiguration"]
    assert rule["BucketKeyEnabled"] is True
    assert rule["ServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": f"<{key_id}.Arn>",
    }
    assert key["EnableKeyRotation"] is True
    assert buckets["backup"]["ObjectLockEnabled"] is True
    assert "ObjectLockConfiguration" not in buckets["backup"]


def test_each_level_has_a_key_of_its_own_unless_they_are_off(storage: Template) -> None:
    keys = storage.of_type("AWS::KMS::Key").items()
    titles = [key_id.partition("Key")[0].upper() for key_id, _ in keys]
    assert sorted(titles) == sorted([*Level, "BACKUP"])
    assert all(key["EnableKeyRotation"] is True for _, key in keys)
    for deployment in (Deployment("dev", level_keys="off"), Deployment("local")):
        assert StorageStack(cdk.App(), deployment=deployment).level_keys == {}


def test_what_is_anchored_is_locked_for_a_year(buckets: dict[str, Any]) -> None:
    assert buckets["audit"]["ObjectLockEnabled"] is True
    assert buckets["audit"]["ObjectLockConfiguration"] == {
        "ObjectLockEnabled": "Enabled",
        "Rule": {"DefaultRetention": {"Days": 365, "Mode": "GOVERNANCE"}},
    }


def test_the_table_is_as_the_contract_says(storage: Template) -> None:
    (table,) = storage.of_type("AWS::DynamoDB::Table").values()
    assert table["TableName"] == "docparser-dev"
    assert keys_of(table) == ("pk", "sk")
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert {row["AttributeType"] for row in table["AttributeDefinitions"]} == {"S"}
    indexes = {index["IndexName"]: index for index in table["GlobalSecondaryIndexes"]}
    assert {name: keys_of(index) for name, index in indexes.items()} == {
        "by_tenant": ("gsi1pk", "gsi1sk"),
        "open": ("gsi2pk", "gsi2sk"),
        "by_day": ("gsi3pk", "gsi3sk"),
    }
    assert indexes["by_day"]["Projection"] == {"ProjectionType": "ALL"}
    assert indexes["by_tenant"]["Projection"] == {"ProjectionType": "ALL"}
    assert indexes["open"]["Projection"]["ProjectionType"] == "INCLUDE"


def test_guardduty_may_read_uploads_and_publish_verdicts_and_nothing_else(
    guarded_assembly: Path,
) -> None:
    template = Template(guarded_assembly, "docparser-dev-storage")
    # Given the plan on what the intake rules listen to
    (plan,) = template.of_type("AWS::GuardDuty::MalwareProtectionPlan").values()
    (intake_id,) = (
        logical_id
        for logical_id, bucket in template.of_type("AWS::S3::Bucket").items()
        if bucket["BucketName"] == bucket_name("intake")
    )
    assert plan["ProtectedResource"]["S3Bucket"]["BucketName"] == f"<{intake_id}>"
    prefixes = plan["ProtectedResource"]["S3Bucket"]["ObjectPrefixes"]
    assert {*prefixes} == {f"{priority}/" for priority in Priority}
    # Then its role is GuardDuty's, for this account,
    (role,) = template.of_type("AWS::IAM::Role").values()
    (trust,) = role["AssumeRolePolicyDocument"]["Statement"]
    service = "malware-protection-plan.guardduty.amazonaws.com"
    assert trust["Principal"] == {"Service": service}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": "123456789012"}}
    # and may do what GuardDuty asks for, in this bucket, with no tag and no deletion.
    bucket = f"arn:aws:s3:::{bucket_name('intake')}"
    rule = (
        "arn:aws:events:eu-central-1:123456789012:rule/"
        "DO-NOT-DELETE-AmazonGuardDutyMalwareProtectionS3*"
    )
    assert template.rights_of(plan["Role"]) == {
        *((f"s3:{name}", bucket) for name in ("GetBucketNotification", "PutBucketNotification")),
        ("s3:ListBucket", bucket),
        ("s3:PutObject", f"{bucket}/malware-protection-resource-validation-object"),
        *(
            (f"s3:{name}", f"{bucket}/{priority}/*")
            for name in ("GetObject", "GetObjectVersion")
            for priority in Priority
        ),
        *(
            (f"events:{name}", rule)
            for name in (
                *("PutRule", "DeleteRule", "PutTargets", "RemoveTargets"),
                *("DescribeRule", "ListTargetsByRule"),
            )
        ),
    }


def test_data_outlives_the_stack_in_prod_only() -> None:
    def policies(env: str) -> set[str]:
        stack = StorageStack(cdk.App(), deployment=Deployment(env))
        body = Assertions.from_stack(stack).to_json()
        kept = {"AWS::S3::Bucket", "AWS::KMS::Key", "AWS::DynamoDB::Table"}
        protected = body["Resources"].values()
        tables = [row for row in protected if row["Type"] == "AWS::DynamoDB::Table"]
        assert [row["Properties"]["DeletionProtectionEnabled"] for row in tables] == [env == "prod"]
        assert stack.termination_protection is (env == "prod")
        return {row["DeletionPolicy"] for row in protected if row["Type"] in kept}

    assert policies("prod") == {"Retain"}
    assert policies("dev") == {"Delete"}


def test_no_function_of_the_cdk_slips_in(storage: Template) -> None:
    types = {resource["Type"] for resource in storage.body["Resources"].values()}
    assert types == {
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "AWS::KMS::Key",
        "AWS::DynamoDB::Table",
    }


def test_outputs_name_what_a_client_needs(
    storage: Template, pipeline: Template, api: Template
) -> None:
    outputs = {
        name
        for template in (storage, pipeline, api)
        for name, output in template.body["Outputs"].items()
        if "Export" not in output
    }
    assert outputs == {
        "IntakeBucket",
        "WorkBucket",
        "OcrBucket",
        "VaultBucket",
        "BackupBucket",
        "SyncBucket",
        "AuditBucket",
        "TableName",
        "StateMachineArn",
        "ApiUrl",
    }


def keys_of(table: dict[str, Any]) -> tuple[str, ...]:
    """Return the names of the partition key and the sort key."""
    by_role = {row["KeyType"]: row["AttributeName"] for row in table["KeySchema"]}
    return by_role["HASH"], by_role["RANGE"]
