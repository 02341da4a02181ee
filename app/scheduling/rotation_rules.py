"""The hard rules of a rotation, over frozen facts (rules 1 and 8 of the house's list). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.scheduling.availability import Spans, away_on, local, present
from app.scheduling.kinds import ROTATION_GAP_DAYS, ROTATION_MAX_DAYS
from app.scheduling.rules import Diary, RuleRefusal
from app.scheduling.staffing import Duty
from app.weeks import midnight


@dataclass(frozen=True, slots=True)
class WantedRotation:
    """Describe the block of days somebody wants to spend in another team; both ends included."""

    from_on: date
    until_on: date
    home_team_id: int | None
    host_team_id: int


@dataclass(frozen=True, slots=True)
class HostTeam:
    """State who is a guest of the team on which days, how many it takes, and who belongs to it."""

    guest_cap: int
    guests: Spans
    member_ids: frozenset[int]


def days_of(first: date, last: date) -> list[date]:
    """Return the days of a span, both ends included."""
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def rotation_slots(employee: Diary, from_on: date, until_on: date) -> frozenset[datetime]:
    """Return the working slots that a rotation takes out of the employee's own team."""
    span = midnight(from_on, employee.zone), midnight(until_on + timedelta(days=1), employee.zone)
    return present(employee.zone, employee.hours, employee.leave, *span)


def judge_rotation(
    wanted: WantedRotation,
    employee: Diary,
    supervisor: Diary,
    *,
    host_team: HostTeam,
    other_rotations: Spans,
    duty: Mapping[datetime, Duty],
    today: date,
) -> tuple[RuleRefusal, ...]:
    """Return every rule that the rotation would break.

    `other_rotations` are the employee's own, past and coming; `duty` is the home department by slot.
    Raises ValueError for a span that ends before it begins.
    """
    if wanted.until_on < wanted.from_on:
        raise ValueError("a rotation ends on or after the day it begins")
    return (
        *_places(wanted, employee, today),
        *_gap(wanted, other_rotations, employee.person_id),
        *_guests(wanted, host_team),
        *_supervised(wanted, employee, supervisor, host_team),
        *_home_floor(wanted, employee, duty),
    )


def _places(wanted: WantedRotation, employee: Diary, today: date) -> Iterable[RuleRefusal]:
    if wanted.from_on <= today:
        yield RuleRefusal(1, "past")
    if (wanted.until_on - wanted.from_on).days >= ROTATION_MAX_DAYS:
        yield RuleRefusal(8, "too_long", None, {"days": ROTATION_MAX_DAYS})
    if wanted.home_team_id == wanted.host_team_id:
        yield RuleRefusal(8, "own_team", employee.person_id)
    slots = rotation_slots(employee, wanted.from_on, wanted.until_on)
    if not slots:
        yield RuleRefusal(1, "on_leave", employee.person_id)
    if employee.taken & slots:
        yield RuleRefusal(1, "booked", employee.person_id)


def _gap(wanted: WantedRotation, others: Spans, person_id: int) -> Iterable[RuleRefusal]:
    for first, last in others:
        apart = max((wanted.from_on - last).days, (first - wanted.until_on).days)
        if apart <= ROTATION_GAP_DAYS:
            yield RuleRefusal(
                8, "gap", person_id, {"from": first, "until": last, "weeks": ROTATION_GAP_DAYS // 7}
            )
            return


def _guests(wanted: WantedRotation, team: HostTeam) -> Iterable[RuleRefusal]:
    for on in days_of(wanted.from_on, wanted.until_on):
        there = sum(first <= on <= last for first, last in team.guests)
        if there >= team.guest_cap:
            yield RuleRefusal(8, "guest_cap", None, {"on": on, "guests": there, "cap": team.guest_cap})
            return


def _supervised(
    wanted: WantedRotation, employee: Diary, supervisor: Diary, team: HostTeam
) -> Iterable[RuleRefusal]:
    if supervisor.person_id == employee.person_id or supervisor.person_id not in team.member_ids:
        yield RuleRefusal(8, "not_supervisor", supervisor.person_id)
        return
    if not supervisor.active:
        yield RuleRefusal(8, "not_supervisor", supervisor.person_id)
        return
    working = {
        local(slot, employee.zone)[0] for slot in rotation_slots(employee, wanted.from_on, wanted.until_on)
    }
    weekdays = {weekday for weekday, _first, _last in supervisor.hours}
    absent = [on for on in sorted(working) if on.weekday() not in weekdays or away_on(on, supervisor.leave)]
    if absent:
        yield RuleRefusal(
            8, "supervisor_absent", supervisor.person_id, {"on": absent[0], "days": len(absent)}
        )


def _home_floor(
    wanted: WantedRotation, employee: Diary, duty: Mapping[datetime, Duty]
) -> Iterable[RuleRefusal]:
    slots = sorted(rotation_slots(employee, wanted.from_on, wanted.until_on))
    short = [s for s in slots if s in duty and 0 < duty[s].floor > duty[s].on_duty - 1]
    if short:
        yield RuleRefusal(
            8,
            "home_floor",
            None,
            {
                "department": employee.department,
                "at": short[0],
                "left": duty[short[0]].on_duty - 1,
                "floor": duty[short[0]].floor,
                "slots": len(short),
            },
        )
