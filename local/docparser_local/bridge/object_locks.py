"""A copy and an object in parts are locked as their request or their bucket says.

ministack locks what PutObject writes. A copy gets the retention of its source there, which AWS
leaves behind, and neither the one that was asked for nor the bucket's own; of an upload in parts it
forgets what was asked for.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ministack.services import s3

if TYPE_CHECKING:
    from collections.abc import Callable

_UPLOAD_ID = re.compile(rb"<UploadId>([^<]+)</UploadId>")


def install() -> None:
    """Replace CopyObject, and the first and the last operation of an upload in parts."""
    s3._copy_object = _copying(s3._copy_object)
    s3._create_multipart_upload = _creating(s3._create_multipart_upload)
    s3._complete_multipart_upload = _completing(s3._complete_multipart_upload)


def _copying(original: Callable[..., Any]) -> Callable[..., Any]:
    def copy_object(bucket: str, key: str, headers: dict[str, str]) -> Any:
        return _locked(original(bucket, key, headers), bucket, key, headers)

    return copy_object


def _creating(original: Callable[..., Any]) -> Callable[..., Any]:
    def create(bucket: str, key: str, headers: dict[str, str]) -> Any:
        answer = original(bucket, key, headers)
        if found := _UPLOAD_ID.search(answer[2]):
            asked = {name: headers[name] for name in s3._OBJECT_LOCK_HEADERS if name in headers}
            s3._multipart_uploads[found[1].decode()]["locks"] = asked
        return answer

    return create


def _completing(original: Callable[..., Any]) -> Callable[..., Any]:
    def complete(bucket: str, key: str, body: bytes, query: Any, *rest: Any) -> Any:
        upload = s3._multipart_uploads.get(s3._qp(query, "uploadId"))
        answer = original(bucket, key, body, query, *rest)
        return answer if upload is None else _locked(answer, bucket, key, upload.get("locks", {}))

    return complete


def _locked(answer: Any, bucket: str, key: str, asked: dict[str, str]) -> Any:
    status, headers, _ = answer
    if status == HTTPStatus.OK and (version := headers.get("x-amz-version-id")):
        for locks in (s3._object_retention, s3._object_legal_hold):
            locks.pop((bucket, key, version), None)
        s3._apply_object_lock_from_headers(bucket, key, asked, version)
    return answer
