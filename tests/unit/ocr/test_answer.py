"""The endpoint's answers as pages of the document: numbers, ids, reasons, and what is missing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from docparser.errors import Retryable
from docparser.model import (
    Block,
    Cell,
    Lane,
    LaneReason,
    Line,
    OcrAnswer,
    Page,
    PageCode,
    PageStatus,
    Plan,
    PlannedShard,
    Table,
    Word,
    box,
    now,
)
from docparser.ocr.answer import pages_read, pages_refused, parse, refusal

BOX = box(0, 0, 1, 1)
REASONS = (
    LaneReason.TEXT_LAYER_TRUSTED,
    LaneReason.NO_TEXT_LAYER,
    LaneReason.TEXT_LAYER_GARBLED,
    LaneReason.NO_TEXT_LAYER,
)
SHARD = PlannedShard(shard_id="s0002", first_page=2, last_page=4, lane=Lane.GPU)
PLAN = Plan(
    media_type="application/pdf",
    content_sha256="0" * 64,
    size_bytes=1,
    created_at=now(),
    shards=(SHARD,),
    reasons=REASONS,
)


def page(number: int, text: str = "one two", **fields: Any) -> Page:
    words = tuple(
        Word(id=f"p{number}.w{n}", text=word, polygon=BOX, confidence=0.5)
        for n, word in enumerate(text.split(), start=1)
    )
    line = Line(id=f"p{number}.l1", text=text, polygon=BOX, words=words, doubtful=True)
    cell = Cell(row=0, column=0, polygon=BOX, text=text, word_ids=(words[0].id,))
    given = {
        "number": number,
        "lane": Lane.CPU,
        "lane_reason": LaneReason.FORCED,
        "width_pt": 100,
        "height_pt": 200,
        "rotation": 90,
        "blocks": (Block(id=f"p{number}.b1", polygon=BOX, lines=(line,)),),
        "tables": (Table(id=f"p{number}.t1", polygon=BOX, rows=1, columns=1, cells=(cell,)),),
    }
    return Page(**{**given, **fields})


def answer(*pages: Page) -> OcrAnswer:
    return OcrAnswer(engine="e", backend="b", weights_sha256="0" * 64, pages=pages)


def read(*pages: Page, sent: tuple[int, ...] = (2, 3, 4)) -> tuple[Page, ...]:
    return pages_read(answer(*pages), PLAN, SHARD, sent)


def test_a_page_gets_its_number_its_ids_and_its_reason() -> None:
    placed = read(page(1, "first"), page(2, "second"), page(3, "third"))
    assert [p.number for p in placed] == [2, 3, 4]
    assert [p.text for p in placed] == ["first", "second", "third"]
    assert [p.lane_reason for p in placed] == list(REASONS[1:])
    assert {p.lane for p in placed} == {Lane.GPU}
    last = placed[-1].model_dump_json()
    assert all(f'"p4.{name}"' in last for name in ("b1", "l1", "w1", "t1"))
    assert "p3." not in last
    assert placed[-1].tables[0].cells[0].word_ids == ("p4.w1",)
    assert placed[-1].blocks[0].lines[0].doubtful
    assert (placed[-1].width_pt, placed[-1].rotation) == (100, 90)


def test_the_first_shard_keeps_its_ids() -> None:
    shard = SHARD.model_copy(update={"first_page": 1, "last_page": 1})
    (placed,) = pages_read(answer(page(1)), PLAN, shard, (1,))
    assert placed.blocks == page(1).blocks
    assert (placed.lane, placed.lane_reason) == (Lane.GPU, LaneReason.TEXT_LAYER_TRUSTED)


def test_a_page_without_an_answer_is_unreadable() -> None:
    placed = read(page(1), page(3))
    assert [(p.status, p.code) for p in placed] == [
        (PageStatus.OK, None), (PageStatus.ERROR, PageCode.PAGE_UNREADABLE), (PageStatus.OK, None)
    ]  # fmt: skip
    assert (placed[1].number, placed[1].lane_reason) == (3, LaneReason.TEXT_LAYER_GARBLED)


def test_what_nobody_sent_is_left_out() -> None:
    placed = read(page(1), page(2), page(3), page(4, "surplus"), page(1, "again"))
    assert [p.text for p in placed] == ["one two"] * 3


def test_a_page_that_was_not_sent_moves_no_other() -> None:
    placed = read(page(1, "first"), page(2, "second"), sent=(2, 4))
    assert [(p.number, p.text, p.code) for p in placed] == [
        (2, "first", None), (3, "", PageCode.PAGE_UNREADABLE), (4, "second", None)
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "kept"),
    [(PageCode.PAGE_DEADLINE, PageCode.PAGE_DEADLINE), (None, PageCode.PAGE_UNREADABLE)],
)
def test_a_page_in_error_has_a_code_and_no_content(code: PageCode | None, kept: PageCode) -> None:
    (placed, *_) = read(page(1, status=PageStatus.ERROR, code=code))
    assert (placed.status, placed.code, placed.text, placed.tables) == (
        PageStatus.ERROR, kept, "", ()
    )  # fmt: skip


def test_a_refused_shard_names_every_page() -> None:
    pages = pages_refused(PLAN, SHARD, PageCode.PAGE_TOO_LARGE)
    assert [(p.number, p.code, p.lane_reason) for p in pages] == [
        (number, PageCode.PAGE_TOO_LARGE, REASONS[number - 1]) for number in (2, 3, 4)
    ]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        answer(page(1)).to_json()[:-1],
        json.dumps({"schema": "docparser/ocr/2", "pages": []}).encode(),
        b"\xff\xfe",
    ],
)
def test_what_is_no_answer_may_be_asked_for_again(body: bytes) -> None:
    with pytest.raises(Retryable) as caught:
        parse(body)
    assert caught.value.code == "ENDPOINT_ERROR"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        ("ClientError: Received client error (400) from model.", PageCode.PAGE_UNREADABLE),
        ('Received client error (413) from primary with message "x"', PageCode.PAGE_TOO_LARGE),
        ("ClientError: Received client error (415) from model.", PageCode.PAGE_UNREADABLE),
        ("ClientError: Received client error (429) from model.", None),
        ("ClientError: Received server error (500) from model.", None),
        ('Received server error (500) from primary with message "page 400 (413)"', None),
        ("The request expired in the queue.", None),
        ("", None),
    ],
)
def test_only_the_status_of_a_failure_counts(reason: str, code: PageCode | None) -> None:
    assert refusal(reason) is code
