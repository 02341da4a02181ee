"""What can be done with calendars: feeds, floors, busy times, pins and bans."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select, update

from app.db import db
from app.facts import Impossible
from app.people.identity import Actor
from app.people.passwords import hash_token, new_token
from app.scheduling import service_guard
from app.scheduling.inputs import FloorLine
from app.scheduling.models_calendar import BusyTime, CalendarFeed, DepartmentFloor, PairingRule
from app.scheduling.queries_calendar import FloorRow, floor_rows


def create_feed(actor: Actor, now: datetime) -> str:
    """Make a new secret address for the actor's calendar and return its token; it cannot be shown again."""
    token = new_token()
    db.session.add(CalendarFeed(person_id=actor.person_id, token_hash=hash_token(token), created_at=now))
    db.session.flush()
    return token


def revoke_feed(actor: Actor, feed_id: int, now: datetime) -> bool:
    """Close one of the actor's own addresses; return whether it is theirs. Closed twice, it stays closed."""
    db.session.execute(
        update(CalendarFeed)
        .where(
            CalendarFeed.id == feed_id,
            CalendarFeed.person_id == actor.person_id,
            CalendarFeed.revoked_at.is_(None),
        )
        .values(revoked_at=now)
        .execution_options(synchronize_session=False)
    )
    mine = select(CalendarFeed.id).where(
        CalendarFeed.id == feed_id, CalendarFeed.person_id == actor.person_id
    )
    return db.session.scalar(mine) is not None


def set_floors(
    department_key: str, time_zone: str, lines: Iterable[FloorLine], now: datetime
) -> list[FloorRow]:
    """Replace a department's floors and return them. Raises KeyError for an unknown zone.

    Sessions already booked stay booked; the team's week shows where they are below the new floor.
    """
    ZoneInfo(time_zone)
    service_guard.lock([service_guard.department_key(department_key, now)])
    db.session.execute(delete(DepartmentFloor).where(DepartmentFloor.department_key == department_key))
    db.session.add_all(
        DepartmentFloor(
            department_key=department_key,
            weekday=line.weekday,
            starts_minute=line.starts_minute,
            ends_minute=line.ends_minute,
            minimum=line.minimum,
            time_zone=time_zone,
        )
        for line in lines
    )
    db.session.flush()
    return floor_rows(department_key)


def replace_busy_times(person_id: int, source: str, spans: Collection[tuple[datetime, datetime]]) -> None:
    """Replace what one imported calendar says about when a person is busy; what for is not kept."""
    db.session.execute(delete(BusyTime).where(BusyTime.person_id == person_id, BusyTime.source == source))
    db.session.add_all(
        BusyTime(person_id=person_id, starts_at=starts_at, ends_at=ends_at, source=source)
        for starts_at, ends_at in spans
    )
    db.session.flush()


def set_pairing(
    actor: Actor,
    kind: str,
    learner_id: int,
    host_id: int,
    now: datetime,
    *,
    competency_id: str | None = None,
    reason: str = "",
) -> int:
    """Pin a learner to a host, or ban the two from being paired; return the rule's id.

    The same rule set twice by one person is kept once; who may set it, the caller checks. Raises
    ValueError for any other kind or for one person with themselves.
    """
    if kind not in {"pin", "ban"} or learner_id == host_id:
        raise Impossible("a pin or a ban of two people")
    same = select(PairingRule.id).where(
        PairingRule.kind == kind,
        PairingRule.learner_id == learner_id,
        PairingRule.host_id == host_id,
        PairingRule.competency_id.is_not_distinct_from(competency_id),
        PairingRule.set_by == actor.person_id,
        PairingRule.ended_at.is_(None),
    )
    if (known := db.session.scalar(same)) is not None:
        return known
    row = PairingRule(
        kind=kind,
        learner_id=learner_id,
        host_id=host_id,
        competency_id=competency_id,
        set_by=actor.person_id,
        reason=reason.strip(),
        created_at=now,
    )
    db.session.add(row)
    db.session.flush()
    return row.id


def end_pairing(rule_id: int, now: datetime) -> None:
    """Let a pin or ban hold no longer; ended twice, it stays ended at the first time."""
    db.session.execute(
        update(PairingRule)
        .where(PairingRule.id == rule_id, PairingRule.ended_at.is_(None))
        .values(ended_at=now)
        .execution_options(synchronize_session=False)
    )
