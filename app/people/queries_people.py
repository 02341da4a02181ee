"""Reads for the pages about people: the directory, one record, the org chart, availability."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import aliased

from app.db import db
from app.people.models import Department, EmailChange, JobRole, Leave, Person, Substitute, Team

PER_PAGE = 50


@dataclass(frozen=True)
class Sought:
    """What the directory is narrowed by; `active` False shows ended accounts instead."""

    words: str = ""
    department_key: str = ""
    team_id: int | None = None
    job_role_key: str = ""
    active: bool = True


@dataclass(frozen=True)
class Entry:
    """One line of the directory."""

    person_id: int
    name: str
    email: str
    team: str | None
    department: str | None
    job_role: str | None
    time_zone: str
    is_active: bool


@dataclass(frozen=True)
class EmailChanged:
    """A former e-mail, when it was replaced and by whom; `by` None is the operator."""

    before: str
    changed_at: datetime
    by: str | None


@dataclass(frozen=True)
class Record:
    """All that is kept about a person's employment and account."""

    person_id: int
    version: int
    name: str
    email: str
    team_id: int | None
    team: str | None
    department: str | None
    department_key: str | None
    job_role_key: str | None
    job_role: str | None
    manager_id: int | None
    manager: str | None
    manager_email: str | None
    time_zone: str
    locale: str
    started_on: date | None
    weekly_budget_minutes: int
    is_hr: bool
    is_author: bool
    is_admin: bool
    is_active: bool
    has_password: bool


@dataclass(frozen=True)
class Away:
    """Days of leave, both ends included."""

    leave_id: int
    person_id: int
    from_on: date
    until_on: date


@dataclass(frozen=True)
class StandIn:
    """Who decides for whom, from when, until when (None: until changed)."""

    substitute_row_id: int
    person_id: int
    person: str
    substitute_id: int
    substitute: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True)
class Node:
    """A person in the org chart."""

    person_id: int
    name: str
    job_role: str | None
    team_id: int | None
    manager_id: int | None


@dataclass(frozen=True)
class TeamSize:
    """A team in the org chart and how many active people it has."""

    team_id: int
    name: str
    department_key: str
    department: str
    people: int


def search(sought: Sought, page: int) -> tuple[list[Entry], int]:
    """Return one page of the directory by name, and how many people fit in all."""
    where = _conditions(sought)
    base = (
        select(Person.id)
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(Department, Department.id == Team.department_id)
        .where(*where)
    )
    total = db.session.scalar(select(func.count()).select_from(base.subquery())) or 0
    rows = db.session.execute(
        select(
            Person.id,
            Person.name,
            Person.email,
            Team.name,
            Department.name,
            JobRole.title,
            Person.time_zone,
            Person.deactivated_at,
        )
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(Department, Department.id == Team.department_id)
        .outerjoin(JobRole, JobRole.key == Person.job_role_key)
        .where(*where)
        .order_by(func.lower(Person.name), Person.id)
        .limit(PER_PAGE)
        .offset((page - 1) * PER_PAGE)
    )
    return [Entry(*row[:7], row[7] is None) for row in rows], total


def _conditions(sought: Sought) -> list[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = [
        Person.deactivated_at.is_(None) if sought.active else Person.deactivated_at.is_not(None)
    ]
    for word in sought.words.split()[:6]:
        # SQLite folds only ASCII letters, so the word is tried as typed and capitalised as well
        forms = {word, word.lower(), word.capitalize(), word.upper()}
        where.append(
            or_(
                *(Person.name.icontains(form, autoescape=True) for form in forms),
                Person.email.icontains(word.lower(), autoescape=True),
            )
        )
    if sought.department_key:
        where.append(Department.key == sought.department_key)
    if sought.team_id is not None:
        where.append(Person.team_id == sought.team_id)
    if sought.job_role_key:
        where.append(Person.job_role_key == sought.job_role_key)
    return where


def find_record(person_id: int) -> Record | None:
    """Return a person's whole record."""
    manager = aliased(Person)
    row = db.session.execute(
        select(Person, Team, Department, JobRole.title, manager.name, manager.email)
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(Department, Department.id == Team.department_id)
        .outerjoin(JobRole, JobRole.key == Person.job_role_key)
        .outerjoin(manager, manager.id == Person.manager_id)
        .where(Person.id == person_id)
    ).first()
    if row is None:
        return None
    person, team, department, role, manager_name, manager_email = row
    return Record(
        person_id=person.id,
        version=person.version,
        name=person.name,
        email=person.email,
        team_id=person.team_id,
        team=team.name if team else None,
        department=department.name if department else None,
        department_key=department.key if department else None,
        job_role_key=person.job_role_key,
        job_role=role,
        manager_id=person.manager_id,
        manager=manager_name,
        manager_email=manager_email,
        time_zone=person.time_zone,
        locale=person.locale,
        started_on=person.started_on,
        weekly_budget_minutes=person.weekly_budget_minutes,
        is_hr=person.is_hr,
        is_author=person.is_author,
        is_admin=person.is_admin,
        is_active=person.deactivated_at is None,
        has_password=person.password_hash is not None,
    )


def email_changes(person_id: int) -> list[EmailChanged]:
    """Return how a person's e-mail was changed, latest first."""
    rows = db.session.execute(
        select(EmailChange.before, EmailChange.changed_at, Person.name)
        .outerjoin(Person, Person.id == EmailChange.changed_by)
        .where(EmailChange.person_id == person_id)
        .order_by(EmailChange.id.desc())
    )
    return [EmailChanged(*row) for row in rows]


def direct_reports(person_id: int) -> list[Node]:
    """Return the active people who report to a person, by name."""
    return _nodes(Person.manager_id == person_id)


def chart_of(department_key: str) -> list[Node]:
    """Return everyone active in a department."""
    return _nodes(Department.key == department_key)


def _nodes(*where: ColumnElement[bool]) -> list[Node]:
    rows = db.session.execute(
        select(Person.id, Person.name, JobRole.title, Person.team_id, Person.manager_id)
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(Department, Department.id == Team.department_id)
        .outerjoin(JobRole, JobRole.key == Person.job_role_key)
        .where(Person.deactivated_at.is_(None), *where)
        .order_by(func.lower(Person.name), Person.id)
    )
    return [Node(*row) for row in rows]


def team_sizes() -> list[TeamSize]:
    """Return every team with how many active people it has, by department and name."""
    rows = db.session.execute(
        select(Team.id, Team.name, Department.key, Department.name, func.count(Person.id))
        .join(Department, Department.id == Team.department_id)
        .outerjoin(Person, (Person.team_id == Team.id) & Person.deactivated_at.is_(None))
        .group_by(Team.id, Team.name, Department.key, Department.name)
        .order_by(Department.name, Team.name)
    )
    return [TeamSize(*row) for row in rows]


def list_job_roles() -> list[tuple[str, str]]:
    """Return (key, title) of every job role, by title."""
    rows = db.session.execute(select(JobRole.key, JobRole.title).order_by(JobRole.title))
    return [(key, title) for key, title in rows]


def list_leads() -> list[tuple[str, str]]:
    """Return (e-mail, name) of the active people whom someone reports to, by name."""
    report = aliased(Person)
    leads = select(report.manager_id).where(report.deactivated_at.is_(None), report.manager_id.is_not(None))
    rows = db.session.execute(
        select(Person.email, Person.name)
        .where(Person.id.in_(leads), Person.deactivated_at.is_(None))
        .order_by(Person.name)
    )
    return [(email, name) for email, name in rows]


def find_active(email: str) -> tuple[int, str] | None:
    """Return id and name of the active person with this e-mail."""
    row = db.session.execute(
        select(Person.id, Person.name).where(
            Person.email == email.strip().lower(), Person.deactivated_at.is_(None)
        )
    ).first()
    return (row[0], row[1]) if row else None


def leave_from(person_id: int, on: date) -> list[Away]:
    """Return a person's leave that is not over on a day, soonest first."""
    rows = db.session.scalars(
        select(Leave).where(Leave.person_id == person_id, Leave.until_on >= on).order_by(Leave.from_on)
    )
    return [Away(row.id, row.person_id, row.from_on, row.until_on) for row in rows]


def find_leave(leave_id: int) -> Away | None:
    """Return one entry of leave."""
    row = db.session.get(Leave, leave_id)
    return Away(row.id, row.person_id, row.from_on, row.until_on) if row else None


def stand_ins(on: date, *, person_id: int | None = None, substitute_id: int | None = None) -> list[StandIn]:
    """Return present and coming substitutions for a person, or by a substitute, soonest first."""
    away, here = aliased(Person), aliased(Person)
    query = (
        select(
            Substitute.id,
            away.id,
            away.name,
            here.id,
            here.name,
            Substitute.from_on,
            Substitute.until_on,
        )
        .join(away, away.id == Substitute.person_id)
        .join(here, here.id == Substitute.substitute_id)
        .where(Substitute.until_on.is_(None) | (Substitute.until_on >= on))
        .order_by(Substitute.from_on, Substitute.id)
    )
    if person_id is not None:
        query = query.where(Substitute.person_id == person_id)
    if substitute_id is not None:
        query = query.where(Substitute.substitute_id == substitute_id)
    return [StandIn(*row) for row in db.session.execute(query)]
