"""Reads of a team's week: who is on duty against the floor, who is away and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import BindParameter, bindparam, select

from app.people import queries as people
from app.people.identity import PersonCard
from app.reads import fetch
from app.scheduling.availability import local, slots_between
from app.scheduling.kinds import TAKING_TIME, SessionKind
from app.scheduling.models_rotations import Rotation
from app.scheduling.models_sessions import ShadowSession
from app.scheduling.queries_facts import list_floors, load_staff
from app.scheduling.queries_sessions import SessionFact, sessions_between
from app.scheduling.staffing import Duty, Floor, duty_by_slot
from app.weeks import day_span, midnight, week_span

_IDS: BindParameter[list[int]] = bindparam("ids", expanding=True)
_ROTATIONS = select(Rotation.id, Rotation.employee_id, Rotation.from_on, Rotation.until_on).where(
    Rotation.employee_id.in_(_IDS),
    Rotation.state.in_(TAKING_TIME),
    Rotation.from_on <= bindparam("last"),
    Rotation.until_on >= bindparam("first"),
)
_SESSIONS = select(
    ShadowSession.id,
    ShadowSession.kind,
    ShadowSession.learner_id,
    ShadowSession.host_id,
    ShadowSession.starts_at,
    ShadowSession.ends_at,
).where(
    ShadowSession.learner_id.in_(_IDS) | ShadowSession.host_id.in_(_IDS),
    ShadowSession.state.in_(TAKING_TIME),
    ShadowSession.starts_at < bindparam("until_at"),
    ShadowSession.ends_at > bindparam("from_at"),
)

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


@dataclass(frozen=True, slots=True)
class TeamAhead:
    """Show what is left of a team's week: the next day with anybody on duty or wanted there, and absences."""

    team_name: str
    department_name: str | None
    day: TeamDay | None
    absences: tuple[Absence, ...]


def team_ahead(team_id: int, today: date, zone: str) -> TeamAhead | None:
    """Return the rest of a team's week in a reader's zone, or None for a team without active people."""
    members = people.list_active(team_id=team_id)
    if not members:
        return None
    card = members[0]
    days = [today + timedelta(days=n) for n in range(7 - today.weekday())]
    away = away_between(_zones(members), midnight(today, zone), day_span(days[-1], zone)[1])
    floors = list_floors(card.department_key) if card.department_key else []
    ahead = (_day(on, zone, _duty(card.department_key, floors, *day_span(on, zone)), away) for on in days)
    return TeamAhead(
        card.team_name or "",
        card.department_name,
        next((day for day in ahead if day.slots), None),
        tuple(_absences(days, zone, away)),
    )


def team_week(team_id: int, monday: date, zone: str) -> TeamWeek:
    """Return a team's week in a reader's zone; the query count does not grow with the team."""
    from_at, until_at = week_span(monday, zone)
    members = people.list_active(team_id=team_id)
    ids = {card.person_id for card in members}
    key = members[0].department_key if members else None
    duty = _duty(key, list_floors(key) if key else [], from_at, until_at)
    away = away_between(_zones(members), from_at, until_at)
    sessions = sessions_between(ids, from_at, until_at) if ids else []
    days = [_day(monday + timedelta(days=n), zone, duty, away) for n in range(7)]
    return TeamWeek(
        team_id,
        key,
        members[0].department_name if members else None,
        tuple(members),
        tuple(days),
        tuple(sessions),
    )


def away_between(zones: Mapping[int, str], from_at: datetime, until_at: datetime) -> list[Away]:
    """Return when people, given with their zones, are on leave, on rotation or in a session elsewhere.

    Leave and rotations count in whole days of the person's own zone. Hosts stay at their work while they
    are shadowed, so only learners count for shadowing.
    """
    if not zones:
        return []
    first, last = (from_at - timedelta(days=1)).date(), (until_at + timedelta(days=1)).date()
    found = [
        Away(each, "leave", midnight(start, zones[each]), midnight(end + timedelta(days=1), zones[each]))
        for each, spans in people.leave_of(zones, first, last).items()
        for start, end in spans
    ]
    found += _rotations(zones, first, last)
    found += _sessions(zones, from_at, until_at)
    touching = [each for each in found if each.from_at < until_at and each.until_at > from_at]
    return sorted(touching, key=lambda each: (each.from_at, each.person_id))


def _rotations(zones: Mapping[int, str], first: date, last: date) -> list[Away]:
    rows = fetch(_ROTATIONS, {"ids": list(zones), "first": first, "last": last})
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


def _sessions(ids: Collection[int], from_at: datetime, until_at: datetime) -> list[Away]:
    rows = fetch(_SESSIONS, {"ids": list(ids), "from_at": from_at, "until_at": until_at})
    out = []
    for r in rows:
        both = r.kind != SessionKind.SHADOWING
        out += [
            Away(each, "session", r.starts_at, r.ends_at, session_id=r.id)
            for each in ((r.learner_id, r.host_id) if both else (r.learner_id,))
            if each in ids
        ]
    return out


def _duty(
    key: str | None, floors: Collection[Floor], from_at: datetime, until_at: datetime
) -> Mapping[datetime, Duty]:
    if key is None:
        return {}
    return duty_by_slot(load_staff(key, from_at, until_at), floors, slots_between(from_at, until_at))


def _day(on: date, zone: str, duty: Mapping[datetime, Duty], away: Iterable[Away]) -> TeamDay:
    begin, end = day_span(on, zone)
    slots = tuple((s, duty[s]) for s in slots_between(begin, end) if s in duty)
    return TeamDay(on, _trim(slots), tuple(a for a in away if a.from_at < end and a.until_at > begin))


def _absences(days: Iterable[date], zone: str, away: Iterable[Away]) -> Iterable[Absence]:
    """Return who is away on some days, one row per reason however many days."""
    spans = [(on, *day_span(on, zone)) for on in days]
    for each in away:
        on = [day for day, begin, end in spans if each.from_at < end and each.until_at > begin]
        yield Absence(on[0], on[-1], each)


def _zones(cards: Iterable[PersonCard]) -> dict[int, str]:
    return {card.person_id: card.time_zone for card in cards}


def _trim(slots: tuple[tuple[datetime, Duty], ...]) -> tuple[tuple[datetime, Duty], ...]:
    """Return the slots from the first to the last in which anybody is, or must be, on duty."""
    busy = [n for n, (_slot, duty) in enumerate(slots) if duty.on_duty or duty.floor]
    return slots[busy[0] : busy[-1] + 1] if busy else ()


def local_label(slot: datetime, zone: str) -> str:
    """Return a slot's begin as "09:30" in a zone."""
    minute = local(slot, zone)[2]
    return f"{minute // 60:02d}:{minute % 60:02d}"
