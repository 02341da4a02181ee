"""A file is either read completely or refused with the place and the mend."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from app.scheduling.planner.instance import parse_instance
from app.scheduling.planner.reading import InstanceError

from .small import employee, requirement, small


def put(data: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return a copy with the value at a dotted path replaced."""
    data = copy.deepcopy(data)
    *way, last = [int(p) if p.isdecimal() else p for p in path.split(".")]
    spot: Any = data
    for step in way:
        spot = spot[step]
    spot[last] = value
    return data


def test_a_good_file_is_read_by_index() -> None:
    instance = parse_instance(small())
    assert [e.id for e in instance.employees] == ["ann", "bob", "cyd"]
    assert instance.requirements[1].learner == 0
    assert instance.employees[1].work[0] == ((540, 720), (780, 1020))
    assert instance.slots == 672
    assert instance.previous is None


@pytest.mark.parametrize(
    ("path", "value", "place", "word"),
    [
        ("format", "rotation/1", "format", "shadowing/1"),
        ("slot_minutes", 15, "slot_minutes", "30"),
        ("horizon_start", "2026-03-24", "horizon_start", "Monday"),
        ("weeks", 0, "weeks", "from 1"),
        ("rules.durations", [45], "rules.durations[0]", "multiple of 30"),
        ("weights.tie", -1, "weights.tie", "at least 0"),
        ("departments.0.min_on_duty", [0] * 3, "departments[0].min_on_duty", "336"),
        ("departments.1.id", "sales", "departments[1].id", "twice"),
        ("competencies.1.prereq", ["sing"], "competencies[1].prereq[0]", "sing"),
        ("competencies.0.prereq", ["close"], "competencies[0].prereq", "circle"),
        ("employees.0.dept", "moon", "employees[0].dept", "moon"),
        ("employees.0.tz", "Europe/Atlantis", "employees[0].tz", "IANA"),
        ("employees.0.work", [[]] * 6, "employees[0].work", "seven"),
        ("employees.0.work.2", [["17:00", "9:00"]], "employees[0].work[2][0][1]", "HH:MM"),
        ("employees.0.leave", [["2026-04-02", "2026-04-01"]], "employees[0].leave[0]", "swap"),
        ("employees.0.busy", [[5, 3]], "employees[0].busy[0]", "interval"),
        ("employees.0.levels", {"pitch": 9}, "employees[0].levels.pitch", "0 to 4"),
        ("requirements.0.learner", "zoe", "requirements[0].learner", "zoe"),
        ("requirements.0.minutes", 50, "requirements[0].minutes", "30"),
        ("requirements.1.competency", "pitch", "requirements[1]", "requirements[0]"),
        ("requirements.0.deadline", "soon", "requirements[0].deadline", "YYYY-MM-DD"),
        ("pins", [{"learner": "ann", "host": "bob", "competency": "sing"}], "pins[0].competency", "drop"),
        ("forbids", [{"learner": "ann", "host": "zoe"}], "forbids[0].host", "zoe"),
        ("previous", [{"requirement": "r9", "host": "bob"}], "previous[0].requirement", "r9"),
    ],
)
def test_a_bad_value_is_named_by_its_place(path: str, value: Any, place: str, word: str) -> None:
    with pytest.raises(InstanceError) as caught:
        parse_instance(put(small(), path, value))
    assert any(f.place == place and word in str(f) for f in caught.value.faults), str(caught.value)


def test_a_floor_in_an_empty_department_is_refused() -> None:
    data = small()
    data["departments"].append({"id": "ghost", "min_on_duty": [0] * 335 + [2], "load": [0] * 336})
    with pytest.raises(InstanceError, match=r"departments\[2\]\.min_on_duty: 'ghost' has nobody"):
        parse_instance(data)


def test_people_without_hours_and_high_floors_are_noted() -> None:
    data = put(small(), "employees.0.work", [[]] * 7)
    data = put(data, "departments.0.min_on_duty", [3] * 336)
    assert {n.place for n in parse_instance(data).notes} == {
        "employees[0].work",
        "departments[0].min_on_duty[0]",
    }


def test_faults_are_bounded() -> None:
    data = small(requirements=[requirement(f"r{k}", "zoe", "pitch") for k in range(500)])
    with pytest.raises(InstanceError) as caught:
        parse_instance(data)
    assert len(caught.value.faults) == 50


@pytest.mark.parametrize(
    "junk", [None, 3, [], "x", {"format": "shadowing/1"}, {"format": "shadowing/1", "weeks": []}]
)
def test_junk_is_refused_without_a_crash(junk: Any) -> None:
    with pytest.raises(InstanceError):
        parse_instance(junk)


def test_ten_thousand_people_are_read() -> None:
    people = [employee(f"p{k}", "sales", {"pitch": 3}) for k in range(10_000)]
    assert len(parse_instance(small(employees=[employee("ann", "support"), *people])).employees) == 10_001
