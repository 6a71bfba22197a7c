"""What the audit trail adds to the reference."""

from __future__ import annotations

from .audit import EventList, Verification
from .problems import InvalidRequest, NotFound
from .reference import DOCUMENT_ID, SHA256, Reference

_EVENT = {
    "ref": {"tenant": "default", "document_id": DOCUMENT_ID, "revision": 1, "attempt": 1},
    "seq": 4,
    "at": "2026-01-01T12:00:03.250Z",
    "action": "classified",
    "actor": "system",
    "from": None,
    "to": "RUNNING",
    "stage": "classify",
    "code": None,
    "facts": {"type": "invoice", "level": "RESTRICTED", "policy_version": "default"},
    "previous": SHA256,
    "sha256": SHA256,
}
_EVENTS = {
    "tenant": "default",
    "document_id": DOCUMENT_ID,
    "current_revision": 1,
    "revisions": [{"revision": 1, "seq": 6, "chain": SHA256}],
    "items": [_EVENT],
    "next_cursor": None,
}
_VERIFICATION = {
    "document_id": DOCUMENT_ID,
    "events": 6,
    "unchained": 0,
    "findings": [
        {"code": "EDITED", "document_id": DOCUMENT_ID, "revision": 1, "seq": 4, "key": None}
    ],
}

REFERENCE = Reference(
    models={
        "events": (EventList, "Events.", _EVENTS),
        "verification": (Verification, "What does not hold together.", _VERIFICATION),
    },
    answers={
        "listEvents": {"200": "events"},
        "verifyTrail": {"200": "verification"},
    },
    problems={
        "listEvents": (NotFound(), InvalidRequest("Not as documented: limit.")),
        "verifyTrail": (NotFound(), InvalidRequest("Not as documented: document_id.")),
    },
)
