"""Turn local working patterns into bit sets over the horizon's 30-minute slots.

A set of slots is one Python integer: bit *t* stands for slot *t*, counted from the horizon's first midnight
in UTC. Local dates, minutes of the day and ISO weeks come from `zoneinfo`, slot by slot, so a clock change
inside the horizon needs no special case.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from .problem import SLOT_MINUTES, Employee, Instance

DAYS_PER_WEEK = 7


@dataclass(frozen=True, slots=True)
class ZoneCalendar:
    """Hold one zone's local facts per slot: `day` proleptic ordinals, `minute` of the day, `week` index.

    Weeks are ISO weeks numbered from the one before the horizon's first Monday, so that zones behind UTC fit.
    """

    day: tuple[int, ...]
    minute: tuple[int, ...]
    week: tuple[int, ...]
    week_edges: tuple[int, ...]

    def first_slot_of(self, ordinal: int) -> int:
        """Return the first slot whose local date is on or after the given one."""
        return bisect_left(self.day, ordinal)

    def week_span(self, index: int) -> int:
        """Return the slots of one week as a bit set."""
        return span(self.week_edges[index], self.week_edges[index + 1])


def span(start: int, stop: int) -> int:
    """Return the bit set of [start, stop)."""
    return ((1 << stop) - (1 << start)) if stop > start else 0


def runs(mask: int, length: int) -> int:
    """Return the slots t from which `length` slots in a row are all in the set."""
    out = mask
    for k in range(1, length):
        out &= mask >> k
    return out


def bits(mask: int) -> list[int]:
    """List the members of a bit set in order."""
    out = []
    while mask:
        low = mask & -mask
        out.append(low.bit_length() - 1)
        mask ^= low
    return out


def zone_calendar(name: str, start: dt.date, slots: int, weeks: int) -> ZoneCalendar:
    """Look up local date and time of every slot in one zone."""
    zone = ZoneInfo(name)
    first = dt.datetime.combine(start, dt.time(), dt.UTC)
    step = dt.timedelta(minutes=SLOT_MINUTES)
    base = (start.toordinal() - 1) // DAYS_PER_WEEK - 1
    days, minutes, index = [], [], []
    for k in range(slots):
        local = (first + step * k).astimezone(zone)
        ordinal = local.toordinal()
        days.append(ordinal)
        minutes.append(local.hour * 60 + local.minute)
        index.append((ordinal - 1) // DAYS_PER_WEEK - base)
    edges = tuple(bisect_left(index, w) for w in range(weeks + 3))
    return ZoneCalendar(tuple(days), tuple(minutes), tuple(index), edges)


def working_slots(employee: Employee, zone: ZoneCalendar, patterns: dict[tuple[object, ...], int]) -> int:
    """Return the slots that lie fully inside a local working interval; equal patterns are computed once."""
    key = (employee.tz, employee.work)
    found = patterns.get(key)
    if found is None:
        found = 0
        for t, (ordinal, minute) in enumerate(zip(zone.day, zone.minute, strict=True)):
            day = employee.work[(ordinal - 1) % DAYS_PER_WEEK]
            if any(a <= minute and minute + SLOT_MINUTES <= b for a, b in day):
                found |= 1 << t
        patterns[key] = found
    return found


def duty_slots(instance: Instance, zones: dict[str, ZoneCalendar]) -> list[int]:
    """Return for each employee the slots on duty: working, not on leave, not busy."""
    patterns: dict[tuple[object, ...], int] = {}
    out = []
    for e in instance.employees:
        zone = zones[e.tz]
        mask = working_slots(e, zone, patterns)
        for first, last in e.leave:
            mask &= ~span(zone.first_slot_of(first.toordinal()), zone.first_slot_of(last.toordinal() + 1))
        for a, b in e.busy:
            mask &= ~span(a, b)
        out.append(mask)
    return out
