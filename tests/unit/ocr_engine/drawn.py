"""Pages drawn for one test each, with the true places of their words."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

LINES = (
    "Dear Ms Example, thank you for your letter",
    "of 3 March. We confirm the delivery of goods",
    "that you ordered: invoice 4711 over 1,234.56",
    "and remain with kind regards from Hamburg.",
)

Box = tuple[float, float, float, float]


def page(
    lines: tuple[str, ...] = LINES,
    *,
    size: tuple[int, int] = (900, 600),
    font_px: int = 30,
    font: Path | None = None,
) -> Image.Image:
    """Return black lines on white, from the top left."""
    return page_with_boxes(lines, size=size, font_px=font_px, font=font)[0]


def page_with_boxes(
    lines: tuple[str, ...] = LINES,
    *,
    size: tuple[int, int] = (900, 600),
    font_px: int = 30,
    font: Path | None = None,
) -> tuple[Image.Image, list[tuple[str, Box]]]:
    """Return such a page, and each word's box (pixels): its width, and the font's height."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    letters = ImageFont.truetype(font, font_px) if font else ImageFont.load_default(font_px)
    ascent, descent = letters.getmetrics()
    words: list[tuple[str, Box]] = []
    for row, line in enumerate(lines):
        top = 60 + row * font_px * 1.8
        draw.text((60, top), line, fill="black", font=letters)
        for index, word in enumerate(line.split(" ")):
            before = " ".join(line.split(" ")[:index]) + (" " if index else "")
            left = 60 + letters.getlength(before)
            words.append(
                (word, (left, top, left + letters.getlength(word), top + ascent + descent))
            )
    return image, words


# Ideographs of straight strokes, as no font of theirs is at hand: each from x, y to x, y in tenths.
_STROKES = {
    "一": "0 5 10 5",
    "二": "2 3 8 3, 0 8 10 8",
    "三": "1 1 9 1, 2 5 8 5, 0 9 10 9",
    "十": "0 4 10 4, 5 0 5 10",
    "工": "1 1 9 1, 5 1 5 9, 0 9 10 9",
    "土": "2 4 8 4, 5 0 5 9, 0 9 10 9",
    "王": "1 1 9 1, 2 5 8 5, 5 1 5 9, 0 9 10 9",
    "口": "1 2 9 2, 1 2 1 9, 9 2 9 9, 1 9 9 9",
    "日": "2 0 8 0, 2 0 2 10, 8 0 8 10, 2 5 8 5, 2 10 8 10",
    "目": "2 0 8 0, 2 0 2 10, 8 0 8 10, 2 3 8 3, 2 7 8 7, 2 10 8 10",
    "田": "1 1 9 1, 1 1 1 10, 9 1 9 10, 1 5 9 5, 5 1 5 10, 1 10 9 10",
    "中": "1 3 9 3, 1 3 1 7, 9 3 9 7, 1 7 9 7, 5 0 5 10",
    "山": "1 4 1 9, 5 0 5 9, 9 4 9 9, 1 9 9 9",
    "甲": "1 1 9 1, 1 1 1 6, 9 1 9 6, 1 6 9 6, 1 3 9 3, 5 1 5 10",
    "由": "1 3 9 3, 1 3 1 10, 9 3 9 10, 1 6 9 6, 5 0 5 10, 1 10 9 10",
    "上": "4 0 4 9, 4 4 9 4, 0 9 10 9",
    "正": "1 1 9 1, 5 1 5 9, 5 5 9 5, 2 5 2 9, 0 9 10 9",
    "回": "1 0 9 0, 1 0 1 10, 9 0 9 10, 1 10 9 10, 3 3 7 3, 3 3 3 7, 7 3 7 7, 3 7 7 7",
}


def ideographs(lines: tuple[str, ...]) -> Image.Image:
    """Return lines of some Chinese characters, black on white."""
    image = Image.new("RGB", (1000, 900), "white")
    draw = ImageDraw.Draw(image)
    pixels = 3.6
    for row, line in enumerate(lines):
        for column, character in enumerate(line):
            left, top = 60 + 12 * column * pixels, 60 + 19 * row * pixels
            for stroke in _STROKES[character].split(", "):
                x0, y0, x1, y1 = (int(tenths) * pixels for tenths in stroke.split())
                draw.line((left + x0, top + y0, left + x1, top + y1), fill="black", width=3)
    return image


def overlap(one: Box, other: Box) -> float:
    """Return the area that two boxes share, by the area of both together."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or tall <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return wide * tall / (sum(areas) - wide * tall)
