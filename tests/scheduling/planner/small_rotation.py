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


def draw_rotation(seed: int, *, quarters: int, gap: int, mark: str = "") -> dict[str, Any]:
    """Return a tiny, tight problem whose few open weeks a brute force can try out; `mark` begins every id."""
    rng = random.Random(seed)
    weeks = WEEKS * quarters
    open_weeks = sorted(rng.sample(range(weeks), 3 if quarters == 1 else 5))
    closed = [w for w in range(weeks) if w not in open_weeks]
    names = [f"{mark}sales", f"{mark}support"]
    people = []
    for k in range(rng.choice([3, 4, 5])):
        home = rng.choice([0, 1])
        people.append(
            rotator(
                f"{mark}e{k}",
                names[home],
                hosts_in=[names[1 - home]],
                blackout_weeks=closed,
                leave_weeks=[w for w in open_weeks if rng.random() < 0.2],
                last_rotation=rng.choice([None, None, -1, -4]),
                exempt_quarters=[0] if rng.random() < 0.1 else [],
            )
        )
    guides = [
        supervisor(
            person["id"],
            person["dept"],
            cap_per_quarter=rng.choice([1, 1, 2]),
            absent_weeks=sorted({*person["leave_weeks"], *(w for w in open_weeks if rng.random() < 0.15)}),
        )
        for person in people
        if rng.random() < 0.6
    ]
    departments = [
        {
            "id": name,
            "min_home": [rng.choice([0, 1, 1, 2]) for _ in range(weeks)],
            "max_guests": [rng.choice([0, 1, 1, 2]) for _ in range(weeks)],
        }
        for name in names
    ]
    return small_rotation(
        quarters,
        rules={"gap_weeks": gap, "per_quarter": 1},
        departments=departments,
        employees=people,
        supervisors=guides,
        forbids=[{"employee": f"{mark}e0", "week": rng.choice(open_weeks)}] if rng.random() < 0.3 else [],
    )


def side_by_side(problems: list[dict[str, Any]]) -> dict[str, Any]:
    """Join problems without common people or departments into one: its optimum is the sum of theirs."""
    lists = ("departments", "employees", "supervisors", "pins", "forbids")
    joined = {name: [row for problem in problems for row in problem[name]] for name in lists}
    return {**problems[0], **joined}


def best_by_trying(instance: dict[str, Any]) -> tuple[int, int]:
    """Return the most pairs served and, at that, the fewest repeated misses, by trying every plan."""
    people = {row["id"]: row for row in instance["employees"]}
    departments = {row["id"]: row for row in instance["departments"]}
    quarters, gap = instance["weeks"] // WEEKS, instance["rules"]["gap_weeks"]
    banned = {(row["employee"], row["week"]) for row in instance["forbids"]}
    wishes = [(e, q) for e, row in people.items() for q in range(quarters) if q not in row["exempt_quarters"]]
    best = (-1, 0)

    def ways(e: str, q: int) -> list[tuple[str, int, str]]:
        row = people[e]
        return [
            (e, w, d)
            for w in range(q * WEEKS, (q + 1) * WEEKS)
            if w not in row["leave_weeks"] and w not in row["blackout_weeks"] and (e, w) not in banned
            if row["last_rotation"] is None or w - row["last_rotation"] > gap
            for d in row["hosts_in"]
        ]

    def staffed(chosen: list[tuple[str, int, str]]) -> bool:
        for dept, row in departments.items():
            for week in {w for _, w, _ in chosen}:
                here = sum(p["dept"] == dept and week not in p["leave_weeks"] for p in people.values())
                away = sum(people[e]["dept"] == dept and w == week for e, w, _ in chosen)
                guests = sum(d == dept and w == week for _, w, d in chosen)
                if here - away < min(row["min_home"][week], here) or guests > row["max_guests"][week]:
                    return False
        return guided(chosen, 0, set(), {})

    def guided(
        chosen: list[tuple[str, int, str]],
        k: int,
        busy: set[tuple[str, int]],
        load: dict[tuple[str, int], int],
    ) -> bool:
        if k == len(chosen):
            return True
        _, week, dept = chosen[k]
        travelling = {e for e, w, _ in chosen if w == week}
        for row in instance["supervisors"]:
            s, key = row["employee"], (row["employee"], week // WEEKS)
            free = row["dept"] == dept and week not in row["absent_weeks"] and s not in travelling
            room = (s, week) not in busy and load.get(key, 0) < row["cap_per_quarter"]
            more = {**load, key: load.get(key, 0) + 1}
            if free and room and guided(chosen, k + 1, busy | {(s, week)}, more):
                return True
        return False

    def go(k: int, chosen: list[tuple[str, int, str]]) -> None:
        nonlocal best
        if len(chosen) + len(wishes) - k < best[0]:
            return
        if k == len(wishes):
            served = {(e, w // WEEKS) for e, w, _ in chosen}
            missed = [sum((e, q) not in served for f, q in wishes if f == e) for e in people]
            best = max(best, (len(chosen), -sum(m * (m - 1) // 2 for m in missed)))
            return
        for way in ways(*wishes[k]):
            apart = all(e != way[0] or abs(w - way[1]) > gap for e, w, _ in chosen)
            if apart and staffed([*chosen, way]):
                go(k + 1, [*chosen, way])
        go(k + 1, chosen)

    go(0, [])
    return best[0], -best[1]
