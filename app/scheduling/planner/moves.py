"""Change a plan in steps that can be taken back exactly, and remember the best plan seen.

A journal notes every session put in or taken out since the step began; `undo` replays it backwards. Taking a
session out also takes out what depended on its requirement, so that the plan is legal after every call.
"""

# ruff: noqa: PLR0917 - compiled kernels take their arrays by position

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from .arrays import Array, Arrays
from .insert import new_scratch
from .state import State, add, drop


class Work(NamedTuple):
    """Hold the scratch memory of one search: journal, to-do list, random state, best plan so far."""

    journal: Array
    todo: Array
    key: Array
    stamp: Array
    size: Array
    rng: Array
    bits: Array
    place: Array
    best: Array
    best_value: Array


def new_work(arrays: Arrays, state: State, seed: int) -> Work:
    """Make scratch memory; the seed fixes every random draw."""
    n_req = len(arrays.req_units)
    mixed = (seed * 0x9E3779B97F4A7C15 + 0x1234567) & 0xFFFFFFFFFFFFFFFF
    return Work(
        np.zeros((4096 + 4 * len(state.cand), 5), np.int64),
        np.zeros(n_req + 1, np.int64),
        np.zeros(n_req + 1, np.float64),
        np.zeros(n_req, np.int64),
        np.zeros(4, np.int64),
        np.array([mixed or 1], np.uint64),
        new_scratch(len(arrays.lengths), arrays.free.shape[1]),
        np.zeros(3, np.int64),
        np.full((3, len(state.cand)), -1, np.int64),
        np.array([-1e300]),
    )


@njit(cache=True)
def begin(w: Any) -> None:
    """Begin a step: forget the journal and the to-do list."""
    w.size[0], w.size[1] = 0, 0
    w.size[2] += 1


@njit(cache=True)
def put(p: Any, s: Any, w: Any, c: int, start: int, length: int) -> int:
    """Put a session in and note it; return its number."""
    k = add(p, s, c, start, length)
    j = w.size[0]
    w.journal[j, 0], w.journal[j, 1] = 1, k
    w.size[0] = j + 1
    return k


@njit(cache=True)
def take(p: Any, s: Any, w: Any, k: int) -> None:
    """Take a session out and note it."""
    j = w.size[0]
    w.journal[j, 0], w.journal[j, 1] = 0, k
    w.journal[j, 2], w.journal[j, 3], w.journal[j, 4] = s.cand[k], s.start[k], s.length[k]
    w.size[0] = j + 1
    drop(p, s, k)


@njit(cache=True)
def undo(p: Any, s: Any, w: Any) -> None:
    """Take everything back that was noted since the step began."""
    while w.size[0] > 0:
        j = w.size[0] - 1
        w.size[0] = j
        if w.journal[j, 0] == 1:
            drop(p, s, w.journal[j, 1])
        else:
            add(p, s, w.journal[j, 2], w.journal[j, 3], w.journal[j, 4])


@njit(cache=True)
def want(p: Any, s: Any, w: Any, r: int) -> None:
    """Put a requirement on the to-do list once."""
    if w.stamp[r] != w.size[2]:
        w.stamp[r] = w.size[2]
        w.todo[w.size[1]] = r
        w.size[1] += 1


@njit(cache=True)
def _orphan(p: Any, s: Any, el: int) -> int:
    """Return a session of the learner whose prerequisites are no longer complete; -1 if there is none."""
    k = s.by_learner[el]
    while k >= 0:
        r = p.cand_req[s.cand[k]]
        for j in range(p.need_at[r], p.need_at[r + 1]):
            if s.met[p.need[j]] < p.req_units[p.need[j]]:
                return k
        k = s.links[0, k]
    return -1


@njit(cache=True)
def evict(p: Any, s: Any, w: Any, k: int) -> bool:
    """Drop a session and every session that depends on its requirement; refuse fixed ones."""
    needed = False
    while k >= 0:
        if s.fixed[k]:
            return False
        r = p.cand_req[s.cand[k]]
        needed = needed or p.dependant_at[r] < p.dependant_at[r + 1]
        take(p, s, w, k)
        want(p, s, w, r)
        k = _orphan(p, s, p.req_learner[r]) if needed else -1
    return True


@njit(cache=True)
def remember(s: Any, w: Any) -> None:
    """Keep the plan as the best so far if it is better."""
    if s.objective[0] > w.best_value[0] + 1e-6:
        w.best_value[0] = s.objective[0]
        for k in range(len(s.cand)):
            w.best[0, k], w.best[1, k], w.best[2, k] = s.cand[k], s.start[k], s.length[k]
