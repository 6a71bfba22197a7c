"""Parking: a walk that has to wait gives up its slot, and goes on by its token.

What waits is a record (``WAITING``), a token and a state of the state machine. Whoever dies between
two of them, the sweep goes on: it finds the record by its lease.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from docparser import observability
from docparser.errors import Superseded
from docparser.model import SYSTEM, Action, Review, Stage, Status, TerminalCode, WaitingFor, now
from docparser.store.parked import Parked

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from docparser.model import Fact, Record, Ref
    from docparser.store.callbacks import TaskTokens
    from docparser.store.parked import ParkedWalks
    from docparser.store.policies import Policies
    from docparser.store.records import Records
    from docparser.store.slots import Slots

STAGES = {WaitingFor.REVIEW: Stage.REVIEW, WaitingFor.ZONE: Stage.PLACE}

_DECIDED = frozenset({Review.APPROVED, Review.CORRECTED})
_LONGEST_BACKOFF = timedelta(days=1)
# The token of what goes on is answered at once. If this machine ends first, the sweep does so.
_DUE = timedelta(minutes=1)
# A token outlives every wait: what it is not needed for is the table's to forget.
_TOKEN_LIFE = timedelta(days=33)


def patience_with_zone(waits: int) -> timedelta:
    """Return how long to wait for a zone after so many waits.

    A minute at first and twice as long each time, as far as a quarter of an hour; then an eighth
    longer each time, as far as a day. Every wait is a part of the execution's history, which ends
    at 25,000 events: waits of a quarter of an hour would fill it in less than two weeks.
    """
    minutes = 2**waits if waits < 4 else 15 * 1.125 ** min(waits - 4, 60)
    return min(timedelta(minutes=minutes), _LONGEST_BACKOFF)


class Parking:
    """Lets walks wait.

    Parameters
    ----------
    records, parked, slots
        What is known of documents, the tokens of those that wait, and the slots of the others.
    policies
        How long a review may take.
    clock
        What time it is.
    """

    def __init__(
        self,
        *,
        records: Records,
        parked: ParkedWalks,
        slots: Slots,
        policies: Policies,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._records = records
        self._parked = parked
        self._slots = slots
        self._policies = policies
        self._clock = clock

    def park(self, ref: Ref, waiting_for: WaitingFor, token: str) -> Record:
        """Let an attempt's walk wait until somebody lets it go on, or its time is over.

        Parking it again, by the same token or a newer one, changes nothing else.

        Parameters
        ----------
        ref
            The attempt.
        waiting_for
            What it waits for. For a zone it waits the longer the more often it had to; for a person
            as long as its tenant's policy says.
        token
            By which its state goes on.

        Raises
        ------
        Superseded
            The record is another attempt's, or has ended.
        """
        record = self._records.get(ref)
        if record is None or record.ref.attempt != ref.attempt:
            raise Superseded(TerminalCode.INTERNAL)
        moment = self._clock()
        # Before the record: whoever finds it WAITING can let it go on.
        self._parked.put(
            Parked(ref=ref, waiting_for=waiting_for, task_token=token, parked_at=moment),
            until=moment + _TOKEN_LIFE,
        )
        waits = self._records.change_from(
            record,
            Status.WAITING,
            stage=STAGES[waiting_for],
            facts={"waiting_for": waiting_for},
            waiting_for=waiting_for,
            waits=record.waits + 1,
            lease_until=moment + self._patience(record, waiting_for),
        )
        if waits is None:
            raise Superseded(TerminalCode.INTERNAL)
        for slot in self._slots.held():
            if slot.holder == ref.execution_name:
                self._slots.free(slot)
        observability.count("Parked", waiting_for=waiting_for)
        return waits

    def _patience(self, record: Record, waiting_for: WaitingFor) -> timedelta:
        # A repeated call may come after the decision: nobody is asked again, so it goes on soon.
        if waiting_for is WaitingFor.REVIEW and record.review not in _DECIDED:
            return timedelta(days=self._policies.of(record.ref.tenant).review.days)
        return patience_with_zone(record.waits)


class Resumption:
    """Lets parked walks go on.

    Parameters
    ----------
    records, parked, tokens
        What is known of documents, the tokens of those that wait, and who is answered by them.
    deadline
        How long a walk may take once it goes on.
    clock
        What time it is.
    """

    def __init__(
        self,
        *,
        records: Records,
        parked: ParkedWalks,
        tokens: TaskTokens,
        deadline: timedelta,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._records = records
        self._parked = parked
        self._tokens = tokens
        self._deadline = deadline
        self._clock = clock

    def resume(
        self,
        waiting: Record,
        *,
        action: Action = Action.STATUS,
        actor: str = SYSTEM,
        code: str | None = None,
        facts: Mapping[str, Fact] | None = None,
        also: Sequence[dict[str, Any]] = (),
        **changes: Any,
    ) -> Record | None:
        """Let a WAITING document go on; None if it has ended, or is another attempt's.

        Where somebody else has let it go on meanwhile, that is what the record tells.

        Parameters
        ----------
        waiting
            Its record.
        action, actor, code, facts
            What the event tells.
        also
            What else is written in the same transaction; if that cannot be, nothing is.
        changes
            Attributes of the record that change with it.
        """
        if waiting.status is not Status.WAITING:
            return None
        goes_on = self._records.change_from(
            waiting,
            Status.RUNNING,
            stage=waiting.stage,
            code=code,
            action=action,
            actor=actor,
            facts=facts,
            also=also,
            **{**changes, "lease_until": self._clock() + _DUE},
        )
        if goes_on is not None:
            self.answer(goes_on)
        return goes_on

    def answer(self, running: Record) -> bool:
        """Answer the token of a document that goes on; False if there is none to answer.

        Answering it twice is harmless: whoever does so second is told that nobody waits.
        """
        parked = self._parked.get(running.ref)
        if parked is None:
            return False
        self._tokens.succeed(parked.task_token, {})
        # With the token for a proof: until it is forgotten, the sweep comes here again.
        self._records.renew(running, self._clock() + self._deadline)
        self._parked.delete(parked)
        return True
