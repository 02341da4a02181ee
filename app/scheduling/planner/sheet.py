"""Keep a plan with bit sets in plain Python and list the legal starts for one more session.

Slower than the compiled state, but ready at once: it makes the first plan, the baselines, repairs and trials.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from .calendar import runs, span
from .plans import Session
from .problem import SLOT_MINUTES
from .world import FULL_DUTY, World


class Sheet:
    """Hold sessions and what they use; `place` expects a legal session, `starts` says what is legal."""

    def __init__(self, world: World) -> None:
        inst = world.instance
        self.world = world
        self.sessions: list[Session] = []
        self.used = [[0] * world.slots for _ in inst.departments]
        self.open = {
            (a, b): sum(1 << t for t in range(world.slots) if world.fits(a, b, t, None))
            for a in range(len(inst.departments))
            for b in range(len(inst.departments))
        }
        self.blocked = [0] * len(inst.employees)
        self.hostable = list(world.free)
        self.learned: Counter[tuple[int, int]] = Counter()
        self.hosted_week: Counter[tuple[int, int]] = Counter()
        self.hosted: Counter[int] = Counter()
        self.pair: Counter[tuple[int, int]] = Counter()
        self.met: Counter[int] = Counter()
        self.of: dict[int, list[Session]] = {}
        self.dependants: dict[int, list[int]] = {}
        for r, needs in enumerate(world.needs):
            for q in needs:
                self.dependants.setdefault(q, []).append(r)

    def missing(self, r: int) -> int:
        """Return the minutes a requirement still lacks."""
        return self.world.instance.requirements[r].minutes - self.met[r]

    def place(self, session: Session) -> None:
        """Put a session in."""
        r, h, start, minutes = session
        world = self.world
        inst = world.instance
        learner = inst.requirements[r].learner
        end = start + minutes // SLOT_MINUTES
        rest = inst.rules.rest_slots
        near = span(max(0, start - rest), end + rest)
        self.blocked[learner] |= near
        self.blocked[h] |= near
        self.hostable[learner] &= ~near
        self.hostable[h] &= ~near
        self.learned[learner, world.zone_of[learner].week[start]] += minutes
        week = world.zone_of[h].week[start]
        self.hosted_week[h, week] += minutes
        if self.hosted_week[h, week] + world.lengths[0] * SLOT_MINUTES > inst.employees[h].host_minutes:
            self.hostable[h] &= ~world.zone_of[h].week_span(week)
        self.hosted[h] += minutes
        self.pair[learner, h] += 1
        self.met[r] += minutes
        self.of.setdefault(r, []).append(session)
        self.sessions.append(session)
        dl, dh = inst.employees[learner].dept, inst.employees[h].dept
        for t in range(start, end):
            self.used[dl][t] += FULL_DUTY
            self.used[dh][t] += world.host_weight
        for a, b in self.open:
            if {a, b} & {dl, dh}:
                for t in range(start, end):
                    if not world.fits(a, b, t, self.used):
                        self.open[a, b] &= ~(1 << t)

    def order_window(self, r: int, length: int) -> int:
        """Return the starts after the prerequisites, all complete, and before dependants."""
        world = self.world
        learner = world.instance.requirements[r].learner
        zone = world.zone_of[learner]
        lo, hi = 0, world.slots
        if world.blocked[r]:
            return 0
        for q in world.needs[r]:
            if self.missing(q) > 0:
                return 0
            for _, _, start, minutes in self.of.get(q, ()):
                day = zone.day[start + minutes // SLOT_MINUTES - 1]
                lo = max(lo, zone.first_slot_of(day + 1))
        for d in self.dependants.get(r, ()):
            for _, _, start, _ in self.of.get(d, ()):
                hi = min(hi, zone.first_slot_of(zone.day[start]))
        return span(lo, max(lo, hi - length + 1))

    def learner_starts(self, r: int, length: int) -> int:
        """Return the starts that suit the learner: hours, rest, deadline, order and weekly budget."""
        world = self.world
        learner = world.instance.requirements[r].learner
        zone = world.zone_of[learner]
        cap = world.instance.employees[learner].learn_minutes
        mask = runs(world.free[learner] & ~self.blocked[learner], length)
        mask &= world.window(r, length) & self.order_window(r, length)
        if mask:
            for k in range(world.weeks):
                if self.learned[learner, k] + length * SLOT_MINUTES > cap:
                    mask &= ~zone.week_span(k)
        return mask

    def starts(self, r: int, host: int, length: int, learner_starts: int) -> int:
        """Return the legal starts with this host among those that suit the learner."""
        world = self.world
        inst = world.instance
        learner = inst.requirements[r].learner
        if self.pair[learner, host] >= inst.rules.max_per_pair:
            return 0
        free = self.hostable[host] & self.open[inst.employees[learner].dept, inst.employees[host].dept]
        mask = learner_starts & free
        if mask:
            mask &= runs(free, length)
        if mask:
            zone = world.zone_of[host]
            cap = inst.employees[host].host_minutes
            for k in range(world.weeks):
                if self.hosted_week[host, k] + length * SLOT_MINUTES > cap:
                    mask &= ~zone.week_span(k)
        return mask

    def is_legal(self, session: Session) -> bool:
        """Say whether a session may be placed as things stand."""
        r, h, start, minutes = session
        length = minutes // SLOT_MINUTES
        if minutes > self.missing(r) or h not in self.world.hosts[r]:
            return False
        return bool(self.starts(r, h, length, self.learner_starts(r, length)) >> start & 1)

    def place_all_legal(self, sessions: Iterable[Session]) -> list[Session]:
        """Place sessions in order of time where legal; return those that were not."""
        left = []
        for session in sorted(sessions, key=lambda s: s[2]):
            if self.is_legal(session):
                self.place(session)
            else:
                left.append(session)
        return left
