"""Deployment of cloud assemblies, and the refusal of what would be dropped."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from docparser_local.deploy import Deployer
from docparser_local.errors import DeploymentError, UnsupportedResourceError

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.engine.running import Engine


def assembly(
    folder: Path, stack: str, resources: dict[str, Any], outputs: dict[str, Any] | None = None
) -> Path:
    """Write a minimal cloud assembly with one stack."""
    folder.mkdir(exist_ok=True)
    outputs = outputs or {"Name": {"Value": stack}}
    template = {"Resources": resources, "Outputs": outputs}
    (folder / f"{stack}.template.json").write_text(json.dumps(template))
    properties = {"templateFile": f"{stack}.template.json"}
    artifact = {"type": "aws:cloudformation:stack", "properties": properties}
    (folder / "manifest.json").write_text(json.dumps({"artifacts": {stack: artifact}}))
    return folder


def queue(name: str, **properties: Any) -> dict[str, Any]:
    """Return a queue resource."""
    return {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": name, **properties}}


def test_the_users_own_set_up_has_no_say(
    engine: Engine, tmp_path: Path, users_own_set_up: None
) -> None:
    folder = assembly(tmp_path, "Own", {"Queue": queue("own")})
    assert Deployer(engine.url).deploy(folder) == {"Own": "CREATE_COMPLETE"}


def test_create_update_unchanged(engine: Engine, tmp_path: Path) -> None:
    deployer = Deployer(engine.url)
    first = assembly(tmp_path, "One", {"Queue": queue("deployed", VisibilityTimeout=30)})
    steps: list[str] = []
    assert deployer.deploy(first, steps.append) == {"One": "CREATE_COMPLETE"}
    assert steps == ["deploying One"]
    second = assembly(tmp_path, "One", {"Queue": queue("deployed", VisibilityTimeout=60)})
    assert deployer.deploy(second) == {"One": "UPDATE_COMPLETE"}
    sqs = engine.client("sqs")
    url = sqs.get_queue_url(QueueName="deployed")["QueueUrl"]
    attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
    assert attributes["VisibilityTimeout"] == "60"
    assert deployer.deploy(second) == {"One": "UNCHANGED"}
    assert deployer.outputs("One") == {"Name": "One"}
    assert deployer.outputs("Nobody") is None


@pytest.mark.parametrize("kind", ["AWS::Unknown::Thing", "AWS::CloudFormation::Macro"])
def test_an_unknown_type_is_refused(engine: Engine, tmp_path: Path, kind: str) -> None:
    folder = assembly(tmp_path, "Strange", {"Thing": {"Type": kind, "Properties": {"Name": "x"}}})
    with pytest.raises(UnsupportedResourceError, match=kind):
        Deployer(engine.url).deploy(folder)


def test_an_unknown_property_is_refused_and_the_stack_can_be_mended(
    engine: Engine, tmp_path: Path
) -> None:
    deployer = Deployer(engine.url)
    folder = assembly(tmp_path, "Odd", {"Queue": queue("odd", Loudness=11)})
    with pytest.raises(UnsupportedResourceError, match="Loudness"):
        deployer.deploy(folder)
    assert deployer.outputs("Odd") is None
    folder = assembly(tmp_path, "Odd", {"Queue": queue("odd")})
    assert deployer.deploy(folder) == {"Odd": "CREATE_COMPLETE"}
    folder = assembly(tmp_path, "Odd", {"Queue": queue("odd", Loudness=12)})
    with pytest.raises(UnsupportedResourceError, match="Loudness"):
        deployer.deploy(folder)


def test_a_failed_resource_names_its_reason(engine: Engine, tmp_path: Path) -> None:
    machine = {
        "Type": "AWS::StepFunctions::StateMachine",
        "Properties": {
            "RoleArn": "arn:aws:iam::000000000000:role/x",
            "DefinitionString": '{"StartAt": "Nope", "States": {}}',
        },
    }
    folder = assembly(tmp_path, "Bad", {"Machine": machine})
    with pytest.raises(DeploymentError, match="Machine: "):
        Deployer(engine.url).deploy(folder)


def test_bucket_and_table_properties_are_applied(engine: Engine, tmp_path: Path) -> None:
    bucket = {
        "Type": "AWS::S3::Bucket",
        "Properties": {
            "BucketName": "applied",
            "VersioningConfiguration": {"Status": "Enabled"},
            "ObjectLockEnabled": True,
            "ObjectLockConfiguration": {
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": "365"}},
            },
            "BucketEncryption": {
                "ServerSideEncryptionConfiguration": [
                    {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
                ]
            },
            "NotificationConfiguration": {"EventBridgeConfiguration": {"EventBridgeEnabled": True}},
        },
    }
    table = {
        "Type": "AWS::DynamoDB::Table",
        "Properties": {
            "TableName": "applied",
            "BillingMode": "PAY_PER_REQUEST",
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
            "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
        },
    }
    Deployer(engine.url).deploy(assembly(tmp_path, "Applied", {"Bucket": bucket, "Table": table}))
    s3 = engine.client("s3")
    lock = s3.get_object_lock_configuration(Bucket="applied")["ObjectLockConfiguration"]
    assert lock["ObjectLockEnabled"] == "Enabled"
    assert lock["Rule"]["DefaultRetention"] == {"Mode": "GOVERNANCE", "Days": 365}
    notifications = s3.get_bucket_notification_configuration(Bucket="applied")
    assert "EventBridgeConfiguration" in notifications
    encryption = s3.get_bucket_encryption(Bucket="applied")["ServerSideEncryptionConfiguration"]
    by_default = encryption["Rules"][0]["ApplyServerSideEncryptionByDefault"]
    assert by_default["SSEAlgorithm"] == "AES256"
    ttl = engine.client("dynamodb").describe_time_to_live(TableName="applied")
    assert ttl["TimeToLiveDescription"]["AttributeName"] == "expires_at"
