"""Reads about people for this and higher domains; rows leave as frozen cards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Date, Select, Text, bindparam, case, cast, exists, func, select
from sqlalchemy.orm import aliased

from app.db import db
from app.facts import Gone
from app.people.identity import Actor, PersonCard, Worker
from app.people.models import Department, JobRole, Leave, Person, Substitute, Team, UserSession, WorkHours
from app.reads import fetch

_REPORT, _AWAY = aliased(Person), aliased(Person)

# Statements of every page stand ready: to put one together costs more than to send it.
_ACTOR: Select[*tuple[Any, ...]] = (
    select(
        Person.id,
        Person.name,
        Person.email,
        Person.time_zone,
        Person.locale,
        Department.key,
        Person.team_id,
        Person.job_role_key,
        Person.is_hr,
        Person.is_author,
        Person.is_admin,
        Person.weekly_budget_minutes,
        exists().where(_REPORT.manager_id == Person.id, _REPORT.deactivated_at.is_(None)),
        Substitute.person_id,
        Substitute.from_on,
        Substitute.until_on,
        _AWAY.time_zone,
    )
    .outerjoin(Team, Team.id == Person.team_id)
    .outerjoin(Department, Department.id == Team.department_id)
    .outerjoin(
        Substitute,
        (Substitute.substitute_id == Person.id)
        & (Substitute.from_on <= bindparam("tomorrow", type_=Date))
        & (Substitute.until_on.is_(None) | (Substitute.until_on >= bindparam("yesterday", type_=Date))),
    )
    .outerjoin(_AWAY, _AWAY.id == Substitute.person_id)
)
_BY_TOKEN = _ACTOR.join(UserSession, UserSession.person_id == Person.id).where(
    UserSession.token_hash == bindparam("token_hash"),
    UserSession.revoked_at.is_(None),
    UserSession.expires_at > bindparam("now"),
    Person.deactivated_at.is_(None),
)
_WORK_HOURS = (
    select(WorkHours.person_id, WorkHours.weekday, WorkHours.starts_minute, WorkHours.ends_minute)
    .where(WorkHours.person_id.in_(bindparam("ids", expanding=True)))
    .order_by(WorkHours.person_id, WorkHours.weekday, WorkHours.starts_minute)
)
_LEAVE = (
    select(Leave.person_id, Leave.from_on, Leave.until_on)
    .where(
        Leave.person_id.in_(bindparam("ids", expanding=True)),
        Leave.from_on <= bindparam("until_on"),
        Leave.until_on >= bindparam("from_on"),
    )
    .order_by(Leave.person_id, Leave.from_on)
)
_IN_DEPARTMENT: Select[int] = (
    select(Person.id)
    .join(Team, Team.id == Person.team_id)
    .join(Department, Department.id == Team.department_id)
    .where(Department.key == bindparam("department_key"), Person.deactivated_at.is_(None))
)
# A person's hours as one text, and those who work alike as one row: a department has hundreds of intervals.
_HOURS = _IN_DEPARTMENT.with_only_columns(
    case((Person.id.in_(bindparam("apart", expanding=True)), Person.id), else_=0).label("person_id"),
    Person.time_zone,
    select(
        func.aggregate_strings(
            cast(WorkHours.weekday, Text)
            + "-"
            + cast(WorkHours.starts_minute, Text)
            + "-"
            + cast(WorkHours.ends_minute, Text),
            " ",
        )
    )
    .where(WorkHours.person_id == Person.id, WorkHours.weekday.in_(bindparam("weekdays", expanding=True)))
    .scalar_subquery()
    .label("hours"),
).subquery()
_WORKERS: Select[*tuple[Any, ...]] = select(*_HOURS.columns, func.count()).group_by(*_HOURS.columns)
_ZONES = _IN_DEPARTMENT.with_only_columns(Person.time_zone).distinct()
_LEAVE_IN = (
    select(Leave.person_id, Leave.from_on, Leave.until_on)
    .where(
        Leave.person_id.in_(_IN_DEPARTMENT),
        Leave.from_on <= bindparam("until_on"),
        Leave.until_on >= bindparam("from_on"),
    )
    .order_by(Leave.person_id, Leave.from_on)
)
_REPORTS = (
    select(Person.id.label("id"))
    .where(Person.manager_id.in_(bindparam("ids", expanding=True)))
    .cte("below", recursive=True)
)
_REPORTS = _REPORTS.union(select(Person.id).join(_REPORTS, Person.manager_id == _REPORTS.c.id))
_BELOW = select(Person.id).join(_REPORTS, _REPORTS.c.id == Person.id).where(Person.deactivated_at.is_(None))
_DEPARTMENTS = (
    select(Person.id, Department.key)
    .join(Team, Team.id == Person.team_id)
    .join(Department, Department.id == Team.department_id)
    .where(Person.id.in_(bindparam("ids", expanding=True)))
)
_BY_ID = _ACTOR.where(Person.id == bindparam("person_id"))


def actor_by_token(token_hash: str, now: datetime) -> Actor | None:
    """Return the actor of a live session, or None when it is unknown, revoked, expired or deactivated."""
    return _read_actor(_BY_TOKEN, now, token_hash=token_hash)


def actor_for(person_id: int, now: datetime) -> Actor:
    """Return the actor picture of a person, for jobs and tests. Raises Gone when there is none."""
    actor = _read_actor(_BY_ID, now, person_id=person_id)
    if actor is None:
        raise Gone(f"no person {person_id}")
    return actor


def substituted_by(person_id: int, now: datetime) -> frozenset[int]:
    """Return the ids of the people for whom this person decides now; days are those of the one away."""
    actor = _read_actor(_BY_ID, now, person_id=person_id)
    return actor.substitutes_for if actor else frozenset()


def _read_actor(statement: Select[*tuple[Any, ...]], now: datetime, **which: object) -> Actor | None:
    """Read an actor with one statement; each person they may stand in for is a row of it."""
    day = timedelta(days=1)
    near = {"yesterday": (now - day).date(), "tomorrow": (now + day).date()}
    rows = fetch(statement, which | near | {"now": now}).all()
    if not rows:
        return None
    stands_in = frozenset(
        row[13] for row in rows if row[13] is not None and _away(row[14], row[15], row[16], now)
    )
    me = rows[0]
    return Actor(
        person_id=me[0],
        name=me[1],
        email=me[2],
        time_zone=me[3],
        locale=me[4],
        department_key=me[5],
        team_id=me[6],
        job_role_key=me[7],
        is_hr=me[8],
        is_author=me[9],
        is_admin=me[10],
        weekly_budget_minutes=me[11],
        is_manager=bool(me[12] or stands_in),
        substitutes_for=stands_in,
    )


def _away(from_on: date, until_on: date | None, zone: str, now: datetime) -> bool:
    today = now.astimezone(ZoneInfo(zone)).date()
    return from_on <= today and (until_on is None or today <= until_on)


# What a card holds, in its order, as plain columns: whole rows cost five times as much.
_CARDS: Select[*tuple[Any, ...]] = (
    select(
        Person.id,
        Person.name,
        Person.email,
        Person.time_zone,
        Team.id,
        Team.name,
        Department.key,
        Department.name,
        JobRole.key,
        JobRole.title,
        Person.manager_id,
        Person.started_on,
        Person.weekly_budget_minutes,
        Person.deactivated_at.is_(None),
        Person.locale,
    )
    .outerjoin(Team, Team.id == Person.team_id)
    .outerjoin(Department, Department.id == Team.department_id)
    .outerjoin(JobRole, JobRole.key == Person.job_role_key)
)
_CARDS_OF = _CARDS.where(Person.id.in_(bindparam("ids", expanding=True)))
_ACTIVE = _CARDS.where(Person.deactivated_at.is_(None)).order_by(Person.name, Person.id)

_ACTIVE_IN_TEAM = _ACTIVE.where(Person.team_id == bindparam("team_id"))
_NAMES = select(Department.key, Department.name).order_by(Department.name)


def find_card(person_id: int) -> PersonCard | None:
    """Return the card of one person, active or not."""
    return cards([person_id]).get(person_id)


def cards(person_ids: Collection[int]) -> dict[int, PersonCard]:
    """Return the cards of these people by id, in one query."""
    if not person_ids:
        return {}
    rows = fetch(_CARDS_OF, {"ids": list(set(person_ids))})
    return {row[0]: PersonCard(*row) for row in rows}


def departments_of(person_ids: Collection[int]) -> dict[int, str]:
    """Return the department keys of these people; those in no team are missing."""
    rows = fetch(_DEPARTMENTS, {"ids": list(person_ids)})
    return {person_id: key for person_id, key in rows}  # noqa: C416 - a Row is no pair to mypy


def any_people() -> bool:
    """Tell whether anyone was ever added."""
    return bool(db.session.scalar(select(exists().where(Person.id > 0))))


def list_active(
    *, team_id: int | None = None, department_key: str | None = None, job_role_key: str | None = None
) -> list[PersonCard]:
    """Return active people by name, narrowed by team, department or job role."""
    query = _ACTIVE if team_id is None else _ACTIVE_IN_TEAM
    if department_key is not None:
        query = query.where(Department.key == department_key)
    if job_role_key is not None:
        query = query.where(Person.job_role_key == job_role_key)
    return [PersonCard(*row) for row in fetch(query, {"team_id": team_id} if team_id is not None else None)]


def list_hr() -> list[int]:
    """Return the ids of the active people in HR."""
    return list(
        db.session.scalars(
            select(Person.id).where(Person.is_hr, Person.deactivated_at.is_(None)).order_by(Person.id)
        )
    )


def manager_line_of(person_id: int) -> list[int]:
    """Return the ids of a person's managers, nearest first."""
    line: list[int] = []
    current = db.session.scalar(select(Person.manager_id).where(Person.id == person_id))
    while current is not None and current not in line and current != person_id:
        line.append(current)
        current = db.session.scalar(select(Person.manager_id).where(Person.id == current))
    return line


def reports_of(manager_ids: Iterable[int]) -> frozenset[int]:
    """Return the ids of everyone active below these managers, at any depth."""
    start = set(manager_ids)
    if not start:
        return frozenset()
    return frozenset(fetch(_BELOW, {"ids": list(start)}).scalars())


def manages(actor: Actor, person_id: int) -> bool:
    """Tell whether the actor is in the person's manager line, or substitutes for someone who is."""
    line = set(manager_line_of(person_id))
    return bool(line & ({actor.person_id} | actor.substitutes_for)) and person_id != actor.person_id


def team_name(team_id: int) -> str | None:
    """Return a team's name, or None when there is no such team."""
    return db.session.scalar(select(Team.name).where(Team.id == team_id))


def list_teams() -> list[tuple[int, str, str]]:
    """Return (team id, team name, department key) of every team, by department and name."""
    rows = db.session.execute(
        select(Team.id, Team.name, Department.key).join(Department).order_by(Department.key, Team.name)
    )
    return [(team_id, name, key) for team_id, name, key in rows]


def team_choices() -> list[tuple[int, str]]:
    """Return (team id, "Department · Team") of every team, as two may share a name."""
    rows = db.session.execute(
        select(Team.id, Department.name, Team.name).join(Department).order_by(Department.name, Team.name)
    )
    return [(team_id, f"{department} · {team}") for team_id, department, team in rows]


def list_departments() -> list[tuple[str, str]]:
    """Return (key, name) of every department, by name."""
    return [(key, name) for key, name in fetch(_NAMES)]


def work_hours_of(person_ids: Collection[int]) -> dict[int, list[tuple[int, int, int]]]:
    """Return each person's weekly pattern: (weekday, starts_minute, ends_minute), local, sorted."""
    out: dict[int, list[tuple[int, int, int]]] = {person_id: [] for person_id in person_ids}
    if out:
        for person_id, *interval in fetch(_WORK_HOURS, {"ids": list(out)}):
            out[person_id].append((interval[0], interval[1], interval[2]))
    return out


def leave_of(
    person_ids: Collection[int], from_on: date, until_on: date
) -> dict[int, list[tuple[date, date]]]:
    """Return each person's leave that touches the span, as (first day, last day), both included."""
    out: dict[int, list[tuple[date, date]]] = {person_id: [] for person_id in person_ids}
    if out:
        spans = {"ids": list(out), "from_on": from_on, "until_on": until_on}
        for person_id, first, last in fetch(_LEAVE, spans):
            out[person_id].append((first, last))
    return out


def active_in_department() -> Select[int]:
    """Return the ids of a department's active people as part of a statement; it binds `department_key`."""
    return _IN_DEPARTMENT


def zones_in(department_key: str) -> list[str]:
    """Return the time zones of a department's active people."""
    return list(fetch(_ZONES, {"department_key": department_key}).scalars())


def leave_in(department_key: str, from_on: date, until_on: date) -> dict[int, tuple[tuple[date, date], ...]]:
    """Return the leave that touches the span of a department's active people, of those who have any."""
    out: dict[int, tuple[tuple[date, date], ...]] = defaultdict(tuple)
    asked = {"department_key": department_key, "from_on": from_on, "until_on": until_on}
    for person_id, first, last in fetch(_LEAVE_IN, asked):
        out[person_id] += ((first, last),)
    return out


def workers_of(department_key: str, weekdays: Collection[int], apart: Collection[int]) -> list[Worker]:
    """Return when a department's active people work on some weekdays (0 is Monday).

    Those named in `apart` come one by one, all others as how many work alike, under the id 0.
    """
    asked = {"department_key": department_key, "weekdays": list(weekdays), "apart": list(apart)}
    return [
        Worker(person_id, zone, _hours(text or ""), people)
        for person_id, zone, text, people in fetch(_WORKERS, asked)
    ]


@lru_cache(maxsize=2048)
def _hours(text: str) -> tuple[tuple[int, int, int], ...]:
    """Read the hours that `_WORKERS` gives as text."""
    intervals = [each.split("-") for each in text.split()]
    return tuple(sorted((int(day), int(first), int(last)) for day, first, last in intervals))
