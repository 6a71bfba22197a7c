"""The chain's form is fixed: hashes of today must come out the same in ten years."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from docparser.model import Action, Event, Ref, Stage, Status
from docparser.store import chain, items

MOMENT = datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC)
FIRST = Event(
    ref=Ref(tenant="t", document_id="d" + "0" * 32),
    seq=1,
    at=MOMENT,
    to=Status.QUEUED,
    stage=Stage.INTAKE,
)
FORM = (
    '{"action":"classified","actor":"system","at":"2026-01-02T03:04:05.678Z",'
    '"facts":{"confidence":0.9375,"hits":3,"level":"INTERNAL","unsure":false,"zones":["vault"]},'
    '"from":"RUNNING","previous":"'
    + "ab" * 32
    + '","ref":{"attempt":2,"document_id":"d'
    + "0" * 32
    + '","revision":1,"tenant":"t"},"seq":4,"stage":"classify","to":"RUNNING"}'
)


def classified(**facts: Any) -> Event:
    return FIRST.model_copy(
        update={
            "ref": FIRST.ref.model_copy(update={"attempt": 2}),
            "seq": 4,
            "action": Action.CLASSIFIED,
            "from_": Status.RUNNING,
            "to": Status.RUNNING,
            "stage": Stage.CLASSIFY,
            "facts": facts,
        }
    )


def test_the_form_is_what_is_documented() -> None:
    facts = {
        "zones": ("vault",),
        "confidence": 0.9375,
        "level": "INTERNAL",
        "hits": 3.0,
        "unsure": False,
    }
    sealed = chain.sealed(classified(**facts), "ab" * 32)
    assert chain.canonical(sealed).decode() == FORM
    assert sealed.sha256 == hashlib.sha256(FORM.encode()).hexdigest()


def test_the_hashes_of_today_stay() -> None:
    first = chain.sealed(FIRST, None)
    second = chain.sealed(classified(name="Ü", n=0.1), first.sha256)
    assert (first.sha256, second.sha256) == (
        "7ad141082322cfd5a0461b2ccf0ac3028b1736b8884656571e96a2c129d694c7",
        "754b9c0a40335c45895ec352d008c80b7dcb01d7fec7e45136563c55f1f4568e",
    )


def test_each_hash_stands_for_all_that_came_before() -> None:
    first = chain.sealed(FIRST, None)
    other = chain.sealed(FIRST.model_copy(update={"actor": "alice"}), None)
    assert first.sha256 != other.sha256
    assert chain.sealed(classified(), first.sha256).sha256 != (
        chain.sealed(classified(), other.sha256).sha256
    )


NUMBERS = (0, -1, 10**15, 1.0, 0.1, 0.30000000000000004, 1e-6, 4e-7, 123456.7891234, -0.5)


@pytest.mark.parametrize(
    "fact", [*NUMBERS, True, False, "", "0", "Ü", "a\nb", (), ("vault", "sync")], ids=repr
)
def test_an_event_comes_back_from_the_table_as_it_was_hashed(fact: Any) -> None:
    sealed = chain.sealed(classified(fact=fact), "ab" * 32)
    item = items.unmarshal(items.marshal(items.from_event(sealed)))
    # DynamoDB gives a number back in its shortest form.
    item["facts"] = {
        name: value.normalize() if isinstance(value, Decimal) else value
        for name, value in item["facts"].items()
    }
    stored = items.to_event(item)
    assert stored == sealed
    assert type(stored.facts["fact"]) is type(sealed.facts["fact"])
    assert chain.digest(stored) == sealed.sha256


@pytest.mark.parametrize("fact", [float("nan"), float("inf")])
def test_what_is_no_number_is_on_no_chain(fact: float) -> None:
    with pytest.raises((ValueError, OverflowError)):
        chain.sealed(classified(fact=fact), None)


def test_an_event_from_before_there_were_chains_is_read() -> None:
    item = {
        "pk": items.document_key("t", FIRST.ref.document_id),
        "sk": "E#0001#000002",
        "event_id": "e",
        "attempt": Decimal(1),
        "at": "2026-01-02T03:04:05.678Z",
        "from": "QUEUED",
        "to": "RUNNING",
        "stage": "preflight",
    }
    event = items.to_event(item)
    assert (event.seq, event.action, event.actor, event.sha256) == (2, "status", "system", None)


def test_no_item_of_the_trail_expires_or_is_known_by_more_than_its_day() -> None:
    item = items.from_event(chain.sealed(FIRST, None))
    assert "expires_at" not in item
    assert item["gsi3pk"] == "DAY#2026-01-02#0"
    assert item["gsi3sk"] == f"d{'0' * 32}#0001#000001"
