"""Records made for one test each."""

from datetime import UTC, datetime, timedelta
from typing import Any

from docparser_client.api import Document

ID = "d" + "0" * 32


def moment(seconds: float) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)


def record(status: str, *, attempt: int = 1, digit: str = "0", **facts: Any) -> Document:
    return Document(
        document_id="d" + digit * 32,
        attempt=attempt,
        status=status,
        **{"created_at": moment(0), "updated_at": moment(0), **facts},
    )


def told(status: str, **facts: Any) -> dict[str, Any]:
    """Return a record as the service tells it."""
    return record(status, **facts).model_dump(mode="json")
