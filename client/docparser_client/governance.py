"""What `docparser level`, `docparser hold` and `docparser erase` do."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any

from docparser.model import Level, strictest
from rich.text import Text

from . import connection, progress, report
from .errors import OK, UNFINISHED, UsageError

if TYPE_CHECKING:
    from .api import Client
    from .api.governance import Erasure, LevelState

_EVERY_S = 0.5


# ---------------------------------------------------------------------- levels
def show_level(document_id: str, *, as_json: bool, endpoint: str | None) -> int:
    """Print a document's level, and the request for a looser one, if any."""
    with _client(endpoint) as client:
        state = client.governance.level(document_id)
    if as_json:
        _print_json(state.model_dump(mode="json"))
    else:
        _say(_level(state))
    return OK


def set_level(document_id: str, level: str, *, reason: str, endpoint: str | None) -> int:
    """Make a document's level stricter.

    Raises
    ------
    UsageError
        It is looser than the document's: that takes two people.
    Conflict
        It is the document's.
    """
    with _client(endpoint) as client:
        if _is_looser(client.governance.level(document_id), level):
            raise UsageError(f"{level} is looser: ask for it with docparser level request")
        state = client.governance.change_level(document_id, level, reason=reason)
    _say(_level(state))
    return OK


def request_level(document_id: str, level: str, *, reason: str, endpoint: str | None) -> int:
    """Ask for a looser level.

    Raises
    ------
    UsageError
        It is not looser than the document's: it can be set.
    Conflict
        The document's type forbids it, or another request waits.
    """
    with _client(endpoint) as client:
        if not _is_looser(client.governance.level(document_id), level):
            raise UsageError(f"{level} is not looser: set it with docparser level set")
        state = client.governance.change_level(document_id, level, reason=reason)
    _say(_level(state))
    return OK


def decide_level(document_id: str, *, approve: bool, endpoint: str | None) -> int:
    """Approve or refuse the request for a looser level.

    Raises
    ------
    AccessDenied
        The caller has made it.
    Conflict
        There is none.
    """
    with _client(endpoint) as client:
        state = client.governance.decide_level(document_id, approve=approve)
    _say(_level(state))
    return OK


def _is_looser(state: LevelState, level: str) -> bool:
    has = state.level or state.declared_level
    return has is not None and has is not Level(level) and strictest(has, Level(level)) is has


def _level(state: LevelState) -> str:
    said = f"{state.document_id}  revision {state.revision} {state.status.value}"
    if state.level is not None:
        said += f"  {state.level.value}"
    elif state.approved_level is not None:
        said += f"  to be {state.approved_level.value}, as approved"
    elif state.declared_level is not None:
        said += f"  to be {state.declared_level.value} at least"
    if (request := state.request) is not None:
        said += (
            f"\n{request.level.value} instead of {request.instead_of.value} was asked for by "
            f"{request.by} ({request.reason}); somebody else may approve it until "
            f"{request.until:%Y-%m-%d %H:%M} UTC"
        )
    return said


# ---------------------------------------------------------------------- holds
def hold(document_id: str, reference: str, *, release: bool, endpoint: str | None) -> int:
    """Hold a document, or release it, and print what it is held for.

    Raises
    ------
    Conflict
        It is to be released and is not held under this reference.
    """
    with _client(endpoint) as client:
        change = client.governance.release if release else client.governance.hold
        holds = change(document_id, reference)
    held = ", ".join(holds.references)
    _say(f"{holds.document_id}  {f'held for {held}' if held else 'not held'}")
    return OK


# ---------------------------------------------------------------------- erasures
def erase(
    document_id: str,
    *,
    reason: str,
    only: bool,
    sure: bool,
    timeout_s: float,
    as_json: bool,
    endpoint: str | None,
) -> int:
    """Erase a document, and print the proof once there is one.

    Raises
    ------
    UsageError
        Nobody has said that they are sure, and nobody can be asked.
    NotFound
        There is no document of this id.
    Conflict
        A legal hold forbids it.
    """
    with _client(endpoint) as client:
        if not sure and not _confirmed(document_id):
            _say("Nothing was erased.")
            return UNFINISHED
        erasure = client.governance.erase(document_id, reason=reason, only=only)
        until = time.monotonic() + timeout_s
        while erasure.proof is None and time.monotonic() < until:
            time.sleep(_EVERY_S)
            erasure = client.governance.erasure(document_id)
    if as_json:
        _print_json(erasure.model_dump(mode="json"))
    else:
        _say(_erased(erasure))
    return OK if erasure.proof is not None else UNFINISHED


def _confirmed(document_id: str) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("an erasure cannot be undone: say --yes")
    sys.stderr.write(f"Erase {report.printable(document_id)} in every place for good? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().casefold() in {"y", "yes"}


def _erased(erasure: Erasure) -> str:
    if (proof := erasure.proof) is None:
        return (
            f"{erasure.document_id}  erased; a function of its walk may still write something, and "
            "the proof comes when that is deleted too: ask again later"
        )
    said = (
        f"{erasure.document_id}  erased {proof.erased_at:%Y-%m-%d %H:%M:%S} UTC\n"
        f"{report.counted(proof.versions, 'version')} of objects, {proof.size_bytes:,} bytes, "
        f"{report.counted(proof.passages, 'passage')} of the index\n"
        f"sha256 {proof.objects_sha256}"
    )
    if proof.residuals:
        said += f"\nwhat stays: {', '.join(proof.residuals)}"
    return said


# ---------------------------------------------------------------------- all
def _client(endpoint: str | None) -> Client:
    return connection.connect(connection.load_settings(), endpoint)


def _say(text: str) -> None:
    for line in text.splitlines():
        progress.console().print(Text(report.printable(line)), soft_wrap=True)


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
