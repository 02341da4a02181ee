"""When people can meet: half-hour slots in UTC against working hours, leave and zones of each person. Pure.

A slot is named by its start, a UTC moment on the hour or half hour. Working hours are minutes of the local
day, so the same pattern falls on other slots after a daylight-saving change.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.scheduling.kinds import SLOT, SLOT_MINUTES

Hours = tuple[tuple[int, int, int], ...]
"""(weekday 0 to 6, first minute, last minute) of the local day, half-open."""

Spans = tuple[tuple[date, date], ...]
"""Days away, both ends included."""

DAY_MINUTES = 24 * 60


def is_slot(at: datetime) -> bool:
    """Tell whether a moment is the start of a slot."""
    utc = at.astimezone(UTC)
    return utc.minute % SLOT_MINUTES == 0 and utc.second == 0 and utc.microsecond == 0


def slots_of(starts_at: datetime, minutes: int) -> tuple[datetime, ...]:
    """Return the slots of a session. Raises ValueError off the half-hour grid or for no length."""
    if not is_slot(starts_at) or minutes <= 0 or minutes % SLOT_MINUTES:
        raise ValueError(f"{starts_at} for {minutes} minutes is not on the half-hour grid")
    first = starts_at.astimezone(UTC)
    return tuple(first + SLOT * n for n in range(minutes // SLOT_MINUTES))


def slots_between(starts_at: datetime, ends_at: datetime) -> tuple[datetime, ...]:
    """Return the whole slots inside a span."""
    first = starts_at.astimezone(UTC)
    off = timedelta(minutes=first.minute % SLOT_MINUTES, seconds=first.second, microseconds=first.microsecond)
    if off:
        first += SLOT - off
    return tuple(first + SLOT * n for n in range(max(0, (ends_at - first) // SLOT)))


def slots_touching(starts_at: datetime, ends_at: datetime) -> tuple[datetime, ...]:
    """Return the slots that a span touches, however little."""
    first = starts_at.astimezone(UTC)
    first -= timedelta(
        minutes=first.minute % SLOT_MINUTES, seconds=first.second, microseconds=first.microsecond
    )
    count = -((first - ends_at) // SLOT)
    return tuple(first + SLOT * n for n in range(max(0, count)))


@lru_cache(maxsize=20_000)
def local(at: datetime, zone: str) -> tuple[date, int, int]:
    """Return the local day, its weekday (0 Monday) and the minute of that day."""
    there = at.astimezone(ZoneInfo(zone))
    return there.date(), there.weekday(), there.hour * 60 + there.minute


@lru_cache(maxsize=512)
def working_slots(zone: str, hours: Hours, from_at: datetime, until_at: datetime) -> frozenset[datetime]:
    """Return the slots of a span that lie wholly inside working hours."""
    found = []
    for slot in slots_between(from_at, until_at):
        _on, weekday, minute = local(slot, zone)
        if any(
            day == weekday and first <= minute and minute + SLOT_MINUTES <= last
            for day, first, last in joined(hours)
        ):
            found.append(slot)
    return frozenset(found)


@lru_cache(maxsize=512)
def joined(hours: Hours) -> Hours:
    """Return working hours with touching intervals of a day made one."""
    out: list[tuple[int, int, int]] = []
    for day, first, last in sorted(hours):
        if out and out[-1][0] == day and first <= out[-1][2]:
            out[-1] = (day, out[-1][1], max(last, out[-1][2]))
        else:
            out.append((day, first, min(last, DAY_MINUTES)))
    return tuple(out)


def on_leave(slot: datetime, leave: Spans, zone: str) -> bool:
    """Tell whether a slot begins on a day away."""
    return bool(leave) and away_on(local(slot, zone)[0], leave)


def away_on(on: date, leave: Spans) -> bool:
    """Tell whether a day is one of the days away."""
    return any(first <= on <= last for first, last in leave)


def present(
    zone: str, hours: Hours, leave: Spans, from_at: datetime, until_at: datetime
) -> frozenset[datetime]:
    """Return the slots of a span in which somebody works and is not on leave."""
    works = working_slots(zone, hours, from_at, until_at)
    return frozenset(s for s in works if not on_leave(s, leave, zone)) if leave else works


def starts_within(free: Iterable[datetime], minutes: int) -> list[datetime]:
    """Return the starts at which a session of this length fits into free slots, earliest first."""
    slots = set(free)
    count = minutes // SLOT_MINUTES
    return sorted(s for s in slots if all(s + SLOT * n in slots for n in range(count)))
