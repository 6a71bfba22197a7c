"""EventBridge Scheduler looks at its schedules every second, as AWS's is precise to one.

ministack looks every ten seconds, which is a sixth of the shortest rate.
"""

from __future__ import annotations

from ministack.services import scheduler

_INTERVAL_S = 1.0


def install() -> None:
    """Shorten the interval."""
    scheduler._SCHEDULE_TICK_INTERVAL = _INTERVAL_S
