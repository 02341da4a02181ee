"""Run the compiled search: prices first, then a plan learner by learner, then annealing until time or steps
run out.

One `Search` belongs to one process. It depends on the instance, the first plan, the seed and the number of
steps; time only decides when it ends and, without a step budget, how fast it cools.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from .arrays import Array, Arrays, build_arrays, candidate_of
from .boxes import box_arrays, box_state, box_work
from .descent import Descent
from .improve import anneal, plan_all
from .moves import begin, new_work, remember
from .plans import Session
from .problem import SLOT_MINUTES
from .relax import slot_costs
from .replan import clear_learner
from .state import add, empty_state, open_starts
from .world import World

HOT, COLD = 60.0, 1.5
MANY_HOT, MANY_COLD = 6.0, 0.3  # many requirements leave too few steps each to cool from high heat
MANY = 1200
BATCH = 50
PASSES = 4
SWEEPS = 20
CHUNK = 200
MOST_HOSTS = 60
SMALL_GRAPHS = 2_000
Report = Callable[[float, list[Session]], None]


def price_steps(candidates: int) -> int:
    """Return how many descent steps the search spends on prices: fewer where one step takes long."""
    return 100 if candidates < 30_000 else 40 if candidates < 200_000 else 0


class Search:
    """Hold one search from its first plan on."""

    def __init__(
        self, world: World, first: Sequence[Session], seed: int, arrays: Arrays | None = None
    ) -> None:
        self.world = world
        self.arrays: Arrays = build_arrays(world) if arrays is None else arrays
        a = self.arrays
        self.floors = open_starts(a)
        self.state = empty_state(a, self.floors)
        self.work = new_work(a, self.state, seed)
        self._p, self._s, self._w = box_arrays(a), box_state(self.state), box_work(self.work)
        fixed = fixed_requirements(world)
        inst = world.instance
        pinned = {(p.requirement, p.host, p.start, p.minutes) for p in inst.pinned_sessions}
        past = inst.frozen_before if inst.previous is not None else 0
        met = np.zeros(len(inst.requirements), np.int64)
        for session in first:
            k = add(self._p, self._s, *self._candidate(session))
            if session in pinned or session[2] < past or session[0] in fixed:
                self.state.fixed[k] = 1
                met[session[0]] += session[3] // SLOT_MINUTES
        remember(self._s, self._w)
        self.descent = Descent(a, met, SMALL_GRAPHS)
        cost = slot_costs(a, self.descent.prices._replace(slot=np.zeros_like(a.load)))
        self.costs = np.stack([cost, cost])
        self.host_prices = np.zeros((2, *self.descent.prices.host.shape))
        self.steps = 0

    def _candidate(self, session: Session) -> tuple[int, int, int]:
        r, h, start, minutes = session
        c = candidate_of(self.world, self.arrays.cand_at, r, h)
        return c, start, minutes // SLOT_MINUTES

    @property
    def value(self) -> float:
        """Return the best objective so far (pins count extra inside; this is without them)."""
        kept = np.unique(self.work.best[0][self.work.best[0] >= 0])
        pins = int(self.arrays.cand_pin[kept].sum()) if len(kept) else 0
        return float(self.work.best_value[0]) - pins * self.arrays.pin_worth

    def sessions(self) -> list[Session]:
        """Return the best plan so far."""
        cand, start, length = self.work.best
        out = []
        for k in np.flatnonzero(cand >= 0):
            c = int(cand[k])
            r, h = int(self.arrays.cand_req[c]), int(self.arrays.cand_host[c])
            out.append((r, h, int(start[k]), int(length[k]) * SLOT_MINUTES))
        return out

    def price(self, done: Callable[[], bool]) -> None:
        """Find prices by descent."""
        d = self.descent
        d.sweep(SWEEPS, done)
        d.step()
        most = price_steps(len(self.arrays.cand_host))
        d.run(lambda taken: taken / most if most else 1, done)
        self.costs[1] = slot_costs(self.arrays, d.best_prices)
        self.host_prices[1] = d.best_prices.host

    def construct(self, late: Callable[[], bool]) -> None:
        """Plan every learner a few times at the prices found, the most urgent and pinned ones first."""
        a = self.arrays
        begin(self._w)
        urgency = np.zeros(len(a.dept))
        np.maximum.at(urgency, a.req_learner, a.req_worth)
        for p in self.world.instance.pinned_pairs:
            urgency[self.world.instance.requirements[p.requirement].learner] = np.inf
        has = np.flatnonzero(np.diff(a.learner_at) > 0)
        order = has[np.argsort(-urgency[has], kind="stable")].astype(np.int64)
        for el in order:
            begin(self._w)
            clear_learner(self._p, self._s, self._w, el)
        for n in range(PASSES):
            table = 0 if n == PASSES - 1 else 1
            for at in range(0, len(order), CHUNK):
                if late():
                    return
                self._plan(order[at : at + CHUNK], table)
            remember(self._s, self._w)

    def _plan(self, learners: Array, table: int) -> None:
        plan_all(
            self._p,
            self._s,
            self._w,
            self.descent.boxed_patterns,
            self.descent.boxed_sketch,
            learners,
            self.costs[table],
            self.host_prices[table],
        )

    def improve(
        self, seconds: float, step_limit: int | None, stop: Callable[[], bool], report: Report | None = None
    ) -> None:
        """Anneal until the time, the steps or `stop` end it; report better plans now and then."""
        begun = time.monotonic()
        told, told_value = begun, -np.inf
        batch = BATCH
        few = len(self.world.instance.requirements) < MANY
        hot, cold = (HOT, COLD) if few else (MANY_HOT, MANY_COLD)
        while self.steps < (step_limit if step_limit is not None else 1 << 60):
            spent = time.monotonic() - begun
            if spent >= seconds or stop():
                break
            share = self.steps / step_limit if step_limit else spent / max(1e-9, seconds)
            heat = hot * (cold / hot) ** min(1.0, share)
            count = batch if step_limit is None else min(batch, step_limit - self.steps)
            self._anneal(count, heat)
            self.steps += count
            now = time.monotonic()
            if report is not None and now - told > 0.5 and self.work.best_value[0] > told_value:
                told, told_value = now, self.work.best_value[0]
                report(self.value, self.sessions())

    def _anneal(self, steps: int, heat: float) -> None:
        anneal(
            self._p,
            self._s,
            self._w,
            self.descent.boxed_patterns,
            self.descent.boxed_sketch,
            self.costs,
            self.host_prices,
            self.floors,
            steps,
            heat,
            MOST_HOSTS,
        )


def fixed_requirements(world: World) -> set[int]:
    """Return the requirements whose sessions must not move: prerequisites of pinned and of past sessions."""
    inst = world.instance
    todo = [p.requirement for p in inst.pinned_sessions]
    todo += [r for r, _, start, _ in inst.previous or () if start < inst.frozen_before]
    found: set[int] = set()
    while todo:
        for q in world.needs[todo.pop()]:
            if q not in found:
                found.add(q)
                todo.append(q)
    return found
