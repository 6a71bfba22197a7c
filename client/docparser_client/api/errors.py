"""What the service, or the way to it, may answer instead of what was asked for.

::

    ApiError               the service refused: `code`, `status`, `request_id`
    ├── InvalidRequest     400, 422: the request is malformed
    ├── AccessDenied       401, 403: the credentials do not open this
    ├── NotFound           404: no such document, revision or part
    ├── NotReady           409: there is no result yet, or there will be none
    ├── Conflict           409: the document is not in a state for this
    ├── Erased             410: there was such a document
    ├── TooLarge           413: the service does not read documents of this size
    └── Unavailable        no answer, 429 or 5xx, after every retry
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from docparser_client import errors

if TYPE_CHECKING:
    import httpx


class ApiError(errors.ClientError):
    """The service refused a request; its text is one line for the user.

    Attributes
    ----------
    code
        The machine-readable reason, such as ``NOT_FOUND``; empty where the answer has none.
    status
        The HTTP status; None if there was no answer.
    request_id
        What the service calls this request in its logs; empty where the answer has none.
    """

    def __init__(
        self, text: str, *, code: str = "", status: int | None = None, request_id: str = ""
    ) -> None:
        super().__init__(text)
        self.code = code
        self.status = status
        self.request_id = request_id


class InvalidRequest(ApiError):  # noqa: N818 - read as a sentence where it is caught
    """The request is malformed, or asks for what does not exist."""

    exit_code = errors.USAGE


class AccessDenied(ApiError):  # noqa: N818
    """The service does not know the credentials, or they do not open this."""

    exit_code = errors.UNAVAILABLE


class NotFound(ApiError):  # noqa: N818
    """There is no such document, revision or part for this caller."""

    exit_code = errors.NOT_FOUND


class Conflict(ApiError):  # noqa: N818
    """The document is not in a state in which this can be done."""


class NotReady(ApiError):  # noqa: N818
    """The document has no result: not yet, or because it was rejected or failed."""


class Erased(ApiError):  # noqa: N818
    """There was such a document; it has been erased."""

    exit_code = errors.NOT_FOUND


class TooLarge(ApiError):  # noqa: N818
    """The service does not read documents of this size."""


class Unavailable(ApiError):  # noqa: N818
    """The service did not answer, or not usefully, however often it was asked."""

    exit_code = errors.UNAVAILABLE


_BY_CODE: dict[str, type[ApiError]] = {"NOT_READY": NotReady}
_BY_STATUS: dict[int, type[ApiError]] = {
    400: InvalidRequest,
    401: AccessDenied,
    403: AccessDenied,
    404: NotFound,
    409: Conflict,
    410: Erased,
    413: TooLarge,
    422: InvalidRequest,
    429: Unavailable,
}


def refusal(response: httpx.Response) -> ApiError:
    """Return the error of an answer that is none; its body has been read.

    Problem details (RFC 9457) say why. What stands between here and the service, such as a proxy
    or a bucket, may answer in any other form: then only its status counts.
    """
    problem = _problem(response)
    status = response.status_code
    code = problem.get("code", "")
    default = Unavailable if status >= 500 else ApiError
    kind = _BY_CODE.get(code) or _BY_STATUS.get(status, default)
    said = problem.get("detail") or problem.get("title") or f"the service answers {status}"
    return kind(said, code=code, status=status, request_id=problem.get("request_id", ""))


def _problem(response: httpx.Response) -> dict[str, str]:
    if response.headers.get("content-type", "").partition(";")[0] != "application/problem+json":
        return {}
    try:
        problem = json.loads(response.content)
    except ValueError:
        return {}
    if not isinstance(problem, dict):
        return {}
    return {name: value for name, value in problem.items() if isinstance(value, str)}
