"""The committed samples are what their generator makes, and expected.tsv speaks of each of them."""

import csv
import email
import zipfile
from io import BytesIO
from pathlib import Path

import facturx
import numpy as np
import pikepdf
import pypdfium2 as pdfium
import pytest
from PIL import Image, ImageSequence

from samples import broken, phrases, scans, statement
from samples.generate import SAMPLES, phrase_table, write_samples
from samples.house_style import german

SAMPLES_FOLDER = Path(__file__).parents[2] / "samples"
FOLDER = SAMPLES_FOLDER / "documents"
OFFICE = [name for name in SAMPLES if name.endswith((".docx", ".xlsx", ".zip", ".eml", ".xml"))]
READABLE = [name for name in SAMPLES if not name.startswith("broken/") and name not in OFFICE]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    write_samples(folder)
    return folder


@pytest.fixture(scope="module")
def expected():
    with (SAMPLES_FOLDER / "expected.tsv").open(encoding="utf-8", newline="") as file:
        return {row["name"]: row for row in csv.DictReader(file, delimiter="\t")}


def unpacked(data):
    """The PDF with its streams unpacked: equal for equal content, whatever zlib packed them."""
    buffer = BytesIO()
    with pikepdf.open(BytesIO(data)) as pdf:
        pdf.save(
            buffer,
            static_id=True,
            compress_streams=False,
            stream_decode_level=pikepdf.StreamDecodeLevel.generalized,
        )
    return buffer.getvalue()


def inside(data):
    """What a mail or an archive holds, however it is packed."""
    if data.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return {name: archive.read(name) for name in archive.namelist()}
    mail = email.message_from_bytes(data)
    return mail.items(), [
        unpacked(content) if content.startswith(b"%PDF") else content
        for part in mail.walk()
        if (content := part.get_payload(decode=True)) is not None
    ]


def pictures(data):
    """The pages as a reader sees them: height x width, 0 black."""
    if data.startswith(b"%PDF"):
        with pdfium.PdfDocument(data) as pdf:
            return [page.render(scale=1, grayscale=True).to_numpy() for page in pdf]
    with Image.open(BytesIO(data)) as image:
        return [np.asarray(frame.convert("L")) for frame in ImageSequence.Iterator(image)]


def alike(fresh, committed):
    """Whether pictures differ by no more than the rounding of another machine's arithmetic."""
    pairs = zip(pictures(fresh), pictures(committed), strict=True)
    return all(np.abs(one.astype(float) - other).mean() < 0.5 for one, other in pairs)


def texts(path):
    with pdfium.PdfDocument(path) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]


@pytest.mark.parametrize("name", SAMPLES)
def test_committed_file_is_what_the_generator_makes(name, made):
    committed, fresh = (FOLDER / name).read_bytes(), (made / name).read_bytes()
    if name == "broken/encrypted.pdf":
        assert unpacked(broken.decrypted(fresh)) == unpacked(broken.decrypted(committed))
    elif name in OFFICE:
        assert fresh == committed or inside(fresh) == inside(committed)
    elif name in scans.ORIGINALS:
        assert fresh == committed or alike(fresh, committed)
    elif name in READABLE or name == "broken/absurd-page.pdf":
        assert fresh == committed or unpacked(fresh) == unpacked(committed)
    elif name == "broken/truncated.jpg":
        assert fresh == committed or len(fresh) == pytest.approx(len(committed), rel=0.01)
    else:
        assert fresh == committed


def test_generator_keeps_an_encrypted_file_whose_content_is_right(tmp_path):
    write_samples(tmp_path)
    first = (tmp_path / "broken/encrypted.pdf").read_bytes()
    write_samples(tmp_path)
    assert (tmp_path / "broken/encrypted.pdf").read_bytes() == first


def test_expected_lists_exactly_the_committed_files(expected):
    on_disk = {
        str(path.relative_to(FOLDER))
        for folder in ("de", "en", "broken")
        for path in (FOLDER / folder).iterdir()
    }
    inside_others = {name for name in expected if name.startswith(tuple(f"{o}/" for o in OFFICE))}
    assert set(expected) - inside_others == on_disk == set(SAMPLES)


def test_every_level_has_a_sample(expected):
    levels = {row["level"] for row in expected.values()} - {""}
    assert levels == {"CONFIDENTIAL", "RESTRICTED", "INTERNAL", "PUBLIC"}


@pytest.mark.parametrize("name", READABLE)
def test_expected_page_count_is_that_of_the_file(name, expected):
    assert len(pictures((FOLDER / name).read_bytes())) == int(expected[name]["pages"])


@pytest.mark.parametrize("name", scans.ORIGINALS)
def test_a_scan_is_small_and_its_text_cannot_be_copied(name):
    path = FOLDER / name
    assert path.stat().st_size < 300_000
    if name == "en/inspection.pdf":
        assert [bool(text.strip()) for text in texts(path)] == [True, False, True, False]
    elif name == "en/garbled-notice.pdf":
        assert "Aol mvvaiypknl vcly" in texts(path)[0]
    elif path.suffix == ".pdf":
        assert not any(texts(path))


def test_the_phrases_are_those_that_the_generator_finds():
    committed, fresh = (
        list(csv.reader(text.splitlines(), delimiter="\t"))
        for text in (phrases.PHRASES.read_text("utf-8"), phrase_table())
    )
    assert [row[:3] for row in committed] == [row[:3] for row in fresh]
    places = [[float(side) for row in rows[1:] for side in row[3:]] for rows in (committed, fresh)]
    assert places[0] == pytest.approx(places[1], abs=0.001)


def test_phrases_lie_on_every_scanned_page_that_may_be_searched():
    table = phrases.PHRASES.read_text("utf-8").splitlines()
    rows = list(csv.DictReader(table, delimiter="\t"))
    assert len({row["phrase"] for row in rows}) == len(rows) >= 20
    pages = {(name, number) for name in phrases.SEARCHED for number in scans.upright(name)}
    assert {(row["name"], int(row["page"])) for row in rows} == pages
    for row in rows:
        # Where the phrase is, there is ink: more than around a line, less than a black bar
        pixels = scans.upright(row["name"])[int(row["page"])].pixels
        height, width = pixels.shape
        lines = slice(int(float(row["top"]) * height), int(float(row["bottom"]) * height))
        columns = slice(int(float(row["left"]) * width), int(float(row["right"]) * width))
        assert 0.08 < (pixels[lines, columns] < 160).mean() < 0.5


@pytest.mark.parametrize(
    ("name", "phrases"),
    [
        ("de/brief.pdf", ["Weißgerbergasse", "Sägewerk", "Mit freundlichen Grüßen"]),
        ("de/rechnung.pdf", ["m³", "17.039,56 €", "DE89 3704 0044 0532 0130 00"]),
        ("de/entgeltabrechnung.pdf", ["86 095 742 719", "2.656,71"]),
        ("en/nda.pdf", ["“Confidential Information”", "Geschäftsführerin"]),
    ],
)
def test_text_extracts_as_it_was_written(name, phrases):
    text = "\n".join(texts(FOLDER / name))
    assert [phrase for phrase in phrases if phrase not in text] == []


def test_content_stream_of_the_article_interleaves_its_columns():
    first_page = texts(FOLDER / "en/article.pdf")[0]
    left, right = "result.", "state of the large user"
    next_left = "The idea of reading leakage"
    assert first_page.index(left) < first_page.index(right) < first_page.index(next_left)


@pytest.mark.parametrize("name", ["corrupt", "empty", "encrypted", "plain-text"])
def test_pdfium_cannot_open_a_broken_file(name):
    with pytest.raises(pdfium.PdfiumError):
        pdfium.PdfDocument(FOLDER / f"broken/{name}.pdf")


@pytest.mark.parametrize("name", ["de/erechnung.xml", "de/zugferd.pdf"])
def test_an_electronic_invoice_is_one_by_its_standard(name):
    data = (FOLDER / name).read_bytes()
    if name.endswith(".pdf"):
        _, data = facturx.get_facturx_xml_from_pdf(data, check_xsd=False)
    assert facturx.xml_check_xsd(data, flavor="factur-x", level="en16931")


def test_the_statement_adds_up():
    rows = statement.bookings()
    balance = statement.OPENING
    for row in rows:
        balance += row.amount
        assert row.balance == balance
    printed = "".join(texts(FOLDER / "de/kontoauszug.pdf"))
    assert all(german(row.balance) in printed for row in rows)
    assert f"Anzahl der Buchungen: {len(rows)}" in printed


def test_absurd_page_is_small_on_disk_and_50_000_megapixels_at_200_dpi():
    path = FOLDER / "broken/absurd-page.pdf"
    with pdfium.PdfDocument(path) as pdf:
        width, height = pdf[0].get_size()
    assert path.stat().st_size < 1_000
    assert (width / 72 * 200) * (height / 72 * 200) >= 50_000e6
