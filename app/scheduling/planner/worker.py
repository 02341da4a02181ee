"""Run a search or a descent in a process of its own and report over a pipe.

Started by `team.py` with its role. A pickled order arrives on standard input, then the word to go; messages
leave on standard output, one JSON object a line. A process of its own keeps the time limit firm (what takes
too long is cut off from outside) and puts the bound on the second core.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from .arrays import Arrays, build_arrays
from .descent import Descent, until
from .improve import anneal
from .instance import parse_instance
from .order import Go, Order
from .plans import Session
from .problem import SLOT_MINUTES
from .relax import evaluate
from .sample import shadowing_sample
from .search import SMALL_GRAPHS, SWEEPS, Search
from .world import World, build_world

FINE_GRAPHS = 250_000
BOUND_STEPS = 2500  # as many as gain anything at 50 people
TELL_SECONDS = 0.2
PRICE_SHARE = 0.25
MOST_CANDIDATES = 4_000_000  # more would take a gigabyte and minutes to lay out


def say(kind: str, **content: Any) -> None:
    """Send one message."""
    sys.stdout.write(json.dumps({"kind": kind, **content}) + "\n")
    sys.stdout.flush()


def warm(role: str) -> None:
    """Compile every kernel of a role, or load it from numba's cache, on an invented company of eight."""
    world = build_world(parse_instance(shadowing_sample(8, weeks=1, seed=1)))
    if role == "bound":
        descent = Descent(build_arrays(world), np.zeros(len(world.needs), np.int64), SMALL_GRAPHS)
        descent.step()
        return
    search = Search(world, (), 1)
    search.descent.step()
    search.construct(lambda: True)
    search.improve(1e9, 1, lambda: False)


def is_compiled(role: str) -> bool:
    """Say whether numba's cache holds the main kernel of a role, newer than its source."""
    kernel = evaluate if role == "bound" else anneal
    written = Path(kernel.py_func.__code__.co_filename).stat().st_mtime
    cached = Path(str(kernel.stats.cache_path)).glob(f"*.{kernel.py_func.__name__}-*.nbi")
    return any(f.stat().st_mtime >= written for f in cached)


def thinned(world: World, first: Sequence[Session], most: int) -> World:
    """Leave each requirement so many of its hosts that there are `most` candidates in all.

    Keeps the hosts of `first`, pins and the past; the others are spread evenly, so that neighbours differ.
    """
    inst = world.instance
    keep: dict[int, set[int]] = {}
    known = [*first, *(inst.previous or ())]
    for r, h in [*((s[0], s[1]) for s in known), *((p.requirement, p.host) for p in inst.pinned_pairs)]:
        keep.setdefault(r, set()).add(h)
    room = most // max(1, len(world.hosts))
    hosts = []
    for r, mine in enumerate(world.hosts):
        some = {mine[(r + k * len(mine)) // room % len(mine)] for k in range(room)} if mine else set()
        hosts.append(mine if len(mine) <= room else tuple(sorted(some | (keep.get(r, set()) & set(mine)))))
    return replace(world, hosts=tuple(hosts))


def run_search(order: Order, arrays: Arrays, start: Go) -> None:
    """Search and report each better plan, then the best."""
    late = until(start.end)
    search = Search(order.world, start.first, order.seed, arrays)
    price_end = time.monotonic() + PRICE_SHARE * (start.end - time.monotonic())
    search.price(until(price_end) if order.step_limit is None else late)
    if not late():
        search.construct(late)
        say("plan", value=search.value, sessions=search.sessions(), steps=0)
        search.improve(
            start.end - time.monotonic(),
            order.step_limit,
            late,
            lambda value, sessions: say("plan", value=value, sessions=sessions, steps=search.steps),
        )
    say("done", value=search.value, sessions=search.sessions(), steps=search.steps)


def run_bound(order: Order, arrays: Arrays, start: Go) -> None:
    """Lower the bound for as long as there is time; ignore pins, keep what has happened."""
    inst = order.world.instance
    past = inst.frozen_before if inst.previous is not None else 0
    met = np.zeros(len(inst.requirements), np.int64)
    worth = 0.0
    w = inst.weights
    for r, _, begin, minutes in start.first:
        if begin < past:
            met[r] += minutes // SLOT_MINUTES
            worth += w.met_30min * inst.requirements[r].priority * (minutes // SLOT_MINUTES)
            worth += w.tie + w.reciprocal
    coarse = Descent(arrays, met, SMALL_GRAPHS, worth)
    done = until(start.end)
    coarse.sweep(SWEEPS, done)
    coarse.step()
    say("bound", bound=coarse.bound)
    if done():
        return
    descent = Descent(arrays, met, FINE_GRAPHS, worth)
    descent.prices = coarse.best_prices
    begun = told = time.monotonic()

    def share(taken: int) -> float:
        return max(taken / BOUND_STEPS, (time.monotonic() - begun) / (start.end - begun))

    def lowered() -> None:
        nonlocal told
        if time.monotonic() - told > TELL_SECONDS:
            told = time.monotonic()
            say("bound", bound=descent.bound)

    descent.run(share, done, lowered)
    say("done", bound=descent.bound)


def main() -> None:
    """Get ready, read the order, and carry it out when told to."""
    role = sys.argv[2]
    if not is_compiled(role):
        say("compiling")
    warm(role)
    say("ready")
    try:
        order: Order = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent process
        many = sum(map(len, order.world.hosts)) > MOST_CANDIDATES
        arrays = None if many else build_arrays(order.world)
        start: Go = pickle.load(sys.stdin.buffer)  # noqa: S301 - as above
    except EOFError:  # the parent no longer needs us
        return
    if role == "search":
        if arrays is None:
            order = replace(order, world=thinned(order.world, start.first, MOST_CANDIDATES))
        run_search(order, arrays or build_arrays(order.world), start)
    elif arrays is not None:
        run_bound(order, arrays, start)
