"""The engine, loaded once, and a page read as the server reads it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from docparser.model import Page
from docparser_ocr import backends, reader, weights
from docparser_ocr.engine import Engine
from docparser_ocr.settings import OcrSettings
from PIL import Image

Read = Callable[..., Page]


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    prepared = weights.prepared(tmp_path_factory.mktemp("models"))
    models = backends.opened(backends.Backend.OPENVINO, prepared, at_once=2)
    return Engine(models, prepared.characters, prepared.full_characters)


@pytest.fixture
def read_file(engine: Engine) -> Callable[..., list[Page]]:
    def read(path: Path, media_type: str, deadline_s: float = 60, **limits: int) -> list[Page]:
        source = reader.opened(path, media_type, OcrSettings(**limits))
        try:
            return [
                reader.read_page(engine, source, number, deadline_s)
                for number in range(1, source.page_count + 1)
            ]
        finally:
            source.close()

    return read


@pytest.fixture
def read(read_file: Callable[..., list[Page]], tmp_path: Path) -> Read:
    def read_image(image: Image.Image, **options: object) -> Page:
        path = tmp_path / "page.png"
        image.save(path, **options)
        return read_file(path, "image/png")[0]

    return read_image
