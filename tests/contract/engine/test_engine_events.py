"""Queues, topics, rules and notifications."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from docparser_local.deploy import Deployer
from docparser_local.errors import UnsupportedResourceError
from ministack.services import eventbridge, scheduler

from tests.contract.engine.machines import PASS_END, machine
from tests.contract.engine.running import ROLE, Engine, arn, poll
from tests.contract.engine.test_engine_deploy import assembly

if TYPE_CHECKING:
    from pathlib import Path


def test_partial_batch_failure_reaches_the_dead_letter_queue(engine: Engine) -> None:
    dead_url, dead_arn = engine.queue()
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2})
    url, queue_arn = engine.queue(VisibilityTimeout="2", RedrivePolicy=policy)
    engine.client("lambda").create_event_source_mapping(
        EventSourceArn=queue_arn,
        FunctionName="consume",
        FunctionResponseTypes=["ReportBatchItemFailures"],
    )
    for name, bad in (("one", False), ("two", True), ("three", False)):
        engine.client("sqs").send_message(
            QueueUrl=url, MessageBody=json.dumps({"id": name, "bad": bad})
        )
    poll(lambda: engine.stored("sqs#one") and engine.stored("sqs#three"))
    assert json.loads(engine.messages(dead_url, 20)[0]["Body"])["id"] == "two"
    assert engine.stored("sqs#two") is None


@pytest.mark.parametrize("named", [True, False])
def test_dead_letter_redrive(engine: Engine, named: bool) -> None:
    dead_url, dead_arn = engine.queue()
    policy = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 2})
    url, queue_arn = engine.queue(RedrivePolicy=policy)
    sqs = engine.client("sqs")
    sqs.send_message(QueueUrl=dead_url, MessageBody="again")
    sqs.start_message_move_task(
        SourceArn=dead_arn, **({"DestinationArn": queue_arn} if named else {})
    )
    assert engine.messages(url)[0]["Body"] == "again"
    task = poll(lambda: sqs.list_message_move_tasks(SourceArn=dead_arn)["Results"])[0]
    assert task["ApproximateNumberOfMessagesMoved"] == 1


def test_async_invoke_failure_destination(engine: Engine) -> None:
    url, queue_arn = engine.queue()
    client = engine.client("lambda")
    target = {"OnFailure": {"Destination": queue_arn}}
    client.put_function_event_invoke_config(
        FunctionName="broken", MaximumRetryAttempts=0, DestinationConfig=target
    )
    client.invoke(FunctionName="broken", InvocationType="Event", Payload=b"{}")
    body = json.loads(engine.messages(url)[0]["Body"])
    assert body["responsePayload"]["errorType"] == "PermanentError"


def test_upload_event_with_pattern_and_transformer(engine: Engine) -> None:
    s3, events = engine.client("s3"), engine.client("events")
    s3.create_bucket(Bucket="uploads")
    s3.put_bucket_notification_configuration(
        Bucket="uploads", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    url, queue_arn = engine.queue()
    pattern = {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": ["uploads"]}, "object": {"key": [{"prefix": "in/"}]}},
    }
    transformer = {"InputPathsMap": {"k": "$.detail.object.key"}, "InputTemplate": '{"key": <k>}'}
    events.put_rule(Name="uploads", EventPattern=json.dumps(pattern))
    events.put_targets(
        Rule="uploads", Targets=[{"Id": "1", "Arn": queue_arn, "InputTransformer": transformer}]
    )
    for key in ("other/a.pdf", "in/a.pdf"):
        s3.put_object(Bucket="uploads", Key=key, Body=b"x")
    assert [json.loads(m["Body"]) for m in engine.messages(url)] == [{"key": "in/a.pdf"}]


def test_bucket_notification_to_queue(engine: Engine) -> None:
    url, queue_arn = engine.queue()
    s3 = engine.client("s3")
    s3.create_bucket(Bucket="direct")
    rule = {"QueueArn": queue_arn, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket="direct", NotificationConfiguration={"QueueConfigurations": [rule]}
    )
    s3.put_object(Bucket="direct", Key="a.pdf", Body=b"x")
    bodies = [json.loads(m["Body"]) for m in engine.messages(url)]
    assert any("Records" in body or body.get("Event") == "s3:TestEvent" for body in bodies)


def test_topic_filter_policy(engine: Engine) -> None:
    url, queue_arn = engine.queue()
    sns = engine.client("sns")
    topic = sns.create_topic(Name="filtered")["TopicArn"]
    attributes = {"FilterPolicy": json.dumps({"kind": ["a"]}), "RawMessageDelivery": "true"}
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue_arn, Attributes=attributes)
    for kind in ("b", "a"):
        value = {"kind": {"DataType": "String", "StringValue": kind}}
        sns.publish(TopicArn=topic, Message=kind, MessageAttributes=value)
    assert [m["Body"] for m in engine.messages(url)] == ["a"]


def test_fifo_order_and_deduplication(engine: Engine) -> None:
    sqs = engine.client("sqs")
    attributes = {"FifoQueue": "true", "ContentBasedDeduplication": "true"}
    url = sqs.create_queue(QueueName="order.fifo", Attributes=attributes)["QueueUrl"]
    for body in ("1", "1", "2", "3"):
        sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId="g")
    assert [m["Body"] for m in engine.messages(url)] == ["1", "2", "3"]


# ---------------------------------------------------------------- rules and schedules
def schedule(function: str, **properties: Any) -> dict[str, Any]:
    """Return a schedule as CDK writes it."""
    target = {
        "Arn": arn("lambda", f"function:{function}"),
        "RoleArn": ROLE,
        "Input": json.dumps({"id": "scheduled"}),
        "RetryPolicy": {"MaximumEventAgeInSeconds": 86400, "MaximumRetryAttempts": 185},
    }
    return {
        "Type": "AWS::Scheduler::Schedule",
        "Properties": {
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "ScheduleExpression": "rate(1 minute)",
            "ScheduleExpressionTimezone": "Etc/UTC",
            "State": "ENABLED",
            "Target": target,
            **properties,
        },
    }


def test_a_schedule_from_a_template_fires(engine: Engine, tmp_path: Path) -> None:
    function = engine.function("note_input")
    # A rate's first time is a minute after its creation: this moment has passed.
    past = schedule(function, ScheduleExpression="at(2026-01-01T00:00:00)")
    Deployer(engine.url).deploy(assembly(tmp_path, "Past", {"Schedule": past}))
    poll(lambda: engine.stored("input#scheduled"))


def test_a_rate_fires_again_and_again(monkeypatch: pytest.MonkeyPatch) -> None:
    fired: list[float] = []
    clock = [1000.0]
    monkeypatch.setattr(scheduler.time, "time", lambda: clock[0])
    monkeypatch.setattr(eventbridge, "_invoke_target", lambda *_: fired.append(clock[0]))
    target = {"Arn": arn("lambda", "function:sweep"), "RoleArn": ROLE}
    scheduler._create_schedule(
        "rate",
        {
            "ScheduleExpression": "rate(1 minute)",
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": target,
        },
    )
    for second in range(130):
        clock[0] = 1000.0 + second
        scheduler._tick_schedules()
    scheduler.reset()
    assert fired == [1060.0, 1120.0]


def test_a_schedule_by_another_clock_is_refused(engine: Engine, tmp_path: Path) -> None:
    resources = {"Schedule": schedule("echo", ScheduleExpressionTimezone="Europe/Berlin")}
    with pytest.raises(UnsupportedResourceError, match="Europe/Berlin"):
        Deployer(engine.url).deploy(assembly(tmp_path, "Zone", resources))


def test_ended_executions_of_a_machine_reach_a_queue(engine: Engine, tmp_path: Path) -> None:
    watched = engine.create(machine({"Fail": {"Type": "Fail", "Error": "E", "Cause": "c"}}))
    other = engine.create(machine({"Pass": PASS_END}))
    url, queue_arn = engine.queue()
    ended = ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
    rule = {
        "Type": "AWS::Events::Rule",
        "Properties": {
            "EventPattern": {
                "source": ["aws.states"],
                "detail-type": ["Step Functions Execution Status Change"],
                "detail": {"stateMachineArn": [watched], "status": ended},
            },
            "State": "ENABLED",
            "Targets": [{"Id": "Target0", "Arn": queue_arn}],
        },
    }
    Deployer(engine.url).deploy(assembly(tmp_path, "Ended", {"Rule": rule}))
    for machine_arn in (other, watched):
        execution = engine.client("stepfunctions").start_execution(stateMachineArn=machine_arn)
        engine.finish(execution["executionArn"])
    (message,) = engine.messages(url)
    detail = json.loads(message["Body"])["detail"]
    assert (detail["stateMachineArn"], detail["status"]) == (watched, "FAILED")
    assert (detail["error"], detail["cause"]) == ("E", "c")


# ---------------------------------------------------------------- the way of an upload
def test_an_upload_reaches_its_function_at_once(engine: Engine) -> None:
    s3, events = engine.client("s3"), engine.client("events")
    s3.create_bucket(Bucket="drops")
    s3.put_bucket_versioning(Bucket="drops", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_notification_configuration(
        Bucket="drops", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    _url, queue_arn = engine.queue(VisibilityTimeout="60")
    function = engine.function("note_upload")
    engine.client("lambda").create_event_source_mapping(
        EventSourceArn=queue_arn,
        FunctionName=function,
        BatchSize=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        ScalingConfig={"MaximumConcurrency": 5},
    )
    pattern = {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {"bucket": {"name": ["drops"]}, "object": {"key": [{"prefix": "standard/"}]}},
    }
    events.put_rule(Name="drops", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="drops", Targets=[{"Id": "1", "Arn": queue_arn}])

    def upload(key: str) -> tuple[float, dict[str, Any], dict[str, Any]]:
        began = time.time()
        stored = s3.put_object(Bucket="drops", Key=key, Body=b"four")
        item = poll(lambda: engine.stored(f"upload#{key}"))
        delay_s = float(item["at"]["N"]) - began
        return delay_s, json.loads(item["detail"]["S"]), stored

    upload("standard/first")  # pays for the worker's start
    s3.put_object(Bucket="drops", Key="other/x", Body=b"x")
    delays = []
    for number in range(3):
        delay_s, detail, stored = upload(f"standard/t/{number}")
        delays.append(delay_s)
    assert detail["bucket"]["name"] == "drops"
    assert detail["object"]["key"] == "standard/t/2"
    assert detail["object"]["size"] == 4
    assert detail["object"]["etag"] == stored["ETag"].strip('"')
    assert detail["object"]["version-id"] == stored["VersionId"]
    assert engine.stored("upload#other/x") is None
    assert min(delays) < 0.2


def test_a_batching_window_gathers_messages(engine: Engine) -> None:
    url, queue_arn = engine.queue()
    function = engine.function("count_batch")
    engine.client("lambda").create_event_source_mapping(
        EventSourceArn=queue_arn,
        FunctionName=function,
        BatchSize=100,
        MaximumBatchingWindowInSeconds=1,
    )
    for _ in range(12):
        engine.client("sqs").send_message(QueueUrl=url, MessageBody="gathered")
    item = poll(lambda: engine.stored("batch#gathered"))
    assert item["size"]["N"] == "12"


# ---------------------------------------------------------------- the way of an inference result
def test_a_notification_reaches_its_function_as_it_was_published(
    engine: Engine, tmp_path: Path
) -> None:
    # Given: two topics, one queue with raw delivery, one function, as a template makes them
    function = engine.function("note_message")
    queue_arn = {"Fn::GetAtt": ["Results", "Arn"]}
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": {"Ref": "Success"},
    }
    resources: dict[str, Any] = {
        "Dead": {"Type": "AWS::SQS::Queue"},
        "Results": {
            "Type": "AWS::SQS::Queue",
            "Properties": {
                "QueueName": "results",
                "RedrivePolicy": {
                    "deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]},
                    "maxReceiveCount": 5,
                },
            },
        },
        "Policy": {
            "Type": "AWS::SNS::TopicPolicy",
            "Properties": {
                "Topics": [{"Ref": "Success"}],
                "PolicyDocument": {"Version": "2012-10-17", "Statement": [statement]},
            },
        },
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "EventSourceArn": queue_arn,
                "FunctionName": function,
                "BatchSize": 10,
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
            },
        },
    }
    for name in ("Success", "Error"):
        topic = {"TopicName": f"results-{name.lower()}"}
        resources[name] = {"Type": "AWS::SNS::Topic", "Properties": topic}
        resources[f"{name}ToResults"] = {
            "Type": "AWS::SNS::Subscription",
            "Properties": {
                "TopicArn": {"Ref": name},
                "Protocol": "sqs",
                "Endpoint": queue_arn,
                "RawMessageDelivery": True,
                "RedrivePolicy": {"deadLetterTargetArn": {"Fn::GetAtt": ["Dead", "Arn"]}},
            },
        }
    Deployer(engine.url).deploy(assembly(tmp_path, "Results", resources))
    # When
    for name in ("success", "error"):
        engine.client("sns").publish(
            TopicArn=arn("sns", f"results-{name}"), Message=json.dumps({"id": f"raw-{name}"})
        )
    # Then
    for name in ("success", "error"):
        item = poll(lambda name=name: engine.stored(f"message#raw-{name}"))
        assert json.loads(item["body"]["S"]) == {"id": f"raw-{name}"}
