"""What a stop and a crash leave behind."""

from __future__ import annotations

import json
import signal
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.engine.machines import PASS_END, machine
from tests.contract.engine.running import Engine, function_arn, poll

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WAIT = machine({"Wait": {"Type": "Wait", "Seconds": 600, "End": True}})


@pytest.fixture
def stoppable(tmp_path: Path) -> Iterator[Engine]:
    """Start an engine that the test may stop."""
    engine = Engine(tmp_path / "home")
    engine.start()
    engine.provision()
    yield engine
    engine.stop()


def prepare(engine: Engine) -> tuple[str, str]:
    """Leave traces in every service, a finished and a running execution; return their ARNs."""
    events = engine.client("events")
    pattern = {"source": ["aws.states"], "detail": {"status": ["ABORTED"]}}
    events.put_rule(Name="interrupted", EventPattern=json.dumps(pattern))
    target = {"Id": "1", "Arn": function_arn(engine.function("note_execution", "note"))}
    events.put_targets(Rule="interrupted", Targets=[target])
    s3 = engine.client("s3")
    s3.put_bucket_versioning(Bucket="checks", VersioningConfiguration={"Status": "Enabled"})
    s3.put_object(Bucket="checks", Key="kept", Body=b"1")
    s3.put_object(Bucket="checks", Key="kept", Body=b"2")
    engine.client("dynamodb").put_item(TableName="checks", Item={"pk": {"S": "kept"}})
    sqs = engine.client("sqs")
    url = sqs.create_queue(QueueName="kept", Attributes={"VisibilityTimeout": "600"})["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="in flight")
    sqs.receive_message(QueueUrl=url)
    finished = engine.begin(machine({"Pass": PASS_END}), {"n": 1}, name="finished")
    engine.finish(finished)
    return finished, engine.begin(WAIT, {"n": 2}, name="interrupted")


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_nothing_is_lost(stoppable: Engine, how: signal.Signals) -> None:
    finished, interrupted = prepare(stoppable)
    if how == signal.SIGKILL:
        stoppable.settle()
        # Later than the last snapshot: only the journal can know of it.
        late = stoppable.begin(WAIT, {"n": 3}, name="late")
    else:
        late = interrupted
    stoppable.stop(how)
    stoppable.start()

    assert stoppable.describe(finished)["status"] == "SUCCEEDED"
    for execution in (interrupted, late):
        row = stoppable.describe(execution)
        assert (row["status"], row["error"]) == ("ABORTED", "Engine.Interrupted")
    item = poll(lambda: stoppable.stored("status#interrupted"))
    detail = json.loads(item["event"]["S"])["detail"]
    assert (detail["status"], detail["error"]) == ("ABORTED", "Engine.Interrupted")
    assert detail["cause"]
    assert json.loads(detail["input"]) == {"n": 2}
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        restart(stoppable, interrupted, {"n": 2})

    versions = stoppable.client("s3").list_object_versions(Bucket="checks", Prefix="kept")
    assert len(versions["Versions"]) == 2
    body = stoppable.client("s3").get_object(Bucket="checks", Key="kept")["Body"].read()
    assert body == b"2"
    assert stoppable.stored("kept")
    url = stoppable.client("sqs").get_queue_url(QueueName="kept")["QueueUrl"]
    assert [m["Body"] for m in stoppable.messages(url)] == ["in flight"]


def restart(engine: Engine, execution: str, value: Any) -> None:
    """Start an execution again under its name."""
    machine_arn, name = execution.replace(":execution:", ":stateMachine:").rsplit(":", 1)
    engine.client("stepfunctions").start_execution(
        stateMachineArn=machine_arn, name=name, input=json.dumps(value)
    )
