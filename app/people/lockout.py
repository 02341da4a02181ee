"""When sign-in pauses: pure rules over the moments of failed tries."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

WINDOW = timedelta(minutes=15)
PAUSE = timedelta(minutes=15)
TRIES_PER_EMAIL = 5
TRIES_PER_ADDRESS = 50  # a whole office may share one address
REMEMBERED = WINDOW + PAUSE


def paused_until(failed_at: Sequence[datetime], now: datetime, *, tries: int) -> datetime | None:
    """Return when sign-in opens again, or None when it is open.

    It pauses for 15 minutes after the last of `tries` failures that lie within 15 minutes.
    """
    failed = sorted(failed_at)
    until = None
    for last in range(tries - 1, len(failed)):
        if failed[last] - failed[last - tries + 1] <= WINDOW:
            until = failed[last] + PAUSE
    return until if until is not None and until > now else None


def minutes_left(until: datetime, now: datetime) -> int:
    """Return the whole minutes to wait, rounded up, at least one."""
    seconds = (until - now).total_seconds()
    return max(1, -int(-seconds // 60))
