"""Explain one requirement: every host and week with what stands in the way, and the cheapest change that
helps.

A change is only offered after it was tried: the changed world is asked again for a legal start beside the
plan as it stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .calendar import bits
from .instance import parse_instance
from .plans import Session, read_sessions
from .problem import SLOT_MINUTES, SLOTS_PER_WEEK
from .reading import Fault, InstanceError
from .reasons import Ledger, surviving_starts
from .world import FULL_DUTY, World, build_world

MORE_MINUTES = (30, 60, 90, 120, 180, 240)
HOST_COST = 480
MOST_FLOOR_TRIES = 12


@dataclass(frozen=True, slots=True)
class WeekView:
    """Say for one host and one of the learner's weeks (1 = the first of the horizon) what is in the way."""

    week: int
    starts: int
    in_the_way: str | None


@dataclass(frozen=True, slots=True)
class HostView:
    """Hold one allowed host's weeks."""

    host: str
    weeks: tuple[WeekView, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """Describe one change, what it costs in minutes of people's time, and the start it opens."""

    kind: str
    text: str
    cost: int
    host: str
    start: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Explain one requirement under a plan. `reason` is None when it is fully met."""

    requirement: str
    missing_minutes: int
    reason: str | None
    hosts: tuple[HostView, ...]
    changes: tuple[Change, ...]

    @property
    def cheapest(self) -> Change | None:
        """Return the cheapest change that lets a session in, if any single one does."""
        return self.changes[0] if self.changes else None


def explain(instance: Any, plan: Mapping[str, Any], requirement_id: str) -> Explanation:
    """Explain why a requirement lacks minutes under a plan; raise `InstanceError` for an unknown id."""
    world = build_world(parse_instance(instance))
    sessions = read_sessions(world.instance, plan)
    ids = [r.id for r in world.instance.requirements]
    if requirement_id not in ids:
        raise InstanceError(
            (Fault("--requirement", f"unknown requirement {requirement_id!r}", "name one of the file"),)
        )
    return explain_in(world, sessions, ids.index(requirement_id))


def explain_in(world: World, sessions: list[Session], r: int) -> Explanation:
    """Explain requirement number r."""
    ledger = Ledger(world, sessions)
    req = world.instance.requirements[r]
    missing = ledger.missing(r)
    hosts = tuple(
        HostView(world.instance.employees[h].id, tuple(_weeks(ledger, r, h))) for h in world.hosts[r]
    )
    if not missing:
        return Explanation(req.id, 0, None, hosts, ())
    reason, _ = surviving_starts(ledger, r)
    changes = [] if reason == "search" else sorted(_changes(ledger, r), key=lambda c: (c.cost, c.text))
    return Explanation(req.id, missing, reason, hosts, tuple(changes))


def _weeks(ledger: Ledger, r: int, host: int) -> Iterator[WeekView]:
    world = ledger.world
    learner = world.instance.requirements[r].learner
    zone = world.zone_of[learner]
    only = tuple((host,) if k == r else () for k in range(len(world.hosts)))
    for week in range(1, world.weeks - 1):
        inside = zone.week_span(week)
        part = replace(world, hosts=only, free=_masked(world, host, inside))
        reason, left = surviving_starts(ledger.in_world(part), r)
        starts = sum(m.bit_count() for m in left.values())
        yield WeekView(week, starts, None if reason == "search" else reason)


def _masked(world: World, host: int, inside: int) -> tuple[int, ...]:
    free = list(world.free)
    free[host] &= inside
    return tuple(free)


def _try(ledger: Ledger, world: World, r: int) -> tuple[int, int] | None:
    """Return (host, start) of a legal session in the changed world, or None."""
    reason, left = surviving_starts(ledger.in_world(world), r)
    if reason != "search":
        return None
    h = min(left, key=lambda x: (left[x] & -left[x], x))
    return h, (left[h] & -left[h]).bit_length() - 1


def _changes(ledger: Ledger, r: int) -> Iterator[Change]:
    yield from _more_budget(ledger, r)
    yield from _more_hosting(ledger, r)
    yield from _more_hosts(ledger, r)
    yield from _lower_floor(ledger, r)
    yield from _later_deadline(ledger, r)


def _change(world: World, kind: str, text: str, cost: int, found: tuple[int, int]) -> Change:
    return Change(kind, text, cost, world.instance.employees[found[0]].id, found[1])


def _person(world: World, who: int, **changes: int) -> World:
    people = list(world.instance.employees)
    people[who] = replace(people[who], **changes)  # type: ignore[arg-type]
    return replace(world, instance=replace(world.instance, employees=tuple(people)))


def _more_budget(ledger: Ledger, r: int) -> Iterator[Change]:
    world = ledger.world
    who = world.instance.requirements[r].learner
    learner = world.instance.employees[who]
    for more in MORE_MINUTES:
        found = _try(ledger, _person(world, who, learn_minutes=learner.learn_minutes + more), r)
        if found:
            text = (
                f"Give {learner.id} {more} minutes more to learn per week ({learner.learn_minutes + more})."
            )
            yield _change(world, "budget", text, more, found)
            return


def _more_hosting(ledger: Ledger, r: int) -> Iterator[Change]:
    world = ledger.world
    for h in world.hosts[r]:
        host = world.instance.employees[h]
        only = replace(world, hosts=tuple((h,) if k == r else x for k, x in enumerate(world.hosts)))
        for more in MORE_MINUTES[:3]:
            found = _try(ledger, _person(only, h, host_minutes=host.host_minutes + more), r)
            if found:
                text = f"Let {host.id} host {more} minutes more per week ({host.host_minutes + more})."
                yield _change(world, "host_cap", text, more, found)
                break


def _more_hosts(ledger: Ledger, r: int) -> Iterator[Change]:
    world = ledger.world
    inst = world.instance
    req = inst.requirements[r]
    home = inst.employees[req.learner].dept
    for h, e in enumerate(inst.employees):
        level = e.levels.get(req.competency, 0)
        if h in world.hosts[r] or h == req.learner or (req.learner, h) in inst.forbidden_pairs:
            continue
        if (req.cross and e.dept == home) or level < inst.rules.host_min_level - 1:
            continue
        hosts = tuple((h,) if k == r else x for k, x in enumerate(world.hosts))
        found = _try(ledger, replace(world, hosts=hosts), r)
        if found:
            lacks = [] if level >= inst.rules.host_min_level else [f"reach level {inst.rules.host_min_level}"]
            lacks += [] if e.host_ok else ["be allowed to host"]
            text = f"Win {e.id} as a host for {req.competency}: {' and '.join(lacks)}."
            yield _change(world, "host", text, HOST_COST * len(lacks), found)


def _lower_floor(ledger: Ledger, r: int) -> Iterator[Change]:
    """Try the floors one lower where only coverage is in the way."""
    world = ledger.world
    inst = world.instance
    n = min(world.lengths)
    reason, left = surviving_starts(ledger, r)
    if reason != "coverage":
        return
    learner = inst.employees[inst.requirements[r].learner]
    tries = 0
    for h, mask in left.items():
        for t in bits(mask):
            tries += 1
            if tries > MOST_FLOOR_TRIES:
                return
            for dept in {learner.dept, inst.employees[h].dept}:
                spare = [list(row) for row in world.spare]
                for x in range(t, t + n):
                    spare[dept][x] += FULL_DUTY
                found = _try(ledger, replace(world, spare=tuple(map(tuple, spare))), r)
                if found:
                    name = inst.departments[dept].id
                    lowest = min(
                        inst.departments[dept].min_on_duty[x % SLOTS_PER_WEEK] for x in range(t, t + n)
                    )
                    text = (
                        f"Lower the floor of {name} by one (to {max(0, lowest - 1)}) "
                        f"in slots {t} to {t + n - 1} for one session."
                    )
                    yield _change(world, "floor", text, n * SLOT_MINUTES, found)
                    return


def _later_deadline(ledger: Ledger, r: int) -> Iterator[Change]:
    world = ledger.world
    if world.instance.requirements[r].deadline is None:
        return
    for weeks in (1, 2, 3, 4):
        last = list(world.last_slot)
        last[r] = min(world.slots, last[r] + weeks * SLOTS_PER_WEEK)
        found = _try(ledger, replace(world, last_slot=tuple(last)), r)
        if found:
            text = f"Move the deadline {weeks} week{'s' if weeks > 1 else ''} later."
            yield _change(world, "deadline", text, 600 * weeks, found)
            return
