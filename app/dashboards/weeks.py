"""The bounds of a person's week. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def week_bounds(now: datetime, time_zone: str) -> tuple[datetime, datetime]:
    """Return the UTC moments at which the ISO week of `now` begins and ends in a person's zone."""
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday())
    start = datetime.combine(monday, time(), zone)
    end = datetime.combine(monday + timedelta(days=7), time(), zone)
    return start.astimezone(UTC), end.astimezone(UTC)
