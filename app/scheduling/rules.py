"""The hard rules of a session, over frozen facts; every refusal is named and says about whom. Pure.

Numbers are those of the house's list of scheduling rules: 1 nobody in two places, 2 the host qualifies,
3 the department's floor, 4 weekly budget and load, 5 prerequisites and the order of modes, 6 a pause between
sessions and one a day, 7 pins and bans. Rules 3, 4 and 6 may be overridden by a manager who gives a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from app.scheduling.availability import Hours, Spans, local, on_leave, slots_of, working_slots
from app.scheduling.kinds import (
    HOST_LEVEL,
    HOST_WEEKLY_MINUTES,
    LENGTHS,
    MODES_BEFORE,
    PREREQUISITE_LEVEL,
    SLOT,
    Mode,
    SessionKind,
)
from app.scheduling.staffing import Duty
from app.weeks import monday_of

READINESS = 5
"""The rule about what a learner needs before a session, whoever hosts it."""
OVERRIDABLE = frozenset({3, 4, 6})


@dataclass(frozen=True, slots=True)
class RuleRefusal:
    """Name a broken rule: its number, a code, about whom, and the values a sentence about it needs."""

    rule: int
    code: str
    person_id: int | None = None
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def overridable(self) -> bool:
        return self.rule in OVERRIDABLE


@dataclass(frozen=True, slots=True)
class Booked:
    """State one session of a person that takes time."""

    session_id: int
    starts_at: datetime
    minutes: int
    hosting: bool

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Diary:
    """Carry what decides when one person can meet; `taken` are the slots of sessions and rotations.

    `learned` are completed activities as (moment, minutes): they use up the weekly budget as sessions do.
    """

    person_id: int
    zone: str
    department: str | None
    hours: Hours
    leave: Spans = ()
    taken: frozenset[datetime] = frozenset()
    busy: frozenset[datetime] = frozenset()
    sessions: tuple[Booked, ...] = ()
    learned: tuple[tuple[datetime, int], ...] = ()
    budget_minutes: int = 60
    hosting_minutes: int = HOST_WEEKLY_MINUTES
    active: bool = True


@dataclass(frozen=True, slots=True)
class Focus:
    """State what a session is about: who owns the competency and where the learner stands.

    `owner` is None where every department shares it. `prerequisites` are (competency, level held).
    """

    competency_id: str
    owner: str | None
    prerequisites: tuple[tuple[str, int], ...] = ()
    modes_held: frozenset[Mode] = frozenset()


@dataclass(frozen=True, slots=True)
class Pairing:
    """Carry the pins and bans that touch a learner: whom they may not meet, whom they are to meet."""

    banned: frozenset[int] = frozenset()
    pinned: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Match:
    """Put a learner beside a host, with the level the host holds in the focus (0 where there is none)."""

    learner: Diary
    host: Diary
    host_level: int = 0
    focus: Focus | None = None
    pairing: Pairing = Pairing()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Describe the session somebody wants to book; `wished_by` asked for a second one that day themselves."""

    kind: SessionKind
    starts_at: datetime
    minutes: int
    mode: Mode | None = None
    wished_by: frozenset[int] = frozenset()

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.minutes)


def judge(
    wanted: Wanted, match: Match, duty: Mapping[datetime, Duty], now: datetime
) -> tuple[RuleRefusal, ...]:
    """Return every rule that booking this session would break, in the order of the rules.

    `duty` is the learner's department by slot, the learner counted while on duty. Raises ValueError for a
    session off the half-hour grid or of a length that is not offered.
    """
    if wanted.minutes not in LENGTHS:
        raise ValueError(f"a session lasts one of {LENGTHS} minutes, not {wanted.minutes}")
    found = [
        *judge_pair(wanted.kind, wanted.mode, match),
        *judge_time(wanted, match.learner, match.host, duty, now),
    ]
    return tuple(sorted(found, key=lambda refusal: refusal.rule))


def judge_pair(kind: SessionKind, mode: Mode | None, match: Match) -> list[RuleRefusal]:
    """Return what forbids these two people this competency and mode at any time (rules 2, 5, 7)."""
    found: list[RuleRefusal] = []
    learner, host, focus = match.learner, match.host, match.focus
    if learner.person_id == host.person_id:
        return [RuleRefusal(2, "own_host", host.person_id)]
    if not host.active:
        found.append(RuleRefusal(2, "host_left", host.person_id))
    if focus is not None:
        if match.host_level < HOST_LEVEL:
            found.append(RuleRefusal(2, "host_level", host.person_id, {"level": match.host_level}))
        if focus.owner is not None and host.department != focus.owner:
            found.append(RuleRefusal(2, "host_department", host.person_id, {"owner": focus.owner}))
        found += judge_readiness(kind, mode, learner.person_id, focus)
    if host.person_id in match.pairing.banned:
        found.append(RuleRefusal(7, "not_available", host.person_id))
    elif match.pairing.pinned and host.person_id not in match.pairing.pinned:
        found.append(RuleRefusal(7, "pinned_elsewhere", host.person_id))
    return found


def judge_readiness(kind: SessionKind, mode: Mode | None, learner_id: int, focus: Focus) -> list[RuleRefusal]:
    """Return which prerequisites a learner lacks for a competency and mode (rule 5)."""
    found = [
        RuleRefusal(
            READINESS, "prerequisite", learner_id, {"competency": competency, "level": PREREQUISITE_LEVEL}
        )
        for competency, level in focus.prerequisites
        if level < PREREQUISITE_LEVEL
    ]
    if kind == SessionKind.SHADOWING and mode is not None:
        missing = [before for before in MODES_BEFORE[mode] if before not in focus.modes_held]
        if missing:
            found.append(RuleRefusal(READINESS, f"{missing[0]}_first", learner_id, {"mode": mode.value}))
    return found


def judge_time(
    wanted: Wanted, learner: Diary, host: Diary, duty: Mapping[datetime, Duty], now: datetime
) -> list[RuleRefusal]:
    """Return what forbids this time (rules 1, 3, 4, 6)."""
    slots = slots_of(wanted.starts_at, wanted.minutes)
    found = [RuleRefusal(1, "past")] if wanted.starts_at <= now else []
    for person in (learner, host):
        found += _place(person, slots)
    found += _floor(learner, slots, duty)
    found += _load(wanted, learner, host)
    for person in (learner, host):
        found += _pause(wanted, person)
    return found


def _place(person: Diary, slots: tuple[datetime, ...]) -> Iterable[RuleRefusal]:
    until = slots[-1] + SLOT
    if any(on_leave(slot, person.leave, person.zone) for slot in slots):
        yield RuleRefusal(1, "on_leave", person.person_id)
    elif not working_slots(person.zone, person.hours, slots[0], until).issuperset(slots):
        yield RuleRefusal(1, "outside_hours", person.person_id)
    if person.taken.intersection(slots):
        yield RuleRefusal(1, "booked", person.person_id)
    if person.busy.intersection(slots):
        yield RuleRefusal(1, "busy", person.person_id)


def _floor(
    learner: Diary, slots: tuple[datetime, ...], duty: Mapping[datetime, Duty]
) -> Iterable[RuleRefusal]:
    short = [slot for slot in slots if slot in duty and 0 < duty[slot].floor > duty[slot].on_duty - 1]
    if short:
        worst = min(short, key=lambda slot: duty[slot].on_duty - duty[slot].floor)
        yield RuleRefusal(
            3,
            "floor",
            None,
            {
                "department": learner.department,
                "at": worst,
                "left": duty[worst].on_duty - 1,
                "floor": duty[worst].floor,
            },
        )


def _load(wanted: Wanted, learner: Diary, host: Diary) -> Iterable[RuleRefusal]:
    spent = minutes_in_week(learner, wanted.starts_at, hosting=False)
    if spent + wanted.minutes > learner.budget_minutes:
        yield RuleRefusal(
            4,
            "learner_budget",
            learner.person_id,
            {"spent": spent, "minutes": wanted.minutes, "budget": learner.budget_minutes},
        )
    hosted = minutes_in_week(host, wanted.starts_at, hosting=True)
    if hosted + wanted.minutes > host.hosting_minutes:
        yield RuleRefusal(
            4,
            "host_load",
            host.person_id,
            {"spent": hosted, "minutes": wanted.minutes, "budget": host.hosting_minutes},
        )


def minutes_in_week(person: Diary, at: datetime, *, hosting: bool) -> int:
    """Return the minutes a person learns (or hosts) in the local ISO week that `at` lies in.

    Learning is sessions as the learner and completed activities; hosting is sessions as the host.
    """
    week = monday_of(at, person.zone)
    spent = [(booked.starts_at, booked.minutes) for booked in person.sessions if booked.hosting == hosting]
    if not hosting:
        spent += person.learned
    return sum(minutes for moment, minutes in spent if monday_of(moment, person.zone) == week)


def _pause(wanted: Wanted, person: Diary) -> Iterable[RuleRefusal]:
    near = [
        booked
        for booked in person.sessions
        if booked.starts_at < wanted.ends_at + SLOT and wanted.starts_at < booked.ends_at + SLOT
        if not (booked.starts_at < wanted.ends_at and wanted.starts_at < booked.ends_at)
    ]
    if near:
        yield RuleRefusal(6, "pause", person.person_id)
    elif person.person_id not in wanted.wished_by:
        on = local(wanted.starts_at, person.zone)[0]
        if any(local(booked.starts_at, person.zone)[0] == on for booked in person.sessions):
            yield RuleRefusal(6, "second_today", person.person_id)
