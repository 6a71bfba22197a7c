"""CopyObject answers with the checksum that it was asked for.

ministack computes it for PutObject's header (``x-amz-sdk-checksum-algorithm``) only, and leaves it
out of CopyObject's answer. The product compares every copy by it.
"""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

from ministack.services import s3

_ASKED = "x-amz-checksum-algorithm"
_COMPUTED_FOR = "x-amz-sdk-checksum-algorithm"
_ALGORITHMS = ("CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256")


def install() -> None:
    """Replace ministack's CopyObject."""
    original = s3._copy_object

    def copy_object(bucket_name: str, key: str, headers: dict[str, str]) -> Any:
        if _ASKED in headers:
            headers = {**headers, _COMPUTED_FOR: headers[_ASKED]}
        status, answer_headers, body = original(bucket_name, key, headers)
        if status != 200:
            return status, answer_headers, body
        return status, answer_headers, _with_checksums(body, _stored(bucket_name, key))

    s3._copy_object = copy_object


def _stored(bucket_name: str, key: str) -> dict[str, str]:
    bucket = s3._buckets.get(bucket_name)
    checksums: dict[str, str] = bucket["objects"][key].get("checksums") or {}
    return checksums


def _with_checksums(body: bytes, checksums: dict[str, str]) -> bytes:
    root = ElementTree.fromstring(body)  # noqa: S314 - ministack wrote it a moment ago
    namespace = root.tag.partition("}")[0] + "}"
    for algorithm in _ALGORITHMS:
        if algorithm in checksums:
            element = ElementTree.SubElement(root, f"{namespace}Checksum{algorithm}")
            element.text = checksums[algorithm]
    ElementTree.register_namespace("", namespace.strip("{}"))
    text: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return text
