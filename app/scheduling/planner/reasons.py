"""Say why a need stays unmet: the first rung of one fixed ladder on which no candidate start survives.

The ladder is the meaning of ``unmet[].reason`` in the plan format, so there is exactly one true answer for a
plan: no_qualified_host, prerequisite_missing, no_common_time, prerequisite_unmet, learner_budget,
host_capacity, coverage, conflict, search. A candidate is a host and a start for the shortest allowed
session; starts are bit sets.
"""

from __future__ import annotations

import copy
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from .calendar import runs, span
from .plans import Session
from .problem import SLOT_MINUTES, Employee
from .world import FULL_DUTY, World

REASONS = (
    "no_qualified_host",
    "prerequisite_missing",
    "no_common_time",
    "prerequisite_unmet",
    "learner_budget",
    "host_capacity",
    "coverage",
    "conflict",
    "search",
)


class Ledger:
    """Count what a plan uses: floors, budgets, pairs, people's time. Built once per plan, read by reasons."""

    def __init__(self, world: World, sessions: Iterable[Session]) -> None:
        self.world = world
        inst = world.instance
        self.sessions = list(sessions)
        self.used = [[0] * world.slots for _ in inst.departments]
        self.spans: dict[int, list[tuple[int, int]]] = defaultdict(list)
        self.learned: Counter[tuple[int, int]] = Counter()
        self.hosted: Counter[tuple[int, int]] = Counter()
        self.pair: Counter[tuple[int, int]] = Counter()
        self.met: Counter[int] = Counter()
        self.last_day: dict[int, int] = {}
        self.first_day: dict[int, int] = {}
        for r, h, start, minutes in self.sessions:
            learner = inst.requirements[r].learner
            end = start + minutes // SLOT_MINUTES
            zone = world.zone_of[learner]
            self.spans[learner].append((start, end))
            self.spans[h].append((start, end))
            self.learned[learner, zone.week[start]] += minutes
            self.hosted[h, world.zone_of[h].week[start]] += minutes
            self.pair[learner, h] += 1
            self.met[r] += minutes
            self.last_day[r] = max(self.last_day.get(r, 0), zone.day[end - 1])
            self.first_day[r] = min(self.first_day.get(r, 1 << 60), zone.day[start])
            for t in range(start, end):
                self.used[inst.employees[learner].dept][t] += FULL_DUTY
                self.used[inst.employees[h].dept][t] += world.host_weight
        self.length = min(world.lengths)
        self._fit: dict[tuple[int, int], int] = {}
        self._starts: dict[int, int] = {}
        self._hosting: dict[int, int] = {}
        self._apart: dict[int, int] = {}
        self._unions: dict[tuple[str, int, tuple[int, ...]], int] = {}
        self.met_hosts: dict[int, set[int]] = defaultdict(set)
        for learner, h in self.pair:
            self.met_hosts[learner].add(h)
        self._dependants: dict[int, list[int]] = defaultdict(list)
        for d in self.first_day:
            for q in world.needs[d]:
                self._dependants[q].append(d)

    def missing(self, r: int) -> int:
        """Return the minutes a requirement still lacks."""
        return max(0, self.world.instance.requirements[r].minutes - self.met[r])

    def floors_allow(self, dl: int, dh: int) -> int:
        """Return the starts at which both floors still hold with the shortest session more."""
        if (dl, dh) not in self._fit:
            world = self.world
            free = sum(1 << t for t in range(world.slots) if world.fits(dl, dh, t, self.used))
            self._fit[dl, dh] = runs(free, self.length)
        return self._fit[dl, dh]

    def in_world(self, world: World) -> Ledger:
        """Look at the same plan in a world that was changed for a trial."""
        other = copy.copy(self)
        other.world = world
        other._unions = {}
        if world.spare is not self.world.spare:
            other._fit = {}
        if world.free is not self.world.free:
            other._starts, other._hosting = {}, {}
        if world.instance is not self.world.instance:
            other._hosting = {}
        return other

    def free_starts(self, who: int) -> int:
        """Return the starts of a shortest session at which a person is free to its end."""
        if who not in self._starts:
            self._starts[who] = runs(self.world.free[who], self.length)
        return self._starts[who]

    def too_close(self, who: int) -> int:
        """Return the starts at which a shortest session would meet or come too near one of this person's."""
        if who not in self._apart:
            rest = self.world.instance.rules.rest_slots
            mask = 0
            for a, b in self.spans.get(who, ()):
                mask |= span(max(0, a - self.length - rest + 1), b + rest)
            self._apart[who] = mask
        return self._apart[who]

    def hosting_starts(self, host: int) -> int:
        """Return a host's free starts in the weeks in which one shortest session more is within the cap."""
        if host not in self._hosting:
            cap = self.world.instance.employees[host].host_minutes
            self._hosting[host] = self.free_starts(host) & self.weeks_left(host, self.hosted, cap)
        return self._hosting[host]

    def covered_starts(self, dept: int, host: int) -> int:
        """Return the starts of these at which both floors hold with a learner of this department."""
        return self.hosting_starts(host) & self.floors_allow(dept, self.world.instance.employees[host].dept)

    def open_starts(self, dept: int, host: int) -> int:
        """Return the starts of these that keep the pause to the host's other sessions."""
        return self.covered_starts(dept, host) & ~self.too_close(host)

    def union(self, rung: Rung, dept: int) -> int:
        """Return the starts that any host of a rung allows."""
        key = (rung.name, dept, rung.hosts)
        if key not in self._unions:
            mask = 0
            for h in rung.hosts:
                mask |= rung.theirs(h)
            self._unions[key] = mask
        return self._unions[key]

    def any_start(self, rung: Rung, dept: int) -> bool:
        """Say whether any start survives a rung."""
        return bool(rung.mine and rung.mine & self.union(rung, dept))

    def weeks_left(self, who: int, spent: Counter[tuple[int, int]], cap: int) -> int:
        """Return the slots of the weeks in which one shortest session more stays within the cap."""
        zone = self.world.zone_of[who]
        need = self.length * SLOT_MINUTES
        return sum(zone.week_span(k) for k in range(self.world.weeks) if spent[who, k] + need <= cap)

    def order_window(self, r: int) -> int:
        """Return the starts after the prerequisites' last date and before the dependants' first."""
        world = self.world
        learner = world.instance.requirements[r].learner
        zone = world.zone_of[learner]
        lo, hi = 0, world.slots
        for q in world.needs[r]:
            if q in self.last_day:
                lo = max(lo, zone.first_slot_of(self.last_day[q] + 1))
        for d in self._dependants.get(r, ()):
            hi = min(hi, zone.first_slot_of(self.first_day[d]))
        return span(lo, max(lo, hi - self.length + 1))


@dataclass(frozen=True, slots=True)
class Rung:
    """Hold what one rung of the ladder asks: starts that suit the learner, and per host a set of starts."""

    name: str
    mine: int
    hosts: tuple[int, ...]
    theirs: Callable[[int], int]

    def starts(self) -> dict[int, int]:
        """Return per host the starts that survive this rung."""
        found = {h: self.mine & self.theirs(h) for h in self.hosts}
        return {h: mask for h, mask in found.items() if mask}


def barren_rung(ledger: Ledger, r: int) -> tuple[str, Rung | None]:
    """Return the reason and the rung before it, whose starts were the last to survive.

    Hosts of equal requirements are one set, so whether any start is left is asked of their union.
    """
    world = ledger.world
    inst = world.instance
    req = inst.requirements[r]
    learner = inst.employees[req.learner]
    hosts = world.hosts[r]
    if not hosts:
        return "no_qualified_host", None
    if world.blocked[r]:
        return "prerequisite_missing", None
    before = None
    for rung in _rungs(ledger, r, req.learner, learner, hosts):
        if not ledger.any_start(rung, learner.dept):
            return rung.name, before
        before = rung
    return "search", before


def _rungs(ledger: Ledger, r: int, who: int, learner: Employee, hosts: tuple[int, ...]) -> Iterator[Rung]:
    world = ledger.world
    mine = ledger.free_starts(who) & world.window(r, ledger.length)
    yield Rung("no_common_time", mine, hosts, ledger.free_starts)
    if any(ledger.missing(q) for q in world.needs[r]):
        yield Rung("prerequisite_unmet", 0, hosts, ledger.free_starts)
    mine &= ledger.weeks_left(who, ledger.learned, learner.learn_minutes)
    yield Rung("learner_budget", mine, hosts, ledger.free_starts)
    yield Rung("host_capacity", mine, hosts, ledger.hosting_starts)
    yield Rung("coverage", mine, hosts, partial(ledger.covered_starts, learner.dept))
    most = world.instance.rules.max_per_pair
    full = {h for h in ledger.met_hosts[who] if ledger.pair[who, h] >= most}
    mine &= ~ledger.too_close(who) & ledger.order_window(r)
    able = hosts if full.isdisjoint(hosts) else tuple(h for h in hosts if h not in full)
    yield Rung("conflict", mine, able, partial(ledger.open_starts, learner.dept))


def surviving_starts(ledger: Ledger, r: int) -> tuple[str, dict[int, int]]:
    """Return the reason and, per host, the starts that survived the rung before it."""
    reason, before = barren_rung(ledger, r)
    return reason, before.starts() if before else {}


def unmet_rows(ledger: Ledger) -> list[dict[str, Any]]:
    """List every requirement that lacks minutes, with its reason and a sentence."""
    out = []
    for r, req in enumerate(ledger.world.instance.requirements):
        minutes = ledger.missing(r)
        if minutes:
            dept = ledger.world.instance.employees[req.learner].dept
            reason, before = barren_rung(ledger, r)
            starts = before.mine & ledger.union(before, dept) if before else 0
            detail = _detail(reason, len(ledger.world.hosts[r]), starts.bit_count())
            out.append({"requirement": req.id, "minutes": minutes, "reason": reason, "detail": detail})
    return out


def _detail(reason: str, hosts: int, starts: int) -> str:
    return {
        "no_qualified_host": "Nobody who may host holds the level.",
        "prerequisite_missing": "A prerequisite is neither held nor planned for this learner.",
        "no_common_time": f"{hosts} hosts, but no start suits both calendars before the deadline.",
        "prerequisite_unmet": "A prerequisite is not complete in this plan.",
        "learner_budget": f"{starts} common starts, all in weeks in which the learner's budget is used up.",
        "host_capacity": f"{starts} common starts, all with hosts who are full that week.",
        "coverage": f"{starts} starts left, each would push a department below its floor.",
        "conflict": f"{starts} starts left, all too close to other sessions or past the pair limit.",
        "search": f"{starts} starts would still be legal; the plan scores better without them.",
    }[reason]
