"""The people an import meets, as they are before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from app.people.work_hours import Interval

Place = tuple[str, str]
"""Department and team, by name."""


@dataclass(frozen=True)
class Known:
    """A person as they are before the import."""

    person_id: int
    email: str
    name: str
    is_active: bool
    place: Place | None
    job_role: str | None
    manager_email: str | None
    start_date: date | None
    time_zone: str
    locale: str
    weekly_budget_minutes: int
    is_hr: bool
    is_author: bool
    is_admin: bool
    work_hours: tuple[Interval, ...]
    leave: frozenset[tuple[date, date]]
    substitute_email: str | None


@dataclass(frozen=True)
class Directory:
    """Everything an import refers to."""

    people: tuple[Known, ...]
    departments: tuple[tuple[str, str], ...]
    places: tuple[Place, ...]
    job_roles: tuple[tuple[str, str], ...]
    zones: frozenset[str]
    locales: frozenset[str]
