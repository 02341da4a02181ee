"""Rotation plans are legal, as good as brute force, bounded, fair, repeatable and repairable."""

from __future__ import annotations

import copy
import random
from typing import Any

import pytest

from app.scheduling.checker import check
from app.scheduling.planner import rotation
from app.scheduling.planner.rotation_instance import InstanceError
from app.scheduling.planner.sample import rotation_sample
from app.scheduling.planner.solution import Progress

from .small_rotation import WEEKS, best_by_trying, draw_rotation, side_by_side, small_rotation

BATCH = 30


@pytest.mark.parametrize(
    ("quarters", "gap", "batch"),
    [(1, 3, 0), (1, 6, 1), (1, 6, 2), (2, 6, 3), (2, 1, 4), (2, 13, 5), (2, 9, 6)],
)
def test_brute_force_finds_nothing_better(quarters: int, gap: int, batch: int) -> None:
    """Thirty tiny problems are solved side by side; each must reach its own optimum and spread."""
    problems = [
        draw_rotation(1000 * batch + k, quarters=quarters, gap=gap, mark=f"{k}-") for k in range(BATCH)
    ]
    joined = side_by_side(problems)
    solution = rotation.solve(joined, seconds=60, seed=batch)
    best = [best_by_trying(problem) for problem in problems]
    served = [
        sum(row["employee"].startswith(f"{k}-") for row in solution.plan["rotations"]) for k in range(BATCH)
    ]
    assert served == [optimum for optimum, _ in best]
    assert solution.bound == solution.objective == sum(served)
    assert repeated_misses(joined, solution.plan) <= sum(repeats for _, repeats in best)
    report = check(joined, solution.plan)
    assert report.ok, report.violations
    assert report.total == solution.objective


def repeated_misses(instance: dict[str, Any], plan: dict[str, Any]) -> int:
    missed = {row["id"]: 0 for row in instance["employees"]}
    for row in plan["unmet"]:
        missed[row["employee"]] += 1
    return sum(m * (m - 1) // 2 for m in missed.values())


def test_by_quarter_and_as_a_whole_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    instance = rotation_sample(20, seed=5, quarters=2, tightness="crunch")
    whole = rotation.solve(instance, seconds=30)
    monkeypatch.setattr(rotation, "WHOLE_COLUMNS", 0)
    parts = rotation.solve(instance, seconds=30)
    assert check(instance, parts.plan).ok
    assert parts.objective <= whole.objective == whole.bound <= parts.bound


def test_the_same_seed_and_steps_give_the_same_plan() -> None:
    instance = rotation_sample(20, seed=3, quarters=2, tightness="crunch")
    first = rotation.solve(instance, seconds=60, seed=4, step_limit=1)
    again = rotation.solve(instance, seconds=60, seed=4, step_limit=1)
    assert first.plan == again.plan


def test_a_stop_keeps_the_best_so_far() -> None:
    instance = rotation_sample(60, seed=2, tightness="crunch")
    solution = rotation.solve(instance, seconds=60, stop=lambda: True)
    assert solution.objective > 0
    assert solution.steps == 1
    assert check(instance, solution.plan).ok


def test_progress_only_improves() -> None:
    heard: list[Progress] = []
    instance = rotation_sample(30, seed=6, quarters=2, tightness="crunch")
    rotation.solve(instance, seconds=10, progress=heard.append)
    assert [p.objective for p in heard] == sorted(p.objective or 0 for p in heard)
    bounds = [p.bound for p in heard if p.bound is not None]
    assert bounds == sorted(bounds, reverse=True)


def test_pins_are_kept_where_they_cost_others_their_place() -> None:
    instance = small_rotation(
        pins=[{"employee": "sa2", "week": 5}, {"employee": "su2", "week": 0, "dept": "sales"}]
    )
    solution = rotation.solve(instance, seconds=20)
    stays = {(row["employee"], row["week"]) for row in solution.plan["rotations"]}
    assert {("sa2", 5), ("su2", 0)} <= stays
    assert check(instance, solution.plan).ok


def test_renaming_people_or_adding_one_who_cannot_go_changes_nothing() -> None:
    instance = rotation_sample(24, seed=9, quarters=2, tightness="crunch")
    before = rotation.solve(instance, seconds=30).objective
    text = copy.deepcopy(instance)
    rename = {row["id"]: f"z{k:03d}" for k, row in enumerate(reversed(text["employees"]))}
    for row in text["employees"]:
        row["id"] = rename[row["id"]]
    for rows in ("supervisors", "pins", "forbids"):
        for row in text[rows]:
            row["employee"] = rename[row["employee"]]
    assert rotation.solve(text, seconds=30).objective == before
    text["employees"].append(
        {**text["employees"][0], "id": "guest", "hosts_in": [], "leave_weeks": [*range(26)]}
    )
    assert rotation.solve(text, seconds=30).objective == before


def test_room_for_more_guests_never_lowers_the_optimum() -> None:
    rng = random.Random(7)
    problems = [draw_rotation(k, quarters=1, gap=6, mark=f"{k}-") for k in range(BATCH)]
    before = rotation.solve(side_by_side(problems), seconds=30)
    for problem in problems:
        row = rng.choice(problem["departments"])
        row["max_guests"] = [cap + 1 for cap in row["max_guests"]]
    assert rotation.solve(side_by_side(problems), seconds=30).objective >= before.objective


def test_repair_keeps_the_past_and_what_the_illness_does_not_touch() -> None:
    instance = rotation_sample(80, seed=11)
    plan = rotation.solve(instance, seconds=30).plan
    ill = next(row["employee"] for row in plan["rotations"] if row["week"] == 16)
    changed = copy.deepcopy(instance)
    changed["previous"], changed["frozen_before"] = plan["rotations"], 14
    for row in changed["employees"]:
        if row["id"] == ill:
            row["leave_weeks"] = sorted({*row["leave_weeks"], 16, 17, 18})
    for row in changed["supervisors"]:
        if row["employee"] == ill:
            row["absent_weeks"] = sorted({*row["absent_weeks"], 16, 17, 18})
    repaired = rotation.repair(changed)
    assert check(changed, repaired.plan).ok
    touched = [row for row in plan["rotations"] if ill in (row["employee"], row["supervisor"])]
    kept = [row for row in plan["rotations"] if row in repaired.plan["rotations"]]
    assert len(kept) >= 0.95 * (len(plan["rotations"]) - len(touched))
    assert all(row in kept for row in plan["rotations"] if row["week"] < 14)


def test_repair_asks_for_the_plan_in_force() -> None:
    with pytest.raises(InstanceError, match="previous: is missing"):
        rotation.repair(small_rotation())


def test_an_explanation_names_every_way_and_one_change_that_helps() -> None:
    instance = small_rotation()
    instance["departments"][1]["max_guests"] = [0] * WEEKS
    plan = rotation.solve(instance, seconds=10).plan
    found = rotation.explain(instance, plan, "sa2:0")
    assert found.reason == "guest_cap"
    assert [way.obstacles for way in found.ways if way.week == 0] == [("guest_cap",)]
    assert found.cheapest is not None
    assert found.cheapest.text == "one guest more in 'support' in week 0"


FAULTS: list[tuple[dict[str, Any], str]] = [
    ({"weeks": 14}, "weeks: 14 is not a number of whole quarters"),
    ({"departments": []}, "departments: is empty"),
    ({"pins": [{"employee": "nobody", "week": 1}]}, r"pins\[0\].employee: unknown employee 'nobody'"),
    ({"pins": [{"employee": "sa0", "week": 13}]}, r"pins\[0\].week: 13 is not allowed"),
    (
        {"forbids": [{"employee": "sa0", "week": 2}], "pins": [{"employee": "sa0", "week": 2}]},
        r"pins\[0\]: week 2",
    ),
    ({"pins": [{"employee": "sa0", "week": 2, "dept": "sales"}]}, r"pins\[0\]: 'sa0' may not rotate there"),
    (
        {"pins": [{"employee": "sa0", "week": w} for w in (2, 4)]},
        r"pins\[1\]: is within the gap after pins\[0\]",
    ),
    ({"pins": [{"employee": f"sa{k}", "week": 2} for k in range(3)]}, "pins: 3 people pinned in week 2"),
    ({"pins": [{"employee": "sa0", "week": 2}], "supervisors": []}, "pins: the pins can't all be kept"),
    (
        {"supervisors": [{"employee": "sa0", "dept": "sales", "cap_per_quarter": -1, "absent_weeks": []}]},
        "cap_per",
    ),
]


@pytest.mark.parametrize(("change", "message"), FAULTS, ids=[message for _, message in FAULTS])
def test_a_bad_file_is_refused_with_the_place(change: dict[str, Any], message: str) -> None:
    with pytest.raises(InstanceError, match=message):
        rotation.solve(small_rotation(**change), seconds=5)


def test_impossible_floors_and_empty_departments_leave_everybody_at_home_with_a_reason() -> None:
    instance = small_rotation()
    for row in instance["departments"]:
        row["min_home"] = [99] * WEEKS
    instance["departments"].append({"id": "empty", "min_home": [5] * WEEKS, "max_guests": [1] * WEEKS})
    solution = rotation.solve(instance, seconds=10)
    assert solution.objective == solution.bound == 0
    assert {row["reason"] for row in solution.plan["unmet"]} == {"home_floor"}
    assert check(instance, solution.plan).ok


@pytest.mark.slow
def test_ten_thousand_people_get_a_legal_plan_with_a_reason_for_all_that_is_open() -> None:
    instance = rotation_sample(10_000, seed=1)
    solution = rotation.solve(instance, seconds=3)
    assert check(instance, solution.plan).ok
