"""Slots, local days and weeks, and sets of slots held as one integer (bit t stands for slot t)."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

SLOT_MINUTES = 30
SLOTS_PER_WEEK = 7 * 24 * 60 // SLOT_MINUTES

Week = tuple[int, int]


def span(first: int, length: int) -> int:
    """Return the set of `length` consecutive slots from `first`; nothing before slot 0."""
    if first < 0:
        length, first = length + first, 0
    return ((1 << length) - 1) << first if length > 0 else 0


def starts_of_runs(slots: int, length: int) -> int:
    """Return the slots from which `length` consecutive slots all lie in `slots`."""
    found, have = slots, 1
    while have < length:
        step = min(have, length - have)
        found &= found >> step
        have += step
    return found


def members(slots: int) -> Iterable[int]:
    """Yield the slots of a set in ascending order."""
    while slots:
        lowest = slots & -slots
        yield lowest.bit_length() - 1
        slots ^= lowest


def count_per_slot(sets: Iterable[int], total_slots: int) -> list[int]:
    """Count for each slot in how many of the sets it lies, by adding all slots at once in binary."""
    planes: list[int] = []
    for addend in sets:
        carry, position = addend, 0
        while carry:
            if position == len(planes):
                planes.append(0)
            planes[position], carry = planes[position] ^ carry, planes[position] & carry
            position += 1
    counts = [0] * total_slots
    for position, plane in enumerate(planes):
        for slot in members(plane):
            counts[slot] += 1 << position
    return counts


def clock_minutes(text: str) -> int:
    """Return minutes since midnight of a "HH:MM" text."""
    hours, minutes = text.split(":")
    return int(hours) * 60 + int(minutes)


@dataclass(frozen=True)
class ZoneDays:
    """The horizon seen from one time zone: the local date and minute of every slot."""

    dates: Sequence[dt.date]
    minutes: Sequence[int]
    day_sets: dict[dt.date, int]
    week_sets: dict[Week, int]

    @classmethod
    @lru_cache(maxsize=32)
    def of(cls, zone_name: str, first_day: dt.date, total_slots: int) -> "ZoneDays":
        """Derive the local calendar of `total_slots` slots from 00:00 UTC of `first_day`."""
        zone = ZoneInfo(zone_name)
        midnight = dt.datetime.combine(first_day, dt.time(), dt.UTC)
        dates, minutes = [], []
        day_sets: dict[dt.date, int] = {}
        week_sets: dict[Week, int] = {}
        for slot in range(total_slots):
            local = (midnight + dt.timedelta(minutes=SLOT_MINUTES * slot)).astimezone(zone)
            day = local.date()
            dates.append(day)
            minutes.append(local.hour * 60 + local.minute)
            day_sets[day] = day_sets.get(day, 0) | 1 << slot
        for day, slots in day_sets.items():
            week = day.isocalendar()[:2]
            week_sets[week] = week_sets.get(week, 0) | slots
        return cls(dates, minutes, day_sets, week_sets)

    def week_of(self, slot: int) -> Week:
        """Return the ISO year and week of the local date of `slot`."""
        return self.dates[slot].isocalendar()[:2]

    def working_slots(self, pattern: Sequence[Sequence[Sequence[str]]]) -> int:
        """Return the slots that lie fully inside a local working interval (Monday first)."""
        by_weekday = [[(clock_minutes(a), clock_minutes(b)) for a, b in day] for day in pattern]
        found = 0
        for day, slots in self.day_sets.items():
            for slot in members(slots) if by_weekday[day.weekday()] else ():
                minute = self.minutes[slot]
                if any(a <= minute and minute + SLOT_MINUTES <= b for a, b in by_weekday[day.weekday()]):
                    found |= 1 << slot
        return found

    def slots_between(self, first: dt.date, last: dt.date) -> int:
        """Return all slots whose local date lies in the closed range of dates."""
        return sum(slots for day, slots in self.day_sets.items() if first <= day <= last)

    def slots_until(self, last: dt.date | None) -> int:
        """Return how many leading slots have a local date up to and including `last` (None: all)."""
        if last is None:
            return len(self.dates)
        return sum(slots.bit_count() for day, slots in self.day_sets.items() if day <= last)
