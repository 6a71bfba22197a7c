"""What goes along when somebody else's object is taken in under a name of ours."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from docparser.intake.arrival import Arrival, ObjectCreated
from docparser.model import Ref
from docparser.store.blobs import Blobs, Sources

from tests.pdfs import text_pdf
from tests.stack import Pipeline


class NoWalks:
    """Stands for Step Functions, so that what was taken in stays where it is."""

    def start(self, *_: Any) -> bool:
        return True


def dropped(pipeline: Pipeline, **said: str) -> dict[str, str]:
    """Drop a file with metadata where no rule listens; return those of the copy that is walked."""
    s3, bucket = pipeline.client("s3"), pipeline.names["WORK_BUCKET"]
    content, key = text_pdf(), f"standard/t-drop/Kim {uuid.uuid4().hex}.pdf"
    s3.put_object(Bucket=bucket, Key=key, Body=content, Metadata=said)
    arrival = Arrival(
        sources=Sources(s3),
        intake=Blobs(s3, pipeline.names["INTAKE_BUCKET"]),
        records=pipeline.records,
        executions=NoWalks(),  # type: ignore[arg-type]
        max_bytes=1 << 20,
        lease=timedelta(hours=1),
    )
    event = {"detail": {"bucket": {"name": bucket}, "object": {"key": key, "size": len(content)}}}
    ref = arrival.take_in(ObjectCreated.model_validate(event))
    assert isinstance(ref, Ref)
    record = pipeline.record(ref)
    assert record is not None
    assert record.source.key.startswith("renamed/")
    metadata: dict[str, str] = s3.head_object(Bucket=record.source.bucket, Key=record.source.key)[
        "Metadata"
    ]
    return {word: value for word, value in metadata.items() if word != "name"}


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({}, {}),
        (
            {"policy": "fast", "level": "INTERNAL", "lane": "cpu"},
            {"policy": "fast", "level": "INTERNAL", "lane": "cpu"},
        ),
        ({"level": "public"}, {"level": "PUBLIC"}),
        # Never looser than its owner may have meant
        ({"level": "secret", "policy": "cheap", "lane": "?"}, {"level": "CONFIDENTIAL"}),
        ({"author": "Kim Example"}, {}),
    ],
)
def test_a_renamed_drop_keeps_what_its_owner_asked_for_and_nothing_else(
    pipeline: Pipeline, said: dict[str, str], kept: dict[str, str]
) -> None:
    assert dropped(pipeline, **said) == kept
