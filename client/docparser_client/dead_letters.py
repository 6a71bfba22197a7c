"""The queues of dead letters: messages that were delivered again and again, to no avail.

To read a message takes it away from the others for a moment; here it is put back at once. What is
sent on is deleted only once it was sent: it may arrive twice, as always with SQS, but is not lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from .errors import ClientError, UsageError
from .letter import Letter, letter_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from types_boto3_lambda import LambdaClient
    from types_boto3_sqs import SQSClient

    from .account import Account

_SUFFIX = "-dlq"
_AT_ONCE = 10  # messages in one call, at most
_HIDDEN_S = 30  # while a message is looked at, or sent on
_LOOKED_AT = 500  # messages of one queue
_WAIT_S = 1  # longer than nothing, so that AWS asks all of its servers
_COUNTS: Final = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)


class DeadQueue(NamedTuple):
    """A queue of dead letters; ``purpose`` is whose they are, ``messages`` about how many."""

    purpose: str
    url: str
    messages: int


class NoSuchLetter(ClientError):  # noqa: N818 - read as a sentence where it is caught
    """The queue does not hold the message, or somebody has it at this moment."""


class DeadLetters:
    """The dead letters of one stack.

    Parameters
    ----------
    account
        Where the stack is.
    """

    def __init__(self, account: Account) -> None:
        self._sqs: SQSClient = account.client("sqs")
        self._lambda: LambdaClient = account.client("lambda")
        self._prefix = f"docparser-{account.env}-"

    def queues(self) -> list[DeadQueue]:
        """Return all queues of dead letters, by their names."""
        pages = self._sqs.get_paginator("list_queues").paginate(QueueNamePrefix=self._prefix)
        urls = sorted(url for page in pages for url in page.get("QueueUrls", ()))
        return [
            DeadQueue(_name(url)[len(self._prefix) : -len(_SUFFIX)], url, self._count(url))
            for url in urls
            if _name(url).endswith(_SUFFIX)
        ]

    def queue(self, name: str) -> DeadQueue:
        """Return a queue by its purpose, or by its whole name.

        Raises
        ------
        UsageError
            There is none.
        """
        purpose = name.removeprefix(self._prefix).removesuffix(_SUFFIX)
        url = self._url(f"{self._prefix}{purpose}{_SUFFIX}")
        if url is None:
            known = ", ".join(queue.purpose for queue in self.queues())
            raise UsageError(f"there is no such queue; there are {known or 'none at all'}")
        return DeadQueue(purpose, url, self._count(url))

    def letters(self, queue: DeadQueue) -> list[Letter]:
        """Return what lies in a queue, the oldest first: of very many messages the first 500."""
        found: dict[str, Letter] = {}
        held: list[str] = []
        try:
            for batch in self._received(queue, _LOOKED_AT):
                held += [message["ReceiptHandle"] for message in batch]
                found |= {message["MessageId"]: letter_of(message) for message in batch}
        finally:
            self._put_back(queue, held)
        return sorted(found.values(), key=lambda letter: letter.sent_at)

    # ------------------------------------------------------------------ sent on
    def redrive(self, queue: DeadQueue) -> int:
        """Send all that lies in a queue to where it came from; return how many messages that was.

        Messages that come back meanwhile stay.
        """
        send = self._sender(queue)
        sent = 0
        # The count is about right, and may be behind: one call at least.
        for batch in self._received(queue, max(queue.messages, _AT_ONCE)):
            for message in batch:
                self._send_on(queue, message, send)
                sent += 1
        return sent

    def redrive_one(self, queue: DeadQueue, message_id: str) -> None:
        """Send one message to where it came from.

        Raises
        ------
        NoSuchLetter
            It is not there.
        """
        send = self._sender(queue)
        held: list[str] = []
        try:
            for batch in self._received(queue, _LOOKED_AT):
                held += [each["ReceiptHandle"] for each in batch if each["MessageId"] != message_id]
                for message in batch:
                    if message["MessageId"] == message_id:
                        self._send_on(queue, message, send)
                        return
        finally:
            self._put_back(queue, held)
        raise NoSuchLetter("there is no such message in the queue at this moment")

    def _sender(self, queue: DeadQueue) -> Callable[[str], object]:
        """Return what brings a message back: to its queue, or to the function it was an event for.

        SQS's own redrive knows only the first kind, and nothing that EventBridge put aside itself.
        """
        name = f"{self._prefix}{queue.purpose}"
        url = self._url(name)
        if url is not None:
            return lambda body: self._sqs.send_message(QueueUrl=url, MessageBody=body)
        return lambda body: self._lambda.invoke(
            FunctionName=name, InvocationType="Event", Payload=body.encode()
        )

    def _send_on(
        self, queue: DeadQueue, message: Mapping[str, Any], send: Callable[[str], object]
    ) -> None:
        send(message["Body"])
        self._sqs.delete_message(QueueUrl=queue.url, ReceiptHandle=message["ReceiptHandle"])

    # ------------------------------------------------------------------ SQS
    def _received(self, queue: DeadQueue, most: int) -> Iterator[list[Any]]:
        """Yield messages, each hidden from others for half a minute, until there are no more."""
        left = most
        while left > 0:
            answer = self._sqs.receive_message(
                QueueUrl=queue.url,
                MaxNumberOfMessages=min(left, _AT_ONCE),
                VisibilityTimeout=_HIDDEN_S,
                WaitTimeSeconds=_WAIT_S,
                MessageSystemAttributeNames=["ApproximateReceiveCount", "SentTimestamp"],
                MessageAttributeNames=["All"],
            )
            messages: list[Any] = answer.get("Messages", [])
            if not messages:
                return
            left -= len(messages)
            yield messages

    def _put_back(self, queue: DeadQueue, receipts: list[str]) -> None:
        for first in range(0, len(receipts), _AT_ONCE):
            # One that another has received since is not ours to put back: that is no failure.
            self._sqs.change_message_visibility_batch(
                QueueUrl=queue.url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": receipt, "VisibilityTimeout": 0}
                    for number, receipt in enumerate(receipts[first : first + _AT_ONCE])
                ],
            )

    def _url(self, name: str) -> str | None:
        try:
            return self._sqs.get_queue_url(QueueName=name)["QueueUrl"]
        except self._sqs.exceptions.QueueDoesNotExist:
            return None

    def _count(self, url: str) -> int:
        answer = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[*_COUNTS])
        return sum(int(answer["Attributes"][name]) for name in _COUNTS)


def _name(url: str) -> str:
    return url.rpartition("/")[2]
