"""Every change of an SQS queue's messages is in the journal before anybody is told of it.

It also mends what ministack leaves open: a message sent by one thread while another one puts
together what is left after a deletion is not lost.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import sqs

from docparser_local.bridge.journal import of_kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from docparser_local.bridge.journal import Journal, Row

_MESSAGES = "messages"
_COUNTS = "ApproximateNumberOfMessages"
# They read a queue's messages and write what becomes of them.
_ALONE = ("_dlq_sweep", "_expire_retained")
_ACTIONS = {
    "ChangeMessageVisibility": "_act_change_visibility",
    "DeleteMessage": "_act_delete_message",
    "DeleteMessageBatch": "_act_delete_message_batch",
    "PurgeQueue": "_act_purge_queue",
    "SendMessage": "_act_send_message",
    "SendMessageBatch": "_act_send_message_batch",
}


class Messages(list[dict[str, Any]]):
    """The messages of one queue."""

    def __init__(self, messages: Iterable[dict[str, Any]], arn: str, journal: Journal) -> None:
        super().__init__(messages)
        self._arn = arn
        self._journal = journal

    def append(self, message: dict[str, Any]) -> None:
        """Add a message."""
        with self._journal as rows:
            super().append(message)
            rows.append({"message": [self._arn, message]})

    def remove(self, message: dict[str, Any]) -> None:
        """Take a message out."""
        with self._journal as rows:
            super().remove(message)
            rows.append({"gone": [self._arn, [message["id"]]]})

    def clear(self) -> None:
        """Take all messages out."""
        with self._journal as rows:
            super().clear()
            rows.append({"purged": [self._arn, True]})

    def keep(self, messages: list[dict[str, Any]]) -> None:
        """Take out all but these."""
        with self._journal as rows:
            kept = {id(message) for message in messages}
            gone = [message["id"] for message in self if id(message) not in kept]
            self[:] = messages
            if gone:
                rows.append({"gone": [self._arn, gone]})


class Queue(dict[str, Any]):
    """A queue whose list of messages stays the same object."""

    def __init__(self, queue: dict[str, Any], journal: Journal) -> None:
        messages = Messages(queue[_MESSAGES], queue["attributes"]["QueueArn"], journal)
        super().__init__(queue | {_MESSAGES: messages})

    def __setitem__(self, key: str, value: Any) -> None:
        """Set a field; new messages replace the content of the list."""
        if key == _MESSAGES:
            self[_MESSAGES].keep(value)
        else:
            super().__setitem__(key, value)


class Queues(AccountRegionScopedDict):  # type: ignore[misc]
    """ministack's store of queues."""

    def __init__(self, journal: Journal) -> None:
        super().__init__()
        self._journal = journal

    def __setitem__(self, url: str, queue: dict[str, Any]) -> None:
        """Store a queue."""
        super().__setitem__(url, Queue(queue, self._journal))

    def update(self, other: Any) -> None:
        """Store the queues of a snapshot."""
        super().update(other)
        for key, queue in self.all_items():
            self._data[key] = Queue(queue, self._journal)


class Replayed:
    """A queue of a snapshot, brought up to date with the journal row by row."""

    def __init__(self, queue: dict[str, Any]) -> None:
        self._queue = queue
        self._messages = {message["id"]: message for message in queue[_MESSAGES]}

    def message(self, message: dict[str, Any]) -> None:
        """Apply that a message was sent."""
        self._messages[message["id"]] = message
        if message.get("seq"):
            self._queue["fifo_seq"] = max(self._queue["fifo_seq"], int(message["seq"]))
        if key := message.get("dedup_cache_key"):
            self._queue["dedup_cache"][key] = {
                "expire": message["sent_at"] + sqs._DEDUP_WINDOW_S,
                "id": message["id"],
                "md5": message["md5_body"],
                "md5a": message["md5_attrs"],
                "seq": message["seq"],
            }

    def gone(self, names: list[str]) -> None:
        """Apply that messages were deleted or moved elsewhere."""
        for name in names:
            self._messages.pop(name, None)

    def received(self, receipts: dict[str, dict[str, Any]]) -> None:
        """Apply how often messages have been received."""
        for name, fields in receipts.items():
            if name in self._messages:
                self._messages[name].update(fields)

    def purged(self, _always: bool) -> None:
        """Apply that the queue was emptied."""
        self._messages.clear()

    def finish(self) -> None:
        """Make messages that were in flight visible at once.

        Whoever held them was a worker of the engine that stopped. AWS would wait for the
        visibility timeout, six times a function's own.
        """
        now = time.time()
        self._queue[_MESSAGES] = list(self._messages.values())
        for message in self._messages.values():
            if message.get("receive_count"):
                message["visible_at"] = min(message["visible_at"], now)


def apply(rows: list[Row], state: dict[str, Any]) -> None:
    """Bring a snapshot of the service up to date with the journal."""
    queues = {
        queue["attributes"]["QueueArn"]: Replayed(queue) for _, queue in state["queues"].all_items()
    }
    for row in rows:
        ((kind, (arn, value)),) = row.items()
        if arn in queues:  # not deleted since
            getattr(queues[arn], kind)(value)
    for queue in queues.values():
        queue.finish()


def definitions() -> list[Any]:
    """Return everything but the messages."""
    return [[*key, queue["tags"], _attributes(queue)] for key, queue in sqs._queues.all_items()]


def install(journal: Journal, rows: list[Row]) -> None:
    """Write the changes, and read those of the journal when the service's snapshot is loaded."""
    rows = of_kind(rows, "message", "gone", "purged", "received")
    restore, collect = sqs.load_persisted_state, sqs._collect_msgs
    queues = Queues(journal)
    queues.update(sqs._queues)
    sqs._queues = queues

    def load(state: dict[str, Any]) -> None:
        apply(rows, state)
        rows.clear()
        restore(state)

    def collect_journalled(queue: Any, *limits: int) -> Any:
        with journal as change:
            received = collect(queue, *limits)
            if received:
                arn = queue["attributes"]["QueueArn"]
                change.append({"received": [arn, {m["id"]: _receipt(m) for m in received}]})
        return received

    def get_state() -> dict[str, Any]:
        with journal:
            copied = AccountRegionScopedDict()
            copied._data = {key: _copy(queue) for key, queue in sqs._queues.all_items()}
            names = AccountRegionScopedDict()
            names._data = dict(sqs._queue_name_to_url._data)
        return {"queues": copied, "queue_name_to_url": names}

    sqs._queues_lock = journal  # what it guards is one change
    sqs.load_persisted_state = load
    sqs._collect_msgs = collect_journalled
    sqs.get_state = get_state
    for name in _ALONE:
        setattr(sqs, name, _alone(journal, getattr(sqs, name)))
    for action, name in _ACTIONS.items():
        setattr(sqs, name, _alone(journal, getattr(sqs, name)))
        sqs._HANDLERS[action] = getattr(sqs, name)


def _alone(journal: Journal, function: Callable[..., Any]) -> Callable[..., Any]:
    """Make all that a function does one change."""

    def run(*arguments: Any) -> Any:
        with journal:
            return function(*arguments)

    return run


def _receipt(message: dict[str, Any]) -> dict[str, Any]:
    return {name: message[name] for name in ("receive_count", "first_receive_at")}


def _copy(queue: dict[str, Any]) -> dict[str, Any]:
    attributes = dict(queue["attributes"])
    messages = [dict(message) for message in queue[_MESSAGES]]
    seen = dict(queue["dedup_cache"])
    return {**queue, "attributes": attributes, _MESSAGES: messages, "dedup_cache": seen}


def _attributes(queue: dict[str, Any]) -> dict[str, Any]:
    """Return the attributes that a request may set."""
    attributes = list(queue["attributes"].items())
    return {name: value for name, value in attributes if not name.startswith(_COUNTS)}
