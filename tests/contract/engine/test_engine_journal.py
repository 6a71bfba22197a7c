"""``kill -9`` at any moment loses nothing that was answered."""

from __future__ import annotations

import itertools
import json
import random
import signal
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError
from docparser_local.bridge import object_files
from docparser_local.bridge.journal import Journal
from docparser_local.deploy import Deployer

from tests.contract.engine.machines import PASS_END, machine
from tests.contract.engine.running import Engine, arn, function_arn, poll
from tests.contract.engine.test_engine_deploy import assembly

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SEED = 5
KILLS = 3
WRITERS = 3


@pytest.fixture
def killable(tmp_path: Path) -> Iterator[Engine]:
    """Start an engine that the test may kill."""
    engine = Engine(tmp_path / "home")
    engine.start()
    engine.provision()
    yield engine
    engine.stop()


# ---------------------------------------------------------------- the file
def test_a_change_is_all_there_or_not_at_all(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "records")
    journal.append({"a": 1})
    with journal as rows:
        rows.append({"b": 1})
        journal.append({"b": 2})
    (segment,) = tmp_path.glob("records.*.jsonl")
    segment.write_bytes(segment.read_bytes()[:-4])

    again = Journal(tmp_path / "records")
    again.append({"c": 1})

    assert list(again.rows()) == [{"a": 1}, {"c": 1}]


def test_what_is_stored_elsewhere_is_dropped(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "records")
    journal.carry(lambda: [{"pending": 1}])
    journal.append({"a": 1})
    segment = journal.rotate()
    journal.append({"b": 1})

    journal.drop(segment)

    assert list(journal.rows()) == [{"pending": 1}, {"b": 1}]


# ---------------------------------------------------------------- under fire
class Load:
    """Client threads that remember what was answered, and what was asked last and was not."""

    def __init__(self, engine: Engine, machine_arn: str, queue: str, run: int) -> None:
        self._engine = engine
        self._machine = machine_arn
        self._queue = queue
        self._run = run
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.items: dict[str, set[int | None]] = {}
        self.sent: set[str] = set()
        self.deleted: set[str] = set()
        self.maybe_sent: set[str] = set()
        self.maybe_deleted: set[str] = set()
        self.versions: dict[str, dict[str, bytes | None]] = {}
        self.executions: set[str] = set()

    def start(self) -> None:
        """Begin."""
        jobs = (self._write_items, self._write_pairs, self._write_objects, self._send, self._begin)
        for number, job in itertools.product(range(WRITERS), jobs):
            thread = threading.Thread(target=self._until_the_end, args=(job, number))
            thread.start()
            self._threads.append(thread)

    def wait(self) -> None:
        """Wait for the threads, whose engine is gone."""
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _until_the_end(self, job: Callable[[str, int], None], number: int) -> None:
        try:
            for step in itertools.count():
                if self._stop.is_set():
                    return
                job(f"{self._run}-{number}", step)
        except (BotoCoreError, ClientError):
            return

    def _write_items(self, writer: str, step: int) -> None:
        dynamodb = self._engine.client("dynamodb")
        key = f"item-{writer}-{step % 7}"
        state = self.items.setdefault(key, {None})
        value = None if step % 5 == 4 else step
        state.add(value)
        if value is None:
            dynamodb.delete_item(TableName="checks", Key={"pk": {"S": key}})
        else:
            item = {"pk": {"S": key}, "n": {"N": str(step)}}
            dynamodb.put_item(TableName="checks", Item=item)
        self.items[key] = {value}

    def _write_pairs(self, writer: str, step: int) -> None:
        keys = [f"pair-{writer}-{side}" for side in "ab"]
        for key in keys:
            self.items.setdefault(key, {None}).add(step)
        puts = [
            {"Put": {"TableName": "checks", "Item": {"pk": {"S": key}, "n": {"N": str(step)}}}}
            for key in keys
        ]
        self._engine.client("dynamodb").transact_write_items(TransactItems=puts)
        for key in keys:
            self.items[key] = {step}

    def _write_objects(self, writer: str, step: int) -> None:
        s3 = self._engine.client("s3")
        key = f"object-{writer}"
        versions = self.versions.setdefault(key, {})
        if step % 5 == 4:
            answer = s3.delete_object(Bucket="versioned", Key=key)
            versions[answer["VersionId"]] = None
        else:
            body = f"{writer} {step}".encode() * 50
            answer = s3.put_object(
                Bucket="versioned", Key=key, Body=body, Metadata={"step": str(step)}
            )
            versions[answer["VersionId"]] = body

    def _send(self, writer: str, step: int) -> None:
        sqs = self._engine.client("sqs")
        body = f"{writer} {step}"
        self.maybe_sent.add(body)
        sqs.send_message(QueueUrl=self._queue, MessageBody=body)
        self.sent.add(body)
        if step % 3:
            return
        for message in sqs.receive_message(QueueUrl=self._queue).get("Messages", []):
            self.maybe_deleted.add(message["Body"])
            sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
            self.deleted.add(message["Body"])

    def _begin(self, writer: str, step: int) -> None:
        answer = self._engine.client("stepfunctions").start_execution(
            stateMachineArn=self._machine, name=f"e-{writer}-{step}"
        )
        self.executions.add(answer["executionArn"])
        time.sleep(0.05)


def test_everything_answered_is_there_after_kill_9(killable: Engine) -> None:
    # Given
    s3, events = killable.client("s3"), killable.client("events")
    s3.create_bucket(Bucket="versioned")
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_notification_configuration(
        Bucket="versioned", NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    queue, _ = killable.queue(VisibilityTimeout="600")
    told, told_arn = killable.queue(VisibilityTimeout="0")
    ended = ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
    patterns: tuple[dict[str, Any], ...] = (
        {"source": ["aws.s3"], "detail": {"bucket": {"name": ["versioned"]}}},
        {"source": ["aws.states"], "detail": {"status": ended}},
    )
    for number, pattern in enumerate(patterns):
        events.put_rule(Name=f"told-{number}", EventPattern=json.dumps(pattern))
        events.put_targets(Rule=f"told-{number}", Targets=[{"Id": "1", "Arn": told_arn}])
    wait = {"Type": "Wait", "Seconds": 1, "Next": "End"}
    machine_arn = killable.create(machine({"Wait": wait, "End": PASS_END}))
    killable.settle()
    moments = random.Random(SEED)
    loads = []
    for run in range(KILLS):
        # When
        load = Load(killable, machine_arn, queue, run)
        load.start()
        time.sleep(moments.uniform(0.3, 2.5))
        killable.stop(signal.SIGKILL)
        load.wait()
        loads.append(load)
        killable.start()
        # Then: also what earlier runs were told
        for earlier in loads:
            check_items(killable, earlier)
            check_versions(killable, earlier)
            check_executions(killable, earlier)
        check_messages(killable, queue, loads)
    check_events(killable, told, loads)
    assert all(load.items and load.sent and load.deleted and load.versions for load in loads)
    assert any(load.executions for load in loads)


def check_items(engine: Engine, load: Load) -> None:
    """Compare items with what was answered; a request without an answer may have been done."""
    for key, states in load.items.items():
        item = engine.stored(key)
        assert (int(item["n"]["N"]) if item else None) in states, key
    for key in [key for key in load.items if key.startswith("pair-") and key.endswith("-a")]:
        pair = [engine.stored(f"{key[:-1]}{side}") for side in "ab"]
        assert len({item and item["n"]["N"] for item in pair}) == 1, key


def check_versions(engine: Engine, load: Load) -> None:
    """Compare versions, delete markers, bodies and metadata."""
    s3 = engine.client("s3")
    for key, versions in load.versions.items():
        listed = s3.list_object_versions(Bucket="versioned", Prefix=key)
        markers = {row["VersionId"] for row in listed.get("DeleteMarkers", [])}
        found = {row["VersionId"] for row in listed.get("Versions", [])}
        assert markers | found >= versions.keys()
        assert len(markers | found) <= len(versions) + 1
        for version, body in versions.items():
            assert (version in markers) == (body is None)
        for version in found:
            answer = s3.get_object(Bucket="versioned", Key=key, VersionId=version)
            body = answer["Body"].read()
            assert versions.get(version, body) == body
            assert (
                body.split()[1][: len(answer["Metadata"]["step"])].decode()
                == (answer["Metadata"]["step"])
            )
        latest = [row for row in listed.get("Versions", []) if row["IsLatest"]]
        for row in latest:
            current = s3.get_object(Bucket="versioned", Key=key)
            pinned = s3.get_object(Bucket="versioned", Key=key, VersionId=row["VersionId"])
            assert current["VersionId"] == row["VersionId"]
            assert current["Body"].read() == pinned["Body"].read()


def check_executions(engine: Engine, load: Load) -> None:
    """Every execution that was begun has ended, of itself or with the engine."""
    for execution in load.executions:
        row = engine.describe(execution)
        assert row["status"] in ("SUCCEEDED", "ABORTED"), row["status"]
        assert row["status"] == "SUCCEEDED" or row["error"] == "Engine.Interrupted"


def check_messages(engine: Engine, queue: str, loads: list[Load]) -> None:
    """Every message that was sent and not deleted is there, and visible; no other one is."""
    sqs = engine.client("sqs")
    names = ["ApproximateNumberOfMessages"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    there: set[str] = set()
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        there |= {message["Body"] for message in messages}
    assert int(attributes[names[0]]) == len(there)
    for name, receipt in (("maybe_deleted", "deleted"), ("maybe_sent", "sent")):
        assert all(getattr(load, name) >= getattr(load, receipt) for load in loads)
    sent, deleted = (set().union(*(getattr(one, name) for one in loads)) for name in FATES)
    maybe_sent = set().union(*(load.maybe_sent for load in loads))
    maybe_deleted = set().union(*(load.maybe_deleted for load in loads))
    assert not there & deleted
    assert sent - maybe_deleted <= there <= maybe_sent


FATES = ("sent", "deleted")


def check_events(engine: Engine, queue: str, loads: list[Load]) -> None:
    """Every version and every execution was told of."""
    versions: set[str] = set()
    executions: set[str] = set()
    sqs = engine.client("sqs")
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            detail = json.loads(message["Body"])["detail"]
            versions.add(detail.get("object", {}).get("version-id"))
            executions.add(detail.get("executionArn"))
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    for load in loads:
        for answered in load.versions.values():
            assert answered.keys() <= versions
        assert load.executions <= executions


def test_a_deployment_that_has_ended_is_there_after_kill_9(
    killable: Engine, tmp_path: Path
) -> None:
    killable.settle()
    key = [{"AttributeName": "pk", "AttributeType": "S"}]
    table = {
        "TableName": "deployed",
        "BillingMode": "PAY_PER_REQUEST",
        "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
        "AttributeDefinitions": key,
    }
    resources = {
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": table},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "deployed"}},
    }
    deployer = Deployer(killable.url)
    deployer.deploy(assembly(tmp_path / "assembly", "Deployed", resources))
    killable.client("dynamodb").put_item(TableName="deployed", Item={"pk": {"S": "x"}})
    url = killable.client("sqs").get_queue_url(QueueName="deployed")["QueueUrl"]
    killable.client("sqs").send_message(QueueUrl=url, MessageBody="sent")
    killable.stop(signal.SIGKILL)
    killable.start()
    assert Deployer(killable.url).outputs("Deployed") == {"Name": "Deployed"}
    found = killable.client("dynamodb").get_item(TableName="deployed", Key={"pk": {"S": "x"}})
    assert found["Item"]
    assert [message["Body"] for message in killable.messages(url)] == ["sent"]


def test_a_transaction_is_one_line_of_the_journal(killable: Engine) -> None:
    puts = [{"Put": {"TableName": "checks", "Item": {"pk": {"S": key}}}} for key in "ab"]
    killable.client("dynamodb").transact_write_items(TransactItems=puts)
    lines = [
        json.loads(line)
        for segment in killable.home.glob("records.*.jsonl")
        for line in segment.read_text().splitlines()
    ]
    assert [[row["item"][1] for row in line] for line in lines if "item" in line[0]] == [["a", "b"]]


# ---------------------------------------------------------------- on the way
def test_an_interrupted_invocation_is_begun_again(killable: Engine) -> None:
    function = killable.function("note_slowly")
    killable.settle()
    payload = json.dumps({"id": "again", "seconds": 2})
    killable.client("lambda").invoke(FunctionName=function, InvocationType="Event", Payload=payload)
    killable.stop(signal.SIGKILL)
    killable.start()
    poll(lambda: killable.stored("input#again"))
    killable.stop(signal.SIGKILL)  # it has ended: not a third time
    killable.start()
    time.sleep(3)
    item = killable.stored("input#again")
    assert item is not None
    assert item["times"]["N"] == "1"


def test_a_function_that_an_event_begins_is_repeated(engine: Engine) -> None:
    events = engine.client("events")
    events.put_rule(Name="flaky", EventPattern=json.dumps({"source": ["flaky"]}))
    target = {"Id": "1", "Arn": function_arn("flaky"), "InputPath": "$.detail"}
    events.put_targets(Rule="flaky", Targets=[target])
    detail = json.dumps({"key": "event", "fail": 1})
    events.put_events(Entries=[{"Source": "flaky", "DetailType": "x", "Detail": detail}])

    def attempts() -> int:
        return int((engine.stored("flaky#event") or {"n": {"N": "0"}})["n"]["N"])

    poll(lambda: attempts() == 2)


def test_an_end_that_nobody_heard_of_is_announced_again(killable: Engine) -> None:
    events = killable.client("events")
    url, queue_arn = killable.queue()
    pattern = {"source": ["aws.states"], "detail": {"status": ["SUCCEEDED"]}}
    events.put_rule(Name="ended", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="ended", Targets=[{"Id": "1", "Arn": queue_arn}])
    killable.settle()
    execution = killable.begin(machine({"Pass": PASS_END}))
    killable.finish(execution)
    killable.messages(url)
    killable.stop(signal.SIGKILL)
    # As if the crash had come between the end and its event.
    for segment in killable.home.glob("executions.*.jsonl"):
        lines = segment.read_text().splitlines(keepends=True)
        segment.write_text("".join(line for line in lines if '"announced"' not in line))
    killable.start()
    (message,) = killable.messages(url)
    assert json.loads(message["Body"])["detail"]["executionArn"] == execution
    assert killable.describe(execution)["status"] == "SUCCEEDED"


def test_the_event_of_a_stopped_execution_says_why(engine: Engine) -> None:
    events = engine.client("events")
    url, queue_arn = engine.queue()
    execution = engine.begin(machine({"Wait": {"Type": "Wait", "Seconds": 600, "End": True}}))
    pattern = {"source": ["aws.states"], "detail": {"executionArn": [execution]}}
    events.put_rule(Name="stopped", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="stopped", Targets=[{"Id": "1", "Arn": queue_arn}])
    engine.client("stepfunctions").stop_execution(
        executionArn=execution, error="Enough", cause="of it"
    )
    (message,) = engine.messages(url)
    detail = json.loads(message["Body"])["detail"]
    assert (detail["status"], detail["error"], detail["cause"]) == ("ABORTED", "Enough", "of it")


# ---------------------------------------------------------------- objects
def test_an_interrupted_write_of_an_object_is_finished(tmp_path: Path) -> None:
    staged = tmp_path / "staged"
    staged.mkdir()
    for name in ("body", "metadata", "unanswered"):
        (staged / name).write_text(name)
    (tmp_path / "key").write_text("old")
    moves = [[str(staged / "body"), str(tmp_path / "key")]]
    moves += [[str(staged / "metadata"), str(tmp_path / "key.meta.json")]]
    moves += [[str(staged / "done"), str(tmp_path / "other")]]

    object_files.finish([{"files": moves}], staged)

    assert (tmp_path / "key").read_text() == "body"
    assert (tmp_path / "key.meta.json").read_text() == "metadata"
    assert not (tmp_path / "other").exists()
    assert not list(staged.iterdir())


def test_an_object_that_the_disk_refuses_is_not_answered(engine: Engine) -> None:
    s3 = engine.client("s3")
    folder = engine.home / "state" / "s3" / arn("s3", "x").split(":")[4] / "checks"
    (folder / "refused.meta.json" / "x").mkdir(parents=True)
    with pytest.raises(ClientError, match="500"):
        s3.put_object(Bucket="checks", Key="refused", Body=b"x")
