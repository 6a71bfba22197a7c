"""What `docparser audit` does."""

from __future__ import annotations

import json
import sys
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any, NamedTuple

from docparser.audit.anchored import verified
from docparser.audit.archive import Archive
from docparser.audit.trail import Trail, checked
from docparser.model import Action, rfc3339
from docparser.store.audit_bucket import AuditBucket

from . import account, connection, progress, report
from .api import Client, NotFound
from .audit_index import AuditIndex
from .errors import OK, UNFINISHED, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docparser.audit.trail import Finding
    from docparser.model import Event

    from .account import Account

_PAGE = 200
_LOOKS = 3  # at a document that moves while it is looked at
_PAUSE_S = 0.25
_NEVER = "there is no such document"


class _Verified(NamedTuple):
    """What was looked at, and what was found."""

    documents: int
    events: int
    unchained: int
    findings: list[Finding]


def show(document_id: str, *, as_json: bool, endpoint: str | None) -> int:
    """Print what happened to a document.

    Raises
    ------
    NotFound
        There is no such document.
    """
    with connection.connect(connection.load_settings(), endpoint) as client:
        trail = client.trails.of(document_id)
    if as_json:
        _print_json({"events": [event.model_dump(mode="json") for event in trail.events]})
        return OK
    table = report.grid("event", "at", "what", "by", "stage")
    table.add_column("told", overflow="fold", min_width=24)
    for event in trail.events:
        table.add_row(*(report.printable(cell) for cell in _row(event)))
    progress.console().print(table)
    return OK


def verify(document_id: str | None, *, tenant: str, as_json: bool, env: str | None) -> int:
    """Verify a document, or all of them, and print what was found.

    Raises
    ------
    NotFound
        There never was such a document.
    UnavailableError
        There is no such stack, or no way to it.
    """
    reached = account.reach(connection.load_settings(), env)
    archive = Archive(AuditBucket(reached.client("s3"), _audit_bucket(reached)))
    with Client(reached.api_url) as client:
        if document_id is None:
            found = _all(client, archive, tenant)
        else:
            found = _one(client, archive, tenant, document_id)
    findings = [*found.findings, *archive.findings]
    if as_json:
        _print_json(
            {
                **found._asdict(),
                "anchored_from": archive.begins and archive.begins.isoformat(),
                "anchored_to": archive.ends and archive.ends.isoformat(),
                "findings": [finding.model_dump(mode="json") for finding in findings],
            }
        )
    else:
        _print(found, archive, findings)
    return UNFINISHED if findings else OK


def _one(client: Client, archive: Archive, tenant: str, document_id: str) -> _Verified:
    trail = _trail(client, tenant, document_id)
    findings = _findings(client, trail, archive)
    if not trail.events and not any(
        head.tenant == tenant and head.document_id == document_id
        for head in archive.heads(document_id)
    ):
        raise NotFound(_NEVER, code="NOT_FOUND")
    return _Verified(1, len(trail.events), trail.unchained, findings)


def _all(client: Client, archive: Archive, tenant: str) -> _Verified:
    """Verify all documents: each by itself, then each line that was anchored."""
    findings: list[Finding] = []
    documents = unchained = 0
    with closing(AuditIndex()) as index:
        for record in client.documents(page_size=_PAGE):
            trail = _trail(client, tenant, record.document_id)
            documents += 1
            unchained += trail.unchained
            index.add(trail.events)
            if checked(trail):
                index.suspect(trail.document_id)
        for head in archive.heads():
            if head.tenant == tenant:
                index.compare(head)
        for document_id in index.suspects(archive):
            trail = _trail(client, tenant, document_id)
            findings += _findings(client, trail, archive)
        return _Verified(documents, index.events, unchained, findings)


def _findings(client: Client, trail: Trail, archive: Archive) -> list[Finding]:
    return verified(_settled(client, trail), archive)


def _settled(client: Client, trail: Trail) -> Trail:
    """Return a trail as it is once nobody writes to it: it may have moved while it was read."""
    for _ in range(_LOOKS - 1):
        if not checked(trail):
            break
        time.sleep(_PAUSE_S)
        trail = _trail(client, trail.tenant, trail.document_id)
    return trail


def _trail(client: Client, tenant: str, document_id: str) -> Trail:
    """Return a document's trail; an empty one where nothing of it is left."""
    try:
        return client.trails.of(document_id)
    except NotFound:
        return Trail(tenant, document_id, 0, (), ())


def _audit_bucket(reached: Account) -> str:
    """Return the name of the audit bucket, as the stack tells it."""
    stack = f"docparser-{reached.env}-storage"
    found = reached.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    for each in found.get("Outputs", []):
        if each["OutputKey"] == "AuditBucket":
            return str(each["OutputValue"])
    raise UnavailableError(f"{stack} does not say where its audit trail is kept")


def _print(found: _Verified, archive: Archive, findings: Iterable[Finding]) -> None:
    screen = progress.console()
    counted = report.counted(found.documents, "document")
    said = f"{counted}, {report.counted(found.events, 'event')}"
    if found.unchained:
        said += f", {found.unchained} of them from before there were chains"
    screen.print(f"{said}.")
    if archive.begins is None:
        screen.print("No day is anchored yet: nothing tells what was made to fit again.")
    else:
        screen.print(f"Anchored from {archive.begins} to {archive.ends}.")
    table = report.grid("finding", "document", "revision", "event", "object")
    for each in findings:
        place = (each.code, each.document_id, each.revision, each.seq, each.key)
        table.add_row(*("" if cell is None else report.printable(cell) for cell in place))
    if table.row_count:
        screen.print(table)
    else:
        screen.print("Nothing was changed.")


def _row(event: Event) -> tuple[str, ...]:
    if event.action is Action.STATUS:
        what = f"{event.from_} -> {event.to}" if event.from_ else event.to.value
    else:
        what = event.action.value
    told = {"code": event.code} if event.code else {}
    told |= {name: _fact(fact) for name, fact in event.facts.items()}
    words = " ".join(f"{name}={fact}" for name, fact in told.items())
    number = f"r{event.ref.revision}.{event.seq}"
    return number, rfc3339(event.at), what, event.actor, event.stage.value, words


def _fact(fact: Any) -> str:
    return ",".join(fact) if isinstance(fact, tuple) else str(fact)


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2) + "\n")
