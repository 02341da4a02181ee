"""Read and write working hours as people do: `Mon-Thu 09:00-12:30 13:00-17:30, Fri 9-14`."""

from __future__ import annotations

import re
from collections.abc import Iterable

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
Interval = tuple[int, int, int]
"""Weekday (0 Monday), first minute and end minute of the local day, half-open."""

_DAYS = re.compile(r"([a-z]{2,9})(?:-([a-z]{2,9}))?", re.I)
_TIMES = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?-(\d{1,2})(?:[:.h](\d{2}))?")
_DASHES = re.compile(r"\s*(?:[-‐‑–—−]|\bto\b)\s*", re.I)
EXAMPLE = "Mon-Fri 09:00-17:30"


class BadHours(ValueError):
    """The text is not working hours; the message says what to write instead."""


def parse_hours(text: str) -> tuple[Interval, ...]:
    """Return the intervals that a text names, sorted; an empty text or `-` names none.

    Days or ranges of days come first, then one or more times for them; commas, semicolons, line ends and
    spaces separate. Raises BadHours for anything else, for overlaps, and for hours past midnight.
    """
    plain = _DASHES.sub("-", text.strip())
    if plain in {"", "-"}:
        return ()
    days: list[int] = []
    closed = True
    found: list[Interval] = []
    for word in re.split(r"[\s,;/]+", plain.strip(" ,;/")):
        if _TIMES.fullmatch(word):
            if not days:
                raise BadHours(f"{word} names no day. Write for example {EXAMPLE}.")
            starts, ends = _minutes(word)
            found += [(day, starts, ends) for day in days]
            closed = True
            continue
        if closed:
            days, closed = [], False
        days += _days(word)
    if not closed:
        raise BadHours(f"The last days have no hours. Write for example {EXAMPLE}.")
    found.sort()
    for earlier, later in zip(found, found[1:], strict=False):
        if earlier[0] == later[0] and later[1] < earlier[2]:
            raise BadHours(f"{DAYS[later[0]]} has hours that overlap.")
    return tuple(found)


def format_hours(intervals: Iterable[Interval]) -> str:
    """Return intervals as text that `parse_hours` reads back, days with equal hours joined."""
    by_day: dict[int, list[str]] = {}
    for day, starts, ends in sorted(intervals):
        by_day.setdefault(day, []).append(f"{_clock(starts)}-{_clock(ends)}")
    groups: list[tuple[list[int], list[str]]] = []
    for day, times in by_day.items():
        if groups and groups[-1][1] == times and groups[-1][0][-1] == day - 1:
            groups[-1][0].append(day)
        else:
            groups.append(([day], times))
    return ", ".join(f"{_span(days)} {' '.join(times)}" for days, times in groups)


def _span(days: list[int]) -> str:
    return DAYS[days[0]] if len(days) == 1 else f"{DAYS[days[0]]}-{DAYS[days[-1]]}"


def _days(word: str) -> list[int]:
    match = _DAYS.fullmatch(word)
    if match is None:
        raise BadHours(f"“{word}” is neither days nor hours. Write for example {EXAMPLE}.")
    first = _day(match[1])
    last = _day(match[2]) if match[2] else first
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


def _day(word: str) -> int:
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    fits = [index for index, name in enumerate(names) if name.startswith(word.lower())]
    if len(fits) != 1:
        raise BadHours(f"“{word}” is not a day. Write Mon, Tue, Wed, Thu, Fri, Sat or Sun.")
    return fits[0]


def _minutes(word: str) -> tuple[int, int]:
    match = _TIMES.fullmatch(word)
    assert match is not None  # noqa: S101
    hours = int(match[1]), int(match[3])
    past = int(match[2] or 0), int(match[4] or 0)
    starts, ends = hours[0] * 60 + past[0], hours[1] * 60 + past[1]
    if max(past) > 59 or max(starts, ends) > 24 * 60:
        raise BadHours(f"{word} is not a time of day. Write for example 09:00-17:30.")
    if ends <= starts:
        raise BadHours(
            f"{word} ends before it starts. Split a night at midnight: Mon 22:00-24:00, Tue 00:00-06:00."
        )
    return starts, ends


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"
