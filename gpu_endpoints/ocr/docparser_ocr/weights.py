"""The models' files: found in the ``rapidocr`` wheel, the recogniser prepared once.

The wheel carries PP-OCRv6 as ONNX files (Apache-2.0). Its code is never imported: it would bring
OpenCV's desktop build and an engine that is slower than this one.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

_DETECTOR = "PP-OCRv6_det_small.onnx"
_RECOGNISER = "PP-OCRv6_rec_small.onnx"
_DIRECTION = "ch_ppocr_mobile_v2.0_cls_mobile.onnx"

# What is prepared here changes with this number, so that an older cache is not taken for it.
_PREPARATION = 2


@dataclass(frozen=True)
class Weights:
    """Files of the three models, the recogniser's characters, and what names them all.

    ``sha256`` is the SHA-256 (hex) over the three files in the order detector, recogniser,
    direction.
    """

    detector: Path
    recogniser: Path
    direction: Path
    characters: tuple[str, ...]
    sha256: str


def prepared(cache: Path) -> Weights:
    """Return the models, preparing the recogniser in a cache folder if it is not there.

    Several processes may do so at once: each writes a file of its own and moves it into place.

    Raises
    ------
    FileNotFoundError
        The wheel is not installed, or lacks a model.
    """
    folder = _wheel_folder()
    detector, full, direction = (folder / name for name in (_DETECTOR, _RECOGNISER, _DIRECTION))
    name = f"{full.stem}_latin_{_file_sha256(full)[:12]}_{_PREPARATION}"
    recogniser, dictionary = cache / f"{name}.onnx", cache / f"{name}.json"
    if not (recogniser.exists() and dictionary.exists()):
        _prepare(full, recogniser, dictionary)
    digest = hashlib.sha256()
    for path in (detector, recogniser, direction):
        digest.update(path.read_bytes())
    characters = tuple(json.loads(dictionary.read_text("utf-8")))
    return Weights(detector, recogniser, direction, characters, digest.hexdigest())


def _wheel_folder() -> Path:
    spec = importlib.util.find_spec("rapidocr")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package rapidocr, which carries the models, is not installed")
    return Path(spec.origin).parent / "models"


def _prepare(full: Path, recogniser: Path, dictionary: Path) -> None:
    # onnx is needed for this alone, and takes 0.3 s to import.
    import onnx

    from . import latin_head

    model = onnx.load(str(full))
    characters = latin_head.prune(model)
    # Whoever finds the model finds its dictionary too.
    _write(dictionary, json.dumps(characters, ensure_ascii=False).encode())
    _write(recogniser, model.SerializeToString())


def _write(path: Path, content: bytes) -> None:
    """Write a file that is there as a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _file_sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
