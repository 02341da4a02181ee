"""Every hard rule of rotations refuses a plan that breaks it and nothing else, by its own name."""

from __future__ import annotations

import copy
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.scheduling.checker import check
from app.scheduling.checker.rotation_facts import Roster, Stay, read_rotation_facts
from app.scheduling.checker.rotation_reasons import reason_for

from .planner.small_rotation import small_rotation

File = dict[str, Any]
Breaker = Callable[[File, list[File], random.Random], None]
BREAKERS: dict[str, list[Breaker]] = {}


def breaks(rule: str) -> Callable[[Breaker], Breaker]:
    def note(breaker: Breaker) -> Breaker:
        BREAKERS.setdefault(rule, []).append(breaker)
        return breaker

    return note


def draw_plan(seed: int) -> tuple[File, list[File], random.Random]:
    """Return a two-quarter problem and a legal plan: everybody once, in weeks of their own."""
    rng = random.Random(seed)
    instance = small_rotation(2)
    weeks = rng.sample(range(10), 6)
    stays = []
    for person, week in zip(instance["employees"], weeks, strict=True):
        host = person["hosts_in"][0]
        guide = rng.choice([s["employee"] for s in instance["supervisors"] if s["dept"] == host])
        stays.append({"employee": person["id"], "week": week, "dept": host, "supervisor": guide})
    return instance, stays, rng


def honest_unmet(instance: File, stays: list[File]) -> list[File]:
    facts = read_rotation_facts(instance)
    read = [Stay("", s["employee"], s["dept"], s["week"], s["supervisor"]) for s in stays]
    roster = Roster.of(
        facts, [s for s in read if s.employee in facts.people and s.department in facts.floors]
    )
    return [
        {"employee": e, "quarter": q, "reason": reason_for(facts, roster, facts.people[e], q)}
        for e, q in sorted(facts.wanted - roster.served)
    ]


def who(instance: File, stay: File) -> File:
    return next(e for e in instance["employees"] if e["id"] == stay["employee"])


@breaks("unknown_id")
def name_a_stranger(instance: File, stays: list[File], rng: random.Random) -> None:
    rng.choice(stays)[rng.choice(["employee", "dept"])] = "nobody"


@breaks("wrong_department")
def close_the_door(instance: File, stays: list[File], rng: random.Random) -> None:
    who(instance, rng.choice(stays))["hosts_in"] = []


@breaks("unavailable")
def black_out_the_week(instance: File, stays: list[File], rng: random.Random) -> None:
    stay = rng.choice(stays)
    who(instance, stay)["blackout_weeks"] = [stay["week"]]


@breaks("supervisor")
def name_no_supervisor(instance: File, stays: list[File], rng: random.Random) -> None:
    stay = rng.choice(stays)
    stay["supervisor"] = rng.choice(["", "sa2", "su2", stay["employee"]])


@breaks("supervisor_absent")
def send_the_supervisor_away(instance: File, stays: list[File], rng: random.Random) -> None:
    stay = rng.choice(stays)
    row = next(s for s in instance["supervisors"] if s["employee"] == stay["supervisor"])
    row["absent_weeks"] = [stay["week"]]


@breaks("gap")
def come_back_too_soon(instance: File, stays: list[File], rng: random.Random) -> None:
    stay = rng.choice(stays)
    who(instance, stay)["last_rotation"] = stay["week"] - rng.randrange(stay["week"] + 1, stay["week"] + 7)
    instance["rules"]["gap_weeks"] = stay["week"] + 6


@breaks("per_quarter")
def allow_none(instance: File, stays: list[File], rng: random.Random) -> None:
    instance["rules"]["per_quarter"] = 0


@breaks("exempt")
def exempt_somebody(instance: File, stays: list[File], rng: random.Random) -> None:
    who(instance, rng.choice(stays))["exempt_quarters"] = [0]


@breaks("home_floor")
def raise_the_home_floor(instance: File, stays: list[File], rng: random.Random) -> None:
    stay = rng.choice(stays)
    home = who(instance, stay)["dept"]
    row = next(d for d in instance["departments"] if d["id"] == home)
    row["min_home"][stay["week"]] = rng.choice([3, 9])


@breaks("guest_cap")
def take_no_guests(instance: File, stays: list[File], rng: random.Random) -> None:
    stay = rng.choice(stays)
    next(d for d in instance["departments"] if d["id"] == stay["dept"])["max_guests"][stay["week"]] = 0


@breaks("supervisor_load")
def agree_to_none(instance: File, stays: list[File], rng: random.Random) -> None:
    guide = rng.choice(stays)["supervisor"]
    next(s for s in instance["supervisors"] if s["employee"] == guide)["cap_per_quarter"] = 0


@breaks("supervisor_busy")
def guide_two_at_once(instance: File, stays: list[File], rng: random.Random) -> None:
    first = rng.choice(stays)
    second = next(s for s in stays if s["dept"] == first["dept"] and s is not first)
    if second["employee"] in (first["supervisor"], second["supervisor"]):
        second = next(s for s in stays if s["dept"] == first["dept"] and s is not first and s is not second)
    second.update(week=first["week"], supervisor=first["supervisor"])


@breaks("pin")
def pin_another_week(instance: File, stays: list[File], rng: random.Random) -> None:
    stay = rng.choice(stays)
    instance["pins"] = [rng.choice([{"employee": stay["employee"], "week": 12}, {**stay, "dept": "moon"}])]


@breaks("banned")
def ban_the_week(instance: File, stays: list[File], rng: random.Random) -> None:
    stay = rng.choice(stays)
    instance["forbids"] = [{"employee": stay["employee"], "week": stay["week"]}]


@breaks("frozen")
def rewrite_the_past(instance: File, stays: list[File], rng: random.Random) -> None:
    instance["previous"] = copy.deepcopy(stays)
    instance["frozen_before"] = 10
    stay = rng.choice(instance["previous"])
    stay["week"] = (stay["week"] + 1) % 10


@breaks("unmet_list")
def misstate_the_unmet(instance: File, stays: list[File], rng: random.Random) -> None:
    pass


@pytest.mark.parametrize(
    ("rule", "breaker"),
    [(rule, breaker) for rule, found in BREAKERS.items() for breaker in found],
    ids=lambda x: getattr(x, "__name__", x),
)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=30)
def test_a_plan_that_breaks_only_one_rule_is_refused_by_its_name(
    rule: str, breaker: Breaker, seed: int
) -> None:
    instance, stays, rng = draw_plan(seed)
    assert check(instance, {"rotations": stays, "unmet": honest_unmet(instance, stays)}).ok
    breaker(instance, stays, rng)
    unmet = honest_unmet(instance, stays)
    if rule == "unmet_list":
        entry = rng.choice(unmet)
        change = rng.choice(["drop", "double", "reason"])
        if change == "drop":
            unmet.remove(entry)
        elif change == "double":
            unmet.append(entry)
        else:
            entry["reason"] = "weather"
    report = check(instance, {"rotations": stays, "unmet": unmet})
    assert report.rules_broken == {rule}, report.violations


def test_the_score_counts_served_quarters_and_fairness_is_reported() -> None:
    instance, stays, _ = draw_plan(1)
    report = check(instance, {"rotations": stays, "unmet": honest_unmet(instance, stays)})
    assert report.total == 6
    assert report.metrics["met_percent_by_quarter"] == [100, 0]
    assert report.metrics["met_percent"] == 50
    assert report.metrics["quarter_fairness"] == 0.5
    assert report.metrics["person_fairness"] == 1
    assert report.metrics["unmet_by_reason"] == {"search": 6}
