"""What can go wrong between a user and the stack, and the exit code that says so.

::

    ClientError
    ├── UsageError         2: the command asks for what cannot be done
    ├── UnavailableError   3: the stack does not answer, or is not whole
    ├── ApiError           the service refused a request; see `docparser_client.api.errors`
    ├── FileChanged        a file is not the one that was announced
    └── FileProblem        one file of many; the run goes on without it

    Stopped                no error: whoever waits asked for the end
"""

from __future__ import annotations

OK = 0
UNFINISHED = 1
"""Some document ended PARTIAL, FAILED or CANCELLED, or did not end in time."""
USAGE = 2
UNAVAILABLE = 3
NOT_FOUND = 4
INTERRUPTED = 130


class ClientError(Exception):
    """The root; its text is one line for the user."""

    exit_code = UNFINISHED


class UsageError(ClientError):
    """The command asks for what cannot be done; nothing was started."""

    exit_code = USAGE


class UnavailableError(ClientError):
    """The stack cannot be started, does not answer, or is not whole."""

    exit_code = UNAVAILABLE


class FileChanged(ClientError):  # noqa: N818 - read as a sentence where it is caught
    """A file holds other bytes than those that were announced; nothing of it was stored."""


class FileProblem(ClientError):  # noqa: N818
    """One file is not sent: too large, gone, unreadable, or changed while it was read.

    Attributes
    ----------
    code
        What the service says of it, or would say of the same: TOO_LARGE, SOURCE_GONE,
        CHECKSUM_MISMATCH.
    """

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


class Stopped(Exception):  # noqa: N818 - not an error: the user asked for it
    """The run was interrupted while a file was on its way."""
