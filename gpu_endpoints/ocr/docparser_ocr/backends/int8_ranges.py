"""Measure what the recogniser's convolutions are fed, on pages drawn for it.

    python -m docparser_ocr.backends.int8_ranges CACHE

It writes ``int8_ranges.json``. Run it again when the weights change; CACHE is the folder of
prepared models (``OCR_MODELS``). The pages are drawn from a
fixed seed. The ranges in use were measured with batches of widths in steps of 64 pixels; those
that it writes with the widths of today read receipts 0.001 and books 0.002 of CER worse.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import openvino  # type: ignore[import-untyped]
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from docparser_ocr import backends, quads, weights
from docparser_ocr.backends import openvino_graph
from docparser_ocr.deadline import Deadline
from docparser_ocr.detection import Detector
from docparser_ocr.recognition import LINE_HEIGHT, Recogniser

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from docparser_ocr.quads import Image as Picture

_PAGES = 16
_LINES = 96

# What is left out at either end of a channel: few values, which would make all others coarse.
_OUTLIERS = 2e-4

# Channels that are always zero have a share too.
_LEAST = 1e-4

# Where pictures come in, in few channels: 8 bits gain little there (measured) and lose small
# differences in grey.
_FIRST = 4

_LETTERS = "abcdefghijklmnopqrstuvwxyzäöüßéèàçñ"
_SIGNS = ".,:;-/()%€$&+*"


def main(arguments: Sequence[str]) -> int:
    """Measure and write the ranges."""
    prepared = weights.prepared(Path(arguments[0]))
    models = backends.opened(backends.Backend.ONNXRUNTIME, prepared, at_once=1)
    find = Detector(models.detector)
    pages = list(drawn_pages())
    lines: list[Picture] = []
    for page in pages:
        lines += [quads.crop(page, quad, LINE_HEIGHT) for quad in find(page)]
    chosen = np.random.default_rng(4).permutation(len(lines))[:_LINES]
    batches: list[NDArray[np.uint8]] = []

    def keep(batch: NDArray[np.uint8]) -> tuple[NDArray[Any], ...]:
        batches.append(batch)
        return models.recogniser(batch)

    Recogniser(keep, prepared.characters)([lines[index] for index in chosen], Deadline(600))
    measured = _ranges(prepared.recogniser, batches)
    model = openvino.Core().read_model(str(prepared.recogniser))
    entry = {
        "weights_sha256": openvino_graph.weights_sha256(model, measured),
        "ranges": measured,
    }
    target = Path(__file__).with_suffix(".json")
    target.write_text(json.dumps(entry, separators=(",", ":")) + "\n", "utf-8")
    return 0


def drawn_pages() -> Iterator[Picture]:
    """Yield pages of words that mean nothing, as clean prints, faint copies and photographs."""
    random = np.random.default_rng(2026)
    for _ in range(_PAGES):
        wide, tall = (int(side) for side in random.integers((900, 1100), (1500, 2000)))
        paper, ink = (int(grey) for grey in random.integers((170, 0), (256, 110)))
        if random.random() < 0.1:
            paper, ink = ink, paper
        image = Image.new("RGB", (wide, tall), (paper,) * 3)
        draw = ImageDraw.Draw(image)
        top = 40.0
        while top < tall - 80:
            size = int(random.choice((14, 18, 22, 26, 32, 48, 80), p=_SIZES))
            left = float(random.integers(30, 200))
            font = ImageFont.load_default(size)
            draw.text((left, top), _words(random), fill=(ink,) * 3, font=font)
            if random.random() < 0.1:
                draw.line((30, top - 3, wide - 30, top - 3), fill=(ink,) * 3, width=2)
            top += size * float(random.uniform(1.3, 2.2))
        image = image.rotate(float(random.uniform(-2, 2)), fillcolor=(paper,) * 3)
        image = image.filter(ImageFilter.GaussianBlur(float(random.uniform(0, 1.2))))
        noise = random.normal(0, random.uniform(0, 14), (tall, wide, 1))
        light = 1 - random.uniform(0, 0.3) * np.linspace(0, 1, wide)[None, :, None]
        yield np.clip(np.asarray(image) * light + noise, 0, 255).astype(np.uint8)


_SIZES = (0.1, 0.2, 0.25, 0.2, 0.1, 0.1, 0.05)


def _words(random: np.random.Generator) -> str:
    words = []
    for _ in range(random.integers(1, 12)):
        kind = random.random()
        if kind < 0.2:
            word = f"{random.integers(0, 100_000) / 100:,.2f}"
        else:
            word = "".join(random.choice(list(_LETTERS), random.integers(1, 12)))
            word = word.upper() if kind < 0.4 else word.title() if kind < 0.55 else word
        words.append(word + (str(random.choice(list(_SIGNS))) if random.random() < 0.15 else ""))
    return " ".join(words)


def _ranges(path: Path, batches: Sequence[NDArray[np.uint8]]) -> dict[str, openvino_graph.Range]:
    """Return for each convolution that is not one of the first, its input's range."""
    model = onnx.load(str(path))
    weights_of = {tensor.name: tensor for tensor in model.graph.initializer}
    nodes = [
        node
        for node in [node for node in model.graph.node if node.op_type == "Conv"][_FIRST:]
        if all(attribute.i == 1 for attribute in node.attribute if attribute.name == "group")
    ]
    seen = _seen(model, sorted({node.input[0] for node in nodes}), batches)
    ranges = {}
    for node in nodes:
        # What is averaged over the whole picture costs nothing, and is not here.
        if node.input[0] in seen:
            low, high = seen[node.input[0]]
            filters = onnx.numpy_helper.to_array(weights_of[node.input[1]])
            ranges[node.name] = _levelled(low, high, np.abs(filters).max(axis=(0, 2, 3)))
    return ranges


def _seen(
    model: onnx.ModelProto, names: Sequence[str], batches: Sequence[NDArray[np.uint8]]
) -> dict[str, tuple[NDArray[Any], NDArray[Any]]]:
    """Return the least and the greatest values of these tensors, by channel."""
    del model.graph.output[:]
    for name in names:
        model.graph.output.append(
            onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, None)
        )
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    seen: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {}
    for batch in batches:
        pixels = (batch.transpose(0, 3, 1, 2).astype(np.float32) - 127.5) / 127.5
        for name, values in zip(names, session.run(names, {"x": pixels}), strict=True):
            if values.shape[2:] == (1, 1):
                continue
            low, high = np.quantile(values, (_OUTLIERS, 1 - _OUTLIERS), axis=(0, 2, 3))
            before = seen.get(name, (low, high))
            seen[name] = np.minimum(before[0], low), np.maximum(before[1], high)
    return seen


def _levelled(low: NDArray[Any], high: NDArray[Any], filters: NDArray[Any]) -> openvino_graph.Range:
    """Return shares halfway between the channels' own ranges and those of their filters."""
    most = np.maximum(np.maximum(high, -low), _LEAST)
    shares = np.sqrt(most / np.maximum(filters, _LEAST))
    shares /= np.exp(np.log(shares).mean())
    return openvino_graph.Range(
        round(min(0.0, float((low / shares).min())), 4),
        round(float((high / shares).max()), 4),
        [round(float(share), 4) for share in shares],
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
