"""Reads of a team's week: who is on duty against the floor, who is away and why."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import select

from app.db import db
from app.people import queries as people
from app.people.identity import PersonCard
from app.scheduling.availability import local, slots_between
from app.scheduling.kinds import TAKING_TIME, SessionKind
from app.scheduling.models_rotations import Rotation
from app.scheduling.models_sessions import ShadowSession
from app.scheduling.queries_facts import list_floors, load_staff
from app.scheduling.queries_sessions import SessionFact, sessions_between
from app.scheduling.staffing import Duty, duty_by_slot
from app.weeks import day_span, midnight, week_span

Why = Literal["leave", "rotation", "session"]


@dataclass(frozen=True, slots=True)
class Away:
    """State that somebody is not doing the work of their own team, from when until when."""

    person_id: int
    why: Why
    from_at: datetime
    until_at: datetime
    session_id: int | None = None
    rotation_id: int | None = None


@dataclass(frozen=True, slots=True)
class TeamDay:
    """Show one local day: duty of the department by slot, and who of the team is away."""

    on: date
    slots: tuple[tuple[datetime, Duty], ...]
    away: tuple[Away, ...]

    @property
    def short(self) -> bool:
        return any(duty.short for _slot, duty in self.slots)


@dataclass(frozen=True, slots=True)
class Absence:
    """State on which days of a week, first to last, somebody is away for one reason."""

    first: date
    last: date
    away: Away


@dataclass(frozen=True, slots=True)
class TeamWeek:
    """Show a team's week: its people, seven days, and the sessions they take part in."""

    team_id: int
    department_key: str | None
    department_name: str | None
    people: tuple[PersonCard, ...]
    days: tuple[TeamDay, ...]
    sessions: tuple[SessionFact, ...]

    @property
    def has_floor(self) -> bool:
        return any(duty.floor for day in self.days for _slot, duty in day.slots)

    def absences(self, since: date) -> list[Absence]:
        """Return who is away from a day on to the end of the week, one row per reason however many days."""
        days: dict[Away, list[date]] = {}
        for day in self.days:
            for each in day.away if day.on >= since else ():
                days.setdefault(each, []).append(day.on)
        return [Absence(on[0], on[-1], each) for each, on in days.items()]


def team_week(team_id: int, monday: date, zone: str) -> TeamWeek:
    """Return a team's week in a reader's zone; the query count does not grow with the team."""
    from_at, until_at = week_span(monday, zone)
    members = people.list_active(team_id=team_id)
    ids = {card.person_id for card in members}
    key = members[0].department_key if members else None
    duty = _duty(key, from_at, until_at)
    away = away_between(ids, from_at, until_at)
    sessions = sessions_between(ids, from_at, until_at) if ids else []
    days = []
    for n in range(7):
        on = monday + timedelta(days=n)
        begin, end = day_span(on, zone)
        slots = tuple((s, duty[s]) for s in slots_between(begin, end) if s in duty)
        days.append(
            TeamDay(on, _trim(slots), tuple(a for a in away if a.from_at < end and a.until_at > begin))
        )
    return TeamWeek(
        team_id,
        key,
        members[0].department_name if members else None,
        tuple(members),
        tuple(days),
        tuple(sessions),
    )


def away_between(person_ids: Collection[int], from_at: datetime, until_at: datetime) -> list[Away]:
    """Return when these people are on leave, on rotation or in a session away from their own work.

    Leave and rotations count in whole days of the person's own zone. Hosts stay at their work while they
    are shadowed, so only learners count for shadowing.
    """
    ids = set(person_ids)
    if not ids:
        return []
    zones = {each: card.time_zone for each, card in people.cards(ids).items()}
    first, last = (from_at - timedelta(days=1)).date(), (until_at + timedelta(days=1)).date()
    found = [
        Away(each, "leave", midnight(start, zones[each]), midnight(end + timedelta(days=1), zones[each]))
        for each, spans in people.leave_of(ids, first, last).items()
        for start, end in spans
    ]
    found += _rotations(ids, zones, first, last)
    found += _sessions(ids, from_at, until_at)
    touching = [each for each in found if each.from_at < until_at and each.until_at > from_at]
    return sorted(touching, key=lambda each: (each.from_at, each.person_id))


def _rotations(ids: set[int], zones: dict[int, str], first: date, last: date) -> list[Away]:
    rows = db.session.execute(
        select(Rotation.id, Rotation.employee_id, Rotation.from_on, Rotation.until_on).where(
            Rotation.employee_id.in_(ids),
            Rotation.state.in_(TAKING_TIME),
            Rotation.from_on <= last,
            Rotation.until_on >= first,
        )
    )
    return [
        Away(
            r.employee_id,
            "rotation",
            midnight(r.from_on, zones[r.employee_id]),
            midnight(r.until_on + timedelta(days=1), zones[r.employee_id]),
            rotation_id=r.id,
        )
        for r in rows
    ]


def _sessions(ids: set[int], from_at: datetime, until_at: datetime) -> list[Away]:
    rows = db.session.execute(
        select(
            ShadowSession.id,
            ShadowSession.kind,
            ShadowSession.learner_id,
            ShadowSession.host_id,
            ShadowSession.starts_at,
            ShadowSession.ends_at,
        ).where(
            ShadowSession.learner_id.in_(ids) | ShadowSession.host_id.in_(ids),
            ShadowSession.state.in_(TAKING_TIME),
            ShadowSession.starts_at < until_at,
            ShadowSession.ends_at > from_at,
        )
    )
    out = []
    for r in rows:
        both = r.kind != SessionKind.SHADOWING
        out += [
            Away(each, "session", r.starts_at, r.ends_at, session_id=r.id)
            for each in ((r.learner_id, r.host_id) if both else (r.learner_id,))
            if each in ids
        ]
    return out


def _duty(key: str | None, from_at: datetime, until_at: datetime) -> dict[datetime, Duty]:
    if key is None:
        return {}
    staff = load_staff(key, from_at, until_at)
    return dict(duty_by_slot(staff, list_floors(key), slots_between(from_at, until_at)))


def _trim(slots: tuple[tuple[datetime, Duty], ...]) -> tuple[tuple[datetime, Duty], ...]:
    """Return the slots from the first to the last in which anybody is, or must be, on duty."""
    busy = [n for n, (_slot, duty) in enumerate(slots) if duty.on_duty or duty.floor]
    return slots[busy[0] : busy[-1] + 1] if busy else ()


def local_label(slot: datetime, zone: str) -> str:
    """Return a slot's begin as "09:30" in a zone."""
    minute = local(slot, zone)[2]
    return f"{minute // 60:02d}:{minute % 60:02d}"
