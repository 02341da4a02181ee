"""Plan rotations: as many (employee, quarter) pairs as possible, fairly spread, with a proven bound.

The road: a first plan in a moment; quarter by quarter where the whole is large; then the whole as one
mixed-integer program that starts from the best so far; at the same total, a second program that spreads
what stays unmet over people; last, supervisors by matching. Every stage ends early when the best plan
meets the bound. docs/planner.md explains why the bound is one.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from typing import Any

from .reading import Fault, InstanceError
from .rotation_fair import fair_program, is_fair
from .rotation_first import first_plan
from .rotation_guides import assign_guides
from .rotation_hunt import Hunt, Listener
from .rotation_instance import RotationInstance, Stay, parse_rotation, quarter_of
from .rotation_mip import build_program
from .rotation_options import RotationWorld, Wish, survey
from .rotation_why import explain, unmet_rotations
from .solution import Solution

__all__ = ["InstanceError", "Solution", "explain", "repair", "solve"]

WHOLE_COLUMNS = 60_000
KEPT_WORTH = 1.5
REPAIR_SECONDS = 5.0


def solve(
    instance: Mapping[str, Any],
    *,
    seconds: float,
    seed: int = 0,
    bound_seconds: float | None = None,
    step_limit: int | None = None,
    progress: Listener | None = None,
    stop: Callable[[], bool] | None = None,
) -> Solution:
    """Return the best plan found for a ``rotation/1`` document within `seconds`.

    The search proves its bound as it goes; `bound_seconds` lets the proof go on for longer than `seconds`.
    With `step_limit` (branch-and-bound nodes) and time to spare, the same seed gives the same plan.
    `progress` hears `Progress`. A document with `previous` is repaired. Raise `InstanceError` when the
    document is faulty or its pins can't all be kept.
    """
    began_at = time.monotonic()
    parsed = parse_rotation(instance)
    world = survey(parsed)
    limit = max(seconds, bound_seconds or 0.0)
    hunt = Hunt(world, began_at, began_at + limit, seed, step_limit, progress, stop)
    hunt.lower(world.ceiling)
    if parsed.previous is not None:
        _repair(hunt)
    else:
        _begin(hunt)
        if not hunt.done and _columns(world) > WHOLE_COLUMNS:
            _by_quarter(hunt)
        if not hunt.done:
            _whole(hunt)
        _spread(hunt)
    return _solution(hunt)


def repair(
    instance: Mapping[str, Any],
    *,
    seconds: float = REPAIR_SECONDS,
    seed: int = 0,
    progress: Listener | None = None,
    stop: Callable[[], bool] | None = None,
) -> Solution:
    """Return a legal plan that keeps what it can of ``previous``, and all before ``frozen_before``."""
    if instance.get("previous") is None:
        raise InstanceError((Fault("previous", "is missing", "add the rotations of the plan in force"),))
    return solve(instance, seconds=seconds, seed=seed, progress=progress, stop=stop)


def _columns(world: RotationWorld) -> int:
    return sum(map(len, world.options.values()))


def _all_stays(options: Mapping[Wish, list[Stay]]) -> list[Stay]:
    return [stay for wish in sorted(options) for stay in options[wish]]


def _begin(hunt: Hunt) -> None:
    """Find a first plan; where the pins resist the simple way, let the solver place them alone."""
    plan = first_plan(hunt.world, enough=hunt.first_is_late)
    if plan is None:
        pinned = [
            stay
            for stay in _all_stays(hunt.world.options)
            if stay in hunt.world.must or (stay.employee, stay.week) in hunt.world.pinned
        ]
        made = build_program(hunt.world, pinned)
        answer = hunt.run(made)
        if answer.ones is None:
            text = "the pins can't all be kept: floors, guests or supervisors do not allow them together"
            raise InstanceError((Fault("pins", text, "drop or move a pin, or raise the limit it meets"),))
        plan = first_plan(hunt.world, made.chosen(answer.ones), pins_given=True, enough=hunt.first_is_late)
    if plan is None:
        raise InstanceError((Fault("pins", "no supervisors for all pins together", "drop or move a pin"),))
    hunt.keep(plan)


def _by_quarter(hunt: Hunt) -> None:
    """Solve one quarter after the other, each around what is fixed before it."""
    chosen: list[Stay] = []
    reached: list[int] = []
    weeks_of: dict[int, list[int]] = {}
    gap = hunt.world.instance.gap_weeks
    for quarter in range(hunt.world.instance.quarters):
        if hunt.done:
            return
        stays = [
            stay
            for wish in sorted(hunt.world.options)
            if wish[1] == quarter
            for stay in hunt.world.options[wish]
            if all(abs(stay.week - week) > gap for week in weeks_of.get(stay.employee, ()))
        ]
        made = build_program(hunt.world, stays)
        answer = hunt.run(made)
        if answer.ones is None:
            return
        reached.append(len({stay.employee for stay in made.chosen(answer.ones)}))
        for stay in made.chosen(answer.ones):
            chosen.append(stay)
            weeks_of.setdefault(stay.employee, []).append(stay.week)
    hunt.offer(chosen)
    _bound_by_quarter(hunt, reached)


def _bound_by_quarter(hunt: Hunt, reached: list[int]) -> None:
    """Add up the best of each quarter on its own: without the gap between quarters, so never too low."""
    total = 0
    for quarter, served in enumerate(reached):
        stays = [s for w in sorted(hunt.world.options) if w[1] == quarter for s in hunt.world.options[w]]
        wishes = sum(wish[1] == quarter for wish in hunt.world.options)
        if served < wishes:
            if hunt.done:
                return
            made = build_program(hunt.world, stays)
            answer = hunt.run(made)
            wishes = math.floor(min(wishes, answer.bound) + 1e-6)
        total += wishes
    hunt.lower(total)


def _whole(hunt: Hunt) -> None:
    """Solve the whole, beginning with the best plan."""
    made = build_program(hunt.world, _all_stays(hunt.world.options))
    start = [made.column_of[stay] for stay in hunt.plan or ()]
    plans = 0

    def heard(answer: Any) -> None:
        nonlocal plans
        if answer.plans > plans and answer.ones is not None:
            plans = answer.plans
            hunt.offer(made.chosen(answer.ones))
        hunt.lower(answer.bound)

    answer = hunt.run(made, heard, start)
    hunt.lower(answer.bound)


def _spread(hunt: Hunt) -> None:
    """At the same total, let as few people as possible be left out more than once."""
    if hunt.plan is None or hunt.left < max(1.0, hunt.elapsed / 10) or is_fair(hunt.world, hunt.plan):
        return
    if hunt.stop is not None and hunt.stop():
        return
    made = fair_program(hunt.world, _all_stays(hunt.world.options), int(hunt.objective))
    start = [made.column_of[stay] for stay in hunt.plan]
    answer = hunt.run(made, None, start)
    if answer.ones is not None:
        guided = assign_guides(hunt.world, made.chosen(answer.ones))
        if guided is not None:
            hunt.keep(guided)


def _repair(hunt: Hunt) -> None:
    """Keep every stay of the previous plan that is still legal; fill the others around them."""
    world = hunt.world
    before = dict(world.instance.previous or ())
    open_stays = set(_all_stays(world.options))
    kept = sorted(stay for stay in before if stay in open_stays)
    hunt.plan = first_plan(world, kept, enough=hunt.first_is_late)
    held = {(stay.employee, quarter_of(stay.week)): stay for stay in kept}
    for _ in range(2):
        if hunt.plan is not None and hunt.objective >= world.ceiling and _kept(hunt, kept) == len(kept):
            break
        options = {wish: [held[wish]] if wish in held else stays for wish, stays in world.options.items()}
        made = build_program(world, _all_stays(options), dict.fromkeys(kept, KEPT_WORTH))
        answer = hunt.run(made)
        if answer.ones is None:
            break
        chosen = made.chosen(answer.ones)
        hunt.plan = assign_guides(world, chosen, before) or hunt.plan
        held = {(stay.employee, quarter_of(stay.week)): stay for stay in chosen}
    if hunt.plan is None:
        _begin(hunt)
    hunt.keep(assign_guides(world, hunt.plan or (), before) or hunt.plan or {})


def _kept(hunt: Hunt, kept: list[Stay]) -> int:
    return sum(stay in (hunt.plan or {}) for stay in kept)


def _solution(hunt: Hunt) -> Solution:
    instance, plan = hunt.world.instance, hunt.plan or {}
    return Solution(
        plan={
            "format": "rotation-plan/1",
            "rotations": [_row(instance, stay, plan[stay]) for stay in sorted(plan, key=_by_week)],
            "unmet": unmet_rotations(instance, plan),
        },
        objective=hunt.objective,
        bound=hunt.bound,
        gap=_gap(hunt),
        seconds=hunt.elapsed,
        first_plan_seconds=hunt.first_seconds or 0.0,
        bound_seconds=hunt.bound_seconds,
        steps=hunt.plans,
        parts={"rotations": hunt.objective},
    )


def _gap(hunt: Hunt) -> float | None:
    if hunt.objective:
        return hunt.bound / hunt.objective - 1
    return 0.0 if hunt.bound == 0 else None


def _by_week(stay: Stay) -> tuple[int, int]:
    return stay.week, stay.employee


def _row(instance: RotationInstance, stay: Stay, who: int) -> dict[str, Any]:
    return {
        "employee": instance.employees[stay.employee].id,
        "week": stay.week,
        "dept": instance.departments[stay.dept].id,
        "supervisor": instance.employees[who].id,
    }
