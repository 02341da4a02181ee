"""Build small shadowing files by hand; every test changes what it is about."""

from __future__ import annotations

from typing import Any

DAY = [["09:00", "12:00"], ["13:00", "17:00"]]
WEEK = [DAY, DAY, DAY, DAY, DAY, [], []]


def employee(eid: str, dept: str, levels: dict[str, int] | None = None, **changes: Any) -> dict[str, Any]:
    """Make a person in Berlin who works nine to five and may learn and host an hour a week."""
    row = {
        "id": eid,
        "dept": dept,
        "tz": "Europe/Berlin",
        "onboarding": False,
        "host_ok": True,
        "work": WEEK,
        "leave": [],
        "busy": [],
        "levels": levels or {},
        "targets": {},
        "learn_min": 60,
        "host_min": 120,
    }
    return {**row, **changes}


def requirement(rid: str, learner: str, competency: str, minutes: int = 60, **changes: Any) -> dict[str, Any]:
    """Make a need of normal priority across departments."""
    row = {"id": rid, "learner": learner, "competency": competency, "minutes": minutes}
    return {**row, "priority": 1, "deadline": None, "cross": True, **changes}


def small(**changes: Any) -> dict[str, Any]:
    """Make two departments, one learner in support and two hosts in sales, over two weeks."""
    data = {
        "format": "shadowing/1",
        "slot_minutes": 30,
        "horizon_start": "2026-03-23",
        "weeks": 2,
        "rules": {
            "durations": [60, 90, 120],
            "host_min_level": 3,
            "rest_min": 30,
            "host_duty_pct": 50,
            "max_per_pair": 2,
            "prereq_level": 1,
        },
        "weights": {"met_30min": 100, "tie": 30, "reciprocal": 10, "load": 2, "host_sq": 1, "stability": 25},
        "departments": [
            {"id": "sales", "min_on_duty": [0] * 336, "load": [0] * 336},
            {"id": "support", "min_on_duty": [0] * 336, "load": [0] * 336},
        ],
        "competencies": [
            {"id": "pitch", "dept": "sales", "prereq": []},
            {"id": "close", "dept": "sales", "prereq": ["pitch"]},
        ],
        "employees": [
            employee("ann", "support"),
            employee("bob", "sales", {"pitch": 3, "close": 3}),
            employee("cyd", "sales", {"pitch": 4}),
        ],
        "requirements": [requirement("r1", "ann", "pitch", 120), requirement("r2", "ann", "close")],
        "pins": [],
        "forbids": [],
    }
    return {**data, **changes}
