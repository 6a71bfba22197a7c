"""`docparser dlq`: what was set aside, messages and documents, and how it is tried again."""

from __future__ import annotations

import json
import sys
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from docparser.model import Status, rfc3339
from rich.text import Text

from . import account, connection, progress, report
from .api import Client, Conflict
from .dead_letters import DeadLetters
from .errors import OK, UNFINISHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .api import Document
    from .dead_letters import DeadQueue
    from .letter import Letter

_NEWEST = 20  # documents that are shown
_PAGE = 200


class _Row(NamedTuple):
    """A queue of dead letters; ``oldest`` is when its oldest message was sent, if it has any."""

    queue: DeadQueue
    oldest: str


def show_all(*, as_json: bool, env: str | None) -> int:
    """Print the queues of dead letters, and the newest documents that were set aside."""
    reached = account.reach(connection.load_settings(), env)
    letters = DeadLetters(reached)
    rows = [_Row(queue, _oldest(letters, queue)) for queue in letters.queues()]
    with Client(reached.api_url) as client:
        failed = list(islice(_failed(client), _NEWEST))
    if as_json:
        _print_json(
            {
                "queues": [
                    {"queue": row.queue.purpose, "messages": row.queue.messages}
                    | {"oldest_sent_at": row.oldest or None}
                    for row in rows
                ],
                "documents": [_set_aside(record) for record in failed],
            }
        )
        return OK
    screen = progress.console()
    drawn = report.grid("queue", "messages", "oldest")
    for row in rows:
        drawn.add_row(row.queue.purpose, str(row.queue.messages), row.oldest)
    screen.print(drawn)
    if not failed:
        screen.print("No document is set aside.")
        return OK
    drawn = report.grid("document", "code", "stage", "attempts", "failed at")
    for record in failed:
        drawn.add_row(*(str(fact) for fact in _set_aside(record).values()))
    screen.print(drawn)
    return OK


def show(name: str, *, as_json: bool, env: str | None) -> int:
    """Print what lies in a queue of dead letters: ids of ours, and no word of anybody else's.

    Raises
    ------
    UsageError
        There is no such queue.
    """
    letters = DeadLetters(account.reach(connection.load_settings(), env))
    found = letters.letters(letters.queue(name))
    if as_json:
        _print_json({"messages": [letter.facts() for letter in found]})
    elif found:
        drawn = report.grid("message", "sent", "received", "about", "reason")
        for letter in found:
            about = f"{letter.subject.kind} {letter.subject.id}".rstrip()
            facts = letter.facts()
            cells = (letter.id, facts["sent_at"], str(letter.received), about, letter.reason)
            drawn.add_row(*(Text(report.printable(cell)) for cell in cells))
        progress.console().print(drawn)
    else:
        progress.console().print("The queue is empty.")
    return OK


def redrive(name: str, message_id: str | None, *, env: str | None) -> int:
    """Send what lies in a queue, or one message of it, to where it came from.

    Raises
    ------
    UsageError
        There is no such queue.
    NoSuchLetter
        There is no such message.
    """
    letters = DeadLetters(account.reach(connection.load_settings(), env))
    queue = letters.queue(name)
    if message_id is None:
        sent = letters.redrive(queue)
    else:
        letters.redrive_one(queue, message_id)
        sent = 1
    progress.console().print(f"{report.counted(sent, 'message')} sent on to {queue.purpose}.")
    return OK


def redrive_documents(document_id: str | None, *, env: str | None) -> int:
    """Try a document again that was set aside, or all of them.

    Raises
    ------
    NotFound
        There is no such document.
    Conflict
        It has not failed.
    """
    reached = account.reach(connection.load_settings(), env)
    screen = progress.console()
    with Client(reached.api_url) as client:
        if document_id is not None:
            screen.print(report.restarted(client.retry(document_id)), soft_wrap=True)
            return OK
        # All are found before the first is tried again: one that fails at once is not tried twice.
        found = list(_failed(client))
        moved = sum(_retried(client, record) for record in found)
    screen.print(f"{report.counted(moved, 'document')} tried again.")
    if moved < len(found):
        missed = report.counted(len(found) - moved, "document")
        sys.stderr.write(f"docparser: {missed} had moved on\n")
        return UNFINISHED
    return OK


def _failed(client: Client) -> Iterator[Document]:
    return client.documents(status=Status.FAILED.value, page_size=_PAGE)


def _retried(client: Client, record: Document) -> bool:
    try:
        client.retry(record.document_id)
    except Conflict:
        return False
    return True


def _oldest(letters: DeadLetters, queue: DeadQueue) -> str:
    """Return when the oldest message of a queue was sent; nothing if it has none."""
    found: Iterable[Letter] = letters.letters(queue) if queue.messages else ()
    return min((letter.facts()["sent_at"] for letter in found), default="")


def _set_aside(record: Document) -> dict[str, Any]:
    """Return what is told of a document that failed: its name is its owner's business."""
    return {
        "document_id": record.document_id,
        "code": record.code or "",
        "stage": record.stage,
        "attempts": record.attempt,
        "failed_at": rfc3339(record.finished_at) if record.finished_at else "",
    }


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2) + "\n")
