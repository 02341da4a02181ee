"""The facts of a shadowing instance that the rules are judged by, derived from the raw file alone."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.scheduling.checker.timeline import SLOT_MINUTES, SLOTS_PER_WEEK, ZoneDays, count_per_slot, span


@dataclass(frozen=True, slots=True)
class Person:
    """An employee: department, levels, weekly limits in minutes, slots on duty and slots barred."""

    id: str
    department: str
    zone: ZoneDays
    may_host: bool
    levels: Mapping[str, int]
    learn_minutes: int
    host_minutes: int
    on_duty: int
    barred: int


@dataclass(frozen=True, slots=True)
class Need:
    """A requirement: minutes of one competency for one learner; `end_slot` is the deadline as a slot."""

    id: str
    learner: str
    competency: str
    minutes: int
    priority: int
    end_slot: int
    has_deadline: bool
    cross: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything a rule may ask about the instance."""

    total_slots: int
    people: dict[str, Person]
    needs: dict[str, Need]
    need_for: dict[tuple[str, str], Need]
    prerequisites: dict[str, tuple[str, ...]]
    spare: dict[str, list[int]]
    load: dict[str, list[int]]
    banned_pairs: frozenset[tuple[str, str]]
    pins: tuple[Mapping[str, Any], ...]
    durations: frozenset[int]
    host_level: int
    prerequisite_level: int
    rest_slots: int
    host_cover: int
    max_per_pair: int
    weights: Mapping[str, float]
    previous: tuple[Mapping[str, Any], ...] | None
    frozen_before: int

    @property
    def judged_from(self) -> int:
        """Return the first slot that is not history: earlier sessions are judged by `frozen` alone."""
        return self.frozen_before if self.previous is not None else 0

    def holds(self, learner: str, competency: str) -> bool:
        """Say whether the learner already holds `competency` as a prerequisite."""
        return self.people[learner].levels.get(competency, 0) >= self.prerequisite_level


def read_facts(instance: Mapping[str, Any]) -> Facts:
    """Derive the facts; raise KeyError, TypeError or ValueError on an incomplete file."""
    rules = instance["rules"]
    if instance["weeks"] < 1 or min(rules["durations"]) < SLOT_MINUTES:
        raise ValueError("weeks and durations must be positive")
    total_slots = instance["weeks"] * SLOTS_PER_WEEK
    people = _read_people(instance, total_slots)
    needs = {row["id"]: _read_need(row, people) for row in instance["requirements"]}
    previous = instance.get("previous")
    return Facts(
        total_slots=total_slots,
        people=people,
        needs=needs,
        need_for={(need.learner, need.competency): need for need in needs.values()},
        prerequisites={row["id"]: tuple(row["prereq"]) for row in instance["competencies"]},
        spare=_spare_cover(instance, people, total_slots),
        load={row["id"]: row["load"] for row in instance["departments"]},
        banned_pairs=frozenset((f["learner"], f["host"]) for f in instance["forbids"] if "employee" not in f),
        pins=tuple(instance["pins"]),
        durations=frozenset(rules["durations"]),
        host_level=rules["host_min_level"],
        prerequisite_level=rules["prereq_level"],
        rest_slots=rules["rest_min"] // 30,
        host_cover=100 - rules["host_duty_pct"],
        max_per_pair=rules["max_per_pair"],
        weights=instance["weights"],
        previous=None if previous is None else tuple(previous),
        frozen_before=instance.get("frozen_before") or 0,
    )


def _read_people(instance: Mapping[str, Any], total_slots: int) -> dict[str, Person]:
    first_day = dt.date.fromisoformat(instance["horizon_start"])
    zones = {
        name: ZoneDays.of(name, first_day, total_slots)
        for name in {row["tz"] for row in instance["employees"]}
    }
    barred: defaultdict[str, int] = defaultdict(int)
    for ban in instance["forbids"]:
        if "employee" in ban:
            barred[ban["employee"]] |= span(ban["from"], ban["to"] - ban["from"])
    patterns: dict[tuple[str, str], int] = {}
    people = {}
    for row in instance["employees"]:
        zone = zones[row["tz"]]
        pattern = (row["tz"], repr(row["work"]))
        if pattern not in patterns:
            patterns[pattern] = zone.working_slots(row["work"])
        on_duty = patterns[pattern]
        for first, last in row["leave"]:
            on_duty &= ~zone.slots_between(dt.date.fromisoformat(first), dt.date.fromisoformat(last))
        for first, end in row["busy"]:
            on_duty &= ~span(first, end - first)
        people[row["id"]] = Person(
            id=row["id"],
            department=row["dept"],
            zone=zone,
            may_host=bool(row["host_ok"]),
            levels=row["levels"],
            learn_minutes=row["learn_min"],
            host_minutes=row["host_min"],
            on_duty=on_duty,
            barred=barred[row["id"]],
        )
    return people


def _read_need(row: Mapping[str, Any], people: Mapping[str, Person]) -> Need:
    deadline = dt.date.fromisoformat(row["deadline"]) if row["deadline"] else None
    return Need(
        id=row["id"],
        learner=row["learner"],
        competency=row["competency"],
        minutes=row["minutes"],
        priority=row["priority"],
        end_slot=people[row["learner"]].zone.slots_until(deadline),
        has_deadline=deadline is not None,
        cross=bool(row["cross"]),
    )


def _spare_cover(
    instance: Mapping[str, Any], people: Mapping[str, Person], total_slots: int
) -> dict[str, list[int]]:
    """Return per department and slot how much cover (100 = one person) sessions may take."""
    spare = {}
    for row in instance["departments"]:
        floor = row["min_on_duty"]
        present = count_per_slot(
            (p.on_duty for p in people.values() if p.department == row["id"]), total_slots
        )
        spare[row["id"]] = [
            max(0, 100 * (count - floor[slot % SLOTS_PER_WEEK])) for slot, count in enumerate(present)
        ]
    return spare
