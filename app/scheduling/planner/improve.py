"""Improve a plan by ruin and recreate under simulated annealing.

Each step takes a few related sessions out (`ruin.py`) and recreates: mostly the affected learners are
planned anew by dynamic program (`replan.py`), sometimes their requirements are served one by one
(`insert.py`). The step is kept or undone exactly (Schrimpf et al. 2000; Christiaens and Vanden Berghe 2020).
"""

# ruff: noqa: PLR0917 - compiled kernels take their arrays by position

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from .insert import below, best_place, draw, missing
from .moves import begin, put, remember, take, undo, want
from .replan import clear_learner, replan
from .ruin import ruin
from .state import WHOLE

USUAL_EDGES = 1500.0
FEE = 1.5


@njit(cache=True)
def _fill(
    p: Any, s: Any, w: Any, cost: Any, host_price: Any, noise: float, fee: float, most_hosts: int
) -> None:
    """Serve the to-do list in a random sensible order; dependants follow what they waited for."""
    mode = below(w.rng, WHOLE(4))
    n = w.size[1]
    for i in range(n):
        r = w.todo[i]
        u = draw(w.rng)
        if mode == 0:
            w.key[i] = u
        elif mode == 1:
            w.key[i] = -p.req_worth[r] * (0.5 + u)
        elif mode == 2:
            w.key[i] = (p.cand_at[r + 1] - p.cand_at[r]) * (0.5 + u)
        else:
            w.key[i] = p.req_last[r] * (0.5 + u) - p.req_worth[r]
    for i in range(1, n):
        r, key = w.todo[i], w.key[i]
        j = i - 1
        while j >= 0 and w.key[j] > key:
            w.todo[j + 1], w.key[j + 1] = w.todo[j], w.key[j]
            j -= 1
        w.todo[j + 1], w.key[j + 1] = r, key
    i = 0
    while i < w.size[1]:
        r = w.todo[i]
        i += 1
        span = (WHOLE(0), p.slots)
        while best_place(
            p, s, r, span, cost, host_price, noise, fee, WHOLE(0), most_hosts, w.rng, w.bits, w.place
        ):
            before = s.objective[0]
            k = put(p, s, w, w.place[0], w.place[1], w.place[2])
            if s.objective[0] < before:
                take(p, s, w, k)
                break
        if s.met[r] >= p.req_units[r]:
            for j in range(p.dependant_at[r], p.dependant_at[r + 1]):
                d = p.dependant[j]
                if missing(p, s, d) > 0:
                    w.stamp[d] = w.size[2] - 1 if w.size[1] < len(w.todo) - 1 else w.size[2]
                    want(p, s, w, d)


@njit(cache=True)
def plan_all(p: Any, s: Any, w: Any, pt: Any, k: Any, order: Any, cost: Any, host_price: Any) -> None:
    """Plan the given learners anew one after the other, each best possible given the others."""
    for el in order:
        begin(w)
        clear_learner(p, s, w, el)
        replan(p, s, w, pt, k, el, cost, host_price, 0.0, 0.0, WHOLE(1 << 30))


@njit(cache=True)
def _edges(pt: Any, el: int) -> int:
    """Count the edges of a learner's graphs: what planning the learner anew costs."""
    total = 1
    for g in range(pt.learner_at[el], pt.learner_at[el + 1]):
        total += pt.graph_at[pt.graph[g] + 1] - pt.graph_at[pt.graph[g]]
    return total


@njit(cache=True)
def anneal(
    p: Any,
    s: Any,
    w: Any,
    pt: Any,
    k: Any,
    costs: Any,
    host_prices: Any,
    floors: Any,
    steps: int,
    heat: float,
    most_hosts: int,
) -> int:
    """Do `steps` ruin-and-recreate steps at one temperature; return how many were kept."""
    changed = 0
    n_req = len(p.req_units)
    learners = np.zeros(n_req + 1, np.int64)
    for _ in range(steps):
        begin(w)
        before = s.objective[0]
        ok = ruin(p, s, w, floors)
        count = 0
        for i in range(w.size[1] if ok else 0):
            el = p.req_learner[w.todo[i]]
            known = False
            for j in range(count):
                known = known or learners[j] == el
            if not known:
                learners[count] = el
                count += 1
        table = 0 if draw(w.rng) < 0.5 else 1
        u = draw(w.rng)
        noise = 0.0 if u < 0.3 else 1.0 + (12.0 if u < 0.95 else 60.0) * draw(w.rng)
        fee = 0.0 if draw(w.rng) < 0.5 else FEE * (p.tie + 10.0) * draw(w.rng)
        for i in range(count - 1, 0, -1):
            j = below(w.rng, i + 1)
            learners[i], learners[j] = learners[j], learners[i]
        for i in range(count):
            if draw(w.rng) < 0.6 * min(1.0, USUAL_EDGES / _edges(pt, learners[i])):
                clear_learner(p, s, w, learners[i])
                replan(p, s, w, pt, k, learners[i], costs[table], host_prices[table], noise, fee, most_hosts)
        w.size[1] = 0
        w.size[2] += 1
        for i in range(count):
            el = learners[i]
            for j in range(p.learner_at[el], p.learner_at[el + 1]):
                if missing(p, s, p.learner_req[j]) > 0:
                    want(p, s, w, p.learner_req[j])
        for _extra in range(4 if ok else 0):
            r = below(w.rng, n_req)
            if missing(p, s, r) > 0:
                want(p, s, w, r)
        _fill(p, s, w, costs[table], host_prices[table], noise, fee, most_hosts)
        gain = s.objective[0] - before
        if ok and (gain >= 0 or gain > heat * np.log(max(1e-12, draw(w.rng)))):
            changed += 1
            remember(s, w)
        else:
            undo(p, s, w)
    return changed
