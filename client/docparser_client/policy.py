"""What `docparser policy` does."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from rich.text import Text

from . import connection, progress, report
from .errors import OK, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from .api.policies import PolicyState


def show(version: str | None, *, own: bool, as_json: bool, endpoint: str | None) -> int:
    """Print the rules that hold, or those of a version.

    Raises
    ------
    NotFound
        There never was such a version.
    """
    with connection.connect(connection.load_settings(), endpoint) as client:
        state = client.policies.get(version)
    if own:
        _print_json(_said(state.own or {}))
    elif as_json:
        _print_json(state.model_dump(mode="json"))
    else:
        _print_state(state)
    return OK


def set_own(file: Path, *, endpoint: str | None) -> int:
    """Set the rules in a file in place of those that hold now.

    Raises
    ------
    UsageError
        The file is no JSON object.
    InvalidRequest
        The service refuses what it says.
    Conflict
        Somebody has changed them meanwhile.
    """
    wanted = _read(file)
    with connection.connect(connection.load_settings(), endpoint) as client:
        before = client.policies.get()
        after = client.policies.change(wanted, replaces=before.tenant_version)
    progress.console().print(Text(f"Policy {after.version} holds."), soft_wrap=True)
    return OK


def history(*, as_json: bool, endpoint: str | None) -> int:
    """Print every change of the rules, the newest first."""
    with connection.connect(connection.load_settings(), endpoint) as client:
        changes = list(client.policies.versions())
    if as_json:
        _print_json({"versions": [change.model_dump(mode="json") for change in changes]})
    elif changes:
        table = report.grid("version", "set at", "by", "what")
        for change in changes:
            said = ", ".join(_said(change.policy))
            row = (
                str(change.version),
                f"{change.at:%Y-%m-%d %H:%M}",
                change.actor,
                said or "nothing",
            )
            table.add_row(*(report.printable(cell) for cell in row))
        progress.console().print(table)
    else:
        progress.console().print("The default policy holds; it was never changed.")
    return OK


def _read(file: Path) -> dict[str, Any]:
    try:
        said = json.loads(file.read_bytes())
    except OSError as error:
        raise UsageError(f"{report.printable(file)}: {error.strerror}") from None
    except ValueError:
        raise UsageError(f"{report.printable(file)} is no JSON") from None
    if not isinstance(said, dict):
        raise UsageError(f"{report.printable(file)} holds no JSON object")
    return said


def _said(own: dict[str, Any]) -> dict[str, Any]:
    """Return what a tenant has said; all that is null or empty is the default's."""
    return {
        name: value
        for name, value in own.items()
        if name != "schema" and value is not None and value != {}
    }


def _print_state(state: PolicyState) -> None:
    screen = progress.console()
    by = f", set by {state.actor}" if state.actor else ""
    screen.print(Text(f"Policy {state.version}{by}"), soft_wrap=True)
    if not state.readable:
        screen.print("It cannot be read: everything is CONFIDENTIAL until it is set anew.")
    types = report.grid("type", "level", "not below")
    for kind, rule in state.policy["types"].items():
        types.add_row(kind, rule["level"], rule["floor"])
    screen.print(types)
    data = report.grid("personal data", "level", "of many")
    for kind, rule in state.policy["pii"].items():
        many = f"{rule['level_of_many']} from {rule['many']} on" if rule["many"] else ""
        data.add_row(kind, rule["level"], many)
    screen.print(data)
    for name in ("sync", "retention", "review", "redact"):
        said = json.dumps(state.policy[name], ensure_ascii=False)
        screen.print(Text(f"{name}: {report.printable(said)}"), soft_wrap=True)


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")
