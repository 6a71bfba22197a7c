"""Lambda handlers that the checks deploy."""

import json
import os
import sys
import time

import boto3
from aws_lambda_powertools import Metrics
from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)

metrics = Metrics(namespace="Checks", service="engine")
processor = BatchProcessor(event_type=EventType.SQS)
dynamodb = boto3.client("dynamodb")
calls = 0


class TransientError(Exception):
    """Worth a retry."""


class PermanentError(Exception):
    """Not worth a retry."""


@metrics.log_metrics
def echo(event, context):
    """Return the input with facts about the execution environment."""
    global calls
    calls += 1
    metrics.add_metric(name="Echoes", unit="Count", value=1)
    return {
        "in": event,
        "calls": calls,
        "pid": os.getpid(),
        "env": os.environ.get("SETTING"),
        "python": list(sys.version_info[:2]),
        "remaining_ms": context.get_remaining_time_in_millis(),
        "foreign": [name for name in os.environ if name.startswith("DOCPARSER_")],
    }


def flaky(event, context):
    """Fail the first ``fail`` times for a key."""
    row = dynamodb.update_item(
        TableName="checks",
        Key={"pk": {"S": "flaky#" + event["key"]}},
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="ALL_NEW",
    )
    attempt = int(row["Attributes"]["n"]["N"])
    if attempt <= event["fail"]:
        raise TransientError(f"attempt {attempt}")
    return {"attempts": attempt}


def broken(event, context):
    """Fail always."""
    sys.stdout.write("about to fail\n")
    raise PermanentError("nope")


def leave(event, context):
    """End the process."""
    os._exit(3)


def unserialisable(event, context):
    """Return what JSON cannot say."""
    return {1, 2}


def slow(event, context):
    """Sleep, then name the process."""
    time.sleep(event["seconds"])
    return {"pid": os.getpid()}


def chatter(event, context):
    """Write more log than a pipe holds."""
    for number in range(event["lines"]):
        sys.stdout.write(f"line {number} " + "x" * 200 + "\n")


def endpoints(event, context):
    """Name where this function's clients would call."""
    names = ("s3", "sagemaker-runtime")
    return {name: boto3.client(name).meta.endpoint_url for name in names}


def hand_over(event, context):
    """Pass a task token on through SQS."""
    boto3.client("sqs").send_message(QueueUrl=event["queue"], MessageBody=json.dumps(event))
    return {}


def store_record(record):
    """Store one SQS record; a record marked bad fails."""
    body = json.loads(record.body)
    if body.get("bad"):
        raise ValueError("bad record")
    dynamodb.put_item(TableName="checks", Item={"pk": {"S": "sqs#" + body["id"]}})


def consume(event, context):
    """Process a batch with partial failures."""
    return process_partial_response(
        event=event, record_handler=store_record, processor=processor, context=context
    )


def count_batch(event, context):
    """Store how many records came together."""
    pk = "batch#" + event["Records"][0]["body"]
    size = {"N": str(len(event["Records"]))}
    dynamodb.put_item(TableName="checks", Item={"pk": {"S": pk}, "size": size})


def note_upload(event, context):
    """Store when an object's event arrived."""
    for record in event["Records"]:
        detail = json.loads(record["body"])["detail"]
        item = {
            "pk": {"S": "upload#" + detail["object"]["key"]},
            "at": {"N": repr(time.time())},
            "detail": {"S": json.dumps(detail)},
        }
        dynamodb.put_item(TableName="checks", Item=item)


def note_message(event, context):
    """Store the bodies of messages, as they are."""
    for record in event["Records"]:
        pk = "message#" + json.loads(record["body"])["id"]
        item = {"pk": {"S": pk}, "body": {"S": record["body"]}}
        dynamodb.put_item(TableName="checks", Item=item)


def note_execution(event, context):
    """Store an execution's status change."""
    detail = event["detail"]
    pk = "status#" + detail["name"]
    item = {"pk": {"S": pk}, "event": {"S": json.dumps(event)}}
    dynamodb.put_item(TableName="checks", Item=item)


def note_input(event, context):
    """Store what a schedule or a rule sends along."""
    item = {"pk": {"S": "input#" + event["id"]}, "at": {"N": repr(time.time())}}
    dynamodb.put_item(TableName="checks", Item=item)


def note_slowly(event, context):
    """Wait, then count."""
    time.sleep(event["seconds"])
    dynamodb.update_item(
        TableName="checks",
        Key={"pk": {"S": "input#" + event["id"]}},
        UpdateExpression="ADD #times :one",
        ExpressionAttributeNames={"#times": "times"},
        ExpressionAttributeValues={":one": {"N": "1"}},
    )


def authorize(event, context):
    """Allow one token."""
    effect = "Allow" if event.get("authorizationToken") == "Bearer good" else "Deny"
    statement = {
        "Action": "execute-api:Invoke",
        "Effect": effect,
        "Resource": event["methodArn"],
    }
    policy = {"Version": "2012-10-17", "Statement": [statement]}
    return {"principalId": "user", "policyDocument": policy}


def api(event, context):
    """Answer an API Gateway proxy request."""
    return {
        "statusCode": 200,
        "body": json.dumps({"path": event.get("path") or event.get("rawPath")}),
    }
