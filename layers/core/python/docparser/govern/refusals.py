"""Why a rule of governance says no.

::

    Refusal
    ├── Held            a legal hold keeps the document, or what it belongs to
    ├── BelowFloor      no document of this type is let out at such a level
    ├── SameLevel       the document has this level
    ├── NothingToLower  the document has no result that could go by a looser level
    ├── Pending         somebody's request for a looser level waits for its answer
    ├── NoRequest       nobody has asked for a looser level, or the document has changed since
    ├── SameActor       who asked for a looser level cannot approve it
    └── OtherHold       there is no hold of this reference
"""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - an answer, not a defect
    """The base; a refusal has changed nothing."""


class Held(Refusal):
    """A legal hold keeps the document, a file inside it, or one that it lies in."""


class BelowFloor(Refusal):
    """No document of this type is let out at such a level, whoever agrees."""


class SameLevel(Refusal):
    """The document has this level."""


class NothingToLower(Refusal):
    """The document has no result that could go by a looser level."""


class Pending(Refusal):
    """A request for a looser level waits for its answer, which nobody may slip another under."""


class NoRequest(Refusal):
    """Nobody has asked for a looser level, or the document has changed since."""


class SameActor(Refusal):
    """Who asked for a looser level is not the second person."""


class OtherHold(Refusal):
    """The document is not held under this reference."""
