"""Who is asking: the frozen picture of the signed-in person that every layer passes on as `actor`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple


@dataclass(frozen=True)
class Actor:
    """The signed-in person of this request, or the person a job acts for.

    `is_manager` means that at least one active person reports to them; `substitutes_for` holds the ids
    of the people for whom this person decides today (P19: approvals never stall).
    """

    person_id: int
    name: str
    email: str
    time_zone: str
    locale: str
    department_key: str | None
    team_id: int | None
    job_role_key: str | None
    is_hr: bool = False
    is_author: bool = False
    is_admin: bool = False
    is_manager: bool = False
    substitutes_for: frozenset[int] = frozenset()
    weekly_budget_minutes: int = 60


class PersonCard(NamedTuple):
    """What any page needs to name a person; deactivated people stay nameable."""

    person_id: int
    name: str
    email: str
    time_zone: str
    team_id: int | None
    team_name: str | None
    department_key: str | None
    department_name: str | None
    job_role_key: str | None
    job_role_title: str | None
    manager_id: int | None
    started_on: date | None
    weekly_budget_minutes: int
    is_active: bool
    locale: str = "en"


class Worker(NamedTuple):
    """When one person works, or several alike: (weekday, first minute, last minute) of the local day."""

    person_id: int
    zone: str
    hours: tuple[tuple[int, int, int], ...]
    people: int


@dataclass(frozen=True)
class DemoSignIn:
    """A sign-in that the demo offers on its sign-in page; `kind` says what kind of person it is."""

    kind: str
    name: str
    email: str
    password: str


@dataclass(frozen=True)
class PersonInput:
    """A person's record as HR writes it."""

    name: str
    email: str
    team_id: int | None
    job_role_key: str | None
    manager_id: int | None
    time_zone: str
    locale: str
    started_on: date | None
    weekly_budget_minutes: int
    is_hr: bool = False
    is_author: bool = False
    is_admin: bool = False
