"""A page that takes too long, or takes its reader along, costs itself and no other."""

from __future__ import annotations

import os
import time
from hashlib import sha256
from io import BytesIO
from typing import TYPE_CHECKING

import pikepdf
import pytest
from docparser import bounded
from docparser.model import LaneReason, PageCode, Plan, now
from docparser.ocr import shard, text_lane

if TYPE_CHECKING:
    from pathlib import Path

    from docparser.model import Page
    from docparser.pdf_file import PdfFile

BOUNDS = bounded.Bounds(memory_bytes=1 << 30, seconds=2, cpu_seconds=30, file_bytes=1 << 20)
READ = text_lane.read_page


def plan(pages: int) -> Plan:
    return Plan(
        media_type="application/pdf",
        content_sha256=sha256(b"").hexdigest(),
        size_bytes=1,
        created_at=now(),
        shards=(),
        reasons=(LaneReason.TEXT_LAYER_TRUSTED,) * pages,
    )


@pytest.mark.parametrize(
    ("fate", "code"),
    [
        (lambda: time.sleep(60), PageCode.PAGE_DEADLINE),
        (os.abort, PageCode.PAGE_UNREADABLE),
        (lambda: bytearray(2 << 30), PageCode.PAGE_DEADLINE),
    ],
)
def test_a_bad_page(
    fate: object, code: PageCode, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a PDF of three pages, whose second one is trouble
    buffer = BytesIO()
    with pikepdf.new() as pdf:
        for _ in range(3):
            pdf.add_blank_page()
        pdf.save(buffer)
    path = tmp_path / "source.pdf"
    path.write_bytes(buffer.getvalue())

    def read(opened: PdfFile, number: int, reason: LaneReason) -> Page:
        if number == 2:
            assert callable(fate)
            fate()
        return READ(opened, number, reason)

    monkeypatch.setattr(text_lane, "read_page", read)
    lane = shard.TextLane(sources=None, work=None, bounds=BOUNDS)  # type: ignore[arg-type]
    started = time.monotonic()

    # When its pages are read
    pages = list(lane._pdf(path, [1, 2, 3], plan(3)))

    # Then the others are read, in time
    assert [page.number for page in pages] == [1, 2, 3]
    assert [page.code for page in pages] == [None, code, None]
    assert time.monotonic() - started < 15
