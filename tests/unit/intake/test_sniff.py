"""Content decides what a file is; its name is only compared, and decides between kinds of text."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from pathlib import Path

import pytest
from docparser.errors import Rejected
from docparser.intake import sniff
from docparser.intake.sniff import (
    BMP,
    CSV,
    DOCX,
    EML,
    GIF,
    HEIC,
    HTML,
    JPEG,
    MARKDOWN,
    ODP,
    ODS,
    ODT,
    PDF,
    PNG,
    PPTX,
    RTF,
    TIFF,
    TXT,
    WEBP,
    XLSX,
    ZIP,
    media_type,
    name_agrees,
)

HOSTILE = Path(__file__).parents[3].parent / "shared/data/hostile/files"


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"%PDF-1.7\n", PDF),
        (b"\xef\xbb\xbf%PDF-1.4", PDF),
        (b"\r\n  %PDF-1.4", PDF),
        (b"\0\x01" * 500 + b"%PDF-1.4", PDF),
        (b"HTTP/1.1 200 OK\n\n%PDF-1.4\n1 0 obj", PDF),
        (b"\0\x01" * 512 + b"%PDF-1.4", None),
        (b"How a file begins: %PDF-1.7, and then the version.", TXT),
        (b"plain text", TXT),
        (b"", None),
        (b"PK\x03\x04", ZIP),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", PNG),
        (b"\x89PNG\n\x1a\n\0\0", None),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", JPEG),
        (b"\xff\xd8\xff\xe1\0\x10Exif made of %PDF-1.7", JPEG),
        (b"II*\0\x08\0\0\0", TIFF),
        (b"MM\0*\0\0\0\x08", TIFF),
        (b"II+\0\x08\0\0\0", TIFF),
        (b"MM\0+\0\x08\0\0", TIFF),
        (b"GIF89a\1\0\1\0", GIF),
        (b"RIFF\0\0\0\0WEBPVP8 ", WEBP),
        (b"RIFF\0\0\0\0WAVEfmt ", None),
        (b"BM" + struct.pack("<IHHII", 70, 0, 0, 54, 40), BMP),
        (b"BM is a kind of picture", TXT),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", HEIC),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", HEIC),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", None),
        (b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom", None),
        (b"{\\rtf1\\ansi Brief}", RTF),
        (b"8BPS\0\x01", None),
        (b"7z\xbc\xaf\x27\x1c\0\x04", None),
        (b"\x1f\x8b\x08\0\0\0\0\0", None),
        (b"\x7fELF\x02\x01\x01\0", None),
        (b"<?xml version='1.0'?>\n<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"%!PS-Adobe-3.0", None),
        (b"<?xml version='1.0'?>\n<invoice/>", TXT),
        (b"<!-- made --><!DOCTYPE html><p>x", HTML),
        (b"\xef\xbb\xbf\n<HTML><body>", HTML),
        ("<html><body>Grüße".encode("utf-16"), HTML),
        (b"From: a@x.example\nSubject: Hi\n\nBody", EML),
        (b"Received: from x\n by y\nReturn-Path: <a@x.example>\n\nBody", EML),
        (b"Dear all,\nFrom: me\nTo: you", TXT),
        (b"a;b;c\n1;2;3\n4;5;6\n", CSV),
        (b'name,note\n"Bell, A.","x"\n"Diaz, B.","y"\n', CSV),
        (b"One, two\nthree and four, five, six\nseven\n", TXT),
        (b"# Title\n\n- one\n- two\n", MARKDOWN),
        (b"# only a comment\nx = 1\n", TXT),
        ("Müller, Straße 5\n".encode("cp1252"), TXT),
        ("Привет, мир\n".encode("koi8-r"), TXT),
        ("Grüße\n".encode("utf-16-le"), TXT),
        ("日本語のテキスト\n".encode("shift_jis"), TXT),
    ],
)
def test_media_type(head: bytes, found: str | None) -> None:
    assert media_type(head) == found


@pytest.mark.parametrize(
    ("content", "name", "found"),
    [
        (b"a;b\n1;2\n3;4\n", "list.txt", TXT),
        (b"# Title\n\n- one\n- two\n", "notes.txt", TXT),
        (b"plain", "notes.md", MARKDOWN),
        (b"one column\nand another line\n", "list.csv", CSV),
        (b"<p>cut out of a page</p>", "part.html", HTML),
        (b"some <b>bold</b> words", "part.html", HTML),
        (b"some <b>bold</b> words", "part.txt", TXT),
        (b"From: xyz\nSent: Monday\nTo: abc\nSubject: abcd\n\nfoo", "mail", EML),
        (b"From: xyz\nSent: Monday\nTo: abc\n\nfoo", "notes.txt", TXT),
        (b"Subject: x\n\nfoo", "mail.eml", EML),
        # A name never makes anything of another kind.
        (b"<html><p>x", "page.pdf", HTML),
        (b"%PDF-1.7\n", "notes.txt", PDF),
        (b"GIF89a\1\0\1\0", "notes.txt", GIF),
        # What is left of a picture or a PDF is not a text.
        (b"oops\n", "report.pdf", None),
        (b"plain text", "photo.jpg", None),
        (b"a\tb\n1\t2\n3\t4\n", "export.xls", CSV),
        (b"{}", "data.json", TXT),
    ],
)
def test_a_name_decides_between_kinds_of_text(content: bytes, name: str, found: str | None) -> None:
    assert media_type(content, name) == found


def packed(**entries: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return file.getvalue()


def content_types(main: str) -> dict[str, str]:
    kind = f"application/vnd.openxmlformats-officedocument.{main}+xml"
    return {"[Content_Types].xml": f"<Types><Override ContentType='{kind}'/></Types>"}


@pytest.mark.parametrize(
    ("entries", "found"),
    [
        (content_types("wordprocessingml.document.main"), DOCX),
        (content_types("spreadsheetml.sheet.main"), XLSX),
        (content_types("presentationml.presentation.main"), PPTX),
        (content_types("presentationml.slideshow.main"), PPTX),
        (content_types("drawing"), None),
        ({"mimetype": "application/vnd.oasis.opendocument.text"}, ODT),
        ({"mimetype": "application/vnd.oasis.opendocument.text-template"}, ODT),
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, ODS),
        ({"mimetype": "application/vnd.oasis.opendocument.presentation"}, ODP),
        ({"a.pdf": "%PDF-1.7"}, ZIP),
        ({}, ZIP),
    ],
)
def test_what_a_zip_holds_tells_its_kind(entries: dict[str, str], found: str | None) -> None:
    assert media_type(packed(**entries), "x.docx") == found


def test_a_file_on_disk(tmp_path: Path) -> None:
    path = tmp_path / "upload"
    path.write_bytes(packed(**content_types("spreadsheetml.sheet.main")))

    assert media_type(path) == XLSX


@pytest.mark.skipif(not HOSTILE.exists(), reason="the hostile set is not here")
@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("tika__testWORD_macros.doc", sniff.DOC),
        ("tika__testExcel_embeddedPDF.xls", sniff.XLS),
        ("tika__testEXCEL_embeddedPDF_mac.xlsx", XLSX),
        ("tika__testWORD_macros.docm", DOCX),
        ("tika__testRTFInvalidUnicode.rtf", RTF),
        ("tika__testGroupWiseEml.eml", EML),
        ("tika__testRFC822-limitedheaders", EML),
        ("tika__testHTMLBadScript.html", HTML),
        ("tika__quine.gz", None),
        ("tika__full_encrypted.7z", None),
        ("qpdf__bad1.pdf", None),
        ("pillow__hopper_orientation_8.webp", WEBP),
        ("pillow__psd-oob-write-overflow.psd", None),
    ],
)
def test_hostile_files(name: str, found: str | None) -> None:
    assert media_type(HOSTILE / name, name) == found


@pytest.mark.skipif(not HOSTILE.exists(), reason="the hostile set is not here")
def test_an_encrypted_package_says_so() -> None:
    with pytest.raises(Rejected) as caught:
        media_type(HOSTILE / "tika__testEXCEL_protected_passtika_2.xlsx")

    assert caught.value.code == "ENCRYPTED"


@pytest.mark.parametrize(
    ("name", "found", "agrees"),
    [
        ("a.pdf", PDF, True),
        ("A.PDF", PDF, True),
        ("a", PDF, True),
        ("", PDF, True),
        ("a.txt", PDF, False),
        ("a.pdf.exe", PDF, False),
        ("a.pdf", JPEG, False),
        ("a.JPG", JPEG, True),
        ("a.jpeg", JPEG, True),
        ("a.jpg", PNG, False),
        ("a.png", PNG, True),
        ("fax.tif", TIFF, True),
        ("fax.tiff", TIFF, True),
        ("a.docm", DOCX, True),
        ("a.docx", ZIP, False),
        ("a.log", TXT, True),
        ("a.xml", TXT, True),
        ("a.csv", TXT, False),
        ("a.xls", CSV, False),
    ],
)
def test_name(name: str, found: str, agrees: bool) -> None:
    assert name_agrees(name, found) is agrees


@pytest.mark.parametrize(
    "content",
    [b"<!-- -->" * 8_000 + b"x", b"[" * 65_536, b"**a " * 16_000, b"a:" * 30_000, b"<" * 65_536],
)
def test_no_text_takes_long(content: bytes) -> None:
    started = time.process_time()
    media_type(content)

    assert time.process_time() - started < 0.5
