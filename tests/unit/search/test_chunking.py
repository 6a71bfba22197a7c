"""Every word of a document is in exactly one chunk, with its place."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from docparser.model import (
    Block,
    Cell,
    Chunk,
    Classification,
    DocumentType,
    Lane,
    LaneReason,
    Level,
    LevelDecision,
    Line,
    Manifest,
    Page,
    PageCode,
    PageStatus,
    Ref,
    Table,
    TypeDecision,
    Word,
    box,
    now,
)
from docparser.search.chunking import Chunks

from tests.unit.classify.pages import page_of

REF = Ref(tenant="acme", document_id=f"d{7:032x}", revision=2)
KNOWN = Classification(
    type=TypeDecision(value=DocumentType.CONTRACT, confidence=1),
    level=LevelDecision(value=Level.INTERNAL, confidence=1),
    language="en",
)


def chunks_of(*pages: Page) -> list[Chunk]:
    chunks = Chunks(REF, KNOWN)
    made = [chunk for page in pages for chunk in chunks.of_page(page)]
    assert chunks.made == len(made)
    assert [chunk.number for chunk in made] == [*range(1, len(made) + 1)]
    assert all(len(chunk.boxes) == len(chunk.words) for chunk in made)
    return made


def words_of(page: Page) -> list[str]:
    return [word.text for block in page.blocks for line in block.lines for word in line.words]


def prose(chance: random.Random, lines: int) -> str:
    """Return lines of one to fifteen words, some of them empty."""
    numbers = iter(range(10**6))
    rows = [
        " ".join(f"w{next(numbers)}" for _ in range(chance.choice([0, 1, 8, 12, 15])))
        for _ in range(lines)
    ]
    return "\n".join(rows)


@pytest.mark.parametrize("seed", range(20))
def test_every_word_is_in_one_chunk_in_its_order_on_its_page(seed: int) -> None:
    chance = random.Random(seed)
    pages = [page_of(prose(chance, chance.randrange(90)), number) for number in range(1, 6)]
    made = chunks_of(*pages)
    for page in pages:
        here = [chunk for chunk in made if chunk.page == page.number]
        assert [word for chunk in here for word in chunk.words] == words_of(page)
    sizes = [len(chunk.words) for chunk in made]
    assert max(sizes, default=0) <= 130


def test_chunks_are_about_a_hundred_words_and_end_where_a_paragraph_does() -> None:
    paragraph = "\n".join(["ten words make one line of this text in all"] * 8)
    made = chunks_of(page_of("\n\n".join([paragraph] * 5)))
    assert [len(chunk.words) for chunk in made] == [80] * 5


def test_lines_stay_whole() -> None:
    made = chunks_of(
        page_of("\n".join(" ".join(f"l{n}.{k}" for k in range(13)) for n in range(40)))
    )
    for chunk in made:
        assert len(chunk.words) % 13 == 0
        assert chunk.words[0].endswith(".0")


def test_a_line_longer_than_a_chunk_is_cut() -> None:
    made = chunks_of(page_of(" ".join(f"w{n}" for n in range(1000))))
    assert sum(len(chunk.words) for chunk in made) == 1000
    assert max(len(chunk.words) for chunk in made) <= 130


def test_a_chunk_says_whose_it_is_and_what() -> None:
    (chunk,) = chunks_of(page_of("hello world", 4))
    assert chunk.id == f"{REF.document_id}-r2-000001"
    assert (chunk.tenant, chunk.page, chunk.language) == ("acme", 4, "en")
    assert (chunk.level, chunk.type) == (Level.INTERNAL, DocumentType.CONTRACT)
    assert chunk.boxes[0] == (0.05, 0.1, 0.1, pytest.approx(0.116))


def test_a_page_that_was_not_read_has_none_and_a_blank_one_neither() -> None:
    unread = page_of("x").model_copy(
        update={"status": PageStatus.ERROR, "code": PageCode.PAGE_UNREADABLE, "blocks": ()}
    )
    assert chunks_of(unread, page_of("", 2)) == []


def page_with(lines: tuple[Line, ...] = (), tables: tuple[Table, ...] = ()) -> Page:
    block = Block(id="p1.b1", polygon=box(0, 0, 1, 1), lines=lines)
    return Page(
        number=1,
        lane=Lane.GPU,
        lane_reason=LaneReason.NO_TEXT_LAYER,
        width_pt=595,
        height_pt=842,
        blocks=(block,) if lines else (),
        tables=tables,
    )


def word(number: int, text: str) -> Word:
    return Word(id=f"p1.w{number}", text=text, polygon=box(0.2, 0.2, 0.3, 0.3), confidence=1)


def test_the_box_of_a_turned_word_is_the_upright_one_around_it() -> None:
    turned = Word(
        id="p1.w1",
        text="turned",
        polygon=((0.5, 0.4), (0.6, 0.5), (0.5, 0.6), (0.4, 0.5)),
        confidence=1,
    )
    line = Line(id="p1.l1", text="turned", polygon=box(0, 0, 1, 1), words=(turned,))
    assert chunks_of(page_with((line,)))[0].boxes == ((0.4, 0.4, 0.6, 0.6),)


def test_a_line_without_words_is_its_text() -> None:
    line = Line(id="p1.l1", text="two words", polygon=box(0.1, 0.1, 0.5, 0.2), words=())
    (chunk,) = chunks_of(page_with((line,)))
    assert chunk.words == ("two", "words")
    assert chunk.boxes == ((0.1, 0.1, 0.5, 0.2),) * 2


def test_white_space_and_endless_runs_do_not_stay_in_a_word() -> None:
    line = Line(
        id="p1.l1",
        text="x",
        polygon=box(0, 0, 1, 1),
        words=(word(1, "a\u00a0b\tc"), word(2, ""), word(3, "y" * 600)),
    )
    (chunk,) = chunks_of(page_with((line,)))
    assert chunk.words == ("a", "b", "c", "y" * 256, "y" * 256, "y" * 88)


def test_cells_add_what_the_blocks_do_not_hold() -> None:
    line = Line(
        id="p1.l1",
        text="Total 12",
        polygon=box(0, 0, 1, 1),
        words=(word(1, "Total"), word(2, "12")),
    )
    place = box(0.5, 0.5, 0.6, 0.6)
    table = Table(
        id="p1.t1",
        polygon=box(0, 0, 1, 1),
        rows=2,
        columns=2,
        cells=(
            Cell(row=1, column=0, polygon=place, text="of its own", word_ids=()),
            Cell(row=0, column=0, polygon=place, text="Total", word_ids=("p1.w1",)),
            Cell(row=0, column=1, polygon=place, text="12 EUR", word_ids=("p1.w2", "p1.w9")),
            Cell(row=1, column=1, polygon=place, text="", word_ids=()),
        ),
    )
    (chunk,) = chunks_of(page_with((line,), (table,)))
    assert Counter(chunk.words) == Counter("Total 12 EUR of its own".split())
    assert chunk.words == ("Total", "12", "EUR", "of", "its", "own")
    assert chunk.boxes[2] == (0.5, 0.5, 0.6, 0.6)


def test_a_description_says_what_a_document_is_and_nothing_that_it_says() -> None:
    manifest = Manifest(
        media_type="application/pdf",
        content_sha256="0" * 64,
        size_bytes=1,
        created_at=now(),
        page_count=12,
        shards=(),
        texts=(),
    )
    chunk = Chunks(REF, KNOWN).description(manifest)
    assert (chunk.text, chunk.page, chunk.boxes) == ("contract INTERNAL en 12 pages", None, ())
