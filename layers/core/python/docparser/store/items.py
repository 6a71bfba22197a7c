"""The table's items: their keys, and the nouns in them.

==============  ==============================  ===================
item            pk                              sk
==============  ==============================  ===================
head            ``T#<tenant>#D#<document_id>``  ``HEAD``
revision        the same                        ``R#0001``
event           the same                        ``E#0001#000012``
alias           the same                        ``A#<upload_id>``
==============  ==============================  ===================
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from docparser.model import Event, Record, Ref, Status, rfc3339

HEAD = "HEAD"

_serialize = TypeSerializer().serialize
_deserialize = TypeDeserializer().deserialize


# ---------------------------------------------------------------------- keys
def document_key(tenant: str, document_id: str) -> str:
    """Return the partition of a document."""
    return f"T#{tenant}#D#{document_id}"


def revision_key(revision: int) -> str:
    """Return the sort key of a revision's record."""
    return f"R#{revision:04d}"


def events_prefix(revision: int) -> str:
    """Return what the sort keys of a revision's events begin with."""
    return f"E#{revision:04d}#"


def alias_key(upload_id: str) -> str:
    """Return the sort key of an upload."""
    return f"A#{upload_id}"


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


def listed_key(tenant: str, position: str) -> dict[str, Any]:
    """Return where in ``by_tenant`` a position (``<created_at>#<document_id>``) is."""
    return {
        **key(tenant, position.rpartition("#")[2], HEAD),
        "gsi1pk": {"S": tenant_key(tenant)},
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
    }


def to_record(item: dict[str, Any]) -> Record:
    """Return the record in an unmarshalled item."""
    ref = {name: item[name] for name in Ref.model_fields}
    known = {name: item[name] for name in Record.model_fields if name in item}
    return Record.model_validate({**known, "ref": ref})


def open_index(record: Record) -> dict[str, Any]:
    """Return the attributes of the sparse index of what must be looked after, or None each.

    Those are revisions with a lease: the unfinished, and the cancelled until nothing is left.
    """
    if record.lease_until is None:
        return {"gsi2pk": None, "gsi2sk": None}
    return {
        "gsi2pk": open_key(record.ref.document_id[1], queued=record.status is Status.QUEUED),
        "gsi2sk": rfc3339(record.lease_until),
    }


def from_event(event: Event) -> dict[str, Any]:
    """Return the item of an event."""
    return {
        "pk": document_key(event.ref.tenant, event.ref.document_id),
        "sk": f"{events_prefix(event.ref.revision)}{event.seq:06d}",
        "event_id": event.event_id,
        "attempt": event.ref.attempt,
        "at": event.at,
        "from": event.from_,
        "to": event.to,
        "stage": event.stage,
        "code": event.code,
    }


def to_event(ref: Ref, item: dict[str, Any]) -> Event:
    """Return the event of a document's revision in an unmarshalled item."""
    return Event(
        ref=ref.model_copy(update={"attempt": int(item["attempt"])}),
        seq=int(item["sk"].rpartition("#")[2]),
        at=item["at"],
        from_=item.get("from"),
        to=item["to"],
        stage=item["stage"],
        code=item.get("code"),
    )


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
