"""Transactions per second of an account, so that a caller can meet their limit on purpose."""

from __future__ import annotations

import time

from docparser_local.model_gateway.json_protocol import ServiceError


class Quota:
    """A token bucket that holds what comes in one second, but at least one token.

    Parameters
    ----------
    per_second
        Requests; 0 stands for no limit.
    """

    def __init__(self, per_second: float) -> None:
        self._per_second = per_second
        self._most = max(1.0, per_second)
        self._tokens = self._most
        self._filled_at = time.monotonic()

    def take(self) -> None:
        """Count a request.

        Raises
        ------
        ServiceError
            ``ProvisionedThroughputExceededException``.
        """
        if self._per_second <= 0:
            return
        now = time.monotonic()
        grown = self._tokens + (now - self._filled_at) * self._per_second
        self._tokens, self._filled_at = min(self._most, grown), now
        if self._tokens < 1:
            raise ServiceError(
                "ProvisionedThroughputExceededException", "Provisioned rate exceeded"
            )
        self._tokens -= 1
