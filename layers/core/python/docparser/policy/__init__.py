"""The rules that turn what is found into a level, and a level into what follows: as data.

The default policy lies in ``defaults``, every version of it that was ever shipped, so that a
decision of long ago can be read together with its rules. A tenant's own policy is laid over it.
"""

from .defaults import DEFAULT_VERSION, default_policy
from .tenants import FIXED_TYPES, UNREADABLE, closed, is_readable, loosened, merged

__all__ = [
    "DEFAULT_VERSION",
    "FIXED_TYPES",
    "UNREADABLE",
    "closed",
    "default_policy",
    "is_readable",
    "loosened",
    "merged",
]
