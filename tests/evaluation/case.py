"""Decisions of people as `docparser review cases` writes them, and what is now decided instead."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from docparser.classify import Classifier
from docparser.intake import sniff
from docparser.intake.normalise import normalise
from docparser.model import Classification, DocumentType, LaneReason, Level, Moment, strictest
from docparser.model.base import Confidence, Noun, Sha256, schema_tag
from docparser.model.extraction import FieldName
from docparser.ocr.parts_lane import read_pages
from docparser.ocr.text_lane import read_page
from docparser.pdf_file import open_pdf
from docparser.settings import Archives

from samples import scans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docparser.model import Page

    from tests.evaluation.field_case import FieldCase

CASES = Path(__file__).parent / "cases"
FIELDS = ".fields.json"
SAMPLES = Path(__file__).parents[2] / "samples" / "documents"


class Case(Noun):
    """What a person said of some bytes, beside what they were classified as; nothing else."""

    schema_: str = schema_tag("review_case")
    content_sha256: Sha256
    decision: str
    at: Moment
    type: DocumentType
    type_confidence: Confidence | None
    level: Level
    level_confidence: Confidence | None
    rules: tuple[str, ...]
    policy: str | None
    model: str | None
    definition: str = ""
    violations: tuple[str, ...] = ()
    missing: tuple[FieldName, ...] = ()
    corrected_type: DocumentType | None
    corrected_level: Level | None
    corrected_fields: tuple[FieldName, ...] = ()

    @property
    def right_type(self) -> DocumentType:
        """What it is."""
        return self.corrected_type or self.type

    @property
    def least_level(self) -> Level | None:
        """The level that it has at least; None where one person alone wants a looser one."""
        if self.corrected_level is None:
            return self.level if self.decision == "approve" else None
        stricter = strictest(self.corrected_level, self.level)
        return stricter if stricter is self.corrected_level else None

    def check(self, now_decided: Classification) -> None:
        """Make sure that what was wrong is right now, or that a person is asked again.

        Raises
        ------
        AssertionError
            It is decided otherwise, and nobody is asked.
        """
        asks = bool(now_decided.review)
        found = now_decided.type.value
        assert found is self.right_type or asks, f"{found}, and nobody is asked"
        level, least = now_decided.level.value, self.least_level
        assert least is None or strictest(level, least) is level, f"{level}, and {least} is right"


def cases() -> list[Case]:
    """Return every case, in the order of their files' names."""
    return [
        Case.model_validate_json(path.read_bytes())
        for path in sorted(CASES.glob("*.json"))
        if not path.name.endswith(FIELDS)
    ]


def sample_of(case: Case | FieldCase) -> Path:
    """Return the sample with a case's content."""
    for path in SAMPLES.rglob("*"):
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == case.content_sha256:
            return path
    raise AssertionError(f"no sample has the content {case.content_sha256}")


def classified(path: Path, folder: Path) -> Classification:
    """Return what a sample is classified as; of a scan, what was put on the scanner.

    Parameters
    ----------
    path
        The sample.
    folder
        For files that are made on the way.
    """
    classifier = Classifier()
    for page in pages(path, folder):
        classifier.read(page)
    return classifier.decide()


def pages(path: Path, folder: Path) -> Iterator[Page]:
    """Yield a sample's pages as the text lane reads them."""
    original = scans.ORIGINALS.get(path.relative_to(SAMPLES).as_posix())
    if original is not None:
        path = folder / "original.pdf"
        path.write_bytes(original())
    if path.suffix == ".pdf":
        with open_pdf(path) as pdf:
            for number in range(1, pdf.page_count + 1):
                yield read_page(pdf, number, LaneReason.TEXT_LAYER_TRUSTED)
        return
    found = sniff.media_type(path, path.name)
    assert found is not None
    made = normalise(path, found, folder, Archives())
    reasons = [LaneReason.TEXT_INPUT] * made.pages
    yield from read_pages(folder / made.file, range(1, made.pages + 1), reasons)
