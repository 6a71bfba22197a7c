"""What our engine might read: a page with every kind of block, and a table with a merged cell."""

from __future__ import annotations

import io
from typing import Any

from docparser.model import Lane, LaneReason, OcrAnswer, Page, PageCode, PageStatus, box
from PIL import Image


def _words(number: int, text: str, left: float, top: float, high: float) -> list[dict[str, Any]]:
    words, x = [], left
    for index, word in enumerate(text.split()):
        width = 0.012 * len(word)
        words.append(
            {
                "id": f"p1.w{number + index}",
                "text": word,
                "polygon": box(x, top, x + width, top + high),
                "confidence": 0.9 + 0.01 * (index % 5),
            }
        )
        x += width + 0.012
    return words


def _page() -> Page:
    blocks: list[dict[str, Any]] = []
    count = 1
    rows = [
        ("heading", 1, [("Annual report", 0.1, 0.08)], 0.04),
        ("paragraph", None, [("The year was good for", 0.1, 0.16), ("pears.", 0.1, 0.19)], 0.02),
        ("heading", 2, [("Harvest", 0.1, 0.26)], 0.03),
        ("list_item", None, [("- plums", 0.12, 0.32)], 0.02),
        ("list_item", None, [("- pears", 0.12, 0.36)], 0.02),
        (
            "table",
            None,
            [("Fruit basket", 0.1, 0.45), ("pears", 0.1, 0.55), ("1,200", 0.5, 0.55)],
            0.02,
        ),
        ("footer", None, [("Example Ltd", 0.4, 0.95)], 0.02),
    ]
    lines = 0
    for index, (kind, level, found, high) in enumerate(rows, 1):
        entries = []
        for text, left, top in found:
            lines += 1
            words = _words(count, text, left, top, high)
            count += len(words)
            right = words[-1]["polygon"][1][0]
            polygon = box(left, top, right, top + high)
            entries.append({"id": f"p1.l{lines}", "text": text, "polygon": polygon, "words": words})
        corners = [corner for entry in entries for corner in entry["polygon"]]
        across, down = zip(*corners, strict=True)
        blocks.append(
            {
                "id": f"p1.b{index}",
                "kind": kind,
                "level": level,
                "polygon": box(min(across), min(down), max(across), max(down)),
                "lines": entries,
            }
        )
    tabulated = blocks[5]["lines"]
    cells = [
        (0, 0, 2, (0.1, 0.44, 0.9, 0.54)),
        (1, 0, 1, (0.1, 0.54, 0.5, 0.6)),
        (1, 1, 1, (0.5, 0.54, 0.9, 0.6)),
    ]
    table = {
        "id": "p1.t1",
        "polygon": box(0.1, 0.44, 0.9, 0.6),
        "rows": 2,
        "columns": 2,
        "cells": [
            {
                "row": row,
                "column": column,
                "column_span": span,
                "polygon": box(*place),
                "text": line["text"],
                "word_ids": [word["id"] for word in line["words"]],
            }
            for (row, column, span, place), line in zip(cells, tabulated, strict=True)
        ],
    }
    return Page.model_validate(
        {
            "number": 1,
            "lane": Lane.GPU,
            "lane_reason": LaneReason.IMAGE_INPUT,
            "width_pt": 600,
            "height_pt": 800,
            "blocks": blocks,
            "tables": [table],
        }
    )


PAGE = _page()
UNREADABLE = Page(
    number=1,
    status=PageStatus.ERROR,
    code=PageCode.PAGE_UNREADABLE,
    lane=Lane.GPU,
    lane_reason=LaneReason.IMAGE_INPUT,
    width_pt=600,
    height_pt=800,
)


def answer(page: Page, **changes: Any) -> bytes:
    """Return what the OCR server answers for a picture of this page."""
    found = OcrAnswer(
        engine="made",
        backend="none",
        weights_sha256="0" * 64,
        pages=(page.model_copy(update=changes),),
    )
    return found.to_json()


def picture(form: str = "PNG", size: tuple[int, int] = (600, 800), **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", size, 255).save(buffer, form, **options)
    return buffer.getvalue()
