"""Reads for the import: the whole directory in a handful of queries, and kept uploads."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased

from app.db import db
from app.people.import_directory import Directory, Known
from app.people.models import Department, ImportUpload, JobRole, Leave, Person, Substitute, Team, WorkHours
from app.people.work_hours import Interval


@dataclass(frozen=True)
class Upload:
    """A file that waits for its confirmation."""

    upload_id: int
    filename: str
    content: bytes
    created_at: datetime


def find_upload(upload_id: int, person_id: int) -> Upload | None:
    """Return a person's own upload."""
    row = db.session.scalar(
        select(ImportUpload).where(ImportUpload.id == upload_id, ImportUpload.person_id == person_id)
    )
    return Upload(row.id, row.filename, row.content, row.created_at) if row else None


def directory(zones: frozenset[str], locales: frozenset[str]) -> Directory:
    """Return everyone and everything an import may refer to."""
    hours: dict[int, list[Interval]] = defaultdict(list)
    for person_id, *interval in db.session.execute(
        select(WorkHours.person_id, WorkHours.weekday, WorkHours.starts_minute, WorkHours.ends_minute)
    ):
        hours[person_id].append(tuple(interval))  # type: ignore[arg-type]
    leave: dict[int, set[tuple[date, date]]] = defaultdict(set)
    for person_id, first, last in db.session.execute(select(Leave.person_id, Leave.from_on, Leave.until_on)):
        leave[person_id].add((first, last))
    stand_in = aliased(Person)
    substitutes = dict(
        db.session.execute(
            select(Substitute.person_id, stand_in.email)
            .join(stand_in, stand_in.id == Substitute.substitute_id)
            .where(Substitute.until_on.is_(None))
            .order_by(Substitute.id)
        ).all()
    )
    manager = aliased(Person)
    rows = db.session.execute(
        select(
            Person.id,
            Person.email,
            Person.name,
            Person.deactivated_at,
            Department.name,
            Team.name,
            Person.job_role_key,
            manager.email,
            Person.started_on,
            Person.time_zone,
            Person.locale,
            Person.weekly_budget_minutes,
            Person.is_hr,
            Person.is_author,
            Person.is_admin,
        )
        .outerjoin(Team, Team.id == Person.team_id)
        .outerjoin(Department, Department.id == Team.department_id)
        .outerjoin(manager, manager.id == Person.manager_id)
    )
    people = tuple(
        Known(  # type: ignore[call-arg]  # the columns stand in the order of the fields
            row[0],
            row[1],
            row[2],
            row[3] is None,
            (row[4], row[5]) if row[5] is not None else None,
            *row[6:],
            tuple(sorted(hours.get(row[0], ()))),  # type: ignore[arg-type]
            frozenset(leave.get(row[0], ())),  # type: ignore[arg-type]
            substitutes.get(row[0]),  # type: ignore[arg-type]
        )
        for row in rows
    )
    places = db.session.execute(select(Department.name, Team.name).join(Department))
    return Directory(
        people=people,
        departments=tuple(db.session.execute(select(Department.key, Department.name))),
        places=tuple((department, team) for department, team in places),
        job_roles=tuple(db.session.execute(select(JobRole.key, JobRole.title))),
        zones=zones,
        locales=locales,
    )
