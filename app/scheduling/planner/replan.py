"""Plan one learner anew, best possible given everybody else.

The same dynamic program as in the relaxation, but priced with what the current plan leaves: free slots,
floors, host hours, ties already there. It decides which requirements get which weeks, lengths and hosts; the
sessions are then placed one by one, and where two of them collide inside a week the later one looks for
another place in that week.
"""

# ruff: noqa: PLR0917 - compiled kernels take their arrays by position

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from .insert import (
    NOTHING,
    below,
    best_place,
    blank_span,
    draw,
    earliest_start,
    keep_span,
    lowest,
    missing,
    run_words,
)
from .moves import put, take
from .relax import solve_group
from .state import ALL, ONE, WHOLE


@njit(cache=True)
def _offers(
    p: Any,
    s: Any,
    r: int,
    item: int,
    cost: Any,
    host_price: Any,
    noise: float,
    fee: float,
    most_hosts: int,
    k: Any,
    rng: Any,
    scr: Any,
) -> None:
    """Find for each week and length the best host and start that the current plan leaves.

    At most `most_hosts` hosts, from a random one on, are looked at.
    """
    el = p.req_learner[r]
    zl, dl = p.zone[el], p.dept[el]
    gain, where = k.gain[item], k.where[item]
    n_len = len(p.lengths)
    gain[:, :] = NOTHING
    base, both, run = scr[0], scr[1], scr[2]
    free, blocked, openings, lengths = p.free, s.blocked, s.open, p.lengths
    mine, busy, week, spent = free[el], blocked[el], p.week[zl], s.learner_week[el]
    budget, most = p.learn_cap[el], p.max_pair
    cand_pair, cand_host, host_zone, host_dept = p.cand_pair, p.cand_host, p.zone, p.dept
    for w in range(len(base)):
        base[w] = mine[w] & (ALL ^ busy[w])
    keep_span(base, p.frozen, p.req_last[r])
    for wk in range(p.weeks):
        if s.learner_week[el, wk] + p.lengths[0] > p.learn_cap[el]:
            blank_span(base, p.edge[zl, wk], p.edge[zl, wk + 1])
    lo, hi = len(base), WHOLE(0)
    for w in range(len(base)):
        if base[w] != 0:
            lo, hi = min(lo, w), max(hi, w + 1)
    if hi <= lo:
        return
    both[hi] = np.uint64(0)
    n_dept = p.spare.shape[0]
    low = np.full((n_dept, p.weeks, n_len), -1e300)
    todo = missing(p, s, r)
    c0, n_cand = p.cand_at[r], p.cand_at[r + 1] - p.cand_at[r]
    shift = below(rng, n_cand) if n_cand > most_hosts else 0
    for turn in range(min(n_cand, most_hosts)):
        c = c0 + (turn + shift) % n_cand
        pair = cand_pair[c]
        met_before = s.pair[pair]
        if met_before >= most:
            continue
        h = cand_host[c]
        zh, dh = host_zone[h], host_dept[h]
        slots, opening = cost[dl, dh], openings[dl, dh]
        if low[dh, 0, 0] == -1e300:
            for i in range(n_len):
                n = p.lengths[i]
                low[dh, :, i] = 1e300
                if n > min(todo, p.learn_cap[el]):
                    continue
                for w in range(lo, hi):
                    both[w] = base[w] & opening[w]
                run_words(both, n, run, lo, hi)
                for w in range(lo, hi):
                    x = run[w]
                    while x != 0:
                        t = (w << 6) + lowest(x)
                        x &= x - ONE
                        wk = week[t]
                        low[dh, wk, i] = min(low[dh, wk, i], slots[t + n] - slots[t])
        bonus = -fee
        if met_before == 0:
            bonus += p.tie
            back = p.pair_back[pair]
            if back >= 0 and s.pair[back] > 0:
                bonus += p.reciprocal
        if p.cand_pin[c] and s.pinned[c] == 0:
            bonus += p.pin_worth
        if noise > 0:
            bonus += noise * draw(rng)
        bonus += p.stability if len(p.kept_key) else 0.0
        cap, q = p.host_cap[h], s.hosted[h]
        price, theirs, taken, host_week, hosted = (
            host_price[h],
            free[h],
            blocked[h],
            p.week[zh],
            s.host_week[h],
        )
        ready = False
        for i in range(n_len):
            n = lengths[i]
            if n > cap or n > todo or n > budget:
                break
            extra = bonus - p.host_sq * 0.25 * (2 * q * n + n * n)
            hope = False
            for wk in range(p.weeks):
                if extra - price[wk] * n - low[dh, wk, i] > gain[wk, i]:
                    hope = True
                    break
            if not hope:
                continue
            if not ready:
                for w in range(lo, hi):
                    both[w] = base[w] & theirs[w] & opening[w] & (ALL ^ taken[w])
                ready = True
            run_words(both, n, run, lo, hi)
            for w in range(lo, hi):
                x = run[w]
                while x != 0:
                    t = (w << 6) + lowest(x)
                    x &= x - ONE
                    wl, wh = week[t], host_week[t]
                    g = extra - (slots[t + n] - slots[t]) - price[wh] * n
                    if g <= gain[wl, i] or hosted[wh] + n > cap:
                        continue
                    if spent[wl] + n > budget:
                        continue
                    gain[wl, i] = g
                    where[wl, i, 0], where[wl, i, 1] = c, t
    for wk in range(p.weeks):
        for i in range(n_len):
            if gain[wk, i] > NOTHING:
                gain[wk, i] += p.req_worth[r] * p.lengths[i]


@njit(cache=True)
def fits(p: Any, s: Any, c: int, start: int, length: int) -> bool:
    """Say whether exactly this session is legal now (deadline and calendars taken as checked)."""
    r, h = p.cand_req[c], p.cand_host[c]
    el = p.req_learner[r]
    if missing(p, s, r) < length or s.pair[p.cand_pair[c]] >= p.max_pair:
        return False
    first = earliest_start(p, s, r)
    if first < 0 or start < first:
        return False
    if s.learner_week[el, p.week[p.zone[el], start]] + length > p.learn_cap[el]:
        return False
    if s.host_week[h, p.week[p.zone[h], start]] + length > p.host_cap[h]:
        return False
    dl, dh = p.dept[el], p.dept[h]
    for t in range(start, start + length):
        w, bit = t >> 6, ONE << np.uint64(t & 63)
        if (s.blocked[el, w] | s.blocked[h, w]) & bit or not s.open[dl, dh, w] & bit:
            return False
    return True


@njit(cache=True)
def clear_learner(p: Any, s: Any, w: Any, el: int) -> None:
    """Take out all sessions of a learner that are not fixed."""
    again = True
    while again:
        again = False
        k = s.by_learner[el]
        while k >= 0:
            if not s.fixed[k]:
                take(p, s, w, k)
                again = True
                break
            k = s.links[0, k]


@njit(cache=True)
def replan(
    p: Any,
    s: Any,
    w: Any,
    pt: Any,
    k: Any,
    el: int,
    cost: Any,
    host_price: Any,
    noise: float,
    fee: float,
    most_hosts: int,
) -> None:
    """Plan the open requirements of a learner whose movable sessions have been taken out.

    The dynamic program does not see that two sessions of a week may collide or share their tie: `fee` per
    session makes it prefer longer ones, and a second session with the same host asks for the best place anew.
    """
    room = np.zeros(p.weeks, np.int64)
    path = k.path
    zl = p.zone[el]
    for g in range(pt.learner_at[el], pt.learner_at[el + 1]):
        for wk in range(p.weeks):
            room[wk] = max(0, p.learn_cap[el] - s.learner_week[el, wk])
        a = pt.group_at[g]
        for j in range(a, pt.group_at[g + 1]):
            _offers(p, s, pt.group_req[j], j - a, cost, host_price, noise, fee, most_hosts, k, w.rng, w.bits)
        solve_group(p, pt, g, room, k)
        state, count = k.chosen[0], 0
        for wk in range(p.weeks - 1, -1, -1):
            b = k.back[wk, room[wk], state, 1]
            while b < room[wk]:
                e = k.back[wk, b, state, 0]
                path[count, 0], path[count, 1] = e, wk
                count += 1
                state = pt.edge_from[e]
                b += p.lengths[pt.edge_length[e]]
        for x in range(count - 1, -1, -1):
            e, wk = path[x, 0], path[x, 1]
            item, i = pt.edge_item[e], pt.edge_length[e]
            c, t = k.where[item, wk, i, 0], k.where[item, wk, i, 1]
            w.place[0], w.place[1], w.place[2] = c, t, p.lengths[i]
            n = p.lengths[i]
            ok = fits(p, s, c, t, n)
            if not ok or (s.pair[p.cand_pair[c]] > 0 and p.tie > 0):
                r = pt.group_req[a + item]
                inside = (p.edge[zl, wk], p.edge[zl, wk + 1])
                least = n if ok else WHOLE(0)
                ok = best_place(
                    p, s, r, inside, cost, host_price, noise, fee, least, most_hosts, w.rng, w.bits, w.place
                )
            if ok:
                put(p, s, w, w.place[0], w.place[1], w.place[2])
