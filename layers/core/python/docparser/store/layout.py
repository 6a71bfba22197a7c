"""Where every object lies: keys are functions of tenant, document, revision and stage alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, unquote

from docparser.model import Ref

if TYPE_CHECKING:
    from docparser.model import Stage

NAME_METADATA = "name"
"""Object metadata (``x-amz-meta-name``) that carries the user's file name, percent-encoded."""

FINDINGS = "pii-"
"""How the files of the stage CLASSIFY begin that say what personal data a shard holds."""

_UPLOAD = re.compile(
    r"(?P<priority>standard|high)/(?P<tenant>[a-z0-9][a-z0-9-]{0,30})/(?P<rest>.+)", re.DOTALL
)
_ANSWER = re.compile(
    r"(?:output|failure)/(?P<tenant>[a-z0-9][a-z0-9-]{0,30})/(?P<document_id>d[0-9a-f]{32})/"
    r"r(?P<revision>[1-9]\d*)-a(?P<attempt>[1-9]\d*)-[^/]+"
)
_UPLOAD_ID = re.compile(r"[0-9a-f]{32}")


class UploadKey(NamedTuple):
    """What an intake key says.

    ``upload_id`` is None for a foreign drop: somebody else chose the key, it may hold a name, and
    it must not be logged or passed on.
    """

    priority: str
    tenant: str
    upload_id: str | None


def upload_key(priority: str, tenant: str, upload_id: str) -> str:
    """Return the intake key of an upload of our own."""
    return f"{priority}/{tenant}/{upload_id}"


def renamed_key(ref: Ref, upload_id: str) -> str:
    """Return the intake key under which a foreign drop waits; no event rule listens there."""
    return f"{renamed_prefix(ref)}{upload_id}"


def renamed_prefix(ref: Ref) -> str:
    """Return the intake prefix of a document's foreign drops, and of what is restored of it."""
    return f"renamed/{document_prefix(ref)}"


def parse_upload_key(key: str) -> UploadKey | None:
    """Return the parts of an intake key, or None if it names no tenant."""
    match = _UPLOAD.fullmatch(key)
    if match is None:
        return None
    rest = match["rest"]
    return UploadKey(
        match["priority"], match["tenant"], rest if _UPLOAD_ID.fullmatch(rest) else None
    )


def encode_name(name: str) -> str:
    """Return a file name as S3 metadata can carry it (ASCII)."""
    return quote(name, safe="")


def decode_name(value: str) -> str:
    """Return the file name that `encode_name` carried."""
    return unquote(value)


def revision_prefix(ref: Ref) -> str:
    """Return the prefix under which everything of one revision lies, in each bucket."""
    return f"{document_prefix(ref)}r{ref.revision}/"


def document_prefix(ref: Ref) -> str:
    """Return the prefix under which all revisions of a document lie."""
    return f"{ref.tenant}/{ref.document_id}/"


def stage_key(ref: Ref, stage: Stage, file: str) -> str:
    """Return the work key of a stage's output; attempts share it, so that work is kept."""
    return f"{revision_prefix(ref)}{stage}/{file}"


def ocr_input_prefix(ref: Ref) -> str:
    """Return the prefix below which a revision's shards lie for the OCR endpoint."""
    return f"input/{revision_prefix(ref)}"


def ocr_input_key(ref: Ref, shard_id: str) -> str:
    """Return the key of a shard that the OCR endpoint reads; attempts share it."""
    return f"{ocr_input_prefix(ref)}{shard_id}"


def ocr_output_extension(ref: Ref) -> str:
    """Return what the endpoint's output path is extended by: whose document it is."""
    return document_prefix(ref).removesuffix("/")


def ocr_output_prefix(ref: Ref) -> str:
    """Return the prefix below which the endpoint's answers for a document lie."""
    return f"output/{document_prefix(ref)}"


def ocr_failure_prefix(ref: Ref) -> str:
    """Return the prefix below which lies what the endpoint's model said where it failed."""
    return f"failure/{document_prefix(ref)}"


def ocr_prefixes(ref: Ref) -> tuple[str, ...]:
    """Return the prefixes below which all lies that a revision left in the exchange.

    An answer's name begins with its revision. What a model said where it failed is read by nobody,
    whatever its revision, and the endpoint chooses its name.
    """
    answers = f"{ocr_output_prefix(ref)}r{ref.revision}-"
    return ocr_input_prefix(ref), answers, ocr_failure_prefix(ref)


def ocr_document_prefixes(ref: Ref) -> tuple[str, ...]:
    """Return the prefixes below which all lies that a document's revisions left in the exchange."""
    return f"input/{document_prefix(ref)}", ocr_output_prefix(ref), ocr_failure_prefix(ref)


def ocr_answer_name(ref: Ref, shard_id: str) -> str:
    """Return the file name of the endpoint's answer: SageMaker allows 32 characters, one dot."""
    return f"r{ref.revision}-a{ref.attempt}-{shard_id}.json"


def answered(key: str) -> Ref | None:
    """Return whose shard an object of the exchange answers, or None if it is no answer of ours."""
    match = _ANSWER.fullmatch(key)
    if match is None:
        return None
    return Ref(
        tenant=match["tenant"],
        document_id=match["document_id"],
        revision=int(match["revision"]),
        attempt=int(match["attempt"]),
    )


def inference_id(ref: Ref, shard_id: str) -> str:
    """Return the name by which the endpoint's answer is known again (at most 64 characters)."""
    return f"{ref.execution_name}-{shard_id}"


def uri(bucket: str, key: str) -> str:
    """Return ``s3://bucket/key``."""
    return f"s3://{bucket}/{key}"
