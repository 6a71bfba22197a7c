"""The invariants can be broken: for each, a page, a shard or a document that breaks it alone."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from docparser.model import (
    Block,
    BlockKind,
    Cell,
    Gap,
    Lane,
    LaneReason,
    Line,
    Page,
    PageCode,
    PageStatus,
    PlannedShard,
    Shard,
    Table,
    Word,
    box,
)

from tests.contract.lanes.invariants import breaches, document_breaches, shard_breaches

if TYPE_CHECKING:
    from collections.abc import Callable

OUTSIDE = box(0.7, 0.7, 0.9, 0.9)


def page() -> Page:
    """Return a page with a heading of two words, and a table that names the two of its line."""
    words = (
        Word(id="p1.w1", text="Harbour", polygon=box(0.1, 0.1, 0.2, 0.12), confidence=0.9),
        Word(id="p1.w2", text="Office", polygon=box(0.21, 0.1, 0.3, 0.12), confidence=1),
        Word(id="p1.w3", text="Spring", polygon=box(0.1, 0.3, 0.2, 0.32), confidence=0.9),
        Word(id="p1.w4", text="nine", polygon=box(0.4, 0.3, 0.5, 0.32), confidence=0),
    )
    above = Line(
        id="p1.l1", text="Harbour Office", polygon=box(0.1, 0.1, 0.3, 0.12), words=words[:2]
    )
    row = Line(id="p1.l2", text="Spring nine", polygon=box(0.1, 0.3, 0.5, 0.32), words=words[2:])
    cells = (
        Cell(row=0, column=0, polygon=box(0.08, 0.28, 0.3, 0.34), text="Spring",
             word_ids=("p1.w3",)),
        Cell(row=0, column=1, polygon=box(0.3, 0.28, 0.6, 0.34), text="nine", word_ids=("p1.w4",)),
    )  # fmt: skip
    return Page(
        number=1,
        lane=Lane.CPU,
        lane_reason=LaneReason.FORCED,
        width_pt=595,
        height_pt=842,
        language="en",
        cost_usd=Decimal("0.000100"),
        blocks=(
            Block(id="p1.b1", kind=BlockKind.HEADING, level=1, polygon=above.polygon,
                  lines=(above,)),
            Block(id="p1.b2", kind=BlockKind.TABLE, polygon=row.polygon, lines=(row,)),
        ),
        tables=(
            Table(id="p1.t1", polygon=box(0.08, 0.28, 0.6, 0.34), rows=1, columns=2, cells=cells),
        ),
    )  # fmt: skip


def with_block(index: int, **values: Any) -> Page:
    whole = page()
    blocks = list(whole.blocks)
    blocks[index] = blocks[index].model_copy(update=values)
    return whole.model_copy(update={"blocks": tuple(blocks)})


def with_line(index: int, **values: Any) -> Page:
    line = page().blocks[index].lines[0].model_copy(update=values)
    return with_block(index, lines=(line,))


def with_word(index: int, **values: Any) -> Page:
    line = page().blocks[0].lines[0]
    words = list(line.words)
    words[index] = words[index].model_copy(update=values)
    text = " ".join(word.text for word in words)
    return with_line(0, words=tuple(words), text=text)


def with_table(**values: Any) -> Page:
    whole = page()
    return whole.model_copy(update={"tables": (whole.tables[0].model_copy(update=values),)})


def with_cell(index: int, **values: Any) -> Page:
    cells = list(page().tables[0].cells)
    cells[index] = cells[index].model_copy(update=values)
    return with_table(cells=tuple(cells))


def with_(**values: Any) -> Page:
    return page().model_copy(update=values)


WORD = box(0.1, 0.1, 0.2, 0.12)
BROKEN: dict[str, Callable[[], Page]] = {
    "has 3 corners": lambda: with_word(0, polygon=WORD[:3]),
    "p1.w1 lies outside of the page": lambda: with_word(0, polygon=((-0.005, 0.1), *WORD[1:])),
    "do not go clockwise": lambda: with_word(0, polygon=(WORD[0], *WORD[:0:-1])),
    "is not the top left one": lambda: with_word(0, polygon=(*WORD[1:], WORD[0])),
    "p1.w1 stands out of p1.l1": lambda: with_word(0, polygon=OUTSIDE),
    "p1.l1 stands out of p1.b1": lambda: with_block(0, polygon=OUTSIDE),
    "p1.l1: its text is not its words": lambda: with_line(0, text="Harbour  Office"),
    "p1.l1 has no words": lambda: with_line(0, text="", words=()),
    "p1.b1 has no lines": lambda: with_block(0, lines=()),
    "p1.w1: confidence 1.1": lambda: with_word(0, confidence=1.1),
    "p1.w1: confidence -0.1": lambda: with_word(0, confidence=-0.1),
    "p1.w1 is empty or has white space": lambda: with_word(0, text="Har bour"),
    "p1.w2 is empty or has white space": lambda: with_word(1, text=""),
    "ids of kind w": lambda: with_word(0, id="p1.w2"),
    "ids of kind l": lambda: with_line(1, id="p1.l3"),
    "ids of kind b": lambda: with_block(0, id="p2.b1"),
    "ids of kind t": lambda: with_table(id="p1.t0"),
    "headings, and they alone": lambda: with_block(0, level=None),
    "cell 0,0 stands out of its table": lambda: with_cell(0, polygon=OUTSIDE),
    "cell 0,1 is not within 1 x 2": lambda: with_cell(1, column_span=2),
    "cell 1,0 is not within 1 x 2": lambda: with_cell(0, row=1),
    "cell 0,0 overlaps": lambda: with_cell(1, column=0),
    "cell 0,0 has no place": lambda: with_cell(0, row_span=0),
    "names ['p1.w9']": lambda: with_cell(0, word_ids=("p1.w9",)),
    "cell 0,0: its text is not its words": lambda: with_cell(0, text="Summer"),
    "cell 0,1 names a word that is named already": lambda: with_cell(
        1, text="Spring", word_ids=("p1.w3",)
    ),
    "rotation 45": lambda: with_(rotation=45),
    "cost_usd -1": lambda: with_(cost_usd=Decimal(-1)),
    "language is no code": lambda: with_(language="english"),
    "an error without a code": lambda: with_(status=PageStatus.ERROR, blocks=(), tables=()),
    "an error with content": lambda: with_(status=PageStatus.ERROR, code=PageCode.PAGE_UNREADABLE),
    "code PAGE_UNREADABLE on a page that was read": lambda: with_(code=PageCode.PAGE_UNREADABLE),
    "a size of 0 x 842.0 points": lambda: with_(width_pt=0),
    "numbers count from 1": lambda: with_(number=0),
    "another page when it is read back": lambda: with_(cost_usd=Decimal("0.00000015")),
}


def test_a_sound_page_breaks_nothing() -> None:
    assert breaches(page()) == []


@pytest.mark.parametrize("breach", BROKEN)
def test_a_broken_page_is_found_out(breach: str) -> None:
    found = breaches(BROKEN[breach]())
    assert any(breach in each for each in found), found


# ---------------------------------------------------------------- shards and documents
PLANNED = PlannedShard(shard_id="s0001", first_page=1, last_page=1, lane=Lane.CPU)
REASONS = {1: LaneReason.FORCED}


def shard(**values: Any) -> Shard:
    return Shard(shard_id="s0001", pages=(page(),)).model_copy(update=values)


UNPLANNED: dict[str, Shard] = {
    "shard s0002 is planned as s0001": shard(shard_id="s0002"),
    "pages [] are not those planned": shard(pages=()),
    "pages [2] are not those planned": shard(pages=(with_(number=2),)),
    "lane gpu, planned cpu": shard(pages=(with_(lane=Lane.GPU),)),
    "reason POLICY is not the planned one": shard(pages=(with_(lane_reason=LaneReason.POLICY),)),
    "confidence 2": shard(pages=(with_word(0, confidence=2),)),
    "another one when it is read back": shard(charges_usd=Decimal("0.00000015")),
}


def test_a_sound_shard_breaks_nothing() -> None:
    assert shard_breaches(PLANNED, shard(), REASONS) == []


@pytest.mark.parametrize("breach", UNPLANNED)
def test_a_shard_that_is_not_as_planned_is_found_out(breach: str) -> None:
    found = shard_breaches(PLANNED, UNPLANNED[breach], REASONS)
    assert any(breach in each for each in found), found


def test_a_document_counts_its_pages() -> None:
    gap = Gap(page=1, code=PageCode.PAGE_UNREADABLE)
    failed = with_(status=PageStatus.ERROR, code=gap.code, blocks=(), tables=())
    lost = shard(pages=(failed,))
    assert document_breaches([PLANNED], [shard()], 1, []) == []
    assert document_breaches([PLANNED], [lost], 1, [gap]) == []
    for planned, shards, pages, gaps in (
        ([PLANNED, PLANNED], [shard()], 1, []),
        ([PLANNED], [shard(), shard()], 1, []),
        ([PLANNED], [], 1, []),
        ([PLANNED], [shard()], 2, []),
        ([PLANNED], [lost], 1, []),
        ([PLANNED], [shard()], 1, [gap]),
    ):
        assert document_breaches(planned, shards, pages, gaps) != []
