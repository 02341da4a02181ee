"""Find pins that no plan can honour, before any search: against calendars, floors, rules and each other."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

from .calendar import runs
from .problem import SLOT_MINUTES, PinnedSession
from .reading import Faults
from .world import FULL_DUTY, World


def check_pins(world: World) -> None:
    """Raise `InstanceError` naming each pin that is impossible by itself or with the others."""
    faults = Faults()
    inst = world.instance
    for pin in inst.pinned_sessions:
        why = _impossible(world, pin)
        if why:
            faults.add(pin.place, *why)
    faults.stop()
    for pair in inst.pinned_pairs:
        r, h = pair.requirement, pair.host
        if h not in world.hosts[r]:
            faults.add(
                pair.place, "this host may not host this requirement", "name a qualified, allowed host"
            )
        elif world.blocked[r]:
            faults.add(pair.place, "a prerequisite is neither held nor required", "add the prerequisite")
        else:
            room = world.room(inst.requirements[r].learner, h)
            common = [world.common_starts(r, h, n) for n in world.lengths]
            if not any(common):
                faults.add(
                    pair.place,
                    "the two share no free time before the deadline",
                    "move the deadline or drop it",
                )
            elif not any(c & runs(room, n) for c, n in zip(common, world.lengths, strict=True)):
                faults.add(
                    pair.place,
                    "the floors leave no room for it at any shared time",
                    "lower a floor or drop it",
                )
    faults.stop()
    _check_together(world, faults)
    faults.stop()


def _impossible(world: World, pin: PinnedSession) -> tuple[str, str] | None:
    inst = world.instance
    r, h, n = pin.requirement, pin.host, pin.minutes // SLOT_MINUTES
    req = inst.requirements[r]
    if inst.previous is not None and pin.start < inst.frozen_before:
        past = (r, h, pin.start, pin.minutes) in inst.previous
        return None if past else ("lies in the frozen past, where it did not happen", "drop the pin")
    if h not in world.hosts[r]:
        return "this host may not host this requirement", "name a qualified, allowed host"
    if pin.minutes > req.minutes:
        return f"{pin.minutes} minutes are more than the {req.minutes} required", "shorten the session"
    if world.blocked[r]:
        return "a prerequisite is neither held nor required", "add a requirement for the prerequisite"
    for who, role in ((req.learner, "learner"), (h, "host")):
        if not runs(world.free[who], n) >> pin.start & 1:
            return f"the {role} is not on duty and free then", "choose another start"
    if not world.window(r, n) >> pin.start & 1:
        return "it ends after the requirement's deadline", "choose an earlier start"
    if not runs(world.room(req.learner, h), n) >> pin.start & 1:
        return "it would push a department below its floor", "choose another start or lower the floor"
    if pin.minutes > inst.employees[req.learner].learn_minutes:
        return "it is longer than the learner's weekly budget", "shorten it or raise the budget"
    if pin.minutes > inst.employees[h].host_minutes:
        return "it is longer than the host's weekly cap", "shorten it or raise the cap"
    return None


def _check_together(world: World, faults: Faults) -> None:
    inst = world.instance
    rest = inst.rules.rest_slots
    pins = inst.pinned_sessions
    for a, b in combinations(pins, 2):
        if (a.requirement, a.host, a.start) == (b.requirement, b.host, b.start) and a.minutes == b.minutes:
            continue
        people = [{inst.requirements[x.requirement].learner, x.host} for x in (a, b)]
        ends = [x.start + x.minutes // SLOT_MINUTES for x in (a, b)]
        if people[0] & people[1] and a.start < ends[1] + rest and b.start < ends[0] + rest:
            faults.add(b.place, f"overlaps or comes too close to {a.place}", "move or drop one of the two")
    _check_sums(world, faults)


def _check_sums(world: World, faults: Faults) -> None:
    inst = world.instance
    total: Counter[tuple[str, int, int]] = Counter()
    used: Counter[tuple[int, int]] = Counter()
    seen = set()
    for pin in inst.pinned_sessions:
        key = (pin.requirement, pin.host, pin.start, pin.minutes)
        if key in seen:
            continue
        seen.add(key)
        req = inst.requirements[pin.requirement]
        learner, h = inst.employees[req.learner], inst.employees[pin.host]
        limits = (
            ("requirement", pin.requirement, 0, pin.minutes, req.minutes, "minutes of the requirement"),
            (
                "learner",
                req.learner,
                world.zone_of[req.learner].week[pin.start],
                pin.minutes,
                learner.learn_minutes,
                "minutes of the learner's weekly budget",
            ),
            (
                "host",
                pin.host,
                world.zone_of[pin.host].week[pin.start],
                pin.minutes,
                h.host_minutes,
                "minutes of the host's weekly cap",
            ),
            ("pair", req.learner, pin.host, 1, inst.rules.max_per_pair, "sessions of the same two people"),
        )
        for kind, one, two, amount, most, what in limits:
            total[kind, one, two] += amount
            if total[kind, one, two] > most:
                faults.add(
                    pin.place, f"with the pins before it exceeds the {most} {what}", "drop or shorten a pin"
                )
        for t in range(pin.start, pin.start + pin.minutes // SLOT_MINUTES):
            used[learner.dept, t] += FULL_DUTY
            used[h.dept, t] += world.host_weight
            if (
                used[learner.dept, t] > world.spare[learner.dept][t]
                or used[h.dept, t] > world.spare[h.dept][t]
            ):
                faults.add(
                    pin.place,
                    "with the pins before it pushes a department below its floor",
                    "move one of them",
                )
                break
