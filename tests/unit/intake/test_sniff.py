"""Content decides what a file is; its name is only compared."""

from __future__ import annotations

import pytest
from docparser.intake.sniff import JPEG, PDF, PNG, TIFF, media_type, name_agrees


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"%PDF-1.7\n", PDF),
        (b"\xef\xbb\xbf%PDF-1.4", PDF),
        (b"x" * 1000 + b"%PDF-1.4", PDF),
        (b"x" * 1024 + b"%PDF-1.4", None),
        (b"plain text", None),
        (b"", None),
        (b"PK\x03\x04", None),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", PNG),
        (b"\x89PNG\n\x1a\n", None),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", JPEG),
        (b"\xff\xd8\xff\xe1\0\x10Exif made of %PDF-1.7", JPEG),
        (b"II*\0\x08\0\0\0", TIFF),
        (b"MM\0*\0\0\0\x08", TIFF),
        (b"II+\0\x08\0\0\0", TIFF),
        (b"MM\0+\0\x08\0\0", TIFF),
        (b"GIF89a", None),
        (b"RIFF\0\0\0\0WEBPVP8 ", None),
        (b"8BPS\0\x01", None),
    ],
)
def test_media_type(head: bytes, found: str | None) -> None:
    assert media_type(head) == found


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
    ],
)
def test_name(name: str, found: str, agrees: bool) -> None:
    assert name_agrees(name, found) is agrees
