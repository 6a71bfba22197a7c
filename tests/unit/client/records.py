"""Records made for one test each."""

from datetime import UTC, datetime, timedelta
from typing import Any

from docparser.model import Record, Ref, Source, Status


def moment(seconds: float) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def record(status: str, *, attempt: int = 1, digit: str = "0", **facts: Any) -> Record:
    return Record(
        ref=Ref(tenant="default", document_id="d" + digit * 32, attempt=attempt),
        status=Status(status),
        source=Source(bucket="intake", key="standard/default/x"),
        content_sha256="0" * 64,
        size_bytes=1,
        **{"created_at": moment(0), "updated_at": moment(0), **facts},
    )
