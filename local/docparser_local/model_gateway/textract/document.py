"""The document of a request: its bytes, what kind they are, and how the file itself turns them."""

from __future__ import annotations

import base64
import binascii
import io
from typing import TYPE_CHECKING, Any, NamedTuple

import pypdfium2
from PIL import ExifTags, Image

from docparser_local.model_gateway.exchange import RefusedError
from docparser_local.model_gateway.json_protocol import ServiceError

if TYPE_CHECKING:
    from docparser_local.model_gateway.exchange import Exchange

MOST_BYTES = 10_485_760
MOST_SIDE = 10_000

_SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"II*\x00": "image/tiff",
    b"MM\x00*": "image/tiff",
}
_EXIF_DEGREES = {3: 180, 4: 180, 5: 90, 6: 90, 7: 270, 8: 270}


class Document(NamedTuple):
    """One page; ``turned`` are the degrees clockwise by which the file says it is to be shown."""

    content: bytes
    media_type: str
    turned: int


def invalid_parameter() -> ServiceError:
    """Return the error of a request that breaks a constraint of the API."""
    return ServiceError("InvalidParameterException", "Request has invalid parameters")


def unsupported() -> ServiceError:
    """Return the error of a document of another format, or of more pages than one."""
    return ServiceError("UnsupportedDocumentException", "Request has unsupported document format")


def bad() -> ServiceError:
    """Return the error of a document that cannot be read."""
    return ServiceError("BadDocumentException", "Document is not readable")


def too_large() -> ServiceError:
    """Return the error of a document that is larger than a synchronous operation takes."""
    return ServiceError("DocumentTooLargeException", "Document is too large")


async def document(exchange: Exchange, members: dict[str, Any]) -> Document:
    """Return the document of a request.

    Raises
    ------
    ServiceError
        ``InvalidParameterException``, ``InvalidS3ObjectException``, ``DocumentTooLargeException``,
        ``UnsupportedDocumentException``, ``BadDocumentException``.
    """
    given = members.get("Document")
    if not isinstance(given, dict) or len(given.keys() & {"Bytes", "S3Object"}) != 1:
        raise invalid_parameter()
    content = _inline(given["Bytes"]) if "Bytes" in given else await _stored(exchange, given)
    if not content:
        raise invalid_parameter()
    if len(content) > MOST_BYTES:
        raise too_large()
    for signature, media_type in _SIGNATURES.items():
        if content.startswith(signature):
            look = _pdf_turn if media_type == "application/pdf" else _image_turn
            return Document(content, media_type, look(content))
    raise unsupported()


def _inline(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise invalid_parameter() from None


async def _stored(exchange: Exchange, given: dict[str, Any]) -> bytes:
    place = given["S3Object"]
    try:
        bucket, name, version = place["Bucket"], place["Name"], place.get("Version")
    except (TypeError, KeyError, AttributeError):
        raise invalid_parameter() from None
    try:
        return await exchange.read(f"s3://{bucket}/{name}", version)
    except RefusedError:
        raise ServiceError(
            "InvalidS3ObjectException",
            "Unable to get object metadata from S3. Check object key, region and/or access "
            "permissions.",
        ) from None


def _pdf_turn(content: bytes) -> int:
    try:
        with pypdfium2.PdfDocument(content) as pdf:
            if len(pdf) > 1:
                raise unsupported()
            return int(pdf[0].get_rotation())
    except pypdfium2.PdfiumError:
        raise bad() from None


def _image_turn(content: bytes) -> int:
    try:
        with Image.open(io.BytesIO(content)) as image:
            if max(image.size) > MOST_SIDE:
                raise invalid_parameter()
            if image.format == "TIFF" and getattr(image, "n_frames", 1) > 1:
                raise unsupported()
            orientation = image.getexif().get(ExifTags.Base.Orientation, 1)
            return _EXIF_DEGREES.get(orientation, 0)
    except ServiceError:
        raise
    except Exception:  # noqa: BLE001 - Pillow raises what its parsers meet: any kind of error
        raise bad() from None
