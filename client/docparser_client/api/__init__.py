"""A typed client of the REST API.

>>> client = Client("https://abc123.execute-api.eu-central-1.amazonaws.com/v1")
>>> created = client.create_document("a.pdf", sha256=sha256, size_bytes=size)
>>> if created.upload:
...     client.upload(created.upload, Path("a.pdf"))
>>> with client.content(created.document_id, "md") as chunks:
...     sys.stdout.buffer.writelines(chunks)
"""

from .client import Beginning, Client, Format
from .errors import (
    AccessDenied,
    ApiError,
    Conflict,
    Erased,
    InvalidRequest,
    NotFound,
    NotReady,
    TooLarge,
    Unavailable,
)
from .nouns import Child, Created, Document, Health, Hit, Upload
from .retries import Retries

__all__ = [
    "AccessDenied",
    "ApiError",
    "Beginning",
    "Child",
    "Client",
    "Conflict",
    "Created",
    "Document",
    "Erased",
    "Format",
    "Health",
    "Hit",
    "InvalidRequest",
    "NotFound",
    "NotReady",
    "Retries",
    "TooLarge",
    "Unavailable",
    "Upload",
]
