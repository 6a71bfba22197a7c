"""The models' files: found in the ``rapidocr`` wheel and checked, the recogniser prepared once.

The wheel carries PP-OCRv6 as ONNX files. Its code is never imported: it would bring OpenCV's
desktop build and an engine that is slower than this one. Nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple


class WeightFile(NamedTuple):
    """A file of weights as it was recorded: whose it is, where it comes from, what is in it.

    ``package`` and ``version`` are the wheel's, ``licence`` an SPDX identifier, and ``sha256`` that
    of the file (hex).
    """

    name: str
    package: str
    version: str
    licence: str
    source: str
    sha256: str


DETECTOR = WeightFile(
    "PP-OCRv6_det_small.onnx",
    "rapidocr",
    "3.10.0",
    "Apache-2.0",
    "https://huggingface.co/PaddlePaddle/PP-OCRv6_small_det_onnx",
    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
)
RECOGNISER = WeightFile(
    "PP-OCRv6_rec_small.onnx",
    "rapidocr",
    "3.10.0",
    "Apache-2.0",
    "https://huggingface.co/PaddlePaddle/PP-OCRv6_small_rec_onnx",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
)
DIRECTION = WeightFile(
    "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
    "rapidocr",
    "3.10.0",
    "Apache-2.0",
    "https://github.com/PaddlePaddle/PaddleOCR/blob/main/docs/version2.x/ppocr/model_list.en.md",
    "e47acedf663230f8863ff1ab0e64dd2d82b838fceb5957146dab185a89d6215c",
)

# What is prepared here changes with this number, so that an older cache is not taken for it.
_PREPARATION = 3


class OtherWeights(Exception):  # noqa: N818 - it says what is the case
    """A file of weights is not the one that was recorded; the message names it."""


@dataclass(frozen=True)
class Weights:
    """Files of the models, the recognisers' characters, and what names them all.

    ``recogniser`` knows ``characters``, those of the Latin script; ``full_recogniser`` knows
    ``full_characters``, all that the model was trained with. ``sha256`` is the SHA-256 (hex) over
    those of the detector, the recogniser and the direction as they came, and what was prepared.
    """

    detector: Path
    recogniser: Path
    direction: Path
    full_recogniser: Path
    characters: tuple[str, ...]
    full_characters: tuple[str, ...]
    sha256: str


class _Prepared(NamedTuple):
    model: Path
    characters: tuple[str, ...]


def prepared(cache: Path) -> Weights:
    """Return the models, preparing the recognisers in a cache folder if they are not there.

    Several processes may do so at once: each writes a file of its own and moves it into place.

    Raises
    ------
    FileNotFoundError
        The wheel is not installed, or lacks a model.
    OtherWeights
        A file differs from the one that was recorded.
    """
    detector, full, direction = map(_checked, (DETECTOR, RECOGNISER, DIRECTION))
    latin = _recogniser(full, cache, "latin")
    every = _recogniser(full, cache, "full")
    recorded = (DETECTOR.sha256, RECOGNISER.sha256, DIRECTION.sha256, str(_PREPARATION))
    return Weights(
        detector,
        latin.model,
        direction,
        every.model,
        latin.characters,
        every.characters,
        hashlib.sha256(" ".join(recorded).encode()).hexdigest(),
    )


def _checked(file: WeightFile) -> Path:
    spec = importlib.util.find_spec(file.package)
    if spec is None or spec.origin is None:
        raise FileNotFoundError(f"the package {file.package}, which has the models, is missing")
    path = Path(spec.origin).parent / "models" / file.name
    if _sha256(path) != file.sha256:
        raise OtherWeights(f"{file.name} is not that of {file.package} {file.version}")
    return path


def _recogniser(source: Path, cache: Path, head: str) -> _Prepared:
    """Return a recogniser from the cache, where it is if its dictionary tells its SHA-256."""
    stem = f"{source.stem}_{head}_{RECOGNISER.sha256[:12]}_{_PREPARATION}"
    model, dictionary = cache / f"{stem}.onnx", cache / f"{stem}.json"
    try:
        entry = json.loads(dictionary.read_text("utf-8"))
        if entry["sha256"] == _sha256(model):
            return _Prepared(model, tuple(entry["characters"]))
    except (OSError, ValueError, KeyError, TypeError):
        pass  # It is not there, or not as a whole.
    return _Prepared(model, _prepare(source, head, model, dictionary))


def _prepare(source: Path, head: str, model: Path, dictionary: Path) -> tuple[str, ...]:
    # onnx is needed for this alone, and takes 0.3 s to import.
    import onnx

    from . import latin_head

    graph = onnx.load(str(source))
    characters = latin_head.prune(graph) if head == "latin" else latin_head.whole(graph)
    content = graph.SerializeToString(deterministic=True)
    entry = {"sha256": hashlib.sha256(content).hexdigest(), "characters": characters}
    _write(model, content)
    _write(dictionary, json.dumps(entry, ensure_ascii=False).encode())
    return tuple(characters)


def _write(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            # An image is built by root and run by somebody else, who must read it.
            os.fchmod(descriptor, 0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
