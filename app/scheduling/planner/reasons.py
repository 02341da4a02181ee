"""Say why a need stays unmet: the first rung of one fixed ladder on which no candidate start survives.

The ladder is the meaning of ``unmet[].reason`` in the plan format, so there is exactly one true answer for a
plan: no_qualified_host, prerequisite_missing, no_common_time, prerequisite_unmet, learner_budget,
host_capacity, coverage, conflict, search. A candidate is a host and a start for the shortest allowed
session; starts are bit sets.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from .calendar import bits, runs, span
from .plans import Session
from .problem import SLOT_MINUTES
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
        self._fit: dict[tuple[int, int], int] = {}
        self._length = min(world.lengths)

    def missing(self, r: int) -> int:
        """Return the minutes a requirement still lacks."""
        return max(0, self.world.instance.requirements[r].minutes - self.met[r])

    def floors_allow(self, dl: int, dh: int) -> int:
        """Return the starts at which both floors still hold with the shortest session more."""
        if (dl, dh) not in self._fit:
            world = self.world
            free = sum(1 << t for t in range(world.slots) if world.fits(dl, dh, t, self.used))
            self._fit[dl, dh] = runs(free, self._length)
        return self._fit[dl, dh]

    def forget_floors(self) -> None:
        """Look at the floors anew, because the world was changed for a trial."""
        self._fit = {}

    def too_close(self, who: int) -> int:
        """Return the starts at which a shortest session would meet or come too near one of this person's."""
        rest = self.world.instance.rules.rest_slots
        mask = 0
        for a, b in self.spans.get(who, ()):
            mask |= span(max(0, a - self._length - rest + 1), b + rest)
        return mask

    def weeks_left(self, who: int, spent: Counter[tuple[int, int]], cap: int) -> int:
        """Return the slots of the weeks in which one shortest session more stays within the cap."""
        zone = self.world.zone_of[who]
        need = self._length * SLOT_MINUTES
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
        for d, first in self.first_day.items():
            if r in world.needs[d]:
                hi = min(hi, zone.first_slot_of(first))
        return span(lo, max(lo, hi - self._length + 1))


def surviving_starts(ledger: Ledger, r: int) -> tuple[str, dict[int, int]]:
    """Return the reason and, per host, the starts that survived the rung before it."""
    world = ledger.world
    inst = world.instance
    req = inst.requirements[r]
    learner = inst.employees[req.learner]
    n = ledger._length
    if not world.hosts[r]:
        return "no_qualified_host", {}
    if world.blocked[r]:
        return "prerequisite_missing", {}
    here = {h: world.common_starts(r, h, n) for h in world.hosts[r]}
    weeks = ledger.weeks_left(req.learner, ledger.learned, learner.learn_minutes)
    near, window = ledger.too_close(req.learner), ledger.order_window(r)
    rungs = (
        ("no_common_time", lambda h: -1),
        ("prerequisite_unmet", lambda h: 0 if any(ledger.missing(q) for q in world.needs[r]) else -1),
        ("learner_budget", lambda h: weeks),
        ("host_capacity", lambda h: ledger.weeks_left(h, ledger.hosted, inst.employees[h].host_minutes)),
        ("coverage", lambda h: ledger.floors_allow(learner.dept, inst.employees[h].dept)),
        (
            "conflict",
            lambda h: (
                0
                if ledger.pair[req.learner, h] >= inst.rules.max_per_pair
                else ~(near | ledger.too_close(h)) & window
            ),
        ),
    )
    for name, allows in rungs:
        left = {h: m & allows(h) for h, m in here.items()}
        left = {h: m for h, m in left.items() if m}
        if not left:
            return name, {h: m for h, m in here.items() if m}
        here = left
    return "search", here


def unmet_rows(ledger: Ledger) -> list[dict[str, Any]]:
    """List every requirement that lacks minutes, with its reason and a sentence."""
    out = []
    for r, req in enumerate(ledger.world.instance.requirements):
        minutes = ledger.missing(r)
        if minutes:
            reason, left = surviving_starts(ledger, r)
            detail = _detail(reason, len(ledger.world.hosts[r]), left)
            out.append({"requirement": req.id, "minutes": minutes, "reason": reason, "detail": detail})
    return out


def _detail(reason: str, hosts: int, left: dict[int, int]) -> str:
    starts = sum(len(bits(m)) for m in left.values())
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
