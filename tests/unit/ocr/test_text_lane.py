from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docparser.model import Lane, LaneReason, Page, PageCode, PageStatus
from docparser.ocr import glyphs
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf

from tests.unit.ocr import made_pdfs

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path, number: int = 1) -> Page:
    with open_pdf(path) as pdf:
        return read_page(pdf, number, LaneReason.TEXT_LAYER_TRUSTED)


def words(page: Page) -> list[str]:
    return [word.text for block in page.blocks for line in block.lines for word in line.words]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made.pdf"


def test_a_page_has_words_lines_and_blocks_with_ids_in_reading_order(path: Path) -> None:
    made_pdfs.write_text(
        path,
        [[], [(72, 700, "Dear Madam,"), (72, 640, "we write"), (72, 628, "to you.")]],
    )

    page = read(path, 2)

    assert (page.number, page.status, page.code) == (2, PageStatus.OK, None)
    assert (page.lane, page.lane_reason) == (Lane.TEXT, LaneReason.TEXT_LAYER_TRUSTED)
    assert (page.width_pt, page.height_pt, page.rotation) == (595.0, 842.0, 0)
    assert page.text == "Dear Madam,\n\nwe write\nto you."
    assert [block.id for block in page.blocks] == ["p2.b1", "p2.b2"]
    assert [line.id for block in page.blocks for line in block.lines] == [
        "p2.l1",
        "p2.l2",
        "p2.l3",
    ]
    assert [word.id for block in page.blocks for line in block.lines for word in line.words] == [
        f"p2.w{number}" for number in range(1, 7)
    ]
    assert all(
        word.confidence == 1.0
        for block in page.blocks
        for line in block.lines
        for word in line.words
    )


def test_a_word_box_is_as_wide_as_its_advance_and_as_high_as_its_font(path: Path) -> None:
    made_pdfs.write_text(path, [[(100, 700, "iiii")]], size=20)

    (left, top), _, (right, bottom), _ = read(path).blocks[0].lines[0].words[0].polygon

    assert left * 595 == pytest.approx(100, abs=0.1)
    assert (right - left) * 595 == pytest.approx(4 * 0.222 * 20, abs=0.1)
    assert top * 842 < 842 - 700 - 14 < 842 - 700 < bottom * 842
    assert (bottom - top) * 842 == pytest.approx(20, rel=0.25)


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_polygons_lie_on_the_upright_page_whatever_its_rotation(path: Path, rotation: int) -> None:
    # Text drawn so that it is upright in the top left corner once the page has been turned.
    matrix = {
        0: "1 0 0 1 20 270",
        90: "0 1 -1 0 30 20",
        180: "-1 0 0 -1 380 30",
        270: "0 -1 1 0 370 280",
    }[rotation]
    made_pdfs.write_raw(path, f"BT /F 12 Tf {matrix} Tm (Top left) Tj ET", Rotate=rotation)

    page = read(path)

    assert page.rotation == rotation
    assert (page.width_pt, page.height_pt) == ((400, 300) if rotation % 180 == 0 else (300, 400))
    assert page.text == "Top left"
    (left, top), (right, _), (_, bottom), _ = page.blocks[0].polygon
    assert left * page.width_pt == pytest.approx(20, abs=0.1)
    assert right > left
    assert 15 < top * page.height_pt < 30 < bottom * page.height_pt < 36


def test_only_what_lies_in_the_crop_box_is_on_the_page(path: Path) -> None:
    made_pdfs.write_text(
        path, [[(110, 610, "inside"), (110, 400, "below"), (10, 610, "left"), (290, 610, "edge")]]
    )
    made_pdfs.edit(path, CropBox=[100, 600, 300, 700])

    page = read(path)

    assert (page.width_pt, page.height_pt) == (200, 100)
    assert words(page) == ["inside", "edge"]
    inside, edge = page.blocks[0].lines[0].words
    assert inside.polygon[0][0] * 200 == pytest.approx(10, abs=0.1)
    assert edge.polygon[1][0] == 1.0


def test_a_blank_page_is_read_and_empty(path: Path) -> None:
    # White paper painted by a word processor is no mark.
    made_pdfs.write_raw(path, "1 1 1 rg 0 0 400 300 re f 10 10 50 50 re n")

    page = read(path)

    assert page.status is PageStatus.OK
    assert page.blocks == ()
    assert page.text == ""


def test_a_page_with_more_text_than_anybody_reads_is_not_read(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made_pdfs.write_raw(path, "BT /F1 12 Tf 20 200 Td (more than ten characters) Tj ET")
    assert read(path).status is PageStatus.OK

    monkeypatch.setattr(glyphs, "MAX_CHARACTERS", 10)

    page = read(path)
    assert (page.status, page.code, page.blocks) == (
        PageStatus.ERROR,
        PageCode.PAGE_TOO_LARGE,
        (),
    )


@pytest.mark.parametrize("content", ["0 0 0 rg 10 10 50 50 re f", "10 10 m 50 50 l S"])
def test_a_drawing_without_text_needs_ocr(path: Path, content: str) -> None:
    made_pdfs.write_raw(path, content)

    page = read(path)

    assert (page.status, page.code) == (PageStatus.ERROR, PageCode.OCR_UNAVAILABLE)


def test_a_scan_needs_ocr(path: Path) -> None:
    made_pdfs.write_scan(path)

    page = read(path)

    assert (page.status, page.code) == (PageStatus.ERROR, PageCode.OCR_UNAVAILABLE)
    assert (page.width_pt, page.height_pt) == (400, 300)


@pytest.mark.parametrize("reason", [LaneReason.NO_TEXT_LAYER, LaneReason.TEXT_LAYER_GARBLED])
def test_text_that_is_not_the_page_s_own_is_not_passed_off_as_its_text(
    path: Path, reason: LaneReason
) -> None:
    # A stamp over a scan, or characters that its reader does not see
    made_pdfs.write_text(path, [[(72, 700, "Received 3 March")]])

    with open_pdf(path) as pdf:
        page = read_page(pdf, 1, reason)

    assert (page.status, page.code) == (PageStatus.ERROR, PageCode.OCR_UNAVAILABLE)
    assert (page.lane_reason, page.width_pt, page.blocks) == (reason, 595.0, ())


def test_a_page_that_cannot_be_loaded_is_an_error_of_that_page(path: Path) -> None:
    made_pdfs.write_text(path, [[(72, 700, "one")], [(72, 700, "two")]])
    made_pdfs.edit(path, CropBox=[900, 900, 999, 999])

    assert read(path, 1).code is PageCode.PAGE_UNREADABLE
    assert read(path, 2).text == "two"


def test_a_word_drawn_twice_for_bold_appears_once(path: Path) -> None:
    made_pdfs.write_text(
        path,
        [[(72, 700, "Total due"), (72.4, 700, "Total due"), (72, 680, "Total"), (300, 700, "due")]],
    )

    assert words(read(path)) == ["Total", "due", "due", "Total"]


def test_the_same_word_ten_thousand_times_is_read_in_bounded_time(path: Path) -> None:
    made_pdfs.write_text(
        path,
        [[(10 + 6 * x, 10 + 8 * y, "x") for y in range(100) for x in range(95)]],
        size=4,
    )

    assert len(words(read(path))) == 9500


def test_umlauts_ligatures_and_characters_beyond_the_first_plane(path: Path) -> None:
    made_pdfs.write_raw(
        path,
        "BT /F 12 Tf 20 200 Td (Gr\xf6\xdfe A A B x) Tj ET",
        to_unicode={
            "G": "G", "r": "r", "\xf6": "ö", "\xdf": "ß", "e": "e",
            " ": " ", "A": "ﬁ", "B": "\U0001f600", "x": "x",
        },
    )  # fmt: skip

    page = read(path)

    assert page.text == "Größe fi fi \U0001f600 x"
    assert Page.model_validate_json(page.to_json()) == page


def test_control_characters_and_invisible_marks_are_left_out(path: Path) -> None:
    made_pdfs.write_raw(
        path,
        "BT /F 12 Tf 20 200 Td (aNbZcSd Q) Tj ET",
        to_unicode={
            "a": "a", "b": "b", "c": "c", "d": "d", " ": " ",
            "N": "\x03", "Z": "\u200b", "S": "\xad", "Q": "\x00",
        },
    )  # fmt: skip

    page = read(path)

    # A soft hyphen has been drawn, so it is seen.
    assert page.text == "abc-d"


def test_a_word_divided_at_the_line_end_stays_divided(path: Path) -> None:
    made_pdfs.write_text(path, [[(72, 700, "We are respon-"), (72, 688, "sible for this.")]])

    assert read(path).text == "We are respon-\nsible for this."


def test_right_to_left_words_stay_in_their_order(path: Path) -> None:
    # Drawn from left to right: the last word of the sentence first, as on paper.
    made_pdfs.write_raw(
        path,
        "BT /F 12 Tf 20 200 Td (dc ba) Tj ET",
        to_unicode={"a": "א", "b": "ב", "c": "ג", "d": "ד", " ": " "},
    )

    assert read(path).text == "אב גד"


def test_rotated_text_in_the_margin_is_a_block_of_its_own_at_the_end(path: Path) -> None:
    made_pdfs.write_raw(
        path,
        "BT /F 8 Tf 0 1 -1 0 15 50 Tm (printed in) Tj 0 1 -1 0 25 50 Tm (Bremen) Tj ET "
        "BT /F 12 Tf 40 250 Td (Upright text) Tj 0 -14 Td (goes first) Tj ET",
    )

    page = read(path)

    assert [block.text for block in page.blocks] == [
        "Upright text\ngoes first",
        "printed in\nBremen",
    ]
    (left, top), (right, _), (_, bottom), _ = page.blocks[1].lines[0].polygon
    assert (bottom - top) * 300 > (right - left) * 400


def test_a_watermark_is_read_from_its_beginning_and_last(path: Path) -> None:
    made_pdfs.write_raw(
        path,
        "BT /F 30 Tf .707 .707 -.707 .707 90 30 Tm (do not copy) Tj ET "
        "BT /F 12 Tf 1 0 0 1 40 250 Tm (Upright text) Tj ET",
    )

    assert [block.text for block in read(path).blocks] == ["Upright text", "do not copy"]


def test_text_laid_over_a_skewed_scan_is_upright(path: Path) -> None:
    # One line at 1 degree, the next at 0.4
    made_pdfs.write_raw(
        path,
        "BT /F 12 Tf .99985 .01745 -.01745 .99985 40 250 Tm (first line) Tj "
        ".99998 .00698 -.00698 .99998 40 236 Tm (second line) Tj ET",
    )

    assert read(path).text == "first line\nsecond line"


def test_filled_form_fields_are_read(path: Path) -> None:
    made_pdfs.write_raw(path, "BT /F 12 Tf 20 200 Td (Name:) Tj ET")
    made_pdfs.add_form_field(path, "Erika")

    assert read(path).text == "Name: Erika"


def test_every_page_survives_its_json(path: Path) -> None:
    made_pdfs.write_text(path, [[(-20, 835, "cut at the corner"), (540, 5, "and here too")]])

    page = read(path)

    assert Page.model_validate_json(page.to_json()) == page
    assert words(page) == ["at", "the", "corner", "and", "here", "too"]
