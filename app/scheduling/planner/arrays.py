"""Lay a `World` out as flat arrays for the compiled search; all of it is read-only while searching.

Minutes become 30-minute units, bit sets become rows of 64-bit words, lists of lists become one array with
pointers. A *candidate* is a (requirement, host) couple; a *pair* is an ordered (learner, host) couple.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import Any, NamedTuple

import numpy as np

from .problem import SLOT_MINUTES, SLOTS_PER_WEEK
from .world import World

Array = Any  # numpy arrays; their element types are fixed in `build_arrays`
WORD = 64
MOST_TABLE = 30_000_000


class Arrays(NamedTuple):
    """Hold the problem: sizes and prices first, then people, time, requirements, candidates."""

    slots: int
    weeks: int
    rest: int
    max_pair: int
    host_weight: int
    frozen: int
    tie: float
    reciprocal: float
    host_sq: float
    stability: float
    pin_worth: float
    lengths: Array
    dept: Array
    zone: Array
    free: Array
    learn_cap: Array
    host_cap: Array
    week: Array
    edge: Array
    day: Array
    spare: Array
    load: Array
    req_learner: Array
    req_units: Array
    req_worth: Array
    req_last: Array
    req_dead: Array
    cand_at: Array
    cand_req: Array
    cand_host: Array
    cand_pair: Array
    cand_pin: Array
    req_list: Array
    list_at: Array
    list_host: Array
    list_dept: Array
    pair_back: Array
    need_at: Array
    need: Array
    dependant_at: Array
    dependant: Array
    learner_at: Array
    learner_req: Array
    kept_key: Array


def words(masks: list[int], slots: int) -> Array:
    """Turn bit sets into rows of 64-bit words with one spare word at the end."""
    count = slots // WORD + 2
    raw = b"".join(m.to_bytes(count * 8, "little") for m in masks)
    return np.frombuffer(raw, dtype="<u8").reshape(len(masks), count).astype(np.uint64)


def _pointers(lists: list[tuple[int, ...]]) -> tuple[Array, Array]:
    at = np.zeros(len(lists) + 1, dtype=np.int64)
    at[1:] = np.cumsum([len(x) for x in lists])
    flat = np.fromiter((v for x in lists for v in x), dtype=np.int64, count=int(at[-1]))
    return at, flat


def _shared_lists(hosts: tuple[tuple[int, ...], ...]) -> tuple[Array, Array, Array]:
    """Number the distinct host lists; return each requirement's number and the lists with pointers."""
    at: dict[tuple[int, ...], int] = {}
    of = np.fromiter((at.setdefault(x, len(at)) for x in hosts), dtype=np.int64, count=len(hosts))
    return of, *_pointers(list(at))


def _departments_of(dept: Array, list_at: Array, list_host: Array, n_dept: int) -> Array:
    """Mark per host list the departments its hosts are from."""
    found = np.zeros((len(list_at) - 1, n_dept), np.uint8)
    found[np.repeat(np.arange(len(list_at) - 1), np.diff(list_at)), dept[list_host]] = 1
    return found


def _numbered(keys: Array, most: int) -> tuple[Array, Array]:
    """Return the distinct keys in order and each key's place among them; keys are below `most`."""
    if most > MOST_TABLE:
        found, place = np.unique(keys, return_inverse=True)
        return found, place
    seen = np.zeros(most, bool)
    seen[keys] = True
    found = np.flatnonzero(seen)
    place = np.zeros(most, np.int32)
    place[found] = np.arange(len(found), dtype=np.int32)
    return found, place[keys]


def session_key(candidate: Any, start: Any, length: Any, slots: int) -> Any:
    """Number a session uniquely: candidate, start slot and length in units."""
    return (candidate * slots + start) * 64 + length


def build_arrays(world: World) -> Arrays:
    """Lay out the arrays. Memory is about 20 bytes per candidate: 25 MB for 2,000 people."""
    inst, slots = world.instance, world.slots
    zones = list(world.zones)
    zone_at = {z: k for k, z in enumerate(zones)}
    dept = np.array([e.dept for e in inst.employees], dtype=np.int64)
    req_list, list_at, list_host = _shared_lists(world.hosts)
    sizes = np.diff(list_at)[req_list] if len(req_list) else np.zeros(0, np.int64)
    cand_at = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    offset = np.arange(cand_at[-1], dtype=np.int64) - np.repeat(cand_at[:-1], sizes)
    cand_host = list_host[np.repeat(list_at[req_list], sizes) + offset]
    n_req, n_emp = len(inst.requirements), len(inst.employees)
    learner = np.array([r.learner for r in inst.requirements], dtype=np.int64)
    cand_req = np.repeat(np.arange(n_req, dtype=np.int64), np.diff(cand_at))
    couple = learner[cand_req].astype(np.int64) * n_emp + cand_host
    pairs, cand_pair = _numbered(couple, n_emp * n_emp)
    back = (pairs % n_emp) * n_emp + pairs // n_emp
    found = np.searchsorted(pairs, back)
    known = (found < len(pairs)) & (pairs[np.minimum(found, max(0, len(pairs) - 1))] == back)
    dependants: list[list[int]] = [[] for _ in range(n_req)]
    for r, mine in enumerate(world.needs):
        for q in mine:
            dependants[q].append(r)
    of_learner: list[list[int]] = [[] for _ in range(n_emp)]
    for r, req in enumerate(inst.requirements):
        of_learner[req.learner].append(r)
    need_at, need = _pointers(list(world.needs))
    dep_at, dep = _pointers([tuple(x) for x in dependants])
    learner_at, learner_req = _pointers([tuple(x) for x in of_learner])
    week_load = np.array([d.load for d in inst.departments], dtype=np.float64).reshape(-1, SLOTS_PER_WEEK)
    w = inst.weights
    units = np.array([r.minutes // SLOT_MINUTES for r in inst.requirements], dtype=np.int64)
    worth = np.array([w.met_30min * r.priority for r in inst.requirements], dtype=np.float64)
    pin = np.zeros(len(cand_host), dtype=np.uint8)
    return Arrays(
        slots=slots,
        weeks=world.weeks,
        rest=inst.rules.rest_slots,
        max_pair=inst.rules.max_per_pair,
        host_weight=world.host_weight,
        frozen=inst.frozen_before if inst.previous is not None else 0,
        tie=w.tie,
        reciprocal=w.reciprocal,
        host_sq=w.host_sq,
        stability=w.stability,
        pin_worth=float(1 + 4 * worth.max(initial=0.0) * max(1, units.max(initial=0)) + 4 * w.tie) * 10,
        lengths=np.array(world.lengths, dtype=np.int64),
        dept=dept,
        zone=np.array([zone_at[e.tz] for e in inst.employees], dtype=np.int64),
        free=words(list(world.free), slots),
        learn_cap=np.array([e.learn_minutes // SLOT_MINUTES for e in inst.employees], dtype=np.int64),
        host_cap=np.array([e.host_minutes // SLOT_MINUTES for e in inst.employees], dtype=np.int64),
        week=np.array([world.zones[z].week for z in zones], dtype=np.int64),
        edge=np.array([world.zones[z].week_edges for z in zones], dtype=np.int64),
        day=np.array([world.zones[z].day for z in zones], dtype=np.int64),
        spare=np.array(world.spare, dtype=np.int64),
        load=w.load * np.tile(week_load, (1, inst.weeks)),
        req_learner=learner,
        req_units=units,
        req_worth=worth,
        req_last=np.array(world.last_slot, dtype=np.int64),
        req_dead=np.array(world.blocked, dtype=np.uint8),
        cand_at=cand_at,
        cand_req=cand_req,
        cand_host=cand_host,
        cand_pair=cand_pair.astype(np.int64).reshape(-1),
        cand_pin=_mark_pins(world, cand_at, pin),
        req_list=req_list,
        list_at=list_at,
        list_host=list_host,
        list_dept=_departments_of(dept, list_at, list_host, len(inst.departments)),
        pair_back=np.where(known, found, -1).astype(np.int64),
        need_at=need_at,
        need=need,
        dependant_at=dep_at,
        dependant=dep,
        learner_at=learner_at,
        learner_req=learner_req,
        kept_key=_kept_keys(world, cand_at),
    )


def candidate_of(world: World, cand_at: Array, requirement: int, host: int) -> int:
    """Return the candidate's number, or -1 where this host is not allowed."""
    hosts = world.hosts[requirement]
    k = bisect_left(hosts, host)
    return int(cand_at[requirement]) + k if k < len(hosts) and hosts[k] == host else -1


def _mark_pins(world: World, cand_at: Array, pin: Array) -> Array:
    for p in world.instance.pinned_pairs:
        c = candidate_of(world, cand_at, p.requirement, p.host)
        if c >= 0:
            pin[c] = 1
    return pin


def _kept_keys(world: World, cand_at: Array) -> Array:
    keys = []
    for r, h, start, minutes in world.instance.previous or ():
        c = candidate_of(world, cand_at, r, h)
        if c >= 0:
            keys.append(session_key(c, start, minutes // SLOT_MINUTES, world.slots))
    return np.array(sorted(set(keys)), dtype=np.int64)


def most_sessions(arrays: Arrays) -> int:
    """Bound how many sessions any plan can hold."""
    shortest = int(arrays.lengths[0])
    return int((arrays.req_units // shortest).sum()) + 1
