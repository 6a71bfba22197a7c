"""What the OCR engine says of a shard, in the words of the document: its pages, or its errors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pydantic import ValidationError

from docparser.errors import Retryable
from docparser.model import (
    Block,
    Line,
    OcrAnswer,
    Page,
    PageCode,
    PageStatus,
    PlannedShard,
    RetryableCode,
    Table,
)

from .shards import reason_of, unread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docparser.model import Lane, LaneReason, Plan

# "Received client error (413) from primary with message ...": what follows may quote the page.
_CLIENT_ERROR = re.compile(r"client error \((4\d\d)\)", re.IGNORECASE)
_REFUSALS = {
    "400": PageCode.PAGE_UNREADABLE,  # CORRUPT
    "413": PageCode.PAGE_TOO_LARGE,
    "415": PageCode.PAGE_UNREADABLE,  # UNSUPPORTED
}


def parse(body: bytes) -> OcrAnswer:
    """Return the endpoint's answer.

    Raises
    ------
    Retryable
        ENDPOINT_ERROR: it is cut off, or no answer at all.
    """
    try:
        return OcrAnswer.model_validate_json(body)
    except ValidationError:
        raise Retryable(RetryableCode.ENDPOINT_ERROR) from None


def pages_read(
    answer: OcrAnswer, plan: Plan, planned: PlannedShard, sent: Sequence[int]
) -> tuple[Page, ...]:
    """Return every planned page of a shard, under the numbers of the document.

    Parameters
    ----------
    answer
        The engine's answer, whose pages count from 1 through what it was given.
    plan, planned
        The document's plan, and the shard of it with the lane that read it.
    sent
        The numbers of the pages that it was given, in their order.

    Returns
    -------
    tuple of Page
        One page for each that was planned; one without an answer is PAGE_UNREADABLE.
    """
    read: dict[int, Page] = {}
    for page in answer.pages:
        if page.number <= len(sent):
            read.setdefault(sent[page.number - 1], page)
    return tuple(
        _placed(read[number], number, planned.lane, reason_of(plan, planned, number))
        if number in read
        else unread(
            number, planned.lane, reason_of(plan, planned, number), PageCode.PAGE_UNREADABLE
        )
        for number in range(planned.first_page, planned.last_page + 1)
    )


def pages_refused(plan: Plan, planned: PlannedShard, code: PageCode) -> tuple[Page, ...]:
    """Return every planned page of a shard as one that the engine cannot read."""
    return tuple(
        unread(number, planned.lane, reason_of(plan, planned, number), code)
        for number in range(planned.first_page, planned.last_page + 1)
    )


def refusal(failure_reason: str) -> PageCode | None:
    """Return why the endpoint refused a shard for good, or None if another try may succeed.

    Only the status code is read of the reason: the rest may quote what is on the page.
    """
    said = _CLIENT_ERROR.search(failure_reason)
    return None if said is None else _REFUSALS.get(said[1])


def _placed(page: Page, number: int, lane: Lane, reason: LaneReason) -> Page:
    """Return a page as this document's: its number, its ids, and why it was read here."""
    if page.status is PageStatus.ERROR:
        code = page.code or PageCode.PAGE_UNREADABLE
        content: dict[str, object] = {"code": code, "blocks": (), "tables": ()}
    elif page.number == number:
        content = {"code": None}
    else:
        content = {
            "code": None,
            "blocks": tuple(_block(block, number) for block in page.blocks),
            "tables": tuple(_table(table, number) for table in page.tables),
        }
    return page.model_copy(
        update={"number": number, "lane": lane, "lane_reason": reason, **content}
    )


def _block(block: Block, number: int) -> Block:
    lines = tuple(_line(line, number) for line in block.lines)
    return block.model_copy(update={"id": _id(block.id, number), "lines": lines})


def _line(line: Line, number: int) -> Line:
    words = tuple(word.model_copy(update={"id": _id(word.id, number)}) for word in line.words)
    return line.model_copy(update={"id": _id(line.id, number), "words": words})


def _table(table: Table, number: int) -> Table:
    cells = tuple(
        cell.model_copy(
            update={"word_ids": tuple(_id(word_id, number) for word_id in cell.word_ids)}
        )
        for cell in table.cells
    )
    return table.model_copy(update={"id": _id(table.id, number), "cells": cells})


def _id(name: str, number: int) -> str:
    """Return ``p3.w7`` for ``p1.w7`` on page 3."""
    return f"p{number}.{name.rpartition('.')[2]}"
