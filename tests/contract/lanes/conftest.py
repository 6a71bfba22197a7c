"""Every document of the suite, read once in every lane that reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from docparser.model import Lane
from docparser_ocr.session import Reader
from docparser_ocr.settings import OcrSettings

from tests.contract.lanes import drawn
from tests.contract.lanes.reading import Reading, read_here, sent, walked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from docparser.model import Ref

    from tests.contract.lanes.drawn import Drawn
    from tests.stack import Pipeline

    Readings = dict[str, Reading]
    LaneReadings = Callable[[Lane], Readings]

WALKED = (Lane.GPU, Lane.TEXTRACT)
MIXED = drawn.pdf("digital", "scan", "digital /Rotate 90")


@pytest.fixture(scope="session")
def documents() -> dict[str, Drawn]:
    """Return the documents that every engine lane reads, by name."""
    return {"scans": drawn.tiff(), "PDF": drawn.pdf(), **drawn.pictures()}


@pytest.fixture(scope="session")
def under_way(
    pipeline: Pipeline, documents: dict[str, Drawn]
) -> dict[tuple[Lane | None, str], Ref]:
    """Upload the documents for the lanes that are walked; they are read while others are."""
    refs: dict[tuple[Lane | None, str], Ref] = {
        (lane, name): sent(pipeline, document, lane)
        for lane in WALKED
        for name, document in documents.items()
    }
    return {**refs, (None, "mixed"): sent(pipeline, MIXED, None)}


@pytest.fixture(scope="session")
def reader(pipeline: Pipeline) -> Iterator[Reader]:
    """Return the engine, opened in this process as in the CPU lane's function."""
    with Reader(OcrSettings(ocr_models=pipeline.home / "models")) as opened:
        yield opened


@pytest.fixture(scope="session")
def readings(
    pipeline: Pipeline,
    documents: dict[str, Drawn],
    under_way: dict[tuple[Lane | None, str], Ref],
    reader: Reader,
) -> LaneReadings:
    """Return the documents as a lane has read them; the CPU lane does it in this process."""
    read: dict[Lane, Readings] = {}

    def in_lane(lane: Lane) -> Readings:
        if lane not in read:
            read[lane] = here() if lane is Lane.CPU else there(lane)
        return read[lane]

    def here() -> Readings:
        return {name: read_here(pipeline, document, reader) for name, document in documents.items()}

    def there(lane: Lane) -> Readings:
        return {
            name: walked(pipeline, document, under_way[lane, name], lane)
            for name, document in documents.items()
        }

    return in_lane


@pytest.fixture(scope="session")
def mixed(pipeline: Pipeline, under_way: dict[tuple[Lane | None, str], Ref]) -> Reading:
    """Return digital pages and a scan, each read in the lane that the policy chose."""
    return walked(pipeline, MIXED, under_way[None, "mixed"], None)
