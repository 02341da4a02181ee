"""Load the frozen facts that the rules judge; a bounded number of queries however many people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, or_, select

from app.competency import queries as competency
from app.competency.framework import SHARED_OWNER
from app.curriculum import queries as curriculum
from app.db import db
from app.facts import Gone
from app.people import queries as people
from app.reads import fetch
from app.scheduling.availability import local, slots_touching
from app.scheduling.kinds import TAKING_TIME, Mode, SessionKind, State
from app.scheduling.models_calendar import BusyTime, DepartmentFloor, PairingRule
from app.scheduling.models_sessions import BookedSlot, ShadowSession
from app.scheduling.rules import Booked, Diary, Focus, Pairing
from app.scheduling.staffing import Duty, Floor, Staff, duty_by_slot

AROUND = timedelta(days=8)
"""How far around a span sessions are read: a week's budget reaches across it."""

_OFF_DUTY = select(BookedSlot.person_id, BookedSlot.slot_at).where(
    BookedSlot.person_id.in_(people.active_in_department()),
    BookedSlot.off_duty,
    BookedSlot.slot_at >= bindparam("from_at"),
    BookedSlot.slot_at < bindparam("until_at"),
)

_FLOORS = (
    select(
        DepartmentFloor.weekday,
        DepartmentFloor.starts_minute,
        DepartmentFloor.ends_minute,
        DepartmentFloor.minimum,
        DepartmentFloor.time_zone,
    )
    .where(DepartmentFloor.department_key == bindparam("department_key"))
    .order_by(DepartmentFloor.weekday, DepartmentFloor.starts_minute, DepartmentFloor.id)
)


def load_diaries(
    person_ids: Collection[int],
    from_at: datetime,
    until_at: datetime,
    *,
    without_session: int | None = None,
) -> dict[int, Diary]:
    """Return the diary of each person for a span; `without_session` is left out, as when it moves."""
    ids = set(person_ids)
    cards = people.cards(ids)
    hours = people.work_hours_of(ids)
    leave = people.leave_of(ids, *_days(from_at, until_at))
    taken = _taken(ids, from_at, until_at, without_session)
    busy = _busy(ids, from_at, until_at)
    sessions = _sessions(ids, from_at - AROUND, until_at + AROUND, without_session)
    learned = curriculum.completions_between(ids, from_at - AROUND, until_at + AROUND)
    return {
        each: Diary(
            person_id=each,
            zone=cards[each].time_zone,
            department=cards[each].department_key,
            hours=tuple(hours[each]),
            leave=tuple(leave[each]),
            taken=frozenset(taken[each]),
            busy=frozenset(busy[each]),
            sessions=tuple(sessions[each]),
            learned=tuple(learned.get(each, ())),
            budget_minutes=cards[each].weekly_budget_minutes,
            active=cards[each].is_active,
        )
        for each in ids
        if each in cards
    }


def load_staff(
    department_key: str,
    from_at: datetime,
    until_at: datetime,
    *,
    without_session: int | None = None,
    without_rotation: int | None = None,
) -> list[Staff]:
    """Return everybody active of a department with what takes them off duty in a span."""
    query = _OFF_DUTY
    if without_session is not None:
        query = query.where(or_(BookedSlot.session_id.is_(None), BookedSlot.session_id != without_session))
    if without_rotation is not None:
        query = query.where(or_(BookedSlot.rotation_id.is_(None), BookedSlot.rotation_id != without_rotation))
    off: dict[int, set[datetime]] = defaultdict(set)
    asked = {"department_key": department_key, "from_at": from_at, "until_at": until_at}
    for person_id, slot_at in fetch(query, asked):
        off[person_id].add(slot_at)
    leave = people.leave_in(department_key, *_days(from_at, until_at))
    weekdays = {
        weekday
        for zone in people.zones_in(department_key)
        for weekday in _weekdays(local(from_at, zone)[0], local(until_at - timedelta(minutes=1), zone)[0])
    }
    return [
        Staff(zone, hours, leave.get(person_id, ()), frozenset(off.get(person_id, ())), alike)
        for person_id, zone, hours, alike in people.workers_of(department_key, weekdays, {*off, *leave})
    ]


def load_duty(
    department_key: str | None,
    slots: Collection[datetime],
    *,
    without_session: int | None = None,
) -> Mapping[datetime, Duty]:
    """Return on-duty count and floor of a department by slot; empty where it has no floor."""
    floors = list_floors(department_key) if department_key else []
    if not floors or not slots or department_key is None:
        return {}
    first, last = min(slots), max(slots)
    staff = load_staff(department_key, first, last + timedelta(minutes=30), without_session=without_session)
    return duty_by_slot(staff, floors, slots)


def list_floors(department_key: str) -> list[Floor]:
    """Return a department's floors by weekday and time."""
    return [Floor(*row) for row in fetch(_FLOORS, {"department_key": department_key})]


def load_focus(learner_id: int, competency_id: str, now: datetime) -> Focus:
    """Return what a competency asks of a learner. Raises Gone for an unknown competency."""
    found = competency.find_competency(competency_id)
    if found is None:
        raise Gone(f"no competency {competency_id}")
    held = competency.levels_of(learner_id, now) if found.prerequisites else {}
    modes = db.session.scalars(
        select(ShadowSession.mode)
        .distinct()
        .where(
            ShadowSession.learner_id == learner_id,
            ShadowSession.competency_id == competency_id,
            ShadowSession.kind == SessionKind.SHADOWING,
            ShadowSession.state == State.HELD,
            ShadowSession.mode.is_not(None),
        )
    )
    return Focus(
        competency_id,
        None if found.owner == SHARED_OWNER else found.owner,
        tuple((each, held[each].level if each in held else 0) for each in found.prerequisites),
        frozenset(Mode(mode) for mode in modes if mode),
    )


def load_pairing(learner_id: int, competency_id: str | None) -> Pairing:
    """Return whom a learner may not meet and whom they are to meet, rules in force only."""
    banned: set[int] = set()
    pinned: set[int] = set()
    rows = db.session.scalars(
        select(PairingRule).where(
            or_(PairingRule.learner_id == learner_id, PairingRule.host_id == learner_id),
            PairingRule.ended_at.is_(None),
        )
    )
    for row in rows:
        if row.kind == "ban":
            banned.add(row.host_id if row.learner_id == learner_id else row.learner_id)
        elif row.learner_id == learner_id and row.competency_id in (None, competency_id):
            pinned.add(row.host_id)
    return Pairing(frozenset(banned), frozenset(pinned))


def _taken(
    ids: set[int], from_at: datetime, until_at: datetime, without: int | None
) -> dict[int, set[datetime]]:
    query = select(BookedSlot.person_id, BookedSlot.slot_at).where(
        BookedSlot.person_id.in_(ids), BookedSlot.slot_at >= from_at, BookedSlot.slot_at < until_at
    )
    if without is not None:
        query = query.where(or_(BookedSlot.session_id.is_(None), BookedSlot.session_id != without))
    out: dict[int, set[datetime]] = defaultdict(set)
    for person_id, slot_at in db.session.execute(query):
        out[person_id].add(slot_at)
    return out


def _busy(ids: set[int], from_at: datetime, until_at: datetime) -> dict[int, set[datetime]]:
    out: dict[int, set[datetime]] = defaultdict(set)
    rows = db.session.execute(
        select(BusyTime.person_id, BusyTime.starts_at, BusyTime.ends_at).where(
            BusyTime.person_id.in_(ids), BusyTime.starts_at < until_at, BusyTime.ends_at > from_at
        )
    )
    for person_id, starts_at, ends_at in rows:
        out[person_id].update(slots_touching(max(starts_at, from_at), min(ends_at, until_at)))
    return out


def _sessions(
    ids: set[int], from_at: datetime, until_at: datetime, without: int | None
) -> dict[int, list[Booked]]:
    query = select(
        ShadowSession.id,
        ShadowSession.learner_id,
        ShadowSession.host_id,
        ShadowSession.starts_at,
        ShadowSession.minutes,
    ).where(
        or_(ShadowSession.learner_id.in_(ids), ShadowSession.host_id.in_(ids)),
        ShadowSession.state.in_(TAKING_TIME),
        ShadowSession.starts_at < until_at,
        ShadowSession.ends_at > from_at,
    )
    if without is not None:
        query = query.where(ShadowSession.id != without)
    out: dict[int, list[Booked]] = defaultdict(list)
    for session_id, learner_id, host_id, starts_at, minutes in db.session.execute(query):
        out[learner_id].append(Booked(session_id, starts_at, minutes, hosting=False))
        out[host_id].append(Booked(session_id, starts_at, minutes, hosting=True))
    return out


def _days(from_at: datetime, until_at: datetime) -> tuple[date, date]:
    return (from_at - timedelta(days=1)).date(), (until_at + timedelta(days=1)).date()


def _weekdays(first: date, last: date) -> Iterable[int]:
    return {(first.weekday() + n) % 7 for n in range((last - first).days + 1)}
