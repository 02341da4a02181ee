"""Run a search or a descent in a process of its own and report over a pipe.

Started by `shadowing.py` as ``python -m app.scheduling.planner.worker``. One pickled order arrives on
standard input; messages leave on standard output, one JSON object a line. A process of its own keeps the
time limit firm (a compilation or a long step can be cut off from outside) and puts the bound on the second
core.
"""

from __future__ import annotations

import json
import pickle
import sys
import time
from typing import Any

import numpy as np

from .arrays import build_arrays
from .descent import Descent, deadline
from .instance import SLOT_MINUTES
from .order import Order
from .search import Search
from .world import build_world

MANY = 2500
FINE_GRAPHS, COARSE_GRAPHS = 250_000, 60_000


def say(kind: str, **content: Any) -> None:
    """Send one message."""
    sys.stdout.write(json.dumps({"kind": kind, **content}) + "\n")
    sys.stdout.flush()


def run_search(order: Order) -> None:
    """Search and report each better plan, then the best."""
    begun = time.monotonic()
    end = begun + order.seconds
    late = lambda: time.monotonic() >= end  # noqa: E731
    search = Search(build_world(order.instance), order.first, order.seed)
    search.price(late)
    if not late():
        search.construct(late)
        say("plan", value=search.value, sessions=search.sessions(), steps=0)
        search.improve(
            end - time.monotonic(),
            order.step_limit,
            late,
            lambda value, sessions: say("plan", value=value, sessions=sessions, steps=search.steps),
        )
    say("done", value=search.value, sessions=search.sessions(), steps=search.steps)


def run_bound(order: Order) -> None:
    """Lower the bound for as long as there is time; ignore pins, keep what has happened."""
    world = build_world(order.instance)
    arrays = build_arrays(world)
    inst = order.instance
    past = inst.frozen_before if inst.previous is not None else 0
    met = np.zeros(len(inst.requirements), np.int64)
    worth = 0.0
    w = inst.weights
    for r, _, start, minutes in order.first:
        if start < past:
            met[r] += minutes // SLOT_MINUTES
            worth += w.met_30min * inst.requirements[r].priority * (minutes // SLOT_MINUTES)
            worth += w.tie + w.reciprocal
    most = FINE_GRAPHS if len(inst.requirements) < MANY else COARSE_GRAPHS
    descent = Descent(arrays, met, most, worth)
    done = deadline(order.seconds)
    target = order.target
    while not done() and descent.length >= 1e-5:
        before = descent.steps
        descent.run(10, lambda: max(target, 0.97 * min(descent.bound, 1e18)), done)
        say("bound", bound=descent.bound)
        if descent.steps == before:
            break
    say("done", bound=descent.bound)


def main() -> None:
    """Read the order and carry it out."""
    order: Order = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent process
    (run_search if order.role == "search" else run_bound)(order)


if __name__ == "__main__":
    main()
