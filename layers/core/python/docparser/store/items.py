"""The table's items: their keys, and the nouns in them.

==============  ==============================  ===================
item            pk                              sk
==============  ==============================  ===================
head            ``T#<tenant>#D#<document_id>``  ``HEAD``
revision        the same                        ``R#0001``
event           the same                        ``E#0001#000012``
alias           the same                        ``A#<upload_id>``
child           the same, of its parent         ``K#<document_id>``
==============  ==============================  ===================
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from docparser.model import SYSTEM, Action, Event, Record, Ref, Review, Status, rfc3339

HEAD = "HEAD"
CHILDREN = "K#"
ALIASES = "A#"
ALONE, WITH_CHILDREN = "ALONE", "WITH_CHILDREN"
"""What the head of an erased document says: whether the files inside it are erased with it."""
REVISIONS = "R#"
EVENTS = "E#"

_UNDECIDABLE = frozenset({Status.FAILED, Status.CANCELLED, Status.ERASED})

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


# ---------------------------------------------------------------------- keys
def document_key(tenant: str, document_id: str) -> str:
    """Return the partition of a document."""
    return f"T#{tenant}#D#{document_id}"


def revision_key(revision: int) -> str:
    """Return the sort key of a revision's record."""
    return f"{REVISIONS}{revision:04d}"


def events_prefix(revision: int) -> str:
    """Return what the sort keys of a revision's events begin with."""
    return f"{EVENTS}{revision:04d}#"


def event_key(revision: int, seq: int) -> str:
    """Return the sort key of an event."""
    return f"{events_prefix(revision)}{seq:06d}"


def alias_key(upload_id: str) -> str:
    """Return the sort key of an upload."""
    return f"{ALIASES}{upload_id}"


def child_key(document_id: str) -> str:
    """Return the sort key by which a document is found that came inside another one."""
    return f"{CHILDREN}{document_id}"


def key(tenant: str, document_id: str, sk: str) -> dict[str, Any]:
    """Return the key of an item as the table's API takes it."""
    return {"pk": {"S": document_key(tenant, document_id)}, "sk": {"S": sk}}


def tenant_key(tenant: str) -> str:
    """Return the partition of a tenant's documents in the index ``by_tenant``."""
    return f"T#{tenant}"


def open_key(first_hex: str, *, queued: bool = False) -> str:
    """Return a partition of the index ``open``: by the first hex digit of the documents' ids.

    Those that are QUEUED have partitions of their own: there may be a million of them, all well.
    """
    return f"OPEN#{first_hex}#QUEUED" if queued else f"OPEN#{first_hex}"


def kept_key(first_hex: str) -> str:
    """Return a partition of the index ``open``: what is erased by itself once its time is over."""
    return f"KEEP#{first_hex}"


def day_key(day: date, first_hex: str) -> str:
    """Return a partition of the index ``by_day``: events of a day, in UTC, by documents' ids."""
    return f"DAY#{day.isoformat()}#{first_hex}"


def listed_key(tenant: str, position: str) -> dict[str, Any]:
    """Return where in ``by_tenant`` a position (``<created_at>#<document_id>``) is."""
    return {
        **key(tenant, position.rpartition("#")[2], HEAD),
        "gsi1pk": {"S": tenant_key(tenant)},
        "gsi1sk": {"S": position},
    }


def review_key(tenant: str, *, decided: bool) -> str:
    """Return a partition of ``by_tenant``: what a person has to look at, or has."""
    return f"REVIEWED#{tenant}" if decided else f"REVIEW#{tenant}"


def review_position(ref: Ref, moment: datetime) -> str:
    """Return where in its partition a revision to look at stands: the oldest comes first."""
    return f"{rfc3339(moment)}#{ref.document_id}#{ref.revision:04d}"


def reviewed_key(tenant: str, position: str, *, decided: bool) -> dict[str, Any]:
    """Return where in ``by_tenant`` a position of `review_position` is."""
    _, document_id, revision = position.split("#")
    return {
        **key(tenant, document_id, revision_key(int(revision))),
        "gsi1pk": {"S": review_key(tenant, decided=decided)},
        "gsi1sk": {"S": position},
    }


# ---------------------------------------------------------------------- nouns
def head(record: Record, name: str, tags: dict[str, str] | None = None) -> dict[str, Any]:
    """Return the head of a document that begins with a record."""
    ref = record.ref
    return {
        "pk": document_key(ref.tenant, ref.document_id),
        "sk": HEAD,
        "current_revision": ref.revision,
        "content_sha256": record.content_sha256,
        "name": name,
        "tags": tags,
        "gsi1pk": tenant_key(ref.tenant),
        "gsi1sk": f"{rfc3339(record.created_at)}#{ref.document_id}",
    }


def alias(ref: Ref, upload_id: str, name: str, moment: datetime) -> dict[str, Any]:
    """Return the trace of an upload: under which name these bytes came."""
    return {
        "pk": document_key(ref.tenant, ref.document_id),
        "sk": alias_key(upload_id),
        "upload_id": upload_id,
        "name": name,
        "created_at": moment,
    }


def from_record(record: Record) -> dict[str, Any]:
    """Return the item of a revision."""
    ref = record.ref
    fields = {name: getattr(record, name) for name in Record.model_fields if name != "ref"}
    return {
        "pk": document_key(ref.tenant, ref.document_id),
        "sk": revision_key(ref.revision),
        **{name: getattr(ref, name) for name in Ref.model_fields},
        **fields,
        **open_index(record),
        **review_index(record),
    }


def to_record(item: dict[str, Any]) -> Record:
    """Return the record in an unmarshalled item."""
    ref = {name: item[name] for name in Ref.model_fields}
    known = {name: item[name] for name in Record.model_fields if name in item}
    return Record.model_validate({**known, "ref": ref})


def open_index(record: Record) -> dict[str, Any]:
    """Return the attributes of the sparse index of what must be looked after, or None each.

    Those are revisions with a lease: the unfinished, and the cancelled until nothing is left. What
    has ended and may not be kept for ever stands in a partition of its own until it is erased.
    """
    first_hex = record.ref.document_id[1]
    if record.lease_until is not None:
        return {
            "gsi2pk": open_key(first_hex, queued=record.status is Status.QUEUED),
            "gsi2sk": rfc3339(record.lease_until),
        }
    ended = record.status.terminal and record.status is not Status.ERASED
    if ended and record.retain_until is not None:
        return {"gsi2pk": kept_key(first_hex), "gsi2sk": rfc3339(record.retain_until)}
    return {"gsi2pk": None, "gsi2sk": None}


def review_index(record: Record) -> dict[str, Any]:
    """Return the attributes of the index of what people look at, or have, or None each.

    What has failed or is gone is nobody's to decide.
    """
    if record.review is Review.NONE or record.status in _UNDECIDABLE:
        return {"gsi1pk": None, "gsi1sk": None}
    decided = record.review is not Review.REQUIRED
    return {
        "gsi1pk": review_key(record.ref.tenant, decided=decided),
        "gsi1sk": review_position(record.ref, record.created_at),
    }


def from_event(event: Event) -> dict[str, Any]:
    """Return the item of an event; nothing ever changes it, nor does it expire."""
    ref = event.ref
    return {
        "pk": document_key(ref.tenant, ref.document_id),
        "sk": event_key(ref.revision, event.seq),
        "event_id": event.event_id,
        "attempt": ref.attempt,
        "at": event.at,
        "action": event.action,
        "actor": event.actor,
        "from": event.from_,
        "to": event.to,
        "stage": event.stage,
        "code": event.code,
        "facts": event.facts or None,
        "previous": event.previous,
        "sha256": event.sha256,
        "gsi3pk": day_key(event.at.date(), ref.document_id[1]),
        "gsi3sk": f"{ref.document_id}#{ref.revision:04d}#{event.seq:06d}",
    }


def to_event(item: dict[str, Any]) -> Event:
    """Return the event in an unmarshalled item; one from before events had a chain has no hash."""
    _, tenant, _, document_id = item["pk"].split("#")
    _, revision, seq = item["sk"].split("#")
    return Event(
        ref=Ref(
            tenant=tenant,
            document_id=document_id,
            revision=int(revision),
            attempt=int(item["attempt"]),
        ),
        seq=int(seq),
        at=item["at"],
        action=item.get("action", Action.STATUS),
        actor=item.get("actor", SYSTEM),
        from_=item.get("from"),
        to=item["to"],
        stage=item["stage"],
        code=item.get("code"),
        facts={name: _fact(value) for name, value in item.get("facts", {}).items()},
        previous=item.get("previous"),
        sha256=item.get("sha256"),
    )


def _fact(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


# ---------------------------------------------------------------------- attributes
def marshal(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item as the table's API takes it; what is None is left out."""
    return {name: attribute(value) for name, value in item.items() if value is not None}


def unmarshal(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item of the table's API as plain values."""
    return {name: _deserialize(value) for name, value in item.items()}


def attribute(value: Any) -> Any:
    """Return a value as the table's API takes it: ``{"S": "text"}``."""
    return _serialize(_plain(value))


def _plain(value: Any) -> Any:
    """Return a value as DynamoDB's types can hold it."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return rfc3339(value)
    if isinstance(value, float):
        return Decimal(str(round(value, 6)))
    if isinstance(value, dict):
        return {str(_plain(k)): _plain(v) for k, v in value.items() if v is not None}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    if hasattr(value, "model_dump"):
        return _plain(value.model_dump())
    return value
