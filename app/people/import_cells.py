"""Turn the cells of one row of an import into values, reporting what cannot be read with what to write."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from app.people.import_file import Problem, Row
from app.people.work_hours import BadHours, parse_hours

CLEAR = "-"
YES = frozenset(["yes", "y", "true", "1", "x", "✓", "ja", "oui", "si", "sí"])
NO = frozenset(["no", "n", "false", "0", "nein", "non"])
LONGEST_LEAVE = timedelta(days=730)
_EMAIL = re.compile(r"[^@\s<>\",;]{1,64}@[^@\s<>\",;.]+(\.[^@\s<>\",;.]+)+")
_SPAN = re.compile(r"(\S+?)\s*(?:\.\.\.?|…|\bto\b|\buntil\b|/|\s[-–—]\s|–|—)\s*(\S+)|(\S+)")


@dataclass
class Words:
    """What the cells may refer to: lookups by case-folded word."""

    job_roles: Mapping[str, tuple[str, ...]]
    role_titles: Mapping[str, str]
    zones: Mapping[str, str]
    locales: Mapping[str, str]


@dataclass
class Reading:
    """The values of one row so far; `problems` grows, and a row that has any is not imported."""

    row: Row
    values: dict[str, object] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def wrong(self, column: str, message: str) -> None:
        self.problems.append(Problem(self.row.number, column, message, self.row.cells.get(column, "")[:100]))


class Unfit(ValueError):
    """The cell cannot be read; the message says what to write instead."""


def read_row(row: Row, words: Words) -> Reading:
    """Read every cell of a row but the references to teams and people."""
    reading = Reading(row)
    if "email" not in row.cells:
        reading.wrong("email", "is empty, and people are matched by it.")
    for column, text in row.cells.items():
        reader = READERS.get(column)
        if reader is None:
            continue
        try:
            reading.values[column] = reader(text, words)
        except Unfit as unfit:
            reading.wrong(column, str(unfit))
    return reading


def email(text: str, _words: Words | None = None) -> str:
    """Return an e-mail in the form that is stored."""
    plain = text.strip().lower().removeprefix("mailto:")
    if len(plain) > 254 or not _EMAIL.fullmatch(plain):
        raise Unfit("is not an e-mail. Write it like name@example.com.")
    return plain


def _reference(text: str, _words: Words) -> str | None:
    return None if text == CLEAR else email(text)


def name(text: str, _words: Words | None = None) -> str:
    """Return a name with its white space folded."""
    plain = " ".join(text.split())
    if len(plain) > 200:
        raise Unfit("is longer than 200 characters.")
    if any(ord(letter) < 32 or letter == "\ufffd" for letter in plain):
        raise Unfit("holds characters that are not text. Save the file as CSV UTF-8.")
    return plain


def _group(text: str, words: Words) -> str | None:
    if text == CLEAR:
        return None
    plain = name(text, words)
    if len(plain) > 120:
        raise Unfit("is longer than 120 characters.")
    return plain


def _job_role(text: str, words: Words) -> str | None:
    if text == CLEAR:
        return None
    keys = words.job_roles.get(" ".join(text.split()).casefold(), ())
    if len(keys) == 1:
        return keys[0]
    if keys:
        raise Unfit(f"is the title of several job roles. Write one of {', '.join(sorted(keys))}.")
    raise Unfit(f"is not a job role. {_instead(text, words.role_titles)}")


def _zone(text: str, words: Words) -> str:
    found = words.zones.get(text.replace(" ", "_").casefold())
    if found is None:
        raise Unfit(f"is not a time zone. {_instead(text, words.zones, 'Write it like Europe/Berlin.')}")
    return found


def _locale(text: str, words: Words) -> str:
    found = words.locales.get(text.replace("-", "_").casefold())
    if found is None:
        raise Unfit("is not a language. Write it like en or pt-BR.")
    return found


def _day(text: str) -> date:
    for pattern, order in (
        (r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", (1, 2, 3)),
        (r"(\d{1,2})\.(\d{1,2})\.(\d{4})", (3, 2, 1)),
    ):
        match = re.fullmatch(pattern, text.strip())
        if match:
            try:
                return date(*(int(match[place]) for place in order))
            except ValueError as error:
                raise Unfit(f"“{text}” is not a day of the calendar.") from error
    raise Unfit(f"“{text}” is not a day. Write year-month-day, like 2026-12-31.")


def _start(text: str, _words: Words) -> date | None:
    return None if text == CLEAR else _day(text)


def _hours(text: str, _words: Words) -> tuple[tuple[int, int, int], ...]:
    try:
        return parse_hours(text)
    except BadHours as error:
        raise Unfit(str(error)) from error


def _budget(text: str, _words: Words) -> int:
    if not re.fullmatch(r"\d{1,5}", text) or int(text) > 2400:
        raise Unfit("is not a number of minutes between 0 and 2400. Write for example 60.")
    return int(text)


def _flag(text: str, _words: Words) -> bool:
    plain = text.casefold()
    if plain in YES:
        return True
    if plain in NO or plain == CLEAR:
        return False
    raise Unfit("is neither yes nor no.")


def _leave(text: str, _words: Words) -> frozenset[tuple[date, date]]:
    found = set()
    for part in re.split(r"[;,|\n]+", text):
        if not part.strip():
            continue
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            raise Unfit("is not a span of days. Write it like 2026-12-20..2027-01-03.")
        first = _day(match[1] or match[3])
        last = _day(match[2]) if match[2] else first
        if last < first:
            raise Unfit(f"{first}..{last} ends before it starts.")
        if last - first > LONGEST_LEAVE:
            raise Unfit(f"{first}..{last} is longer than two years.")
        found.add((first, last))
    return frozenset(found)


def _instead(text: str, known: Mapping[str, str], otherwise: str = "") -> str:
    near = difflib.get_close_matches(text.casefold(), known, n=2, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(known[each] for each in near)}?"
    if otherwise or not known:
        return otherwise or "None is known yet: load the curricula first."
    return f"Known: {', '.join(sorted(set(known.values()))[:12])}."


READERS: dict[str, Callable[[str, Words], object]] = {
    "email": email,
    "name": name,
    "department": _group,
    "team": _group,
    "job_role": _job_role,
    "manager_email": _reference,
    "start_date": _start,
    "time_zone": _zone,
    "work_hours": _hours,
    "weekly_budget_minutes": _budget,
    "locale": _locale,
    "substitute_email": _reference,
    "is_hr": _flag,
    "is_author": _flag,
    "is_admin": _flag,
    "leave": _leave,
}
