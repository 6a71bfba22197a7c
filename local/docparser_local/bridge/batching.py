"""Event source mappings wait for a batch to fill, for as long as their window says.

ministack hands over at once whatever is in the queue, ten messages at most.
"""

from __future__ import annotations

import time
from typing import Any

from ministack.services import lambda_svc, sqs

_PER_RECEIVE = 10


def install() -> None:
    """Honour MaximumBatchingWindowInSeconds, and batches of more than ten with it."""
    receive = sqs._receive_messages_for_esm

    def receive_batch(queue_url: str, size: int) -> list[Any]:
        if _is_filling(queue_url, size):
            return []
        batch: list[Any] = []
        while len(batch) < size:
            part = receive(queue_url, min(_PER_RECEIVE, size - len(batch)))
            batch += part
            if not part:
                break
        return batch

    sqs._receive_messages_for_esm = receive_batch


def _is_filling(queue_url: str, size: int) -> bool:
    queue = sqs._queues.get(queue_url)
    if queue is None or not (window_s := _window(queue["attributes"]["QueueArn"])):
        return False
    now = time.time()
    since = [m["visible_at"] for m in list(queue["messages"]) if m["visible_at"] <= now]
    return len(since) < size and bool(since) and now - min(since) < window_s


def _window(queue_arn: str) -> float:
    for mapping in lambda_svc._esms.values():
        if mapping["EventSourceArn"] == queue_arn:
            return float(mapping.get("MaximumBatchingWindowInSeconds") or 0)
    return 0.0
