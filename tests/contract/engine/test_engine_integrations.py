"""States that call services."""

from __future__ import annotations

from tests.contract.engine.machines import PASS_END, machine, sdk
from tests.contract.engine.running import Engine


def test_sdk_error_names_are_catchable(engine: Engine) -> None:
    item = {"TableName": "checks", "Item": {"pk": {"S": "sdk"}}}
    catch = [
        {
            "ErrorEquals": ["DynamoDb.ConditionalCheckFailedException"],
            "ResultPath": "$.caught",
            "Next": "After",
        }
    ]
    again = sdk(
        "aws-sdk:dynamodb:putItem",
        {**item, "ConditionExpression": "attribute_not_exists(pk)"},
        Catch=catch,
    )
    states = {
        "Put": sdk("aws-sdk:dynamodb:putItem", item, Next="Again"),
        "Again": again,
        "After": PASS_END,
    }
    assert "caught" in engine.run(machine(states))


def test_optimized_dynamodb(engine: Engine) -> None:
    states = {
        "Put": sdk(
            "dynamodb:putItem", {"TableName": "checks", "Item": {"pk": {"S": "opt"}}}, Next="Get"
        ),
        "Get": sdk("dynamodb:getItem", {"TableName": "checks", "Key": {"pk": {"S": "opt"}}}),
    }
    assert engine.run(machine(states))["Item"] == {"pk": {"S": "opt"}}


def test_sdk_s3_serialises_objects_and_reads_bodies(engine: Engine) -> None:
    key = {"Bucket": "checks", "Key": "body.json"}
    states = {
        "Put": sdk("aws-sdk:s3:putObject", {**key, "Body": {"a": 1}}, Next="Get"),
        "Get": sdk(
            "aws-sdk:s3:getObject", key, ResultSelector={"body.$": "States.StringToJson($.Body)"}
        ),
    }
    assert engine.run(machine(states)) == {"body": {"a": 1}}


def test_events_and_sns(engine: Engine) -> None:
    topic = engine.client("sns").create_topic(Name="from-states")["TopicArn"]
    entry = {
        "Detail": {"a": 1},
        "DetailType": "check",
        "EventBusName": "default",
        "Source": "checks",
    }
    states = {
        "Event": sdk("events:putEvents", {"Entries": [entry]}, Next="Publish"),
        "Publish": sdk("sns:publish", {"TopicArn": topic, "Message": "hello"}),
    }
    assert "MessageId" in engine.run(machine(states))
