"""SQS dead-letter redrive: StartMessageMoveTask and ListMessageMoveTasks."""

from __future__ import annotations

import json
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import sqs

if TYPE_CHECKING:
    from docparser_local.bridge.clients import ClientPool


@dataclass
class MoveTask:
    """One redrive of a dead-letter queue."""

    source_arn: str
    destination_arn: str | None
    handle: str = field(default_factory=lambda: uuid.uuid4().hex)
    status: str = "RUNNING"
    moved: int = 0
    started: int = field(default_factory=lambda: int(time.time() * 1000))

    def describe(self) -> dict[str, Any]:
        """Return the ListMessageMoveTasks entry."""
        row = {
            "TaskHandle": self.handle,
            "Status": self.status,
            "SourceArn": self.source_arn,
            "ApproximateNumberOfMessagesMoved": self.moved,
            "StartedTimestamp": self.started,
        }
        return row | ({"DestinationArn": self.destination_arn} if self.destination_arn else {})


class MessageMover:
    """Moves messages with the queue's own public API, in a background thread."""

    def __init__(self, pool: ClientPool) -> None:
        self._pool = pool
        self._tasks: list[MoveTask] = []

    def start(self, data: dict[str, Any], _queue_url: str) -> dict[str, Any]:
        """Handle StartMessageMoveTask."""
        task = MoveTask(data["SourceArn"], data.get("DestinationArn"))
        self._tasks.insert(0, task)
        args = (task, get_region(), get_account_id())
        threading.Thread(target=self._run, args=args, daemon=True).start()
        return {"TaskHandle": task.handle}

    def list(self, data: dict[str, Any], _queue_url: str) -> dict[str, Any]:
        """Handle ListMessageMoveTasks."""
        rows = [t.describe() for t in self._tasks if t.source_arn == data["SourceArn"]]
        return {"Results": rows[: data.get("MaxResults", 1)]}

    def _run(self, task: MoveTask, region: str, account: str) -> None:
        client = self._pool.get("sqs", region, account)
        try:
            source = _queue_url(client, task.source_arn)
            target = _queue_url(client, task.destination_arn or _origin(client, task.source_arn))
            while messages := _receive(client, source):
                for message in messages:
                    _move(client, message, source, target)
                    task.moved += 1
            task.status = "COMPLETED"
        except Exception:
            task.status = "FAILED"
            raise


def _queue_url(client: Any, arn: str) -> str:
    account, name = arn.split(":")[-2:]
    return str(client.get_queue_url(QueueName=name, QueueOwnerAWSAccountId=account)["QueueUrl"])


def _origin(client: Any, dead_letter_arn: str) -> str:
    """Return the first queue that dead-letters into this one (AWS remembers it per message)."""
    for url in client.list_queues().get("QueueUrls", []):
        attributes = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        policy = json.loads(attributes.get("RedrivePolicy", "{}"))
        if policy.get("deadLetterTargetArn") == dead_letter_arn:
            return str(attributes["QueueArn"])
    raise LookupError(f"no queue dead-letters into {dead_letter_arn}")


def _receive(client: Any, url: str) -> list[dict[str, Any]]:
    response = client.receive_message(
        QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    )
    return list(response.get("Messages", []))


def _move(client: Any, message: dict[str, Any], source: str, target: str) -> None:
    attributes = message.get("MessageAttributes", {})
    client.send_message(QueueUrl=target, MessageBody=message["Body"], MessageAttributes=attributes)
    client.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])


def install(pool: ClientPool) -> None:
    """Register the two actions with ministack's SQS dispatcher."""
    mover = MessageMover(pool)
    sqs._HANDLERS["StartMessageMoveTask"] = mover.start
    sqs._HANDLERS["ListMessageMoveTasks"] = mover.list
