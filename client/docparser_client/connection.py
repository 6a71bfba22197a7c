"""The way to a stack: the one deployed at an endpoint, or the local one, which is found."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docparser import settings
from docparser.errors import ConfigurationError
from pydantic import Field

from .errors import UnavailableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from docparser_local.outputs import Outputs
    from docparser_local.stack import Stack

    from .api import Client


class ClientSettings(settings.Deadlines):
    """What the command needs: where the local stack is, and how long to wait for a document."""

    home: Path = Path(".docparser")
    endpoint: str = Field(
        default="http://127.0.0.1:4566", pattern=r"^http://127\.0\.0\.1:[0-9]{1,5}/?$"
    )

    @property
    def port(self) -> int:
        """The engine's TCP port on 127.0.0.1."""
        return int(self.endpoint.rstrip("/").rpartition(":")[2])


def load_settings() -> ClientSettings:
    """Return the command's settings from the environment.

    Raises
    ------
    UsageError
        A name is unknown or malformed.
    """
    try:
        return settings.load(ClientSettings)
    except ConfigurationError as error:
        raise UsageError(str(error)) from None


def up(options: ClientSettings, on_step: Callable[[str], None]) -> Outputs:
    """Start the local stack, or bring it up to date.

    Raises
    ------
    UnavailableError
        It does not start, or something cannot be deployed.
    """
    from docparser_local.errors import LocalStackError

    try:
        return _stack(options).up(on_step)
    except LocalStackError as error:
        raise _unavailable(error) from None


def down(options: ClientSettings) -> bool:
    """Stop the local stack; return whether one was running.

    Raises
    ------
    UnavailableError
        It is not this user's to stop.
    """
    from docparser_local.errors import LocalStackError

    try:
        return _stack(options).down()
    except LocalStackError as error:
        raise _unavailable(error) from None


def connect(options: ClientSettings, endpoint: str | None = None) -> Client:
    """Connect to the stack at an endpoint, or else to the local one that is running.

    Raises
    ------
    UnavailableError
        There is no way to sign requests; or no local stack is running, or it is not whole.
    UsageError
        The endpoint is no URL of an API.
    """
    from .api import Client

    if endpoint is not None:
        return Client(endpoint)
    return Client(outputs(options).api_url)


def outputs(options: ClientSettings) -> Outputs:
    """Return what is deployed on the local stack that is running.

    Raises
    ------
    UnavailableError
        None is running, or it is not whole.
    """
    from docparser_local.errors import LocalStackError, NotRunningError

    try:
        return _stack(options).outputs()
    except NotRunningError:
        raise UnavailableError("no local stack is running; start one: docparser up") from None
    except LocalStackError as error:
        raise _unavailable(error) from None


def _stack(options: ClientSettings) -> Stack:
    from docparser_local.stack import Stack

    return Stack(options.home, port=options.port, env=options.env)


def _unavailable(error: Exception) -> UnavailableError:
    """Return the error for the user: what failed, and the last line of why."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return UnavailableError(" ".join(dict.fromkeys((lines[0], lines[-1]))) if lines else "failed")
