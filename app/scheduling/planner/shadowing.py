"""Plan shadowing: the functions others call.

`solve` makes a first plan at once, then lets a search and a bound run side by side in processes of their own
until the time is up; `bound` only bounds; `repair` keeps what can be kept after a change; the two greedy
plans are the baselines of the bench; `explain` says what stands in a requirement's way; `warm_up` compiles
ahead.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .explain import Change, Explanation, explain
from .greedy import begin as begin_plan
from .greedy import fill, scarcity_first, spreadsheet
from .instance import parse_instance
from .order import Go, Order
from .pins import check_pins
from .plans import Session, plan_document, score
from .problem import Instance
from .reasons import Ledger, unmet_rows
from .solution import Progress, Solution
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
COMPILE_SECONDS = 300.0
LEAST_CONSTRUCTION = 1.0
WIND_UP_PER_FIRST = 0.15
SECOND_SEARCH_SECONDS = 5.0
SEED_STEP = 7919


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
    bound_time = seconds if bound_seconds is None else bound_seconds
    low: float | None = None
    low_seconds, steps = 0.0, 0
    best: list[Session] = []
    best_value: float | None = None

    def tell(*, compiling: bool = False) -> None:
        if progress is not None:
            progress(Progress(best_value, low, time.monotonic() - begun, compiling))

    with Team() as team:
        if isinstance(instance, dict) and instance.get("requirements"):
            team.hire("search")
        if bound_time > 0:
            team.hire("bound")
        world = load(instance)
        inst = world.instance
        for k in range(len(team.roles)):
            team.order(k, Order(world, seed, step_limit))
        end = max(begun + seconds, time.monotonic() + LEAST_CONSTRUCTION)
        best = first = first_plan(world, lambda: stop() or time.monotonic() >= end)
        best_value = score(inst, first)["total"]
        first_seconds = time.monotonic() - begun
        tell()
        wind_up = 0.05 + 0.02 * seconds + WIND_UP_PER_FIRST * first_seconds
        excused = _until_ready(team, stop, end - wind_up, lambda: tell(compiling=True))
        start = begun + excused
        last = max(seconds, bound_time) - wind_up
        ends = {"search": start + seconds - wind_up, "bound": start + min(bound_time, last)}
        for k, role in enumerate(team.roles):
            team.go(k, Go(tuple(first), ends[role]))
        for k, message in team.messages(stop):
            if "bound" in message and (low is None or message["bound"] < low):
                low, low_seconds = message["bound"], time.monotonic() - begun
            if "sessions" in message:
                found = [tuple(s) for s in message["sessions"]]
                value = score(inst, found)["total"]
                steps = max(steps, message["steps"]) if k else message["steps"]
                if value > best_value and keeps_pins(inst, found):
                    best, best_value = found, value
            core_free = message.get("kind") == "done" and team.roles[k] == "bound" and step_limit is None
            if core_free and ends["search"] - time.monotonic() > SECOND_SEARCH_SECONDS and inst.requirements:
                another = team.hire("search")
                team.order(another, Order(world, seed + SEED_STEP))
                team.go(another, Go(tuple(first), ends["search"]))
            if k >= 0:
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


def _until_ready(team: Team, stop: Stop, end: float, compiling: Callable[[], None]) -> float:
    """Wait until all workers have their kernels, at most until `end`; return the seconds spent compiling.

    Kernels from the cache come in a moment, which counts as search time. Compiling, once on a machine, does
    not count: it may take `COMPILE_SECONDS`, and workers that are not ready then are told to go all the same.
    """
    begun = time.monotonic()
    waiting, told = set(range(len(team.roles))), False
    for k, message in team.messages(stop) if waiting else ():
        kind = message.get("kind")
        if kind == "ready":
            waiting.discard(k)
        elif kind == "compiling" and not told:
            told = True
            compiling()
        now = time.monotonic()
        if not waiting or now >= (begun + COMPILE_SECONDS if told else end):
            break
    return time.monotonic() - begun if told else 0.0


def first_plan(world: World, stop: Stop = never) -> list[Session]:
    """Plan simply: mend the plan in force or, without one, serve the scarcest first; what `stop` leaves is
    open.
    """
    return scarcity_first(world, stop) if world.instance.previous is None else repaired(world, stop)


def bound(instance: Any, seconds: float, *, stop: Stop = never) -> float | None:
    """Return an upper bound on the objective of every legal plan; None if not even one step was possible."""
    low: float | None = None
    with Team() as team:
        k = team.hire("bound")
        world = load(instance)
        team.order(k, Order(world))
        first = first_plan(world, stop)
        _until_ready(team, stop, float("inf"), lambda: None)
        team.go(k, Go(tuple(first), time.monotonic() + seconds))
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


def warm_up() -> float:
    """Compile the search into numba's cache, so that no plan has to wait for it; return the seconds taken.

    What the cache held is dropped first: numba notices a changed file, but not that a file it calls changed.
    """
    from .improve import anneal  # noqa: PLC0415 - loads the compiler, which only the workers need
    from .worker import warm  # noqa: PLC0415 - as above

    begun = time.monotonic()
    for old in Path(str(anneal.stats.cache_path)).glob("*.nb[ic]"):
        old.unlink(missing_ok=True)
    warm("bound")
    warm("search")
    return time.monotonic() - begun
