"""Shadowing plans from Python: repeatable, stoppable, repairable, and never silent about a bad file."""

from __future__ import annotations

import copy
import itertools
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pytest

from app.scheduling.checker import check
from app.scheduling.planner import shadowing
from app.scheduling.planner.reading import InstanceError
from app.scheduling.planner.sample import shadowing_sample
from app.scheduling.planner.solution import Progress
from app.scheduling.planner.worker import thinned

from .small import employee, requirement, small


def legal(instance: dict[str, Any], solution: Any) -> None:
    report = check(instance, solution.plan)
    assert report.ok, report.violations[:5]
    assert report.total == pytest.approx(solution.objective)
    assert solution.bound is None or solution.bound >= solution.objective - 1e-6


@pytest.mark.parametrize("tightness", ["easy", "normal", "tight", "crunch"])
def test_every_tightness_gives_a_legal_plan(tightness: str) -> None:
    instance = shadowing_sample(40, weeks=3, seed=7, tightness=tightness)
    solution = shadowing.solve(instance, seconds=2, seed=1)
    legal(instance, solution)
    assert solution.objective > 0


def test_the_same_seed_and_step_limit_give_the_same_plan() -> None:
    instance = shadowing_sample(30, weeks=2, seed=3)
    plans = [
        shadowing.solve(instance, seconds=30, bound_seconds=0.5, seed=5, step_limit=200).plan
        for _ in range(2)
    ]
    assert plans[0] == plans[1]


def test_a_stop_returns_the_best_so_far_at_once() -> None:
    instance = shadowing_sample(60, weeks=3, seed=4)
    heard: list[Progress] = []
    solution = shadowing.solve(
        instance, seconds=600, seed=1, stop=lambda: len(heard) >= 3, progress=heard.append
    )
    assert len(heard) == 3
    assert solution.objective == heard[-1].objective
    legal(instance, solution)


def test_progress_only_improves() -> None:
    heard: list[Progress] = []
    shadowing.solve(shadowing_sample(30, weeks=2, seed=2), seconds=3, seed=1, progress=heard.append)
    best = [p.objective for p in heard if p.objective is not None]
    bounds = [p.bound for p in heard if p.bound is not None]
    assert best and best == sorted(best)
    assert bounds == sorted(bounds, reverse=True)


def test_repair_keeps_the_past_and_what_the_illness_does_not_touch() -> None:
    instance = shadowing_sample(60, weeks=4, seed=6)
    plan = shadowing.greedy_scarcity(instance).plan  # the same at any pace of the machine
    changed = copy.deepcopy(instance)
    changed["previous"], changed["frozen_before"] = plan["sessions"], 2 * 336
    busiest = max(
        changed["employees"],
        key=lambda e: sum(
            e["id"] in (s["learner"], s["host"]) for s in plan["sessions"] if s["start"] >= 672
        ),
    )
    busiest["leave"].append(["2026-03-23", "2026-04-03"])
    changed["pins"] = [p for p in changed["pins"] if busiest["id"] not in p.values()]
    solution = shadowing.repair(changed)
    legal(changed, solution)
    untouched = [s for s in plan["sessions"] if busiest["id"] not in (s["learner"], s["host"])]
    kept = [s for s in untouched if s in solution.plan["sessions"]]
    assert len(kept) >= 0.95 * len(untouched)
    assert all(s in solution.plan["sessions"] for s in plan["sessions"] if s["start"] < 672)


def test_people_without_working_hours_and_a_clock_change_are_planned_around() -> None:
    instance = small(
        employees=[
            employee("ann", "support"),
            employee("bob", "sales", {"pitch": 3}),
            employee("cyd", "sales", {"pitch": 4}, work=[[]] * 7),
            employee("dee", "support", tz="Asia/Kathmandu"),
        ],
        requirements=[requirement("r1", "ann", "pitch"), requirement("r2", "dee", "pitch")],
    )
    solution = shadowing.solve(instance, seconds=1, seed=1)
    legal(instance, solution)
    assert not any(s["host"] == "cyd" for s in solution.plan["sessions"])
    assert {s["requirement"] for s in solution.plan["sessions"]} == {"r1", "r2"}


def test_impossible_floors_leave_needs_open_for_coverage() -> None:
    instance = small()
    for row in instance["departments"]:
        row["min_on_duty"] = [99] * 336
    solution = shadowing.solve(instance, seconds=1, seed=1)
    legal(instance, solution)
    assert {u["reason"] for u in solution.plan["unmet"]} == {"coverage", "prerequisite_unmet"}


CONTRADICTIONS: list[tuple[dict[str, Any], str]] = [
    ({"pins": [{"learner": "ann", "host": "ann", "competency": "pitch"}]}, r"pins\[0\]"),
    (
        {
            "pins": [{"learner": "ann", "host": "bob", "competency": "pitch"}],
            "forbids": [{"learner": "ann", "host": "bob"}],
        },
        r"pins\[0\]",
    ),
    (
        {"pins": [{"session": {"requirement": "r1", "host": "bob", "start": 2, "minutes": 60}}]},
        r"pins\[0\]",
    ),
    (
        {
            "employees": [],
            "requirements": [],
            "departments": [{**small()["departments"][0], "min_on_duty": [1] * 336}],
        },
        r"departments\[0\]",
    ),
]


@pytest.mark.parametrize(("change", "place"), CONTRADICTIONS)
def test_contradictions_are_refused_with_their_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(InstanceError, match=place):
        shadowing.solve(small(**change), seconds=1, seed=1)


def ticking(step: float) -> SimpleNamespace:
    """A clock that moves on by `step` seconds whenever somebody reads it."""
    readings = itertools.count()
    return SimpleNamespace(monotonic=lambda: step * next(readings))


def test_the_first_plan_ends_with_the_time_even_if_it_is_not_complete(monkeypatch: Any) -> None:
    instance = shadowing_sample(60, weeks=2, seed=4)
    whole = len(shadowing.greedy_scarcity(instance).plan["sessions"])
    monkeypatch.setattr(shadowing, "time", ticking(1.0))
    solution = shadowing.solve(instance, seconds=20, seed=1)
    legal(instance, solution)
    assert 0 < len(solution.plan["sessions"]) <= 20 < whole


def test_mending_ends_with_the_time_and_keeps_the_past(monkeypatch: Any) -> None:
    instance = shadowing_sample(60, weeks=2, seed=4)
    before = shadowing.greedy_scarcity(instance).plan["sessions"]
    changed = {**instance, "pins": [], "previous": before[::2], "frozen_before": 336}
    monkeypatch.setattr(shadowing, "time", ticking(1.0))
    solution = shadowing.solve(changed, seconds=5, seed=1)
    past = [s for s in before[::2] if s["start"] < 336]
    assert past
    assert [s for s in solution.plan["sessions"] if s["start"] < 336] == past
    assert len(solution.plan["sessions"]) <= len(before[::2]) + 5


def crowd(times: int) -> dict[str, Any]:
    """Copy a company of 500 so many times into the same departments."""
    one = shadowing_sample(500, weeks=1, seed=1)
    people, needs = [], []
    for k in range(times):
        people += [{**e, "id": f"{k}-{e['id']}"} for e in one["employees"]]
        needs += [
            {**r, "id": f"{k}-{r['id']}", "learner": f"{k}-{r['learner']}"} for r in one["requirements"]
        ]
    departments = [{**d, "min_on_duty": [times * n for n in d["min_on_duty"]]} for d in one["departments"]]
    return {
        **one,
        "employees": people,
        "requirements": needs,
        "departments": departments,
        "pins": [],
        "forbids": [],
    }


@pytest.mark.slow
def test_ten_thousand_people_get_a_legal_plan_with_a_reason_for_all_that_is_open() -> None:
    instance = crowd(20)
    assert len(instance["employees"]) == 10_000
    legal(instance, shadowing.solve(instance, seconds=2, seed=1))


def test_a_crowd_is_searched_with_some_of_its_hosts_and_all_that_matter() -> None:
    world = shadowing.load(crowd(1))
    first = shadowing.first_plan(world)
    few = thinned(world, first, 10 * len(world.hosts))
    assert all(h in few.hosts[r] for r, h, _, _ in first)
    assert all(set(some) <= set(hosts) for some, hosts in zip(few.hosts, world.hosts, strict=True))
    assert all(min(10, len(h)) <= len(some) <= 13 for some, h in zip(few.hosts, world.hosts, strict=True))
    used = Counter(h for hosts in few.hosts for h in hosts)
    assert len(used) == len({h for hosts in world.hosts for h in hosts})
