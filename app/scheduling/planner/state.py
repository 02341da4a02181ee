"""Keep a plan in flat arrays and change it one session at a time, with its objective always up to date.

Compiled with numba. `add` and `drop` keep every derived count (coverage, budgets, pairs, blocked slots) and
the objective consistent; they do not judge legality, `insert.py` does. The objective is the one of the file
format: met units, ties, reciprocal pairs, load, squared hours of each host, and stability against a previous
plan.
"""

# ruff: noqa: PLR0917 - compiled kernels take their arrays by position

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from .arrays import Array, Arrays, most_sessions

FULL = 100
N_SESSIONS, N_FREE = 0, 1
ONE = np.uint64(1)
WHOLE: Any = np.int64  # a literal number would be compiled as a type of its own
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)


class State(NamedTuple):
    """Hold the plan: one slot per session (`cand` -1 = empty), linked lists, counts, and the objective."""

    cand: Array
    start: Array
    length: Array
    fixed: Array
    free_slot: Array
    links: Array
    by_learner: Array
    by_host: Array
    by_start: Array
    used: Array
    open: Array
    blocked: Array
    learner_week: Array
    host_week: Array
    hosted: Array
    met: Array
    pair: Array
    pinned: Array
    count: Array
    objective: Array


def empty_state(arrays: Arrays, host_pairs: Array) -> State:
    """Make an empty plan. `host_pairs[dl, dh]` rows say where both departments can spare a session."""
    room = most_sessions(arrays)
    n_emp, n_words = arrays.free.shape
    n_dept = arrays.spare.shape[0]
    return State(
        np.full(room, -1, np.int64),
        np.zeros(room, np.int64),
        np.zeros(room, np.int64),
        np.zeros(room, np.uint8),
        np.arange(room - 1, -1, -1).astype(np.int64),
        np.full((6, room), -1, np.int64),
        np.full(n_emp, -1, np.int64),
        np.full(n_emp, -1, np.int64),
        np.full(arrays.slots, -1, np.int64),
        np.zeros((n_dept, arrays.slots), np.int64),
        host_pairs.copy(),
        np.zeros((n_emp, n_words), np.uint64),
        np.zeros((n_emp, arrays.weeks), np.int64),
        np.zeros((n_emp, arrays.weeks), np.int64),
        np.zeros(n_emp, np.int64),
        np.zeros(len(arrays.req_units), np.int64),
        np.zeros(len(arrays.pair_back), np.int64),
        np.zeros(len(arrays.cand_host), np.uint8),
        np.array([0, room], np.int64),
        np.zeros(1, np.float64),
    )


def open_starts(arrays: Arrays) -> Array:
    """Return per department pair the slots in which floors leave room for one session."""
    n_dept, slots = arrays.spare.shape
    out = np.zeros((n_dept, n_dept, arrays.free.shape[1]), np.uint64)
    for dl in range(n_dept):
        for dh in range(n_dept):
            if dl == dh:
                ok = arrays.spare[dl] >= FULL + arrays.host_weight
            else:
                ok = (arrays.spare[dl] >= FULL) & (arrays.spare[dh] >= arrays.host_weight)
            packed = np.packbits(ok, bitorder="little").tobytes()
            full = packed.ljust(out.shape[2] * 8, b"\0")
            out[dl, dh] = np.frombuffer(full, dtype="<u8")
    return out


@njit(cache=True)
def _link(links: Any, row: int, head: Any, owner: int, k: int) -> None:
    nxt = head[owner]
    links[row, k] = nxt
    links[row + 1, k] = -1
    if nxt >= 0:
        links[row + 1, nxt] = k
    head[owner] = k


@njit(cache=True)
def _unlink(links: Any, row: int, head: Any, owner: int, k: int) -> None:
    nxt, prv = links[row, k], links[row + 1, k]
    if prv >= 0:
        links[row, prv] = nxt
    else:
        head[owner] = nxt
    if nxt >= 0:
        links[row + 1, nxt] = prv


@njit(cache=True)
def set_span(row: Any, lo: int, hi: int) -> None:
    """Add slots [lo, hi) to one bit row."""
    for t in range(lo, hi):
        row[t >> 6] |= ONE << np.uint64(t & 63)


@njit(cache=True)
def clear_span(row: Any, lo: int, hi: int) -> None:
    """Take slots [lo, hi) out of one bit row."""
    for t in range(lo, hi):
        row[t >> 6] &= ALL ^ (ONE << np.uint64(t & 63))


@njit(cache=True)
def _reblock(p: Any, s: Any, who: int, lo: int, hi: int) -> None:
    """Recompute one person's blocked slots in [lo, hi) from the sessions they still have."""
    row = s.blocked[who]
    clear_span(row, lo, hi)
    for side in range(2):
        k = s.by_learner[who] if side == 0 else s.by_host[who]
        while k >= 0:
            a = max(lo, s.start[k] - p.rest)
            b = min(hi, s.start[k] + s.length[k] + p.rest)
            set_span(row, a, b)
            k = s.links[2 * side, k]


@njit(cache=True)
def _cover(p: Any, s: Any, dept: int, lo: int, hi: int, change: int) -> None:
    """Change one department's absence over [lo, hi) and refresh where sessions still fit."""
    n_dept = s.used.shape[0]
    for t in range(lo, hi):
        s.used[dept, t] += change
        word = t >> 6
        bit = ONE << np.uint64(t & 63)
        for other in range(n_dept):
            for side in range(2):
                dl = dept if side == 0 else other
                dh = other if side == 0 else dept
                if dl == dh:
                    ok = s.used[dl, t] + FULL + p.host_weight <= p.spare[dl, t]
                else:
                    ok = (
                        s.used[dl, t] + FULL <= p.spare[dl, t]
                        and s.used[dh, t] + p.host_weight <= p.spare[dh, t]
                    )
                if ok:
                    s.open[dl, dh, word] |= bit
                else:
                    s.open[dl, dh, word] &= ALL ^ bit


@njit(cache=True)
def kept(p: Any, c: int, start: int, length: int) -> bool:
    """Say whether exactly this session stood in the previous plan."""
    if len(p.kept_key) == 0:
        return False
    key = (np.int64(c) * p.slots + start) * 64 + length
    k = np.searchsorted(p.kept_key, key)
    return bool(k < len(p.kept_key) and p.kept_key[k] == key)


@njit(cache=True)
def _static_worth(p: Any, c: int, start: int, length: int, dl: int, dh: int) -> float:
    worth = p.req_worth[p.cand_req[c]] * length
    for t in range(start, start + length):
        worth -= p.load[dl, t] + p.load[dh, t]
    if kept(p, c, start, length):
        worth += p.stability
    return worth


@njit(cache=True)
def add(p: Any, s: Any, c: int, start: int, length: int) -> int:
    """Put one session into the plan; return its number."""
    s.count[1] -= 1
    k = s.free_slot[s.count[1]]
    s.count[0] += 1
    r, h = p.cand_req[c], p.cand_host[c]
    el = p.req_learner[r]
    s.cand[k], s.start[k], s.length[k], s.fixed[k] = c, start, length, 0
    _link(s.links, WHOLE(0), s.by_learner, el, k)
    _link(s.links, WHOLE(2), s.by_host, h, k)
    _link(s.links, WHOLE(4), s.by_start, start, k)
    end = start + length
    dl, dh = p.dept[el], p.dept[h]
    lo, hi = max(0, start - p.rest), min(p.slots, end + p.rest)
    for side in range(2):
        _cover(p, s, dl if side == 0 else dh, start, end, FULL if side == 0 else p.host_weight)
        set_span(s.blocked[el if side == 0 else h], lo, hi)
    s.learner_week[el, p.week[p.zone[el], start]] += length
    s.host_week[h, p.week[p.zone[h], start]] += length
    worth = _static_worth(p, c, start, length, dl, dh)
    q = s.hosted[h]
    worth -= p.host_sq * 0.25 * ((q + length) * (q + length) - q * q)
    s.hosted[h] = q + length
    s.met[r] += length
    pair = p.cand_pair[c]
    if s.pair[pair] == 0:
        worth += p.tie
        back = p.pair_back[pair]
        if back >= 0 and s.pair[back] > 0:
            worth += p.reciprocal
    s.pair[pair] += 1
    if p.cand_pin[c]:
        if s.pinned[c] == 0:
            worth += p.pin_worth
        s.pinned[c] += 1
    s.objective[0] += worth
    return k


@njit(cache=True)
def drop(p: Any, s: Any, k: int) -> None:
    """Take one session out of the plan."""
    c, start, length = s.cand[k], s.start[k], s.length[k]
    r, h = p.cand_req[c], p.cand_host[c]
    el = p.req_learner[r]
    _unlink(s.links, WHOLE(0), s.by_learner, el, k)
    _unlink(s.links, WHOLE(2), s.by_host, h, k)
    _unlink(s.links, WHOLE(4), s.by_start, start, k)
    s.cand[k] = -1
    s.free_slot[s.count[1]] = k
    s.count[1] += 1
    s.count[0] -= 1
    end = start + length
    dl, dh = p.dept[el], p.dept[h]
    lo, hi = max(0, start - p.rest), min(p.slots, end + p.rest)
    for side in range(2):
        _cover(p, s, dl if side == 0 else dh, start, end, -FULL if side == 0 else -p.host_weight)
        _reblock(p, s, el if side == 0 else h, lo, hi)
    s.learner_week[el, p.week[p.zone[el], start]] -= length
    s.host_week[h, p.week[p.zone[h], start]] -= length
    worth = _static_worth(p, c, start, length, dl, dh)
    q = s.hosted[h]
    worth += p.host_sq * 0.25 * ((q - length) * (q - length) - q * q)
    s.hosted[h] = q - length
    s.met[r] -= length
    pair = p.cand_pair[c]
    s.pair[pair] -= 1
    if s.pair[pair] == 0:
        worth += p.tie
        back = p.pair_back[pair]
        if back >= 0 and s.pair[back] > 0:
            worth += p.reciprocal
    if p.cand_pin[c]:
        s.pinned[c] -= 1
        if s.pinned[c] == 0:
            worth += p.pin_worth
    s.objective[0] -= worth
