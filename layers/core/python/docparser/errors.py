"""What can go wrong, and what of it leaves a function.

::

    DocparserError
    ├── Rejected        the input's fault: the sender gets a code and can act on it
    ├── Retryable       a passing state of a service: the state machine tries again
    ├── Terminal        a defect or a broken promise of ours: a person must look
    │   └── Superseded  the record is another attempt's, or has ended: nothing may be changed
    └── ConfigurationError   a function was deployed with wrong settings

Inside, modules may raise precise subclasses. At a function's edge exactly the three names
``Rejected``, ``Retryable`` and ``Terminal`` leave, because ASL's ErrorEquals compares strings and
knows no subclasses. Their message is ``{"code", "stage", "page"}`` and nothing else: a library's
message may quote the document.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .model.codes import RejectedCode, RetryableCode, Stage, TerminalCode


class DocparserError(Exception):
    """The root; never raised itself."""


class ConfigurationError(DocparserError):
    """A setting is missing, unknown or malformed; raised at init, with the setting's name only."""


class Rejected(DocparserError):  # noqa: N818 - the name is part of the contract with the ASL
    """The input cannot be read: empty, encrypted, corrupt, too large, of an unknown kind."""

    def __init__(self, code: RejectedCode, *, page: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.page = page


class Retryable(DocparserError):  # noqa: N818
    """A service throttled, timed out or was away; the same call may succeed later."""

    def __init__(self, code: RetryableCode, *, page: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.page = page


class Terminal(DocparserError):  # noqa: N818
    """We cannot keep a promise: a page is unaccounted for, a copy differs, a step has a defect."""

    def __init__(self, code: TerminalCode, *, page: int | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.page = page


class Superseded(Terminal):
    """The attempt no longer owns its record: it comes late, and must not touch a thing.

    It leaves as ``Terminal(INTERNAL)``; the Fail state then finds a record that has ended and
    leaves it as it is.
    """


def public_message(error: Rejected | Retryable | Terminal, stage: Stage) -> str:
    """Return what may leave a function about an error: code, stage and page, as JSON."""
    return json.dumps({"code": error.code, "stage": stage, "page": error.page})
