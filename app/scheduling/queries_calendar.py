"""Reads of floors as they are edited, and of calendar feeds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.db import db
from app.people import queries as people
from app.people.passwords import hash_token
from app.scheduling.models_calendar import CalendarFeed, DepartmentFloor


@dataclass(frozen=True, slots=True)
class FloorRow:
    """Show one line of a department's floor."""

    weekday: int
    starts_minute: int
    ends_minute: int
    minimum: int
    time_zone: str


@dataclass(frozen=True, slots=True)
class FeedFact:
    """Show one secret address of a person, without the secret."""

    feed_id: int
    created_at: datetime


def floor_rows(department_key: str) -> list[FloorRow]:
    """Return a department's floors in the order of the week."""
    rows = db.session.scalars(
        select(DepartmentFloor)
        .where(DepartmentFloor.department_key == department_key)
        .order_by(DepartmentFloor.weekday, DepartmentFloor.starts_minute, DepartmentFloor.id)
    )
    return [FloorRow(r.weekday, r.starts_minute, r.ends_minute, r.minimum, r.time_zone) for r in rows]


def zones_of(department_key: str) -> list[str]:
    """Return the time zones in which people of a department work, the commonest first."""
    zones = [card.time_zone for card in people.list_active(department_key=department_key)]
    return sorted(set(zones), key=lambda zone: (-zones.count(zone), zone))


def feeds_of(person_id: int) -> list[FeedFact]:
    """Return a person's addresses in force, newest first."""
    rows = db.session.scalars(
        select(CalendarFeed)
        .where(CalendarFeed.person_id == person_id, CalendarFeed.revoked_at.is_(None))
        .order_by(CalendarFeed.id.desc())
    )
    return [FeedFact(r.id, r.created_at) for r in rows]


def person_of_feed(token: str) -> int | None:
    """Return whose calendar a secret opens, or None when it is unknown or revoked."""
    return db.session.scalar(
        select(CalendarFeed.person_id).where(
            CalendarFeed.token_hash == hash_token(token), CalendarFeed.revoked_at.is_(None)
        )
    )
