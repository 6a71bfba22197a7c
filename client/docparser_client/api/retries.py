"""When to ask again, and how long to wait before."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

_REFUSED = frozenset({429, 503})
"""The service did not take the request up."""
_LOST = frozenset({500, 502, 504})
"""The request may have been carried out."""
_STALLED = b"<Code>RequestTimeout</Code>"
"""S3 waited too long for the next bytes, and says so with 400, as if the request were wrong."""


@dataclass(frozen=True)
class Retries:
    """How often to ask, and the longest pauses in between.

    Parameters
    ----------
    attempts
        How often to ask at most, the first time included.
    base_s
        The longest pause before the second time, in seconds; it doubles from time to time. The
        pause itself is drawn evenly from 0 up to that ("full jitter"), so that many clients which
        were refused at once do not come back at once.
    longest_s
        No pause is longer, whatever ``Retry-After`` says.
    """

    attempts: int = 5
    base_s: float = 0.25
    longest_s: float = 10.0

    def pause_s(self, attempt: int, response: httpx.Response | None) -> float:
        """Return the seconds to wait after an attempt, which count from 1."""
        drawn = random.uniform(0, self.base_s * 2 ** (attempt - 1))  # noqa: S311 - no secret
        asked = response.headers.get("retry-after", "") if response is not None else ""
        return min(max(drawn, float(asked) if asked.isdigit() else 0), self.longest_s)


def worth_repeating(response: httpx.Response, *, repeatable: bool) -> bool:
    """Whether the same request may be answered otherwise a moment later.

    Parameters
    ----------
    response
        The answer.
    repeatable
        Whether the request may be carried out twice with the same outcome.
    """
    status = response.status_code
    if status == 400 and response.is_closed:  # its body, if it is not a stream, has been read
        return repeatable and _STALLED in response.content
    return status in _REFUSED or (repeatable and status in _LOST)
