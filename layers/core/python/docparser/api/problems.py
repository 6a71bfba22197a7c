"""What a request may be answered besides what it asked for, as RFC 9457 problem details.

::

    Problem
    ├── InvalidRequest   the request is not as documented: 400 or 422
    ├── Unsupported      the body is no JSON by its own account: 415
    ├── Forbidden        the caller may not: 403, said by the gateway
    ├── NotFound         there is none, or it is not the caller's: 404
    ├── MethodNotAllowed the path is known, the method is not: 405
    ├── NotReady         the document has no result yet: 409
    ├── Conflict         the document's status forbids it: 409
    ├── Erased           the document was erased, and is remembered only by its id: 410
    ├── Held             a legal hold forbids it: 409
    ├── TooLarge         the file is larger than the service reads: 413
    ├── Throttled        too many requests: 429, said by the gateway
    └── Unavailable      a service behind us is away or throttles: 503

Details are sentences of ours. A library's message or a caller's value is in none of them.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, ClassVar

from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.openapi.exceptions import RequestValidationError

from docparser import observability
from docparser.aws import translate
from docparser.errors import DocparserError, Retryable
from docparser.function import frames
from docparser.model import ApiCode, RejectedCode, RetryableCode, TerminalCode

from .models import NewDocument, NewRevision, ProblemDetails

if TYPE_CHECKING:
    from collections.abc import Mapping

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_S = 2

_PLACES = frozenset(NewDocument.model_fields) | frozenset(NewRevision.model_fields) | {
    "body", "from", "status", "type", "limit", "cursor", "format", "revision", "part", "q",
    "If-None-Match", "decision", "level", "reason", "approve", "reference", "only",
    "document_id",
}  # fmt: skip


class Problem(DocparserError):  # noqa: N818 - the name is RFC 9457's
    """An answer that is not what was asked for; as itself, a defect of ours: 500."""

    status: HTTPStatus = HTTPStatus.INTERNAL_SERVER_ERROR
    code: str = TerminalCode.INTERNAL
    title: ClassVar[str] = "Internal error"
    detail: str = "The service met an unexpected condition. It has been noted."

    def __init__(
        self, detail: str | None = None, *, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(self.code)
        self.headers = headers or {}
        if detail is not None:
            self.detail = detail

    def details(self, request_id: str) -> ProblemDetails:
        """Return what the caller is told."""
        return ProblemDetails(
            type=f"urn:docparser:problem:{self.code}",
            title=self.title,
            status=self.status.value,
            detail=self.detail,
            code=self.code,
            request_id=request_id,
        )


class InvalidRequest(Problem):
    """The request is not as documented."""

    status = HTTPStatus.UNPROCESSABLE_ENTITY
    code = ApiCode.INVALID_REQUEST
    title = "Invalid request"
    detail = "The request is not as documented."

    def __init__(self, detail: str | None = None, *, status: HTTPStatus | None = None) -> None:
        super().__init__(detail)
        if status is not None:
            self.status = status


class Unsupported(Problem):
    """The body is no JSON by its own account."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = RejectedCode.UNSUPPORTED
    title = "Unsupported media type"
    detail = "The body must be application/json."


class Forbidden(Problem):
    """The caller may not; the gateway says so before a function is asked."""

    status = HTTPStatus.FORBIDDEN
    code = ApiCode.FORBIDDEN
    title = "Forbidden"
    detail = "The request is not signed, or its signer may not call this."


class NotFound(Problem):
    """There is none, or it is not the caller's: which of the two, nobody is told."""

    status = HTTPStatus.NOT_FOUND
    code = ApiCode.NOT_FOUND
    title = "Not found"
    detail = "There is no such resource."


class MethodNotAllowed(Problem):
    """The path is known, the method is not."""

    status = HTTPStatus.METHOD_NOT_ALLOWED
    code = ApiCode.INVALID_REQUEST
    title = "Invalid request"
    detail = "The resource does not take this method."

    def __init__(self, allowed: str) -> None:
        super().__init__(headers={"Allow": allowed})


class NotReady(Problem):
    """The document has no result yet."""

    status = HTTPStatus.CONFLICT
    code = ApiCode.NOT_READY
    title = "Not ready"
    detail = "The document is not finished; ask again later."


class Conflict(Problem):
    """The document's status forbids what was asked."""

    status = HTTPStatus.CONFLICT
    code = ApiCode.CONFLICT
    title = "Conflict"
    detail = "The document has ended already."


class Erased(Problem):
    """The document was erased, and is remembered only by its id."""

    status = HTTPStatus.GONE
    code = ApiCode.ERASED
    title = "Erased"
    detail = "The document was erased."


class Held(Problem):
    """A legal hold forbids what was asked."""

    status = HTTPStatus.CONFLICT
    code = ApiCode.HELD
    title = "Held"
    detail = "A legal hold keeps the document, a file inside it, or what it lies in."


class TooLarge(Problem):
    """The file is larger than the service reads."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = RejectedCode.TOO_LARGE
    title = "Too large"
    detail = "The file is larger than the service reads."


class Throttled(Problem):
    """Too many requests at once; the gateway says so before a function is asked."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = RetryableCode.THROTTLED
    title = "Too many requests"
    detail = "Too many requests at once; try again."


class Unavailable(Problem):
    """A service behind us is away or throttles; the same request may succeed later."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = RetryableCode.DEPENDENCY
    title = "Not available"
    detail = "A service is not available at the moment; try again."

    def __init__(self, code: RetryableCode = RetryableCode.DEPENDENCY) -> None:
        self.code = code
        super().__init__(headers={"Retry-After": str(RETRY_AFTER_S)})


def problem_of(error: Exception) -> Problem:
    """Return what a caller is told of an error; what nobody expected is logged.

    Powertools names what it refuses by its own exceptions. Of theirs only the places are told, and
    of those only names of ours: a caller's own key could be anything.
    """
    if isinstance(error, Problem):
        return error
    if isinstance(error, NotFoundError):
        return NotFound()
    if isinstance(error, RequestValidationError):
        return InvalidRequest(_places(error))
    known = error if isinstance(error, Retryable) else translate(error)
    if isinstance(known, Retryable):
        observability.log("unavailable", code=known.code, error_type=type(error).__name__)
        return Unavailable(known.code)
    observability.log_error(
        "stopped", code=known.code, error_type=type(error).__name__, frames=frames(error)
    )
    return Problem()


def _places(error: RequestValidationError) -> str:
    """Return which parts of a request are not as documented."""
    named = {
        place
        for wrong in error.errors()
        for place in wrong["loc"]
        if isinstance(place, str) and place in _PLACES
    }
    if not named:
        return InvalidRequest.detail
    return f"Not as documented: {', '.join(sorted(named))}."
