"""On tiny problems the shadowing search finds what brute force finds; its bound never lies."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from app.scheduling.checker import check
from app.scheduling.planner import shadowing
from app.scheduling.planner.plans import plan_document
from app.scheduling.planner.reasons import Ledger, unmet_rows
from app.scheduling.planner.search import Search

from .tiny import best_by_trying, draw_batch, draw_tiny, side_by_side

BATCH = 20
STEPS = 1500
ROUNDS = 10


def search(instance: dict[str, Any], enough: float = float("inf")) -> tuple[float, float]:
    """Search in this process, step for step, and return the objective of the checked plan and the bound.

    Ends after the first round that reaches `enough`.
    """
    world = shadowing.load(instance)
    run = Search(world, shadowing.scarcity_first(world), 1)
    run.price(lambda: False)
    run.construct(lambda: False)
    for _ in range(ROUNDS if enough < float("inf") else 1):
        run.improve(1e9, run.steps + STEPS, lambda: False)
        if run.value >= enough - 1e-6:
            break
    plan = plan_document(world.instance, run.sessions(), unmet_rows(Ledger(world, run.sessions())))
    report = check(instance, plan)
    assert report.ok, report.violations
    assert report.total == pytest.approx(run.value)
    return report.total, run.descent.bound


@pytest.mark.parametrize("first", range(0, 15 * BATCH, BATCH))
def test_the_search_finds_what_brute_force_finds_and_the_bound_is_never_below(first: int) -> None:
    for seed in range(first, first + BATCH):
        instance = draw_tiny(seed)
        optimum = best_by_trying(instance)
        objective, bound = search(instance, enough=optimum)
        assert bound >= optimum - 1e-6, seed
        assert objective == pytest.approx(optimum), seed


def test_renaming_people_changes_nothing() -> None:
    problem = side_by_side(draw_batch(901, 8))
    renamed = copy.deepcopy(problem)
    new = {row["id"]: f"x{k:04d}" for k, row in enumerate(reversed(renamed["employees"]))}
    for row in renamed["employees"]:
        row["id"] = new[row["id"]]
    for row in [*renamed["requirements"], *renamed["forbids"], *renamed["pins"]]:
        for key in ("learner", "host", "employee"):
            if key in row:
                row[key] = new[row[key]]
    assert search(renamed) == pytest.approx(search(problem))


def test_the_same_instants_in_another_zone_change_nothing() -> None:
    here = side_by_side(draw_batch(1001, 8))
    there = side_by_side(draw_batch(1001, 8, zone="Etc/GMT-3", hours_ahead=3))
    assert search(here) == pytest.approx(search(there))


def test_one_more_person_who_cannot_host_changes_nothing() -> None:
    problem = side_by_side(draw_batch(1101, 8))
    before = search(problem)
    idle = {**problem["employees"][0], "id": "newcomer", "levels": {}, "work": [[]] * 7}
    problem["employees"] = [*problem["employees"], idle]
    assert search(problem) == pytest.approx(before)


def test_more_budget_never_lowers_the_optimum() -> None:
    rng = random.Random(3)
    for problem in draw_batch(1201, 10):
        before = best_by_trying(problem)
        rng.choice(problem["employees"])["learn_min"] += 60
        assert best_by_trying(problem) >= before
