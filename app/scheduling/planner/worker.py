"""Run a search or a descent in a process of its own and report over a pipe.

Started by `team.py`. A pickled order arrives on standard input, then the word to go; messages leave on
standard output, one JSON object a line. A process of its own keeps the time limit firm (a compilation or a
long step can be cut off from outside) and puts the bound on the second core.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from typing import Any

import numpy as np

from .arrays import Arrays, build_arrays
from .descent import SHORTEST_STEP, Descent, until
from .instance import parse_instance
from .order import Go, Order
from .problem import SLOT_MINUTES
from .sample import shadowing_sample
from .search import Search
from .world import build_world

MANY = 2500
FINE_GRAPHS, COARSE_GRAPHS = 250_000, 60_000
PRICE_SHARE = 0.25


def say(kind: str, **content: Any) -> None:
    """Send one message."""
    sys.stdout.write(json.dumps({"kind": kind, **content}) + "\n")
    sys.stdout.flush()


def warm(role: str) -> None:
    """Compile every kernel of a role, or load it from numba's cache, on an invented company of eight."""
    world = build_world(parse_instance(shadowing_sample(8, weeks=1, seed=1)))
    if role == "bound":
        descent = Descent(build_arrays(world), np.zeros(len(world.needs), np.int64), COARSE_GRAPHS)
        descent.step(0.0)
        return
    search = Search(world, (), 1)
    search.descent.step(0.0)
    search.construct(lambda: True)
    search.improve(1e9, 1, lambda: False)


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
    most = FINE_GRAPHS if len(inst.requirements) < MANY else COARSE_GRAPHS
    descent = Descent(arrays, met, most, worth)
    done = until(start.end)
    while not done() and descent.length >= SHORTEST_STEP:
        before = descent.steps
        count = 10 if len(inst.requirements) < MANY else 1
        descent.run(count, lambda: max(start.target, 0.97 * min(descent.bound, 1e18)), done)
        say("bound", bound=descent.bound)
        if descent.steps == before:
            break
    say("done", bound=descent.bound)


def main() -> None:
    """Read the order, get ready, and carry it out when told to."""
    order: Order = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent process
    warm(order.role)
    say("ready")
    arrays = build_arrays(order.world)
    try:
        start: Go = pickle.load(sys.stdin.buffer)  # noqa: S301 - as above
    except EOFError:  # the parent no longer needs us
        return
    (run_search if order.role == "search" else run_bound)(order, arrays, start)
