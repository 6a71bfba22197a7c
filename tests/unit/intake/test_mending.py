"""PDFs that qpdf opens for pdfium, and what it sees in them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pikepdf
import pytest
from docparser.errors import Rejected
from docparser.intake.mending import Condition, look, rewrite
from docparser.model import RejectedCode
from docparser.pdf_file import open_pdf

from tests.pdfs import text_pdf
from tests.unit.ocr import made_pdfs

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "one.pdf"
    made_pdfs.write_text(path, [[(72, 700, "one")]])
    return path


def text_of(path: Path) -> str:
    with open_pdf(path) as pdf, pdf.page(1) as page:
        assert page is not None
        with page.text_layer() as layer:
            assert layer is not None
            return layer.text


@pytest.mark.parametrize("streams", ["disable", "generate"])
@pytest.mark.parametrize("action", ["JavaScript", "Launch"])
@pytest.mark.parametrize("where", ["document", "page", "annotation"])
def test_actions_are_active_content(path: Path, where: str, action: str, streams: str) -> None:
    assert look(path) == Condition(damaged=False, active=False)
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        run = pikepdf.Dictionary(S=pikepdf.Name(f"/{action}"), JS="app.alert(1)", F="calc.exe")
        if where == "document":
            pdf.Root.OpenAction = run
        elif where == "page":
            pdf.pages[0].AA = pikepdf.Dictionary(O=run)
        else:
            link = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=[0, 0, 9, 9], A=run
            )
            pdf.pages[0].Annots = pdf.make_indirect(pikepdf.Array([pdf.make_indirect(link)]))
        pdf.save(path, object_stream_mode=pikepdf.ObjectStreamMode[streams])
    assert look(path) == Condition(damaged=False, active=True)


def test_names_in_hexadecimal_are_the_same_names(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content.replace(b"/Type /Catalog", b"/Type /Catalog /AA<</J#53(1)>>", 1))
    assert look(path).active


def test_embedded_files_are_active_content(path: Path) -> None:
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.attachments["data.xml"] = b"<data/>"
        pdf.save(path)
    assert look(path).active


def test_what_lies_in_a_stream_is_not_active(path: Path) -> None:
    # A scan of some megabytes has every three letters somewhere.
    with pikepdf.open(path, allow_overwriting_input=True) as pdf:
        pdf.pages[0].Scan = pdf.make_stream(b"... /JS /Launch ...")
        pdf.save(path, compress_streams=False)
    assert b"/Launch" in path.read_bytes()
    assert not look(path).active


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[: content.rindex(b"startxref")],
        lambda content: content.replace(b"startxref\n", b"startxref\n9"),
        lambda content: re.sub(rb"\d{10}(?= 00000 n)", b"0000000012", content),
    ],
)
def test_damage_that_pdfium_reads_in_silence_is_seen(tmp_path: Path, spoil: object) -> None:
    path = tmp_path / "spoilt.pdf"
    path.write_bytes(spoil(text_pdf(("one",))))  # type: ignore[operator]
    assert look(path).damaged
    assert rewrite(path, tmp_path / "mended.pdf", None)
    assert text_of(tmp_path / "mended.pdf") == text_of(path) == "one"
    assert not look(tmp_path / "mended.pdf").damaged


@pytest.mark.parametrize("revision", [3, 4, 6])
@pytest.mark.parametrize("password", ["open", "pässwört"])
def test_a_password_opens_a_file_for_good(tmp_path: Path, revision: int, password: str) -> None:
    path, opened = tmp_path / "locked.pdf", tmp_path / "opened.pdf"
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(
            path,
            encryption=pikepdf.Encryption(
                user=password, owner="other", R=revision, aes=revision > 3, metadata=revision > 3
            ),
        )
    for wrong in (None, "wrong", "密码"):
        with pytest.raises(Rejected) as caught:
            rewrite(path, opened, wrong)
        assert caught.value.code is RejectedCode.ENCRYPTED
    assert not opened.exists()
    assert not rewrite(path, opened, password)
    with open_pdf(opened) as document:
        assert document.page_count == 1
    with pikepdf.open(opened) as pdf:
        assert not pdf.is_encrypted


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.7\n%%EOF" + bytes(99)])
def test_what_is_beyond_repair_is_corrupt(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "ruin.pdf"
    path.write_bytes(content)
    assert look(path).damaged
    with pytest.raises(Rejected) as caught:
        rewrite(path, tmp_path / "mended.pdf", None)
    assert caught.value.code is RejectedCode.CORRUPT
