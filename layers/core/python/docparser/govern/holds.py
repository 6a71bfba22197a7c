"""Legal holds: while a document has one, nothing erases it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docparser.model import Action

from .refusals import OtherHold

if TYPE_CHECKING:
    from docparser.model import Actor, Record
    from docparser.store.holds import Holds
    from docparser.store.records import Records


class LegalHolds:
    """Places and releases holds, each with its event.

    A hold stops our purge, by request and by retention, for the document, for the files inside it
    and for what it lies in. A document may be held for several matters, each by its reference.
    """

    def __init__(self, *, records: Records, holds: Holds) -> None:
        self._records = records
        self._holds = holds

    def place(self, record: Record, reference: str, *, actor: Actor) -> tuple[str, ...] | None:
        """Hold a document; return its holds, or None if it has moved on.

        Holding it again under the same reference changes nothing.
        """
        were = self._holds.of(record.ref)
        if reference in were:
            return were
        return self._set(record, (*were, reference), were, Action.HELD, reference, actor)

    def release(self, record: Record, reference: str, *, actor: Actor) -> tuple[str, ...] | None:
        """Take one hold from a document; return those that are left, or None if it has moved on.

        Raises
        ------
        OtherHold
            It is not held under this reference.
        """
        were = self._holds.of(record.ref)
        if reference not in were:
            raise OtherHold
        left = tuple(one for one in were if one != reference)
        return self._set(record, left, were, Action.RELEASED, reference, actor)

    def _set(
        self,
        record: Record,
        holds: tuple[str, ...],
        were: tuple[str, ...],
        action: Action,
        reference: str,
        actor: Actor,
    ) -> tuple[str, ...] | None:
        noted = self._records.note(
            record,
            action,
            actor=actor,
            facts={"reference": reference},
            also=[self._holds.setting(record.ref, holds, were)],
        )
        return None if noted is None else holds
