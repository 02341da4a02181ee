"""Read the lines of the floors form: days, from, until, how many; and the guests of each team."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flask_babel import gettext as _

from app.scheduling.inputs import FloorLine
from app.scheduling.queries_calendar import FloorRow
from app.web.forms import whole_number

MOST_LINES = 60
DAY_MINUTES = 1440
MOST_GUESTS = 50


@dataclass(frozen=True)
class FloorEntry:
    """Carry one line as it was typed."""

    days: str = "0-4"
    starts: str = ""
    ends: str = ""
    minimum: str = ""

    @staticmethod
    def of(row: FloorRow) -> FloorEntry:
        """Return a stored floor as a line of the form."""
        return FloorEntry(
            str(row.weekday), _clock(row.starts_minute), _clock(row.ends_minute), str(row.minimum)
        )

    @property
    def empty(self) -> bool:
        return not (self.starts or self.ends or self.minimum)


def parse_floors(form: Mapping[str, str]) -> tuple[list[FloorEntry], list[FloorLine], list[str]]:
    """Return the lines as typed, as floors, and what is wrong with them; empty lines are left out."""
    entries, lines, errors = [], [], []
    for n in range(MOST_LINES):
        if f"starts-{n}" not in form:
            break
        names = ("days", "starts", "ends", "minimum")
        entry = FloorEntry(*(form.get(f"{name}-{n}", "").strip() for name in names))
        if entry.empty:
            continue
        entries.append(entry)
        try:
            lines += _lines(entry)
        except ValueError as error:
            errors.append(_("Line %(line)s: %(why)s", line=len(entries), why=str(error)))
    return entries, lines, errors


def parse_guests(
    form: Mapping[str, str], teams: Iterable[tuple[int, str]]
) -> tuple[dict[int, str], dict[int, int], list[str]]:
    """Return the guests of each team as typed, as numbers, and what is wrong with them."""
    typed, guests, errors = {}, {}, []
    for team_id, name in teams:
        if (text := form.get(f"guests-{team_id}")) is None:
            continue
        typed[team_id] = text.strip()
        number = whole_number(text)
        if number is not None and number <= MOST_GUESTS:
            guests[team_id] = number
        else:
            errors.append(_("Guests of %(team)s: enter a number from 0 to %(most)s.", team=name, most=MOST_GUESTS))  # fmt: skip  # noqa: E501
    return typed, guests, errors


def _lines(entry: FloorEntry) -> list[FloorLine]:
    first, last = _minute(entry.starts), _minute(entry.ends, end=True)
    if first >= last:
        raise ValueError(_("the end comes after the beginning."))
    minimum = whole_number(entry.minimum)
    if minimum is None or not 1 <= minimum <= 1000:
        raise ValueError(_("say how many must be on duty, 1 or more. Clear the line to remove it."))
    days = range(5) if entry.days == "0-4" else [int(entry.days)] if entry.days in set("0123456") else []
    if not days:
        raise ValueError(_("choose the days."))
    return [FloorLine(day, first, last, minimum) for day in days]


def _minute(text: str, *, end: bool = False) -> int:
    hours, _sep, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes[:2].isdecimal() and len(hours) <= 2):
        raise ValueError(_("write times as 09:00."))
    value = int(hours) * 60 + int(minutes[:2])
    if end and value == 0:
        value = DAY_MINUTES
    if not 0 <= value <= DAY_MINUTES or int(minutes[:2]) > 59:
        raise ValueError(_("write times as 09:00."))
    return value


def _clock(minute: int) -> str:
    return "00:00" if minute == DAY_MINUTES else f"{minute // 60:02d}:{minute % 60:02d}"
