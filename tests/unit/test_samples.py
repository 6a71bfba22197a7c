"""The committed samples are what their generator makes, and expected.tsv speaks of each of them."""

import csv
from io import BytesIO
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest

from samples import broken
from samples.generate import SAMPLES, write_samples

SAMPLES_FOLDER = Path(__file__).parents[2] / "samples"
FOLDER = SAMPLES_FOLDER / "documents"
READABLE = [name for name in SAMPLES if not name.startswith("broken/")]


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


def texts(path):
    with pdfium.PdfDocument(path) as pdf:
        return [page.get_textpage().get_text_range() for page in pdf]


@pytest.mark.parametrize("name", SAMPLES)
def test_committed_file_is_what_the_generator_makes(name, made):
    committed, fresh = (FOLDER / name).read_bytes(), (made / name).read_bytes()
    if name == "broken/encrypted.pdf":
        assert unpacked(broken.decrypted(fresh)) == unpacked(broken.decrypted(committed))
    elif name in READABLE or name == "broken/absurd-page.pdf":
        assert fresh == committed or unpacked(fresh) == unpacked(committed)
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
    assert set(expected) == on_disk == set(SAMPLES)


def test_every_level_has_a_sample(expected):
    levels = {row["level"] for row in expected.values()} - {""}
    assert levels == {"CONFIDENTIAL", "RESTRICTED", "INTERNAL", "PUBLIC"}


@pytest.mark.parametrize("name", READABLE)
def test_expected_page_count_is_that_of_the_file(name, expected):
    assert len(texts(FOLDER / name)) == int(expected[name]["pages"])


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


def test_absurd_page_is_small_on_disk_and_50_000_megapixels_at_200_dpi():
    path = FOLDER / "broken/absurd-page.pdf"
    with pdfium.PdfDocument(path) as pdf:
        width, height = pdf[0].get_size()
    assert path.stat().st_size < 1_000
    assert (width / 72 * 200) * (height / 72 * 200) >= 50_000e6
