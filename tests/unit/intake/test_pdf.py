from __future__ import annotations

from typing import TYPE_CHECKING

import pikepdf
import pytest
from docparser.errors import Rejected
from docparser.intake.lanes import Signals
from docparser.intake.pdf import PageFacts, active_content, inspect, signals
from docparser.model import LaneReason, PageCode, RejectedCode
from docparser.pdf_file import open_pdf

from tests.unit.ocr import made_pdfs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "made.pdf"


def look(
    path: Path, *, max_pages: int = 3000, max_page_pixels: int = 200_000_000
) -> list[PageFacts]:
    with open_pdf(path) as pdf:
        return list(
            inspect(pdf, max_pages=max_pages, max_page_pixels=max_page_pixels, render_dpi=200)
        )


def rejection(path: Path, **limits: int) -> Rejected:
    with pytest.raises(Rejected) as caught:
        look(path, **limits)
    return caught.value


def test_the_facts_of_a_page_with_text(path: Path) -> None:
    made_pdfs.write_text(path, [[(72, 700, "Grüße an alle")], []])

    facts, blank = look(path)

    assert facts == PageFacts(
        number=1,
        width_pt=595,
        height_pt=842,
        rotation=0,
        characters=11,
        drawn=True,
        pixels=1653 * 2339,
    )
    assert (blank.number, blank.characters, blank.drawn) == (2, 0, False)
    assert signals(facts) == Signals(LaneReason.TEXT_LAYER_TRUSTED, scan=False, layered=True)
    assert signals(blank) == Signals(LaneReason.NO_TEXT_LAYER, scan=False)


def test_sides_are_those_of_the_upright_visible_page(path: Path) -> None:
    made_pdfs.write_text(path, [[(72, 700, "x")]])
    made_pdfs.edit(path, CropBox=[0, 500, 500, 800], Rotate=270)

    (facts,) = look(path)

    assert (facts.width_pt, facts.height_pt, facts.rotation) == (300, 500, 270)


def test_the_facts_of_a_scan(path: Path) -> None:
    made_pdfs.write_scan(path, width=1000, height=500)

    (facts,) = look(path)

    assert (facts.characters, facts.drawn, facts.largest_image_pixels) == (0, True, 500_000)
    assert (facts.image_cover, facts.hidden_text) == (1.0, False)
    # 1,000 x 500 pixels on 400 x 300 points
    assert facts.image_dpi == pytest.approx(72 * (500_000 / 120_000) ** 0.5, abs=0.1)
    assert signals(facts) == Signals(
        LaneReason.NO_TEXT_LAYER, scan=True, dpi=facts.image_dpi, cover=1.0, rules=0
    )


SCAN = "q 400 0 0 300 0 0 cm /I Do Q "
STRIPS = "".join(f"q 400 0 0 30 0 {30 * n} cm /I Do Q " for n in range(10))
STAMP = "BT /F 8 Tf 20 280 Td (Received 3 March 2025, Registry, 0041/25) Tj ET "
LINE = "(The quick brown fox jumps over the lazy dog and back again) Tj T* "
PROSE = f"BT /F 8 Tf 9 TL 20 280 Td {LINE * 8} ET "
HIDDEN = PROSE.replace("Tf", "Tf 3 Tr")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (SCAN, LaneReason.NO_TEXT_LAYER),
        (SCAN + STAMP, LaneReason.NO_TEXT_LAYER),
        (STRIPS + STAMP, LaneReason.NO_TEXT_LAYER),
        # A receipt, glued to the middle of its page
        ("q 240 0 0 260 80 10 cm /I Do Q " + STAMP, LaneReason.NO_TEXT_LAYER),
        # Turned on its side, and larger than the page
        ("q 0 500 -500 0 400 -100 cm /I Do Q " + STAMP, LaneReason.NO_TEXT_LAYER),
        (STAMP + "0 0 m 400 300 l S", LaneReason.TEXT_LAYER_TRUSTED),
        ("q 80 0 0 40 300 250 cm /I Do Q " + STAMP, LaneReason.TEXT_LAYER_TRUSTED),
        # A letter on paper with a picture under all of it
        (SCAN + PROSE, LaneReason.TEXT_LAYER_TRUSTED),
        # OCR has been here, and found little or much
        (SCAN + HIDDEN, LaneReason.TEXT_LAYER_TRUSTED),
        (
            SCAN + "BT /F 8 Tf 3 Tr 20 200 Td (Annex 2) Tj ET " + STAMP,
            LaneReason.TEXT_LAYER_TRUSTED,
        ),
    ],
)
def test_a_scan_is_read_by_ocr_whatever_is_stamped_on_it(
    path: Path, content: str, expected: LaneReason
) -> None:
    made_pdfs.write_scan(path, content=content)

    (facts,) = look(path)

    said = signals(facts)
    assert (said.reason, said.scan) == (expected, expected is LaneReason.NO_TEXT_LAYER)
    assert said.layered is (facts.characters > 0)


@pytest.mark.parametrize(
    ("content", "dpi"),
    [
        (SCAN, 180),
        # Strips of one scan, each with its own share of the page
        ("".join(f"q 400 0 0 150 0 {150 * n} cm /I Do Q " for n in range(2)), 255),
        # A fine logo beside what was scanned
        (SCAN + "q 20 0 0 15 10 10 cm /I Do Q ", 180),
        ("0 0 m 400 300 l S", 0),
    ],
)
def test_a_scan_has_the_resolution_of_what_covers_it(path: Path, content: str, dpi: float) -> None:
    made_pdfs.write_scan(path, content=content, width=1000, height=750)

    assert look(path)[0].image_dpi == pytest.approx(dpi, abs=1)


def test_the_rules_of_a_drawn_table_are_counted_where_an_engine_reads(path: Path) -> None:
    grid = "".join(f"20 {20 + 40 * n} m 380 {20 + 40 * n} l S " for n in range(4))
    grid += "".join(f"{20 + 120 * n} 20 m {20 + 120 * n} 140 l S " for n in range(4))
    made_pdfs.write_scan(path, content=SCAN + grid)
    assert look(path)[0].rules == 8
    # Nobody needs to know where the text layer is believed.
    made_pdfs.write_scan(path, content=PROSE + grid)
    assert look(path)[0].rules is None


def test_an_image_within_scaled_forms_covers_what_it_covers_on_the_page(path: Path) -> None:
    made_pdfs.write_scan(path)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0]

        def form(content: bytes, resources: object, *matrix: float) -> pikepdf.Object:
            return pdf.make_stream(
                content,
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Form,
                BBox=[0, 0, 1000, 1000],
                Matrix=list(matrix),
                Resources=resources,
            )

        inner = form(b"q 100 0 0 100 0 0 cm /I Do Q", page.Resources, 0.5, 0, 0, 0.5, 0, 0)
        outer = form(
            b"2 0 0 3 0 0 cm /X Do",
            pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner)),
            *(1, 0, 0, 1, 50, 60),
        )
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=outer))
        page.Contents = pdf.make_stream(b"/X Do")
        pdf.save(path)

    (facts,) = look(path)

    assert facts.image_cover == pytest.approx(100 * 150 / (400 * 300), abs=0.001)


def test_a_page_whose_font_names_the_wrong_characters_is_garbled(path: Path) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"
    exchanged = dict(zip(letters, letters[7:] + letters[:7], strict=True))
    content = f"BT /F 8 Tf 9 TL 20 280 Td {LINE} (we confirm the delivery of all ordered goods, "
    content += "and remain with kind regards to everybody) Tj T* (Please let us know whether you "
    content += "would like another appointment before summer) Tj ET"
    private = {letter: chr(0xF000 + ord(letter)) for letter in letters}

    for mapping in (exchanged, private):
        made_pdfs.write_raw(path, content, to_unicode=mapping)
        (facts,) = look(path)
        assert signals(facts) == Signals(
            LaneReason.TEXT_LAYER_GARBLED, scan=True, layered=True, rules=0
        )

    made_pdfs.write_raw(path, content, to_unicode={letter: letter for letter in letters})
    (facts,) = look(path)
    assert signals(facts) == Signals(LaneReason.TEXT_LAYER_TRUSTED, scan=False, layered=True)


@pytest.mark.parametrize(
    ("first_code", "garbled"),
    [(None, False), (1, True), (33, True), (65, True), (160, True)],
)
def test_a_font_that_tells_no_characters_is_believed_if_its_codes_make_words(
    path: Path, first_code: int | None, garbled: bool
) -> None:
    text = (
        "Please confirm whether the delivery of these goods arrived yesterday morning, because "
        "several parcels were reported missing after the storm along the northern coast"
    )
    made_pdfs.write_bitmap_font(path, text, first_code=first_code)

    with open_pdf(path) as pdf, pdf.page(1) as page, page.text_layer() as layer:
        assert layer.unmapped() == 1.0
    (facts,) = look(path)

    assert signals(facts).scan is garbled
    assert facts.garbled is garbled


@pytest.mark.parametrize("encryption", [{"R": 2, "aes": False, "metadata": False}, {"R": 6}])
def test_a_locked_file_needs_its_password(path: Path, encryption: dict[str, int]) -> None:
    made_pdfs.write_text(path, [[(72, 700, "secret")]])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(owner="o", user="käse", **encryption))

    for password in (None, "brot"):
        with pytest.raises(Rejected) as caught, open_pdf(path, password):
            pass
        assert caught.value.code is RejectedCode.ENCRYPTED
    with open_pdf(path, "käse") as pdf:
        assert pdf.page_count == 1


def test_a_password_is_prepared_as_the_standard_asks(path: Path) -> None:
    made_pdfs.write_text(path, [[(72, 700, "secret")]])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(owner="o", user="Salz 1a", R=6))

    with open_pdf(path, "Sa\u00adlz\u00a01ª") as pdf:
        assert pdf.page_count == 1


def test_a_file_that_is_only_protected_from_change_opens(path: Path) -> None:
    made_pdfs.write_text(path, [[(72, 700, "readable")]])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.save(path, encryption=pikepdf.Encryption(owner="o", user=""))

    assert look(path)[0].characters == 8


@pytest.mark.parametrize("content", [b"", b"no pdf at all", b"%PDF-1.7\n1 0 obj\n<<", b"\0" * 4096])
def test_what_is_no_pdf_is_corrupt(path: Path, content: bytes) -> None:
    path.write_bytes(content)

    assert rejection(path).code is RejectedCode.CORRUPT


@pytest.mark.parametrize("tenths", range(1, 10))
def test_a_file_cut_off_in_its_middle_is_repaired_or_corrupt(path: Path, tenths: int) -> None:
    made_pdfs.write_text(path, [[(72, 700, f"page {n}")] for n in range(20)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * tenths // 10])

    try:
        found = look(path)
    except Rejected as error:
        found = []
        code: RejectedCode | None = error.code
    else:
        code = None

    assert found or code is RejectedCode.CORRUPT


def test_a_file_without_pages_is_corrupt(path: Path) -> None:
    with pikepdf.new() as pdf:
        pdf.save(path)

    assert rejection(path).code is RejectedCode.CORRUPT


def test_a_missing_file_is_our_fault(path: Path) -> None:
    with pytest.raises(FileNotFoundError), open_pdf(path):
        pass


def test_too_many_pages(path: Path) -> None:
    made_pdfs.write_text(path, [[(72, 700, "x")]] * 4)

    assert len(look(path, max_pages=4)) == 4
    assert rejection(path, max_pages=3).code is RejectedCode.TOO_MANY_PAGES


def enlarge(path: Path, *numbers: int) -> None:
    """Make pages 50,000 megapixels large at 200 dpi."""
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        for number in numbers:
            pdf.pages[number - 1].MediaBox = [0, 0, 80_500, 80_500]
        pdf.save(path)


def test_an_absurd_page_is_refused_and_its_neighbours_are_read(path: Path) -> None:
    made_pdfs.write_text(path, [[(72, 700, "x")]] * 3)
    enlarge(path, 2)

    pages = look(path)

    assert [page.refused for page in pages] == [None, PageCode.PAGE_TOO_LARGE, None]
    assert [page.characters for page in pages] == [1, 0, 1]
    assert signals(pages[1]).refused is PageCode.PAGE_TOO_LARGE


def test_a_file_of_absurd_pages_is_rejected_and_the_first_is_named(path: Path) -> None:
    made_pdfs.write_text(path, [[(72, 700, "x")]] * 3)
    made_pdfs.edit(path, CropBox=[900, 900, 999, 999])  # the first cannot be read for another cause
    enlarge(path, 2, 3)

    error = rejection(path)

    assert (error.code, error.page) == (RejectedCode.TOO_MANY_PIXELS, 2)


def test_an_image_that_claims_too_much_is_never_decoded(path: Path) -> None:
    made_pdfs.write_scan(path, width=200_000, height=200_000)

    error = rejection(path)

    assert (error.code, error.page) == (RejectedCode.TOO_MANY_PIXELS, 1)


def test_an_image_within_a_form_is_measured_too(path: Path) -> None:
    made_pdfs.write_scan(path, width=200_000, height=200_000)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        page = pdf.pages[0]
        form = pdf.make_stream(
            b"/I Do",
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Form,
            BBox=[0, 0, 400, 300],
            Resources=page.Resources,
        )
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
        page.Contents = pdf.make_stream(b"/X Do")
        pdf.save(path)

    assert rejection(path).code is RejectedCode.TOO_MANY_PIXELS


def test_an_unreadable_page_does_not_reject_the_others(path: Path) -> None:
    made_pdfs.write_text(path, [[(72, 700, "one")], [(72, 700, "two")]])
    made_pdfs.edit(path, CropBox=[900, 900, 999, 999])

    first, second = look(path)

    assert first == PageFacts(number=1, refused=PageCode.PAGE_UNREADABLE)
    assert signals(first).refused is PageCode.PAGE_UNREADABLE
    assert (second.refused, second.characters) == (None, 3)


def test_a_file_of_which_no_page_can_be_read_is_corrupt(path: Path) -> None:
    made_pdfs.write_text(path, [[(72, 700, "one")]])
    made_pdfs.edit(path, CropBox=[900, 900, 999, 999])

    assert rejection(path).code is RejectedCode.CORRUPT


def test_active_content(path: Path) -> None:
    made_pdfs.write_text(path, [[(72, 700, "one")]])
    with open_pdf(path) as pdf:
        assert not active_content(pdf)


def test_embedded_files_are_active_content_even_in_object_streams(path: Path) -> None:
    made_pdfs.write_text(path, [[(72, 700, "one")]])
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.attachments["data.xml"] = b"<data/>"
        pdf.save(path, object_stream_mode=pikepdf.ObjectStreamMode.generate)

    with open_pdf(path) as pdf:
        assert active_content(pdf)
