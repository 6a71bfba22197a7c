"""Content decides what a file is; its name is only compared."""

from __future__ import annotations

import pytest
from docparser.intake.sniff import PDF, media_type, name_agrees


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
    ],
)
def test_media_type(head: bytes, found: str | None) -> None:
    assert media_type(head) == found


@pytest.mark.parametrize(
    ("name", "agrees"),
    [
        ("a.pdf", True),
        ("A.PDF", True),
        ("a", True),
        ("", True),
        ("a.txt", False),
        ("a.pdf.exe", False),
    ],
)
def test_name(name: str, agrees: bool) -> None:
    assert name_agrees(name, PDF) is agrees
