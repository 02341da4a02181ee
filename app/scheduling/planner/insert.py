"""Find the best legal place for one more session of a requirement.

All starts of all hosts are filtered at once with 64-bit words (both calendars, rest, floors, budgets,
prerequisites, deadline); the survivors are priced slot by slot. Prices are the objective's own costs plus,
when wanted, the duals of the relaxation, so that scarce slots and hosts are spent on those who need them (a
Lagrangian heuristic).
"""

# ruff: noqa: PLR0917 - compiled kernels take their arrays by position

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from .arrays import Array
from .state import ALL, ONE, WHOLE, kept

NOTHING = -1e300
DE_BRUIJN = np.uint64(0x03F79D71B4CB0A89)  # its 64 windows of six bits all differ (Leiserson et al. 1998)
FIRST_BIT = np.zeros(64, np.int64)
for _n in range(64):
    FIRST_BIT[((0x03F79D71B4CB0A89 << _n) & 0xFFFFFFFFFFFFFFFF) >> 58] = _n


def new_scratch(n_lengths: int, n_words: int) -> Array:
    """Make the scratch rows: what the learner can, what fits with a host, a run, and one per length."""
    return np.zeros((3 + n_lengths, n_words), np.uint64)


@njit(cache=True)
def draw(rng: Any) -> float:
    """Draw from [0, 1) with xorshift64* (Vigna 2016); `rng` holds the state."""
    x = rng[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    rng[0] = x
    return ((x * np.uint64(2685821657736338717)) >> np.uint64(11)) / 9007199254740992.0


@njit(cache=True)
def below(rng: Any, n: int) -> int:
    """Draw a whole number from [0, n)."""
    return min(n - 1, int(draw(rng) * n))


@njit(cache=True)
def lowest(x: Any) -> int:
    """Return the index of the lowest set bit of a non-zero word."""
    return FIRST_BIT[((x & (ALL ^ x) + ONE) * DE_BRUIJN) >> np.uint64(58)]


@njit(cache=True)
def run_words(src: Any, length: int, dst: Any, lo: int, hi: int) -> None:
    """Write to words [lo, hi) of `dst` the starts of runs of `length` slots (at most 64) in `src`."""
    n = len(src)
    for w in range(lo, hi):
        x = src[w]
        y = src[w + 1] if w + 1 < n else np.uint64(0)
        out = x
        for k in range(1, length):
            if out == 0:
                break
            out &= (x >> np.uint64(k)) | (y << np.uint64(64 - k))
        dst[w] = out


@njit(cache=True)
def keep_span(row: Any, lo: int, hi: int) -> None:
    """Clear every slot outside [lo, hi)."""
    for w in range(len(row)):
        a, b = w << 6, (w + 1) << 6
        if b <= lo or a >= hi:
            row[w] = np.uint64(0)
            continue
        if a < lo:
            row[w] &= ALL << np.uint64(lo - a)
        if b > hi:
            row[w] &= ALL >> np.uint64(b - hi)


@njit(cache=True)
def blank_span(row: Any, lo: int, hi: int) -> None:
    """Clear the slots of [lo, hi)."""
    if hi <= lo:
        return
    for w in range(lo >> 6, ((hi - 1) >> 6) + 1):
        a, b = w << 6, (w + 1) << 6
        m = ALL
        if a < lo:
            m &= ALL << np.uint64(lo - a)
        if b > hi:
            m &= ALL >> np.uint64(b - hi)
        row[w] &= ALL ^ m


@njit(cache=True)
def missing(p: Any, s: Any, r: int) -> int:
    """Count the units a requirement still lacks."""
    return int(p.req_units[r] - s.met[r])


@njit(cache=True)
def earliest_start(p: Any, s: Any, r: int) -> int:
    """Return the first slot on a local date after all prerequisites are complete; -1 where one is not."""
    first = p.frozen
    el = p.req_learner[r]
    z = p.zone[el]
    for j in range(p.need_at[r], p.need_at[r + 1]):
        q = p.need[j]
        if s.met[q] < p.req_units[q]:
            return -1
        k = s.by_learner[el]
        while k >= 0:
            if p.cand_req[s.cand[k]] == q:
                t = s.start[k] + s.length[k] - 1
                day = p.day[z, t]
                while t < p.slots and p.day[z, t] == day:
                    t += 1
                first = max(first, t)
            k = s.links[0, k]
    return first


@njit(cache=True)
def latest_end(p: Any, s: Any, r: int) -> int:
    """Return the slot by which a session must end: the deadline, or a dependant's first date."""
    last = p.req_last[r]
    el = p.req_learner[r]
    z = p.zone[el]
    for j in range(p.dependant_at[r], p.dependant_at[r + 1]):
        k = s.by_learner[el]
        while k >= 0:
            if p.cand_req[s.cand[k]] == p.dependant[j]:
                t = s.start[k]
                day = p.day[z, t]
                while t > 0 and p.day[z, t - 1] == day:
                    t -= 1
                last = min(last, t)
            k = s.links[0, k]
    return last


@njit(cache=True)
def _cheapest_starts(
    p: Any, s: Any, dl: int, dh: int, n_lengths: int, slots: Any, scr: Any, lo: int, hi: int, out: Any
) -> None:
    """Price per length the cheapest start that suits the learner and both floors, whoever hosts."""
    run, opening = scr[2], s.open[dl, dh]
    for i in range(n_lengths):
        n = p.lengths[i]
        row = scr[3 + i]
        run_words(opening, n, run, lo, hi)
        low = 1e300
        for w in range(lo, hi):
            x = run[w] & row[w]
            while x != 0:
                t = (w << 6) + lowest(x)
                x &= x - ONE
                low = min(low, slots[t + n] - slots[t])
        out[i] = low


@njit(cache=True)
def best_place(
    p: Any,
    s: Any,
    r: int,
    span: tuple[int, int],
    cost: Any,
    host_price: Any,
    noise: float,
    fee: float,
    least: int,
    most_hosts: int,
    rng: Any,
    scr: Any,
    out: Any,
) -> bool:
    """Write candidate, start and length of the best place to `out`; return whether there is one.

    Places are compared by worth per unit: tie, reciprocity and stability minus priced slots and host hours,
    minus what a length would leave that no session can fill. `cost[dl, dh, t]` are prefix sums of slot
    prices, `host_price[h, week]` is per unit. With `noise` > 0 the comparison is perturbed and starts are
    skipped at random; at most `most_hosts` hosts, from a random one on, are looked at. Sessions stay inside
    `span` and have at least `least` units. Each session costs `fee`, so that longer ones win against more
    short ones.
    """
    todo = missing(p, s, r)
    if todo < p.lengths[0] or p.req_dead[r]:
        return False
    first = earliest_start(p, s, r)
    if first < 0:
        return False
    first = max(first, span[0])
    last = min(latest_end(p, s, r), span[1])
    el = p.req_learner[r]
    zl, dl = p.zone[el], p.dept[el]
    base = scr[0]
    free, blocked, openings = p.free, s.blocked, s.open
    mine, busy = free[el], blocked[el]
    cand_pair, cand_host, cand_pin, met_before = p.cand_pair, p.cand_host, p.cand_pin, s.pair
    for w in range(len(base)):
        base[w] = mine[w] & (ALL ^ busy[w])
    keep_span(base, first, last)
    n_lengths = 0
    while n_lengths < len(p.lengths) and p.lengths[n_lengths] <= min(todo, p.learn_cap[el]):
        n_lengths += 1
    lo, hi = len(base), WHOLE(0)
    for i in range(n_lengths):
        n = p.lengths[i]
        row = scr[3 + i]
        run_words(base, n, row, WHOLE(0), len(base))
        for w in range(p.weeks):
            if s.learner_week[el, w] + n > p.learn_cap[el]:
                blank_span(row, p.edge[zl, w], p.edge[zl, w + 1])
        for w in range(len(row)):
            if row[w] != 0:
                lo, hi = min(lo, w), max(hi, w + 1)
    if hi <= lo:
        return False
    both, run = scr[1], scr[2]
    n_dept = p.spare.shape[0]
    cheapest = np.full((n_dept, n_lengths), np.inf)
    c0 = p.cand_at[r]
    n_cand = p.cand_at[r + 1] - c0
    if n_cand == 0:
        return False
    shift = below(rng, n_cand) if n_cand > most_hosts or noise > 0 else 0
    best = NOTHING
    must = -1
    for c in range(c0, p.cand_at[r + 1]):
        if cand_pin[c] and s.pinned[c] == 0:
            must = c
    seen = 0
    for j in range(n_cand):
        c = c0 + (j + shift) % n_cand
        if must >= 0 and c != must:
            continue
        pair = cand_pair[c]
        if met_before[pair] >= p.max_pair:
            continue
        if seen >= most_hosts:
            break
        h = cand_host[c]
        zh, dh = p.zone[h], p.dept[h]
        cap = p.host_cap[h]
        bonus = -fee
        if met_before[pair] == 0:
            bonus += p.tie
            back = p.pair_back[pair]
            if back >= 0 and met_before[back] > 0:
                bonus += p.reciprocal
        if noise > 0:
            bonus += noise * draw(rng)
        slots, opening = cost[dl, dh], openings[dl, dh]
        theirs, taken, price = free[h], blocked[h], host_price[h]
        week, hosted = p.week[zh], s.host_week[h]
        q = s.hosted[h]
        seen += 1
        if cheapest[dh, 0] == np.inf:
            _cheapest_starts(p, s, dl, dh, n_lengths, slots, scr, lo, hi, cheapest[dh])
        hope = NOTHING
        for i in range(n_lengths):
            n = p.lengths[i]
            gain = bonus - p.host_sq * 0.25 * (2 * q * n + n * n) - cheapest[dh, i]
            if 0 < todo - n < p.lengths[0]:
                gain -= p.req_worth[r] * (todo - n)
            hope = max(hope, (gain + (p.stability if len(p.kept_key) else 0.0)) / n)
        if hope <= best:
            continue
        any_free = False
        for w in range(lo, min(hi + 1, len(base))):
            x = base[w] & theirs[w] & opening[w] & (ALL ^ taken[w])
            both[w] = x
            any_free = any_free or x != 0
        if not any_free:
            continue
        if hi + 1 < len(base):
            both[hi + 1] = np.uint64(0)
        for i in range(n_lengths):
            n = p.lengths[i]
            if n > cap:
                break
            if n < least:
                continue
            gain = bonus - p.host_sq * 0.25 * (2 * q * n + n * n)
            rest = todo - n
            if 0 < rest < p.lengths[0]:
                gain -= p.req_worth[r] * rest
            row = scr[3 + i]
            run_words(both, n, run, lo, hi)
            for w in range(lo, hi):
                x = run[w] & row[w]
                while x != 0:
                    t = (w << 6) + lowest(x)
                    x &= x - ONE
                    wk = week[t]
                    if hosted[wk] + n > cap:
                        continue
                    score = gain - (slots[t + n] - slots[t]) - price[wk] * n
                    if kept(p, c, t, n):
                        score += p.stability
                    score /= n
                    if score > best and (noise <= 0 or draw(rng) > 0.06):
                        best = score
                        out[0], out[1], out[2] = c, t, n
    return best > NOTHING
