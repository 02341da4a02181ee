"""Build small rotation files by hand; every test changes what it is about."""

from __future__ import annotations

import random
from typing import Any

WEEKS = 13


def rotator(eid: str, dept: str, **changes: Any) -> dict[str, Any]:
    """Make a person who may go to the other department in any week."""
    row = {
        "id": eid,
        "dept": dept,
        "leave_weeks": [],
        "blackout_weeks": [],
        "hosts_in": ["support" if dept == "sales" else "sales"],
        "last_rotation": None,
        "exempt_quarters": [],
    }
    return {**row, **changes}


def supervisor(employee: str, dept: str, **changes: Any) -> dict[str, Any]:
    """Make a supervisor who is always there and guides five guests a quarter."""
    return {"employee": employee, "dept": dept, "cap_per_quarter": 5, "absent_weeks": [], **changes}


def small_rotation(quarters: int = 1, **changes: Any) -> dict[str, Any]:
    """Make two departments of three with a supervisor each, with room for two guests."""
    weeks = WEEKS * quarters
    data = {
        "format": "rotation/1",
        "weeks": weeks,
        "rules": {"gap_weeks": 6, "per_quarter": 1},
        "departments": [
            {"id": d, "min_home": [1] * weeks, "max_guests": [2] * weeks} for d in ("sales", "support")
        ],
        "employees": [rotator(f"{d[:2]}{k}", d) for d in ("sales", "support") for k in range(3)],
        "supervisors": [
            supervisor("sa0", "sales"),
            supervisor("sa1", "sales"),
            supervisor("su0", "support"),
            supervisor("su1", "support"),
        ],
        "pins": [],
        "forbids": [],
    }
    return {**data, **changes}


def draw_rotation(seed: int) -> dict[str, Any]:
    """Return a tiny, tight problem whose few open weeks a brute force can try out."""
    rng = random.Random(seed)
    quarters = rng.choice([1, 1, 2])
    weeks = WEEKS * quarters
    open_weeks = sorted(rng.sample(range(weeks), 3 if quarters == 1 else 5))
    closed = [w for w in range(weeks) if w not in open_weeks]
    people = []
    for k in range(rng.choice([3, 4, 5])):
        away = [w for w in open_weeks if rng.random() < 0.2]
        people.append(
            rotator(
                f"e{k}",
                rng.choice(["sales", "support"]),
                blackout_weeks=closed,
                leave_weeks=away,
                last_rotation=rng.choice([None, None, -1, -4]),
                exempt_quarters=[0] if rng.random() < 0.1 else [],
            )
        )
    guides = [
        supervisor(
            person["id"],
            person["dept"],
            cap_per_quarter=rng.choice([1, 1, 2]),
            absent_weeks=[*person["leave_weeks"], *(w for w in open_weeks if rng.random() < 0.15)],
        )
        for person in people
        if rng.random() < 0.6
    ]
    departments = [
        {
            "id": d,
            "min_home": [rng.choice([0, 1, 1, 2]) for _ in range(weeks)],
            "max_guests": [rng.choice([0, 1, 1, 2]) for _ in range(weeks)],
        }
        for d in ("sales", "support")
    ]
    forbids = [{"employee": "e0", "week": rng.choice(open_weeks)}] if rng.random() < 0.3 else []
    return small_rotation(
        quarters,
        rules={"gap_weeks": rng.choice([1, 3, 6]), "per_quarter": 1},
        departments=departments,
        employees=people,
        supervisors=guides,
        forbids=forbids,
    )
