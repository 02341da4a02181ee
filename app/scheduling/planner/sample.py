"""Invent planning problems from a seed: companies whose files look like real ones, in both formats.

The same arguments give the same document, byte for byte once written as JSON. Tightness changes the floors
only, never the people, so that plans at two settings can be compared.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from .rotation_instance import WEEKS_PER_QUARTER

SLOTS_PER_DAY = 48
SLOTS_PER_WEEK = 7 * SLOTS_PER_DAY
FIRST_DAY = dt.date(2026, 3, 9)
RULES = {
    "durations": [60, 90, 120, 180, 240],
    "host_min_level": 3,
    "rest_min": 30,
    "host_duty_pct": 50,
    "max_per_pair": 2,
    "prereq_level": 1,
}
WEIGHTS = {"met_30min": 100, "tie": 30, "reciprocal": 10, "load": 2, "host_sq": 1, "stability": 25}
TIGHTNESS = {"easy": 0.70, "normal": 0.86, "tight": 0.92, "crunch": 0.97}
CATALOGUE = {
    "sales": [
        "prospecting",
        "discovery",
        "demo",
        "pricing",
        "negotiation",
        "handover",
        "renewal",
        "expansion",
    ],
    "support": [
        "triage",
        "product",
        "tone",
        "escalation",
        "root-cause",
        "refunds",
        "health-check",
        "upsell-lead",
    ],
    "marketing": ["persona", "messaging", "campaign", "case-study"],
}
ZONES = ("Europe/Berlin", "Europe/London", "America/New_York", "Asia/Kolkata", "America/Los_Angeles")
ZONE_WEIGHTS = (40, 20, 20, 12, 8)


@dataclass(frozen=True, slots=True)
class _Town:
    """The horizon in one zone: weekday and minute of the day of every slot, and its date."""

    dates: Sequence[dt.date]
    minutes: Sequence[int]


def shadowing_sample(
    people: int, *, weeks: int = 6, seed: int = 1, tightness: str = "normal"
) -> dict[str, Any]:
    """Return a ``shadowing/1`` document for `people` (at least 4) over `weeks`.

    `tightness` is one of easy, normal, tight, crunch: how close the floors come to the usual presence.
    """
    rng = random.Random(f"tandem shadowing {people} {weeks} {seed}")
    departments = list(CATALOGUE)[: 2 if people < 60 else 3]
    competencies = [
        {
            "id": f"{dept}.{name}",
            "dept": dept,
            "prereq": [f"{dept}.{CATALOGUE[dept][k // 2]}"] if k > 1 and k % 3 else [],
        }
        for dept in departments
        for k, name in enumerate(CATALOGUE[dept])
    ]
    towns = {zone: _town(zone, weeks) for zone in ZONES[: 2 if people < 30 else len(ZONES)]}
    employees = [_employee(rng, k, departments, list(towns), weeks) for k in range(people)]
    for person in employees:
        _fill_diary(rng, person, towns[person["tz"]])
    requirements = _requirements(rng, employees, competencies, weeks)
    pins, forbids = _wishes(rng, employees, requirements, competencies)
    return {
        "format": "shadowing/1",
        "meta": {"made_by": "flask planner sample", "seed": seed, "people": people, "tightness": tightness},
        "slot_minutes": 30,
        "horizon_start": FIRST_DAY.isoformat(),
        "weeks": weeks,
        "rules": dict(RULES),
        "weights": dict(WEIGHTS),
        "departments": [_department(d, employees, towns, weeks, TIGHTNESS[tightness]) for d in departments],
        "competencies": competencies,
        "employees": employees,
        "requirements": requirements,
        "pins": pins,
        "forbids": forbids,
    }


def _town(zone: str, weeks: int) -> _Town:
    start = dt.datetime.combine(FIRST_DAY, dt.time(), dt.UTC)
    local = [
        (start + dt.timedelta(minutes=30 * slot)).astimezone(ZoneInfo(zone))
        for slot in range(weeks * SLOTS_PER_WEEK)
    ]
    return _Town([x.date() for x in local], [x.hour * 60 + x.minute for x in local])


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _employee(
    rng: random.Random, number: int, departments: list[str], zones: list[str], weeks: int
) -> dict[str, Any]:
    dept = departments[number % len(departments)] if number < 4 else rng.choice(departments)
    begins = rng.choice((8 * 60, 9 * 60, 10 * 60))
    lunch = rng.choice((12 * 60, 12 * 60 + 30, 13 * 60))
    day = [[_clock(begins), _clock(lunch)], [_clock(lunch + 60), _clock(begins + 510)]]
    off = rng.choice((None,) * 8 + (0, 4))
    newcomer = number >= 4 and rng.random() < 0.1
    expert = number < 4 or (not newcomer and rng.random() < 0.4)
    levels = {}
    for other, names in CATALOGUE.items():
        if other not in departments:
            continue
        for k, name in enumerate(names):
            draw = (0, 0, 1) if newcomer or other != dept else (2, 3, 3, 4) if expert else (1, 1, 2, 3)
            level = min(rng.choice(draw), 2 if k == len(names) - 1 and rng.random() < 0.6 else 4)
            if level:
                levels[f"{other}.{name}"] = level
    leave = []
    if rng.random() < 0.3:
        first = FIRST_DAY + dt.timedelta(days=rng.randrange(weeks * 7))
        leave.append([first.isoformat(), (first + dt.timedelta(days=rng.choice((0, 1, 4, 9)))).isoformat()])
    return {
        "id": f"p{number:04d}",
        "dept": dept,
        "tz": rng.choices(zones, ZONE_WEIGHTS[: len(zones)])[0],
        "onboarding": newcomer,
        "host_ok": not newcomer and rng.random() < 0.9,
        "work": [[] if weekday in (5, 6, off) else day for weekday in range(7)],
        "leave": leave,
        "busy": [],
        "levels": levels,
        "targets": {},
        "learn_min": 240 if newcomer else rng.choice((60, 60, 60, 90, 120)),
        "host_min": rng.choice((60, 120, 120, 180)),
    }


def _at_work(person: dict[str, Any], town: _Town) -> list[bool]:
    hours = [[[int(x[:2]) * 60 + int(x[3:]) for x in span] for span in day] for day in person["work"]]
    leave = [(dt.date.fromisoformat(a), dt.date.fromisoformat(b)) for a, b in person["leave"]]
    found = []
    for date, minute in zip(town.dates, town.minutes, strict=True):
        working = any(a <= minute and minute + 30 <= b for a, b in hours[date.weekday()])
        found.append(working and not any(a <= date <= b for a, b in leave))
    return found


def _fill_diary(rng: random.Random, person: dict[str, Any], town: _Town) -> None:
    """Give the person weekly meetings and single appointments, about a quarter of the working time."""
    working = [slot for slot, here in enumerate(_at_work(person, town)) if here]
    taken: set[int] = set()
    for _ in range(rng.randrange(3, 8) if working else 0):
        first, length = rng.choice(working) % SLOTS_PER_WEEK, rng.choice((1, 2, 2))
        for week_start in range(0, len(town.dates), SLOTS_PER_WEEK):
            taken.update(range(week_start + first, week_start + first + length))
    for _ in range(len(working) // 20):
        first = rng.choice(working)
        taken.update(range(first, first + rng.choice((1, 2, 3))))
    spans: list[list[int]] = []
    for slot in sorted(taken.intersection(working)):
        if spans and spans[-1][1] == slot:
            spans[-1][1] = slot + 1
        else:
            spans.append([slot, slot + 1])
    person["busy"] = spans


def _department(
    dept: str, employees: list[dict[str, Any]], towns: dict[str, _Town], weeks: int, share: float
) -> dict[str, Any]:
    """Set the floor to a share of the usual presence, and call the fuller half of the day normal or peak."""
    presence = [0.0] * SLOTS_PER_WEEK
    for person in employees:
        if person["dept"] != dept:
            continue
        here = _at_work(person, towns[person["tz"]])
        for first, end in person["busy"]:
            here[first:end] = [False] * (end - first)
        for slot, present in enumerate(here):
            presence[slot % SLOTS_PER_WEEK] += present / weeks
    top = max(presence)
    load = [0 if x == 0 or x < top / 3 else 2 if x > 0.85 * top else 1 for x in presence]
    floor = [int(min(0.99, share + 0.04 * (level - 1)) * x) for x, level in zip(presence, load, strict=True)]
    return {"id": dept, "min_on_duty": floor, "load": load}


def _requirements(
    rng: random.Random, employees: list[dict[str, Any]], competencies: list[dict[str, Any]], weeks: int
) -> list[dict[str, Any]]:
    needs_first = {row["id"]: row["prereq"] for row in competencies}
    found: list[dict[str, Any]] = []
    for person in employees:
        own = [c["id"] for c in competencies if c["dept"] == person["dept"]]
        foreign = [c["id"] for c in competencies if c["dept"] != person["dept"]]
        wanted = rng.sample(foreign, min(len(foreign), rng.choice((1, 1, 2, 3))))
        if person["onboarding"]:
            wanted += rng.sample(own, min(3, len(own)))
        for competency in wanted:
            wanted += [c for c in needs_first[competency] if not person["levels"].get(c) and c not in wanted]
        for competency in wanted:
            if person["levels"].get(competency, 0) >= 3:
                continue
            urgent = person["onboarding"]
            by = FIRST_DAY + dt.timedelta(days=7 * min(weeks, rng.choice((2, 3, 4))) - 3)
            person["targets"][competency] = min(3, person["levels"].get(competency, 0) + 1)
            found.append(
                {
                    "id": f"n{len(found):05d}",
                    "learner": person["id"],
                    "competency": competency,
                    "minutes": rng.choice((60, 60, 60, 120, 180)),
                    "priority": 3 if urgent else rng.choice((1, 1, 1, 2)),
                    "deadline": by.isoformat() if urgent or rng.random() < 0.08 else None,
                    "cross": competency in foreign,
                }
            )
    return found


def _wishes(
    rng: random.Random,
    employees: list[dict[str, Any]],
    requirements: list[dict[str, Any]],
    competencies: list[dict[str, Any]],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Pin a few meetings that are easy to keep, ban a few pairs."""
    by_id = {person["id"]: person for person in employees}
    needs_first = {row["id"]: row["prereq"] for row in competencies}
    pins = []
    for need in rng.sample(requirements, len(requirements) // 60):
        learner = by_id[need["learner"]]
        hosts = [
            h["id"]
            for h in employees
            if h["host_ok"] and not h["leave"] and h["tz"] == learner["tz"]
            if h["levels"].get(need["competency"], 0) >= 3 and h["dept"] != learner["dept"]
        ]
        if hosts and not learner["leave"] and not need["deadline"] and not needs_first[need["competency"]]:
            pins.append(
                {"learner": learner["id"], "host": rng.choice(hosts), "competency": need["competency"]}
            )
    pinned = {(pin["learner"], pin["host"]) for pin in pins}
    pairs = [rng.sample([*by_id], 2) for _ in range(len(employees) // 10)]
    return pins, [{"learner": a, "host": b} for a, b in pairs if (a, b) not in pinned]


def rotation_sample(
    people: int, *, quarters: int = 4, seed: int = 1, tightness: str = "normal"
) -> dict[str, Any]:
    """Return a ``rotation/1`` document; tightness lowers guest caps and raises home floors."""
    rng = random.Random(f"tandem rotation {people} {quarters} {seed}")
    weeks = WEEKS_PER_QUARTER * quarters
    names = list(CATALOGUE)[: 2 if people < 60 else 3]
    employees: list[dict[str, Any]] = []
    for number in range(people):
        dept = names[number % len(names)]
        leave = sorted(rng.sample(range(weeks), min(weeks, rng.randrange(2, 6))))
        launch = rng.randrange(weeks)
        blackout = range(launch, min(weeks, launch + 3)) if rng.random() < 0.3 else ()
        others = [name for name in names if name != dept]
        employees.append(
            {
                "id": f"p{number:04d}",
                "dept": dept,
                "leave_weeks": leave,
                "blackout_weeks": [w for w in blackout if w not in leave],
                "hosts_in": others if rng.random() < 0.5 else [rng.choice(others)],
                "last_rotation": rng.choice((None, None, -rng.randrange(1, 12))),
                "exempt_quarters": [q for q in range(quarters) if rng.random() < 0.04],
            }
        )
    squeeze = TIGHTNESS[tightness]
    departments: list[dict[str, Any]] = []
    supervisors: list[dict[str, Any]] = []
    for name in names:
        members = [person for person in employees if person["dept"] == name]
        guests = sum(name in person["hosts_in"] for person in employees) / WEEKS_PER_QUARTER
        cap = max(1, round(guests * (1.9 - squeeze)))
        departments.append(
            {
                "id": name,
                "min_home": [int(squeeze * 0.94 * len(members)) - (week % 13 < 9) for week in range(weeks)],
                "max_guests": [max(1, cap - (week % 13 > 10)) for week in range(weeks)],
            }
        )
        for person in rng.sample(members, max(1, int(0.4 * len(members)))):
            supervisors.append(
                {
                    "employee": person["id"],
                    "dept": name,
                    "cap_per_quarter": rng.choice((3, 4, 5)),
                    "absent_weeks": person["leave_weeks"],
                }
            )
    for row in departments:
        row["min_home"] = [max(0, floor) for floor in row["min_home"]]
    forbids = [
        {"employee": person["id"], "week": rng.randrange(weeks)}
        for person in rng.sample(employees, people // 12)
    ]
    return {
        "format": "rotation/1",
        "meta": {"made_by": "flask planner sample", "seed": seed, "people": people, "tightness": tightness},
        "weeks": weeks,
        "rules": {"gap_weeks": 6, "per_quarter": 1},
        "departments": departments,
        "employees": employees,
        "supervisors": supervisors,
        "pins": [],
        "forbids": forbids,
    }
