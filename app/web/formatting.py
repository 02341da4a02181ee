"""Say days, times, lengths and shares the way people do, in their language and their zone.

The functions are pure; `init_app` wraps them as Jinja filters that take the clock, the reader's zone
and the reader's locale from the request.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_time
from babel.numbers import format_decimal, format_percent
from flask import Flask, g
from flask_babel import gettext, ngettext
from markupsafe import Markup, escape

from app import clock
from app.web.words import catalogue

FIRST_EAST_ASIAN = 0x2E80  # one such letter fills an avatar


def day(on: date, *, today: date, locale: str = "en") -> str:
    """Return a day with its weekday; the year only where it is not this one."""
    pattern = "EEE d MMM" if on.year == today.year else "EEE d MMM y"
    return _dated(on, pattern, locale)


def clock_time(at: datetime, *, zone: ZoneInfo, locale: str = "en") -> str:
    """Return the wall-clock time in `zone`, to the minute, in 24 hours."""
    there = at.astimezone(zone)
    return _timed(there.hour, there.minute, locale)


def when(at: datetime, *, now: datetime, zone: ZoneInfo, locale: str = "en") -> str:
    """Return a moment as people say it: relative within the hour, by day name nearby, else absolute."""
    seconds = (at - now).total_seconds()
    minutes = round(abs(seconds) / 60)
    if minutes == 0:
        return gettext("just now") if seconds <= 0 else gettext("now")
    if minutes < 60:
        if seconds > 0:
            return ngettext("in %(num)s min", "in %(num)s min", minutes)
        return ngettext("%(num)s min ago", "%(num)s min ago", minutes)
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    name = near_day(local.date(), today=today, locale=locale)
    return f"{name} {clock_time(at, zone=zone, locale=locale)}"


def date_in(value: date | datetime, *, zone: str, locale: str = "en") -> str:
    """Return a date with its year, of a moment in somebody's zone: "16 Dec 2026"."""
    on = value.astimezone(ZoneInfo(zone)).date() if isinstance(value, datetime) else value
    return _dated(on, "d MMM y", locale)


@lru_cache(maxsize=4096)
def _dated(on: date, pattern: str, locale: str) -> str:
    """Return a day as Babel writes it; kept, since that costs more than all else about a moment."""
    return format_date(on, pattern, locale=locale)


@lru_cache(maxsize=2048)
def _timed(hour: int, minute: int, locale: str) -> str:
    return format_time(time(hour, minute), "HH:mm", locale=locale)


def moment_in(at: datetime, *, zone: str, locale: str = "en") -> str:
    """Return a moment in somebody's zone, with year and zone: "Wed 4 Nov 2026 10:00 (Europe/Berlin)"."""
    there = ZoneInfo(zone)
    on = at.astimezone(there).date()
    return f"{weekday_in(on, locale=locale)} {clock_time(at, zone=there, locale=locale)} ({zone})"


def weekday_in(on: date, *, locale: str = "en") -> str:
    """Return a day as letters name it, which are read at any time: "Wed 4 Nov 2026"."""
    return _dated(on, "EEE d MMM y", locale)


def near_day(on: date, *, today: date, locale: str = "en") -> str:
    """Return today, tomorrow, yesterday, a weekday within six days ahead, else the date."""
    away = (on - today).days
    if away == 0:
        return gettext("today")
    if away == 1:
        return gettext("tomorrow")
    if away == -1:
        return gettext("yesterday")
    if 1 < away < 7:
        return _dated(on, "EEEE", locale)
    return day(on, today=today, locale=locale)


def minutes(length: float | timedelta) -> str:
    """Return a length given in minutes (or as a timedelta) in hours and minutes: "1 h 15 min"."""
    total = round(length.total_seconds() / 60) if isinstance(length, timedelta) else round(length)
    sign, total = ("−", -total) if total < 0 else ("", total)
    hours, rest = divmod(total, 60)
    if not hours:
        return sign + gettext("%(minutes)s min", minutes=rest)
    if not rest:
        return sign + gettext("%(hours)s h", hours=hours)
    return sign + gettext("%(hours)s h %(minutes)s min", hours=hours, minutes=rest)


def percent(share: float, *, locale: str = "en", digits: int = 0) -> str:
    """Return a share of one as a percentage: 0.8 is "80%"."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
    return format_percent(share, pattern, locale=locale)


def number(value: float, *, locale: str = "en", digits: int = 1) -> str:
    """Return a number grouped by locale, with at most `digits` decimals."""
    return format_decimal(value, "#,##0." + "#" * digits if digits else "#,##0", locale=locale)


def initials(name: str) -> str:
    """Return one or two letters that stand for a name in any script."""
    words = [word for word in name.split() if word[0].isalnum()] or [name or "?"]
    if len(words) == 1 or ord(words[0][0]) >= FIRST_EAST_ASIAN:
        return words[0][0].upper()
    return (words[0][0] + words[-1][0]).upper()


def tint(name: str) -> int:
    """Return 0–3, always the same for the same name."""
    return sum(name.encode()) % 4


def reader_zone() -> ZoneInfo:
    """Return the zone of the person reading; UTC for nobody signed in."""
    name = getattr(g.get("actor"), "time_zone", None) or "UTC"
    return ZoneInfo(name)


def reader_locale() -> str:
    """Return the locale of the page being made."""
    return catalogue().locale if g else "en"


def time_tag(at: date | datetime) -> Markup:
    """Return a `<time>`: relative near and absolute far, a moment with the whole of it in its title."""
    now, zone, locale = clock.now(), reader_zone(), reader_locale()
    today = now.astimezone(zone).date()
    if isinstance(at, datetime):
        said = when(at, now=now, zone=zone, locale=locale)
        return Markup(f"{_moment(at, today.year, zone, locale)}{escape(said)}</time>")  # noqa: S704
    return Markup('<time datetime="{}">{}</time>').format(_iso(at), near_day(at, today=today, locale=locale))


@lru_cache(maxsize=4096)
def _moment(at: datetime, this_year: int, zone: ZoneInfo, locale: str) -> Markup:
    """Return how a `<time>` begins; the year is named where it is not this one."""
    there = at.astimezone(zone)
    on = day(there.date(), today=date(this_year, 1, 1), locale=locale)
    whole = f"{on}, {clock_time(at, zone=zone, locale=locale)} {there.tzname() or 'UTC'}"
    return Markup('<time datetime="{}" title="{}">').format(_iso(at), whole)


def _iso(at: date | datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="minutes") if isinstance(at, datetime) else at.isoformat()


def _local_date(value: date | datetime) -> date:
    return value.astimezone(reader_zone()).date() if isinstance(value, datetime) else value


def _today() -> date:
    return clock.now().astimezone(reader_zone()).date()


def init_app(app: Flask) -> None:
    """Register the filters `day`, `near`, `clock`, `when`, `iso`, `zone`, `minutes`, `percent`, `number`."""
    filters = app.jinja_env.filters
    filters["day"] = lambda on: day(_local_date(on), today=_today(), locale=reader_locale())
    filters["near"] = lambda on: near_day(_local_date(on), today=_today(), locale=reader_locale())
    filters["clock"] = lambda at: clock_time(at, zone=reader_zone(), locale=reader_locale())
    filters["when"] = lambda at: when(at, now=clock.now(), zone=reader_zone(), locale=reader_locale())
    filters["zone"] = lambda at: at.astimezone(reader_zone()).tzname() or "UTC"
    filters["iso"] = _iso
    filters["minutes"] = minutes
    filters["initials"] = initials
    filters["tint"] = tint
    filters["percent"] = lambda share, digits=0: percent(share, locale=reader_locale(), digits=digits)
    filters["number"] = lambda value, digits=1: number(value, locale=reader_locale(), digits=digits)
