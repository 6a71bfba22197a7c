"""What people said of fields as `docparser review cases` writes it, and what is read instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.classify import Classifier
from docparser.export.rows_csv import RowsCsv
from docparser.extract import schemas
from docparser.extract.corrections import Corrections
from docparser.extract.extractor import Locale
from docparser.extract.reading import Reading
from docparser.extract.sink import TableFiles
from docparser.model import DocumentType, Extraction
from docparser.model.base import Noun, Sha256, schema_tag
from docparser.model.extraction import FieldName, Value
from docparser.policy import default_policy

from tests.evaluation.case import CASES, FIELDS, pages

if TYPE_CHECKING:
    from pathlib import Path


class FieldCase(Noun):
    """What a person said of fields of some bytes; a field without a value is not in them."""

    schema_: str = schema_tag("field_case")
    content_sha256: Sha256
    type: DocumentType
    definition: str
    fields: dict[FieldName, tuple[Value, ...]]

    def check(self, now_read: Extraction) -> None:
        """Make sure that what was wrong is right now, or that a person is asked again.

        Raises
        ------
        AssertionError
            Something else is read, and nobody is asked. The names of the fields are told.
        """
        wrong = sorted(name for name, said in self.fields.items() if said != _read(now_read, name))
        assert not wrong or now_read.review, f"{wrong}, and nobody is asked"


def field_cases() -> list[FieldCase]:
    """Return every case, in the order of their files' names."""
    return [
        FieldCase.model_validate_json(path.read_bytes())
        for path in sorted(CASES.glob(f"*{FIELDS}"))
    ]


def extracted(case: FieldCase, path: Path, folder: Path) -> Extraction:
    """Return what is read of a sample, by the built-in schema of its type.

    Parameters
    ----------
    case
        What people said of it.
    path
        The sample.
    folder
        For files that are made on the way.
    """
    classifier = Classifier()
    whole = list(pages(path, folder))
    for page in whole:
        classifier.read(page)
    reading = Reading(
        case.type,
        schemas.of(case.type, default_policy()),
        Locale(language=classifier.decide().language),
        TableFiles(folder, RowsCsv),
    )
    for page in whole:
        reading.read(page)
    return reading.extraction(Corrections(type=case.type))


def _read(found: Extraction, name: FieldName) -> tuple[Value, ...]:
    return tuple(field.value for field in found.fields if field.name == name)
