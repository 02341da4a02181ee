"""Write sessions and rotations as an iCalendar file (RFC 5545) that real calendars follow. Pure.

A UID never changes, SEQUENCE and LAST-MODIFIED rise with every change, and what is called off stays in the
file as CANCELLED, because a calendar keeps an event that merely vanishes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

Status = Literal["TENTATIVE", "CONFIRMED", "CANCELLED"]
REFRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """Describe one event: a span of time (moments), or whole days (dates, both included)."""

    uid: str
    sequence: int
    status: Status
    summary: str
    description: str
    url: str
    starts: datetime | date
    ends: datetime | date
    created_at: datetime
    changed_at: datetime


def write_calendar(entries: Iterable[CalendarEntry], *, zone: str, name: str) -> bytes:
    """Return the file, with times in `zone` and that zone's rules (VTIMEZONE) in it."""
    calendar = Calendar()
    calendar.add("prodid", "-//Tandem//Cross-training//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", zone)
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        calendar.add_component(_event(entry, ZoneInfo(zone)))
    calendar.add_missing_timezones()
    return calendar.to_ical()


def _event(entry: CalendarEntry, zone: ZoneInfo) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("status", entry.status)
    event.add("summary", entry.summary)
    if entry.description:
        event.add("description", entry.description)
    event.add("url", entry.url)
    event.add("created", entry.created_at.astimezone(UTC))
    event.add("last-modified", entry.changed_at.astimezone(UTC))
    event.add("dtstamp", entry.changed_at.astimezone(UTC))
    if isinstance(entry.starts, datetime) and isinstance(entry.ends, datetime):
        event.add("dtstart", entry.starts.astimezone(zone))
        event.add("dtend", entry.ends.astimezone(zone))
        event.add("transp", "TRANSPARENT" if entry.status == "CANCELLED" else "OPAQUE")
    else:
        event.add("dtstart", entry.starts)
        event.add("dtend", entry.ends + timedelta(days=1))
        event.add("transp", "TRANSPARENT")
    return event
