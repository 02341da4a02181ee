"""An unmet need is explained host by host, with a change that was tried."""

from __future__ import annotations

import pytest

from app.scheduling.planner import shadowing
from app.scheduling.planner.reading import InstanceError

from .small import employee, requirement, small

EMPTY = {"sessions": []}


def test_a_missing_host_is_cured_by_winning_one() -> None:
    people = [employee("ann", "support"), employee("bob", "sales", {"pitch": 2})]
    found = shadowing.explain(
        small(employees=people, requirements=[requirement("r1", "ann", "pitch")]), EMPTY, "r1"
    )
    assert found.reason == "no_qualified_host"
    assert found.cheapest is not None
    assert (found.cheapest.kind, found.cheapest.host) == ("host", "bob")


def test_a_small_budget_is_cured_by_more_minutes() -> None:
    people = [employee("ann", "support", learn_min=30), employee("bob", "sales", {"pitch": 3})]
    found = shadowing.explain(
        small(employees=people, requirements=[requirement("r1", "ann", "pitch")]), EMPTY, "r1"
    )
    assert found.reason == "learner_budget"
    assert found.cheapest is not None
    assert (found.cheapest.kind, found.cheapest.cost) == ("budget", 30)
    assert {w.in_the_way for w in found.hosts[0].weeks} == {"learner_budget"}


def test_a_full_host_is_cured_by_hosting_more() -> None:
    people = [employee("ann", "support"), employee("bob", "sales", {"pitch": 3}, host_min=0)]
    found = shadowing.explain(
        small(employees=people, requirements=[requirement("r1", "ann", "pitch")]), EMPTY, "r1"
    )
    assert found.reason == "host_capacity"
    assert found.cheapest is not None
    assert (found.cheapest.kind, found.cheapest.cost) == ("host_cap", 60)


def test_a_floor_is_lowered_by_one() -> None:
    departments = [
        {"id": "sales", "min_on_duty": [0] * 336, "load": [0] * 336},
        {"id": "support", "min_on_duty": [1] * 336, "load": [0] * 336},
    ]
    data = small(departments=departments, requirements=[requirement("r1", "ann", "pitch")])
    found = shadowing.explain(data, EMPTY, "r1")
    assert found.reason == "coverage"
    assert found.cheapest is not None
    assert found.cheapest.kind == "floor"
    assert "support" in found.cheapest.text


def test_a_met_need_needs_no_change() -> None:
    data = small(requirements=[requirement("r1", "ann", "pitch")])
    plan = shadowing.greedy_scarcity(data).plan
    found = shadowing.explain(data, plan, "r1")
    assert (found.missing_minutes, found.reason, found.changes) == (0, None, ())


def test_an_unknown_requirement_is_refused() -> None:
    with pytest.raises(InstanceError, match="r99"):
        shadowing.explain(small(), EMPTY, "r99")
