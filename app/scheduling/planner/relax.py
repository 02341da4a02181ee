"""Bound every plan from above by Lagrangian relaxation, and price slots and hosts on the way.

Three couplings between learners are relaxed and priced: department floors (a price per department and slot),
weekly hosting caps with the squared host hours (a price per host and week), and reciprocity (the reward is
split between the two directions of a pair). What is left falls apart: a dynamic program per learner, exact
in lengths, weekly budgets, weeks and prerequisites, and one small sum per host. Dropped altogether, hence
only loosening the bound: rest and double booking inside a week, repeated ties, pair limits, pins. For any
prices the sum is an upper bound on every legal plan (weak duality; Fisher 1981); good prices come from
deflected subgradient steps with Polyak's step length.
"""

# ruff: noqa: PLR0917 - compiled kernels take their arrays by position

from __future__ import annotations

import itertools
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from .arrays import Array, Arrays
from .insert import keep_span, lowest, run_words
from .patterns import Patterns
from .state import ALL, ONE, WHOLE

NONE = -1e300


class Prices(NamedTuple):
    """Hold the duals per department and slot (a whole person), host and week (a unit), and pair."""

    slot: Array
    host: Array
    pair: Array


class Usage(NamedTuple):
    """Hold what the relaxed optimum uses, in the same shapes as `Prices`."""

    slot: Array
    host: Array
    pair: Array


class Sketch(NamedTuple):
    """Hold the scratch memory of one evaluation."""

    bits: Array
    gain: Array
    where: Array
    value: Array
    back: Array
    chosen: Array
    path: Array


def new_prices(arrays: Arrays) -> Prices:
    """Make zero prices, with the reciprocity reward split evenly."""
    pair = np.where(arrays.pair_back >= 0, arrays.reciprocal / 2, 0.0)
    return Prices(np.zeros(arrays.spare.shape), np.zeros((len(arrays.dept), arrays.weeks)), pair)


def new_usage(arrays: Arrays) -> Usage:
    """Make empty usage."""
    prices = new_prices(arrays)
    return Usage(*(np.zeros_like(x) for x in prices))


def new_sketch(arrays: Arrays, patterns: Patterns) -> Sketch:
    """Make scratch memory for the largest learner."""
    items = int(np.diff(patterns.group_at).max(initial=1))
    n_len = len(arrays.lengths)
    levels = int(arrays.learn_cap.max(initial=0)) + 2
    states = patterns.most_states
    return Sketch(
        np.zeros((2, arrays.free.shape[1]), np.uint64),
        np.zeros((items, arrays.weeks, n_len)),
        np.zeros((items, arrays.weeks, n_len, 2), np.int64),
        np.zeros((levels, states)),
        np.zeros((arrays.weeks, levels, states, 2), np.int64),
        np.zeros(2, np.int64),
        np.zeros((arrays.weeks * levels + 1, 2), np.int64),
    )


def slot_costs(arrays: Arrays, prices: Prices) -> Array:
    """Return per department pair the prefix sums of what a session pays per slot: load plus floor prices."""
    priced = arrays.load + prices.slot
    hosting = arrays.load + prices.slot * (arrays.host_weight / 100)
    n_dept, slots = arrays.load.shape
    out = np.zeros((n_dept, n_dept, slots + 1))
    out[:, :, 1:] = np.cumsum(priced[:, None, :] + hosting[None, :, :], axis=2)
    return out


def same_weeks(arrays: Arrays) -> Array:
    """Say per pair of zones whether all slots that anyone works in both fall into the same week number."""
    zones = arrays.week.shape[0]
    anyone = np.zeros((zones, arrays.slots), bool)
    raw = np.unpackbits(arrays.free.view(np.uint8), axis=1, bitorder="little")[:, : arrays.slots]
    for z in range(zones):
        rows = raw[arrays.zone == z]
        if len(rows):
            anyone[z] = rows.any(axis=0)
    return np.array(
        [
            [not ((anyone[a] & anyone[b]) & (arrays.week[a] != arrays.week[b])).any() for b in range(zones)]
            for a in range(zones)
        ]
    )


def rank_hosts(arrays: Arrays, host_price: Array, same: Array) -> tuple[Array, Array]:
    """Return the least price of each host and week, and per week the places in each list by that price.

    Where a host's week can overlap two of a learner's, the least of the neighbouring weeks counts.
    """
    least = host_price
    if not same.all():
        least = host_price.copy()
        least[:, 1:] = np.minimum(least[:, 1:], host_price[:, :-1])
        least[:, :-1] = np.minimum(least[:, :-1], host_price[:, 1:])
    rank = np.zeros((arrays.weeks, len(arrays.list_host)), np.int64)
    for a, b in itertools.pairwise(arrays.list_at):
        rank[:, a:b] = np.argsort(least[arrays.list_host[a:b]], axis=0, kind="stable").T
    return least, rank


@njit(cache=True)
def _cheapest_by_dept(p: Any, r: int, top: int, cost: Any, floors: Any, k: Any, low: Any) -> None:
    """Price per department of the host, week and length the cheapest start, whoever hosts."""
    el = p.req_learner[r]
    zl, dl = p.zone[el], p.dept[el]
    both, run = k.bits[0], k.bits[1]
    mine, week = p.free[el], p.week[zl]
    for dh in range(p.spare.shape[0]):
        if not p.list_dept[p.req_list[r], dh]:
            continue
        slots, floor = cost[dl, dh], floors[dl, dh]
        for w in range(len(both)):
            both[w] = mine[w] & floor[w]
        keep_span(both, p.frozen, p.req_last[r])
        for i in range(len(p.lengths)):
            n = p.lengths[i]
            if n > top:
                continue
            run_words(both, n, run, WHOLE(0), len(run))
            for w in range(len(run)):
                x = run[w]
                while x != 0:
                    t = (w << 6) + lowest(x)
                    x &= x - ONE
                    wk = week[t]
                    low[dh, wk, i] = min(low[dh, wk, i], slots[t + n] - slots[t])


@njit(cache=True)
def _price_requirement(
    p: Any, r: int, item: int, top: int, prices: Any, cost: Any, floors: Any, ranks: Any, same: Any, k: Any
) -> None:
    """Find the best host and start of one requirement for each week and length at these prices.

    Hosts come by price, so the first one that can't beat what is found ends a week.
    """
    el = p.req_learner[r]
    zl, dl = p.zone[el], p.dept[el]
    n_len = len(p.lengths)
    gain, where = k.gain[item], k.where[item]
    gain[:, :] = NONE
    n_dept = p.spare.shape[0]
    low = np.full((n_dept, p.weeks, n_len), 1e300)
    _cheapest_by_dept(p, r, top, cost, floors, k, low)
    both, run = k.bits[0], k.bits[1]
    free, lengths, edge, list_host = p.free, p.lengths, p.edge[zl], p.list_host
    mine, last, pair_price, host_prices = free[el], p.req_last[r], prices.pair, prices.host
    least, rank = ranks
    at, c0 = p.list_at[p.req_list[r]], p.cand_at[r]
    n_host = p.cand_at[r + 1] - c0
    most = 0.0
    for c in range(c0, c0 + n_host):
        most = max(most, pair_price[p.cand_pair[c]])
    most += p.tie
    cheapest = np.full((p.weeks, n_len), 1e300)
    for d in range(n_dept):
        if p.list_dept[p.req_list[r], d]:
            for wk in range(p.weeks):
                for i in range(n_len):
                    cheapest[wk, i] = min(cheapest[wk, i], low[d, wk, i])
    for wk in range(p.weeks):
        a, b = max(edge[wk], p.frozen), edge[wk + 1]
        if b <= a:
            continue
        w0, w1 = a >> 6, ((b - 1) >> 6) + 1
        for j in range(n_host):
            place = rank[wk, at + j]
            h = list_host[at + place]
            price = least[h, wk]
            hope = False
            for i in range(n_len):
                if most - price * lengths[i] - cheapest[wk, i] > gain[wk, i]:
                    hope = True
            if not hope:
                break
            zh, dh = p.zone[h], p.dept[h]
            if same[zl, zh]:
                price = host_prices[h, wk]
            c = c0 + place
            extra = p.tie + pair_price[p.cand_pair[c]]
            cap = p.host_cap[h]
            hope = False
            for i in range(n_len):
                n = lengths[i]
                if n <= top and n <= cap and extra - price * n - low[dh, wk, i] > gain[wk, i]:
                    hope = True
            if not hope:
                continue
            slots, floor, theirs = cost[dl, dh], floors[dl, dh], free[h]
            week_price, host_week = host_prices[h], p.week[zh]
            for w in range(w0, min(len(both), w1 + 1)):
                both[w] = mine[w] & theirs[w] & floor[w]
                lo, hi = w << 6, (w + 1) << 6
                if hi > last:
                    left = last - lo
                    both[w] &= (ALL >> np.uint64(64 - left)) if left > 0 else np.uint64(0)
            for i in range(n_len):
                n = lengths[i]
                if n > top or n > cap:
                    break
                if extra - price * n - low[dh, wk, i] <= gain[wk, i]:
                    continue
                run_words(both, n, run, w0, w1)
                for w in range(w0, w1):
                    x = run[w]
                    lo, hi = w << 6, (w + 1) << 6
                    if lo < a:
                        x &= ALL << np.uint64(a - lo)
                    if hi > b:
                        x &= ALL >> np.uint64(hi - b)
                    while x != 0:
                        t = lo + lowest(x)
                        x &= x - ONE
                        g = extra - (slots[t + n] - slots[t]) - week_price[host_week[t]] * n
                        if g > gain[wk, i]:
                            gain[wk, i] = g
                            where[wk, i, 0], where[wk, i, 1] = c, t
    for wk in range(p.weeks):
        for i in range(n_len):
            if gain[wk, i] > NONE:
                gain[wk, i] += p.req_worth[r] * p.lengths[i]


@njit(cache=True)
def solve_group(p: Any, pt: Any, g: int, room: Any, k: Any) -> float:
    """Run one group's dynamic program with `room[week]` units of budget; leave choices in `k.back`."""
    graph = pt.graph[g]
    e0, e1 = pt.graph_at[graph], pt.graph_at[graph + 1]
    states = pt.graph_states[graph]
    items = pt.group_at[g + 1] - pt.group_at[g]
    value, back = k.value, k.back
    gains, lengths = k.gain, p.lengths
    edge_item, edge_length, edge_from, edge_to = pt.edge_item, pt.edge_length, pt.edge_from, pt.edge_to
    top = value.shape[0] - 1
    enter = value[top]
    enter[:states] = NONE
    enter[0] = 0.0
    for wk in range(p.weeks):
        live = False
        cap = room[wk]
        for item in range(items):
            for i in range(len(p.lengths)):
                live = live or (gains[item, wk, i] > NONE / 2 and lengths[i] <= cap)
        if not live:
            back[wk, cap, :states, 0] = -1
            back[wk, cap, :states, 1] = cap
            continue
        for b in range(cap):
            value[b, :states] = NONE
        for st in range(states):
            value[cap, st] = enter[st]
            back[wk, cap, st, 0] = -1
        for e in range(e0, e1):
            i = edge_length[e]
            gain = gains[edge_item[e], wk, i]
            if gain <= NONE / 2:
                continue
            n = lengths[i]
            f, t = edge_from[e], edge_to[e]
            for b in range(n, cap + 1):
                v = value[b, f] + gain
                if v > NONE / 2 and v > value[b - n, t]:
                    value[b - n, t] = v
                    back[wk, b - n, t, 0] = e
        for st in range(states):
            best, at = value[cap, st], cap
            for b in range(cap):
                if value[b, st] > best:
                    best, at = value[b, st], b
            enter[st] = best
            back[wk, cap, st, 1] = at
    best, at = 0.0, 0
    for st in range(states):
        if enter[st] > best:
            best, at = enter[st], st
    k.chosen[0] = at
    return best


@njit(cache=True)
def _use_group(p: Any, pt: Any, g: int, k: Any, use: Any) -> None:
    """Walk the dynamic program back and count what the chosen sessions use."""
    cap = p.learn_cap[pt.group_learner[g]]
    dl = p.dept[pt.group_learner[g]]
    state = k.chosen[0]
    share = p.host_weight / 100.0
    for wk in range(p.weeks - 1, -1, -1):
        b = k.back[wk, cap, state, 1]
        while b < cap:
            e = k.back[wk, b, state, 0]
            i = pt.edge_length[e]
            n = p.lengths[i]
            c, t = k.where[pt.edge_item[e], wk, i, 0], k.where[pt.edge_item[e], wk, i, 1]
            h = p.cand_host[c]
            dh = p.dept[h]
            for x in range(t, t + n):
                use.slot[dl, x] += 1.0
                use.slot[dh, x] += share
            use.host[h, p.week[p.zone[h], t]] += n
            use.pair[p.cand_pair[c]] += 1.0
            state = pt.edge_from[e]
            b += n


@njit(cache=True)
def _host_part(p: Any, h: int, price: Any, spent: Any) -> float:
    """Fill a host's weeks by falling price while it beats the marginal squared hour; return the gain."""
    total, q = 0.0, 0
    spent[:] = 0.0
    done = np.zeros(p.weeks, np.bool_)
    for _ in range(p.weeks):
        best, at = 0.0, -1
        for wk in range(p.weeks):
            if not done[wk] and price[wk] > best:
                best, at = price[wk], wk
        if at < 0:
            break
        done[at] = True
        for _unit in range(p.host_cap[h]):
            marginal = p.host_sq * 0.25 * (2 * q + 1)
            if best <= marginal:
                return total
            total += best - marginal
            spent[at] += 1.0
            q += 1
    return total


@njit(cache=True)
def evaluate(
    p: Any,
    pt: Any,
    groups: Any,
    prices: Any,
    cost: Any,
    floors: Any,
    ranks: Any,
    same: Any,
    k: Any,
    use: Any,
) -> float:
    """Return the bound at these prices; leave in `use` the subgradient: relaxed use minus what there is.

    With only some of the `groups`, hosts and floors count by the share of groups: a part of the subgradient.
    """
    use.slot[:, :] = 0.0
    use.pair[:] = 0.0
    use.host[:, :] = 0.0
    total = 0.0
    room = np.zeros(p.weeks, np.int64)
    for g in groups:
        top = p.learn_cap[pt.group_learner[g]]
        for j in range(pt.group_at[g], pt.group_at[g + 1]):
            r = pt.group_req[j]
            _price_requirement(p, r, j - pt.group_at[g], top, prices, cost, floors, ranks, same, k)
        room[:] = top
        total += solve_group(p, pt, g, room, k)
        _use_group(p, pt, g, k, use)
    share = len(groups) / max(1, len(pt.group_learner))
    spent = np.zeros(p.weeks)
    for h in range(len(p.dept)):
        total += share * _host_part(p, h, prices.host[h], spent)
        for wk in range(p.weeks):
            use.host[h, wk] -= share * spent[wk]
    for d in range(p.spare.shape[0]):
        for t in range(p.frozen, p.slots):
            total += share * prices.slot[d, t] * p.spare[d, t] / 100.0
            use.slot[d, t] -= share * p.spare[d, t] / 100.0
    return total
