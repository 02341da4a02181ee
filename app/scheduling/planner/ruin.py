"""Take related sessions out of a plan, so that recreating them can find something better.

The most useful ruin starts from an unmet requirement: choose a host and a start its calendars allow, evict
whatever stands in the way and place it. The others clear a stretch of time, a learner or a host.
"""

# ruff: noqa: PLR0917 - compiled kernels take their arrays by position

from __future__ import annotations

from typing import Any

from numba import njit

from .insert import below, draw, earliest_start, keep_span, lowest, missing, run_words
from .moves import begin, evict, put, undo, want
from .state import FULL, ONE, WHOLE

TRIES = 24
NEAR, A_DAY = 2, 24  # slots to either side
AFRESH = 0.3  # share of tries that serve a requirement anew, with other lengths
ANEW = 0.15  # share of tries that move a requirement that is met


@njit(cache=True)
def _random_open(p: Any, s: Any, w: Any) -> int:
    """Draw an unmet requirement whose prerequisites are met; -1 if none was drawn in a few tries."""
    n = len(p.req_units)
    for _ in range(TRIES):
        r = below(w.rng, n)
        if p.req_dead[r] or missing(p, s, r) < p.lengths[0]:
            continue
        for _hop in range(8):
            up = -1
            for j in range(p.need_at[r], p.need_at[r + 1]):
                if s.met[p.need[j]] < p.req_units[p.need[j]]:
                    up = p.need[j]
            if up < 0:
                break
            r = up
        if missing(p, s, r) >= p.lengths[0] and not p.req_dead[r]:
            return r
    return -1


@njit(cache=True)
def _random_session(s: Any, w: Any) -> int:
    if s.count[0] == 0:
        return -1
    for _ in range(4 * TRIES):
        k = below(w.rng, len(s.cand))
        if s.cand[k] >= 0:
            return k
    return -1


@njit(cache=True)
def _random_start(p: Any, s: Any, w: Any, r: int, c: int, n: int, first: int, floors: Any) -> int:
    """Draw a start that both calendars and the empty departments would allow; -1 if there is none."""
    el, h = p.req_learner[r], p.cand_host[c]
    dl, dh = p.dept[el], p.dept[h]
    both, run = w.bits[1], w.bits[2]
    for i in range(len(both)):
        both[i] = p.free[el, i] & p.free[h, i] & floors[dl, dh, i]
    keep_span(both, first, p.req_last[r])
    run_words(both, n, run, WHOLE(0), len(run))
    count = 0
    for i in range(len(run)):
        x = run[i]
        while x != 0:
            x &= x - ONE
            count += 1
    if count == 0:
        return -1
    pick = below(w.rng, count)
    for i in range(len(run)):
        x = run[i]
        while x != 0:
            if pick == 0:
                return (i << 6) + lowest(x)
            pick -= 1
            x &= x - ONE
    return -1


@njit(cache=True)
def _clear_person(p: Any, s: Any, w: Any, who: int, start: int, end: int) -> bool:
    """Evict the sessions of one person that overlap [start, end) or come too close."""
    for side in range(2):
        again = True
        while again:
            again = False
            k = s.by_learner[who] if side == 0 else s.by_host[who]
            while k >= 0:
                if s.start[k] < end + p.rest and start < s.start[k] + s.length[k] + p.rest:
                    if not evict(p, s, w, k):
                        return False
                    again = True
                    break
                k = s.links[2 * side, k]
    return True


@njit(cache=True)
def _clear_requirement(p: Any, s: Any, w: Any, r: int) -> bool:
    """Evict all sessions of one requirement, so that it can be served by longer ones."""
    again = True
    while again:
        again = False
        k = s.by_learner[p.req_learner[r]]
        while k >= 0:
            if p.cand_req[s.cand[k]] == r:
                if not evict(p, s, w, k):
                    return False
                again = True
                break
            k = s.links[0, k]
    return True


@njit(cache=True)
def _clear_week(p: Any, s: Any, w: Any, who: int, side: int, wk: int, n: int) -> bool:
    """Evict from one person's week until n units fit the budget (side 0) or the hosting cap (1)."""
    cap = p.learn_cap[who] if side == 0 else p.host_cap[who]
    if n > cap:
        return False
    z = p.zone[who]
    while (s.learner_week[who, wk] if side == 0 else s.host_week[who, wk]) + n > cap:
        k = s.by_learner[who] if side == 0 else s.by_host[who]
        pick, seen = WHOLE(-1), WHOLE(0)
        while k >= 0:
            if p.week[z, s.start[k]] == wk and not s.fixed[k]:
                seen += 1
                if below(w.rng, seen) == 0:
                    pick = k
            k = s.links[2 * side, k]
        if pick < 0 or not evict(p, s, w, pick):
            return False
    return True


@njit(cache=True)
def _clear_floor(p: Any, s: Any, w: Any, dept: int, t: int, need: int) -> bool:
    """Evict random sessions covering slot t until the department can spare `need` more."""
    longest = p.lengths[len(p.lengths) - 1]
    while s.used[dept, t] + need > p.spare[dept, t]:
        pick, seen = WHOLE(-1), WHOLE(0)
        for a in range(max(0, t - longest + 1), t + 1):
            k = s.by_start[a]
            while k >= 0:
                if a + s.length[k] > t and not s.fixed[k]:
                    c = s.cand[k]
                    if p.dept[p.req_learner[p.cand_req[c]]] == dept or (
                        p.host_weight > 0 and p.dept[p.cand_host[c]] == dept
                    ):
                        seen += 1
                        if below(w.rng, seen) == 0:
                            pick = k
                k = s.links[4, k]
        if pick < 0 or not evict(p, s, w, pick):
            return False
    return True


@njit(cache=True)
def _make_room(p: Any, s: Any, w: Any, floors: Any) -> bool:
    """Force one session of an unmet requirement in, evicting what stands in the way.

    Now and then it is a met requirement that is served anew, elsewhere or with another length.
    """
    r = _random_open(p, s, w)
    anew = r < 0 or draw(w.rng) < ANEW
    if anew:
        k = _random_session(s, w)
        r = p.cand_req[s.cand[k]] if k >= 0 else WHOLE(-1)
    if r < 0 or p.cand_at[r + 1] == p.cand_at[r]:
        return False
    c = p.cand_at[r] + below(w.rng, p.cand_at[r + 1] - p.cand_at[r])
    for j in range(p.cand_at[r], p.cand_at[r + 1]):
        if p.cand_pin[j] and s.pinned[j] == 0:
            c = j
    if s.met[r] > 0 and (anew or draw(w.rng) < AFRESH) and not _clear_requirement(p, s, w, r):
        return False
    todo = missing(p, s, r)
    n = p.lengths[0]
    for i in range(1, len(p.lengths)):
        if p.lengths[i] <= todo and draw(w.rng) < 0.3:
            n = p.lengths[i]
    first = earliest_start(p, s, r)
    if first < 0:
        return False
    t = _random_start(p, s, w, r, c, n, first, floors)
    if t < 0:
        return False
    el, h = p.req_learner[r], p.cand_host[c]
    dl, dh = p.dept[el], p.dept[h]
    for side in range(2):
        who = el if side == 0 else h
        if not _clear_person(p, s, w, who, t, t + n):
            return False
        if not _clear_week(p, s, w, who, side, p.week[p.zone[who], t], n):
            return False
    while s.pair[p.cand_pair[c]] >= p.max_pair:
        k = s.by_learner[el]
        while k >= 0 and p.cand_pair[s.cand[k]] != p.cand_pair[c]:
            k = s.links[0, k]
        if k < 0 or not evict(p, s, w, k):
            return False
    for x in range(t, t + n):
        for side in range(2):
            need = FULL if side == 0 else p.host_weight
            if dl == dh:
                need = FULL + p.host_weight
            if not _clear_floor(p, s, w, dl if side == 0 else dh, x, need):
                return False
    again = earliest_start(p, s, r)
    if again < 0 or again > t or missing(p, s, r) < n:
        return False
    put(p, s, w, c, t, n)
    want(p, s, w, r)
    return True


@njit(cache=True)
def _ruin_around(p: Any, s: Any, w: Any, wide: int, share: float) -> bool:
    """Evict a random share of the sessions that start near a random one."""
    k0 = _random_session(s, w)
    if k0 < 0:
        return False
    mid = s.start[k0]
    for a in range(max(0, mid - wide), min(p.slots, mid + wide + 1)):
        again = True
        while again:
            again = False
            k = s.by_start[a]
            while k >= 0:
                nxt = s.links[4, k]
                if not s.fixed[k] and draw(w.rng) < share:
                    if not evict(p, s, w, k):
                        return False
                    again = nxt >= 0 and s.cand[nxt] < 0
                    if again:
                        break
                k = nxt
    return True


@njit(cache=True)
def _ruin_person(p: Any, s: Any, w: Any, who: int, side: int) -> bool:
    """Evict all sessions one person has as learner (side 0) or host (1)."""
    again = True
    while again:
        again = False
        k = s.by_learner[who] if side == 0 else s.by_host[who]
        while k >= 0:
            if not s.fixed[k]:
                if not evict(p, s, w, k):
                    return False
                again = True
                break
            k = s.links[2 * side, k]
    return True


@njit(cache=True)
def ruin(p: Any, s: Any, w: Any, floors: Any) -> bool:
    """Apply one random ruin; return false if a fixed session was in the way."""
    u = draw(w.rng)
    if u < 0.5:
        for _ in range(3):
            if _make_room(p, s, w, floors):
                return True
            undo(p, s, w)
            begin(w)
    k = _random_session(s, w)
    if k < 0:
        return False
    c = s.cand[k]
    if u < 0.75:
        wide = NEAR if draw(w.rng) < 0.8 else A_DAY
        nearby = 1.0 + s.count[0] * (2 * wide + 1.0) / max(1, p.slots // 4)
        return _ruin_around(p, s, w, wide, min(0.9, (1.0 + 5.0 * draw(w.rng)) / nearby))
    learners = u < 0.88
    other = _random_session(s, w) if learners and draw(w.rng) < 0.5 else -1
    who = p.req_learner[p.cand_req[c]] if learners else p.cand_host[c]
    for _ in range(2):
        if not _ruin_person(p, s, w, who, 0 if learners else 1):
            return False
        if other < 0 or s.cand[other] < 0:
            return True
        who = p.req_learner[p.cand_req[s.cand[other]]]
    return True
