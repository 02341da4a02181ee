"""Plan shadowing: the functions others call.

`solve` makes a first plan at once, then lets a search and a bound run side by side in processes of their own
until the time is up; `bound` only bounds; `repair` keeps what can be kept after a change; the two greedy
plans are the baselines of the bench; `explain` says what stands in a requirement's way; `warm_up` compiles
ahead.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .explain import Change, Explanation, explain
from .greedy import begin as begin_plan
from .greedy import fill, scarcity_first, spreadsheet
from .instance import Instance, parse_instance
from .order import Order
from .pins import check_pins
from .plans import Session, plan_document, score
from .reading import Fault
from .reasons import Ledger, unmet_rows
from .team import Team
from .world import World, build_world

__all__ = [
    "Change",
    "Explanation",
    "Progress",
    "Solution",
    "bound",
    "explain",
    "greedy_scarcity",
    "greedy_spreadsheet",
    "repair",
    "solve",
    "warm_up",
]

Stop = Callable[[], bool]
WIND_UP = 0.02


@dataclass(frozen=True, slots=True)
class Progress:
    """Report on a running search: best plan and bound so far, seconds since the start."""

    objective: float | None
    bound: float | None
    seconds: float


@dataclass(frozen=True, slots=True)
class Solution:
    """Hold a legal plan, its score by part, and the proof of how much better any plan could be.

    `gap` is bound / objective − 1, None without a bound. `seconds` is wall time in all; `first_plan_seconds`
    until the first complete legal plan; `bound_seconds` until the bound last fell.
    """

    plan: dict[str, Any]
    objective: float
    bound: float | None
    gap: float | None
    seconds: float
    first_plan_seconds: float
    bound_seconds: float
    steps: int
    parts: Mapping[str, float]
    notes: tuple[Fault, ...] = field(default=())


def never() -> bool:
    """Go on."""
    return False


def load(data: Any) -> World:
    """Parse, check pins against calendars and floors, and derive the facts; raise `InstanceError`."""
    world = build_world(parse_instance(data))
    check_pins(world)
    return world


def solve(
    instance: Any,
    *,
    seconds: float,
    seed: int,
    step_limit: int | None = None,
    bound_seconds: float | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Stop = never,
) -> Solution:
    """Search for `seconds` and bound for `bound_seconds` (as long as the search unless said).

    The same seed and step limit give the same plan, provided the seconds suffice for the steps. When `stop`
    turns true the best plan so far is returned. Raises `InstanceError` for a file that can't be planned.
    """
    begun = time.monotonic()
    world = load(instance)
    inst = world.instance
    first = repaired(world, stop) if inst.previous is not None else scarcity_first(world, stop)
    best, best_value = first, score(inst, first)["total"]
    first_seconds = time.monotonic() - begun
    bound_time = seconds if bound_seconds is None else bound_seconds
    low: float | None = None
    low_seconds, steps = 0.0, 0

    def tell() -> None:
        if progress is not None:
            progress(Progress(best_value, low, time.monotonic() - begun))

    tell()
    left = seconds - (time.monotonic() - begun) - WIND_UP * seconds
    orders = []
    if left > 0.2 and inst.requirements:
        orders.append((Order("search", inst, tuple(first), seed, left, step_limit, best_value), left))
    bound_left = bound_time - (time.monotonic() - begun)
    if bound_left > 0.2:
        orders.append((Order("bound", inst, tuple(first), seed, bound_left, None, best_value), bound_left))
    with Team(orders) as team:
        for role, message in team.messages(stop):
            if "bound" in message and (low is None or message["bound"] < low):
                low, low_seconds = message["bound"], time.monotonic() - begun
            if "sessions" in message:
                found = [tuple(s) for s in message["sessions"]]
                value = score(inst, found)["total"]
                steps = message["steps"]
                if value > best_value and keeps_pins(inst, found):
                    best, best_value = found, value
            if role:
                tell()
    plan = plan_document(inst, best, unmet_rows(Ledger(world, best)))
    gap = None if low is None or best_value <= 0 else low / best_value - 1
    return Solution(
        plan,
        best_value,
        low,
        gap,
        time.monotonic() - begun,
        first_seconds,
        low_seconds,
        steps,
        score(inst, best),
        inst.notes,
    )


def bound(instance: Any, seconds: float, *, stop: Stop = never) -> float | None:
    """Return an upper bound on the objective of every legal plan; None if not even one step was possible."""
    world = load(instance)
    first = scarcity_first(world, stop) if world.instance.previous is None else repaired(world, stop)
    value = score(world.instance, first)["total"]
    low: float | None = None
    with Team([(Order("bound", world.instance, tuple(first), 0, seconds, None, value), seconds)]) as team:
        for _, message in team.messages(stop):
            if "bound" in message:
                low = message["bound"] if low is None else min(low, message["bound"])
    return low


def repaired(world: World, stop: Stop = never) -> list[Session]:
    """Keep the frozen past and every still legal session of the previous plan, then refill what is open."""
    sheet = begin_plan(world)
    inst = world.instance
    have = set(sheet.sessions)
    later = [s for s in inst.previous or () if s[2] >= inst.frozen_before and s not in have]
    left = sheet.place_all_legal(later)
    hit = {inst.requirements[r].learner for r, _, _, _ in left}
    affected = [r for r, req in enumerate(inst.requirements) if req.learner in hit and sheet.missing(r) > 0]
    fill(sheet, affected, stop)
    sheet.place_all_legal(left)
    fill(sheet, [r for r in range(len(inst.requirements)) if sheet.missing(r) > 0], stop)
    return sheet.sessions


def repair(instance: Any, *, stop: Stop = never) -> Solution:
    """Mend a plan after a change: the file has `previous` and `frozen_before`. No search, no bound, well
    under 5 s.

    Sessions before `frozen_before` stay as they were; later ones stay where they are still legal.
    """
    begun = time.monotonic()
    world = load(instance)
    sessions = repaired(world, stop)
    return _finished(world, sessions, begun)


def _finished(world: World, sessions: list[Session], begun: float) -> Solution:
    parts = score(world.instance, sessions)
    plan = plan_document(world.instance, sessions, unmet_rows(Ledger(world, sessions)))
    spent = time.monotonic() - begun
    return Solution(plan, parts["total"], None, None, spent, spent, 0.0, 0, parts, world.instance.notes)


def greedy_spreadsheet(instance: Any) -> Solution:
    """Plan as a careful person with a spreadsheet does (a baseline)."""
    begun = time.monotonic()
    world = load(instance)
    return _finished(world, spreadsheet(world), begun)


def greedy_scarcity(instance: Any) -> Solution:
    """Plan scarcity-first in one pass (the strong baseline)."""
    begun = time.monotonic()
    world = load(instance)
    return _finished(world, scarcity_first(world), begun)


def keeps_pins(inst: Instance, sessions: list[Session]) -> bool:
    """Say whether every pin is honoured."""
    have = set(sessions)
    couples = {(r, h) for r, h, _, _ in sessions}
    return all((p.requirement, p.host) in couples for p in inst.pinned_pairs) and all(
        (p.requirement, p.host, p.start, p.minutes) in have for p in inst.pinned_sessions
    )


def warm_up(instance: Any, seconds: float = 600.0) -> bool:
    """Compile the search into numba's cache with any solvable instance; say whether it ran to the end.

    The first search after an installation or a change of the code otherwise spends its time compiling (up to
    a minute on a busy machine) and returns the greedy plan.
    """
    return solve(instance, seconds=seconds, seed=0, step_limit=1, bound_seconds=0.0).steps == 1
