"""Retention: what happens when a document's time is over."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from docparser import observability
from docparser.function import frames
from docparser.intake.revisions import RESULT
from docparser.model import SYSTEM, now

from .refusals import Held

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from docparser.model import Record
    from docparser.store.records import Records

    from .erasures import ErasureRequests

REASON = "retention"
"""Why an erasure that nobody asked for happens."""

_LOOKED_AT = 50  # of one part of the index, in one run
_LATER = timedelta(days=1)


class Expiry:
    """Erases documents whose time is over, unless they are held.

    A document goes by its newest result: where a later revision has one, it is that one's time that
    counts, and while one walks the document stays. What is held is looked at again a day later, and
    so is what a held file lies in. The files inside have times of their own.
    """

    def __init__(
        self,
        *,
        records: Records,
        requests: ErasureRequests,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._records = records
        self._requests = requests
        self._clock = clock

    def run(self, part: str) -> int:
        """Look at one sixteenth of what has expired, by the first hex digit of its ids.

        Returns
        -------
        int
            How many revisions were looked at.
        """
        expired = self._records.expired(part, self._clock(), _LOOKED_AT)
        for record in expired:
            try:
                self._look_at(record)
            except Exception as error:  # noqa: BLE001 - one document must not stop all others
                observability.log_error(
                    "not erased",
                    **record.ref.model_dump(mode="json"),
                    error_type=type(error).__name__,
                    frames=frames(error),
                )
                self._records.expires_later(record, self._clock() + _LATER)
        return len(expired)

    def remind(self, erased: Record) -> None:
        """Ask again for the purge of what was erased and is not proven to be gone."""
        self._requests.remind(erased)

    def _look_at(self, record: Record) -> None:
        current = self._records.current(record.ref.tenant, record.ref.document_id)
        if current is None or current.ref == record.ref:
            self._erase(record, record)
        elif not current.status.terminal:
            self._records.expires_later(record, self._clock() + _LATER)
        elif current.status in RESULT:
            # The newer result says how long, or that it is for ever.
            self._records.expires_later(record, None)
        else:
            self._erase(current, record)

    def _erase(self, current: Record, expired: Record) -> None:
        begun = None
        if not self._requests.holds_inside(current):
            try:
                begun = self._requests.begin(current, actor=SYSTEM, reason=REASON, children=False)
            except Held:
                begun = None
        if begun is None:
            self._records.expires_later(expired, self._clock() + _LATER)
