"""Every hard rule of shadowing refuses a plan that breaks it and nothing else, by its own name."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.scheduling.checker import UnreadableInstance, check

from .planner.small import employee, requirement, small
from .scenes import SLOTS_A_DAY, Scene, draw_scene, honest_unmet

Breaker = Callable[[Scene], None]
BREAKERS: dict[str, list[Breaker]] = {}


def breaks(rule: str) -> Callable[[Breaker], Breaker]:
    def note(breaker: Breaker) -> Breaker:
        BREAKERS.setdefault(rule, []).append(breaker)
        return breaker

    return note


@breaks("unknown_id")
def name_a_stranger(scene: Scene) -> None:
    key = scene.random.choice(["host", "learner", "requirement"])
    scene.some_session()[key] = "nobody"


@breaks("unknown_id")
def take_another_learner(scene: Scene) -> None:
    session = scene.some_session()
    session["learner"] = next(e["id"] for e in scene.instance["employees"] if e["id"] != session["learner"])


@breaks("off_grid")
def leave_the_grid(scene: Scene) -> None:
    field, value = scene.random.choice([("minutes", 45), ("start", 2.5), ("start", -1), ("start", 671)])
    scene.some_session()[field] = value


@breaks("self_hosting")
def shadow_oneself(scene: Scene) -> None:
    session = scene.some_session()
    session["host"] = session["learner"]
    scene.need(session["requirement"])["cross"] = False
    scene.person(session["learner"])["levels"][session["competency"]] = 3


@breaks("not_qualified")
def lower_the_hosts_level(scene: Scene) -> None:
    session = scene.some_session()
    scene.person(session["host"])["levels"][session["competency"]] = scene.random.randrange(3)


@breaks("not_qualified")
def host_against_will(scene: Scene) -> None:
    scene.person(scene.some_session()["host"])["host_ok"] = False


@breaks("not_qualified")
def host_from_the_own_department(scene: Scene) -> None:
    session = scene.some_session()
    scene.person(session["host"])["dept"] = scene.person(session["learner"])["dept"]
    scene.instance["requirements"] = [
        {**r, "cross": r["id"] == session["requirement"]} for r in scene.instance["requirements"]
    ]


def cut_a_slot(scene: Scene, role: str) -> None:
    session = scene.some_session()
    slot = session["start"] + scene.random.randrange(session["minutes"] // 30)
    scene.person(session[role])["busy"].append([slot, slot + 1])


@breaks("learner_unavailable")
def book_the_learner_elsewhere(scene: Scene) -> None:
    cut_a_slot(scene, "learner")


@breaks("host_unavailable")
def book_the_host_elsewhere(scene: Scene) -> None:
    cut_a_slot(scene, "host")


@breaks("banned")
def ban_the_pair(scene: Scene) -> None:
    session = scene.some_session()
    scene.instance["forbids"].append({"learner": session["learner"], "host": session["host"]})


@breaks("banned")
def bar_an_hour(scene: Scene) -> None:
    session = scene.some_session()
    who = session[scene.random.choice(["learner", "host"])]
    slot = session["start"] + scene.random.randrange(session["minutes"] // 30)
    scene.instance["forbids"].append({"employee": who, "from": slot, "to": slot + 1})


@breaks("deadline")
def come_too_late(scene: Scene) -> None:
    session = scene.some_session()
    day = dt.date(2026, 3, 23) + dt.timedelta(days=session["start"] // SLOTS_A_DAY - 2)
    scene.need(session["requirement"])["deadline"] = day.isoformat()


@breaks("rest")
def leave_no_pause(scene: Scene) -> None:
    """Ask for a longer pause than two sessions of one person have."""
    first, second = scene.sessions[0], copy.deepcopy(scene.sessions[0])
    second["start"] = first["start"] + first["minutes"] // 30
    second["minutes"] = 60
    scene.sessions.append(second)
    scene.need(first["requirement"])["minutes"] += 60


@breaks("learner_budget")
def spend_too_much(scene: Scene) -> None:
    scene.person(scene.some_session()["learner"])["learn_min"] = 30


@breaks("host_capacity")
def host_too_much(scene: Scene) -> None:
    scene.person(scene.some_session()["host"])["host_min"] = 30


@breaks("pair_limit")
def meet_too_often(scene: Scene) -> None:
    scene.instance["rules"]["max_per_pair"] = 0


@breaks("coverage")
def raise_the_floor(scene: Scene) -> None:
    session = scene.some_session()
    dept = scene.person(session["learner"])["dept"]
    row = next(d for d in scene.instance["departments"] if d["id"] == dept)
    present = sum(e["dept"] == dept for e in scene.instance["employees"])
    row["min_on_duty"] = [*row["min_on_duty"]]
    row["min_on_duty"][session["start"] % 336] = present


@breaks("over_served")
def ask_for_less(scene: Scene) -> None:
    session = scene.some_session()
    scene.need(session["requirement"])["minutes"] -= 30


@breaks("prerequisite")
def skip_the_prerequisite(scene: Scene) -> None:
    session = next(s for s in scene.sessions if s["competency"] == "pitch")
    need = scene.need(session["requirement"])
    for each in scene.sessions:
        if each["requirement"] == need["id"]:
            each["competency"] = "close"
    need["competency"] = "close"
    for person in scene.instance["employees"]:
        if person["dept"] == "sales":
            person["levels"]["close"] = 4
    if scene.random.random() < 0.5:
        first = requirement("first", need["learner"], "pitch", 60)
        scene.instance["requirements"].append(first)
        same_day = (session["start"] // SLOTS_A_DAY + 4) * SLOTS_A_DAY
        scene.sessions.append({**session, "requirement": "first", "competency": "pitch", "minutes": 60})
        scene.sessions[-1]["start"] = same_day


@breaks("pin")
def forget_a_pin(scene: Scene) -> None:
    session = scene.some_session()
    if scene.random.random() < 0.5:
        scene.instance["pins"].append({"session": {**session, "start": session["start"] + 1}})
    else:
        pin = {"learner": "e0", "host": "e0", "competency": "pitch"}
        scene.instance["pins"].append(pin)


@breaks("frozen")
def rewrite_the_past(scene: Scene) -> None:
    before = copy.deepcopy(scene.sessions)
    last = max(scene.sessions, key=lambda s: s["start"])
    scene.instance["frozen_before"] = last["start"] + 1
    if scene.random.random() < 0.5:
        before.remove(last)
    else:
        next(s for s in before if s["start"] == last["start"])["start"] -= 1
    scene.instance["previous"] = before


@breaks("unmet_list")
def hide_a_shortfall(scene: Scene) -> None:
    scene.need(scene.some_session()["requirement"])["minutes"] += 60
    (entry,) = honest_unmet(scene.instance, scene.sessions)
    wrong = scene.random.choice([{"minutes": 30}, {"reason": "no_qualified_host"}, {"reason": "weather"}])
    scene.extra_unmet = [{**entry, **wrong}]


@pytest.mark.parametrize(
    ("rule", "breaker"),
    [(rule, breaker) for rule, found in BREAKERS.items() for breaker in found],
    ids=lambda x: getattr(x, "__name__", x),
)
@given(seed=st.integers(0, 10**6))
@settings(max_examples=10)
def test_a_plan_that_breaks_only_one_rule_is_refused_by_its_name(
    rule: str, breaker: Breaker, seed: int
) -> None:
    scene = draw_scene(seed)
    assert check(scene.instance, scene.plan).ok
    breaker(scene)
    plan = scene.plan
    if breaker is hide_a_shortfall:
        plan["unmet"] = scene.extra_unmet
    report = check(scene.instance, plan)
    assert report.rules_broken == {rule}, report.violations


def test_the_wished_plan_scores_by_every_rule() -> None:
    instance = small(requirements=[requirement("r1", "ann", "pitch", 60)])
    session = {
        "requirement": "r1",
        "learner": "ann",
        "host": "bob",
        "competency": "pitch",
        "start": 20,
        "minutes": 60,
    }
    instance["departments"][0]["load"][20] = 2
    instance["departments"][1]["load"][21] = 1
    report = check(instance, {"sessions": [session], "unmet": []})
    assert report.ok
    assert report.score == {"met": 200, "tie": 30, "reciprocal": 0, "load": -6, "host_sq": -1}
    assert report.metrics["host_fairness"] == 0.5
    assert report.metrics["met_percent"] == 100


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"forbids": [{"learner": "ann", "host": h} for h in ("bob", "cyd")]}, "no_qualified_host"),
        ({"requirements": [requirement("r1", "ann", "close", 60)]}, "prerequisite_missing"),
        ({"forbids": [{"employee": "ann", "from": 0, "to": 672}]}, "no_common_time"),
        (
            {"employees": [employee("ann", "support", learn_min=30), employee("bob", "sales", {"pitch": 3})]},
            "learner_budget",
        ),
        (
            {"employees": [employee("ann", "support"), employee("bob", "sales", {"pitch": 3}, host_min=0)]},
            "host_capacity",
        ),
        (
            {
                "departments": [
                    {"id": "sales", "min_on_duty": [9] * 336, "load": [0] * 336},
                    {"id": "support", "min_on_duty": [0] * 336, "load": [0] * 336},
                ]
            },
            "coverage",
        ),
        ({"rules": {**small()["rules"], "max_per_pair": 0}}, "conflict"),
        ({}, "search"),
    ],
)
def test_each_reason_is_the_first_step_without_candidates(change: dict[str, object], reason: str) -> None:
    instance = small(requirements=[requirement("r1", "ann", "pitch", 60)])
    instance.update(change)
    plan = {"sessions": [], "unmet": [{"requirement": "r1", "minutes": 60, "reason": reason}]}
    assert check(instance, plan).ok
    plan["unmet"][0]["reason"] = "search" if reason != "search" else "coverage"
    assert check(instance, plan).rules_broken == {"unmet_list"}


def test_an_open_prerequisite_is_the_reason_of_its_dependant() -> None:
    instance = small()
    unmet = [
        {"requirement": "r1", "minutes": 120, "reason": "search"},
        {"requirement": "r2", "minutes": 60, "reason": "prerequisite_unmet"},
    ]
    assert check(instance, {"sessions": [], "unmet": unmet}).ok


@pytest.mark.parametrize("plan", [{}, {"sessions": 3}, {"sessions": [3], "unmet": [4]}, {"unmet": {}}])
def test_a_plan_of_rubbish_is_refused_not_crashed_on(plan: dict[str, object]) -> None:
    assert not check(small(), plan).ok


@pytest.mark.parametrize(
    "instance", [{}, {"format": "tea/1"}, {"format": "shadowing/1"}, {"format": "rotation/1"}]
)
def test_an_instance_of_rubbish_is_named_unreadable(instance: dict[str, object]) -> None:
    with pytest.raises(UnreadableInstance):
        check(instance, {})
