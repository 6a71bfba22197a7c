"""Pages drawn for one test each, with the true places of their words."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

LINES = (
    "Dear Ms Example, thank you for your letter",
    "of 3 March. We confirm the delivery of goods",
    "that you ordered: invoice 4711 over 1,234.56",
    "and remain with kind regards from Hamburg.",
)

Box = tuple[float, float, float, float]


def page(
    lines: tuple[str, ...] = LINES, *, size: tuple[int, int] = (900, 600), font_px: int = 30
) -> Image.Image:
    """Return black lines on white, from the top left."""
    return page_with_boxes(lines, size=size, font_px=font_px)[0]


def page_with_boxes(
    lines: tuple[str, ...] = LINES, *, size: tuple[int, int] = (900, 600), font_px: int = 30
) -> tuple[Image.Image, list[tuple[str, Box]]]:
    """Return such a page, and each word's box (pixels): its width, and the font's height."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(font_px)
    ascent, descent = font.getmetrics()
    words: list[tuple[str, Box]] = []
    for row, line in enumerate(lines):
        top = 60 + row * font_px * 1.8
        draw.text((60, top), line, fill="black", font=font)
        for index, word in enumerate(line.split(" ")):
            before = " ".join(line.split(" ")[:index]) + (" " if index else "")
            left = 60 + font.getlength(before)
            words.append((word, (left, top, left + font.getlength(word), top + ascent + descent)))
    return image, words


def overlap(one: Box, other: Box) -> float:
    """Return the area that two boxes share, by the area of both together."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    if wide <= 0 or tall <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return wide * tall / (sum(areas) - wide * tall)
