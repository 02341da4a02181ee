"""Days and ISO weeks in a person's own zone. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def monday(on: date) -> date:
    """Return the Monday of the ISO week that a day lies in."""
    return on - timedelta(days=on.weekday())


def monday_of(at: datetime, zone: str) -> date:
    """Return the Monday of the local ISO week that a moment lies in."""
    return monday(at.astimezone(ZoneInfo(zone)).date())


def midnight(on: date, zone: str) -> datetime:
    """Return the moment at which a local day begins, in UTC."""
    return datetime.combine(on, time(), tzinfo=ZoneInfo(zone)).astimezone(UTC)


def day_span(on: date, zone: str) -> tuple[datetime, datetime]:
    """Return begin and end of a local day; 23 or 25 hours apart where the clocks change."""
    return midnight(on, zone), midnight(on + timedelta(days=1), zone)


def week_span(first: date, zone: str) -> tuple[datetime, datetime]:
    """Return begin and end of a local week that starts on the Monday `first`."""
    return midnight(first, zone), midnight(first + timedelta(days=7), zone)
