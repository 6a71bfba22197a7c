"""What the routes lead to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .audit import AuditRoom
    from .content import Content
    from .documents import Documents
    from .erasures import ErasureRoom
    from .health import Monitor
    from .holds import HoldRoom
    from .levels import LevelRoom
    from .passages import Passages
    from .policy import PolicyBook
    from .restarts import Restarts
    from .review import ReviewRoom


@dataclass(frozen=True, kw_only=True)
class Rooms:
    """The rooms behind the door, one for each part of the API."""

    documents: Documents
    restarts: Restarts
    content: Content
    passages: Passages
    policies: PolicyBook
    reviews: ReviewRoom
    levels: LevelRoom
    holds: HoldRoom
    erasures: ErasureRoom
    audit: AuditRoom
    monitor: Monitor
