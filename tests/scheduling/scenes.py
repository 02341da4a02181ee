"""A drawn shadowing scene: a roomy company and a legal plan, for tests that then break one thing."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from app.scheduling.checker.facts import read_facts
from app.scheduling.checker.ledger import Booking, Ledger
from app.scheduling.checker.reasons import Reasoner

from .planner.small import employee, requirement, small

OPEN_ALL_DAY = [[["00:00", "24:00"]]] * 7
SLOTS_A_DAY = 48


@dataclass
class Scene:
    """An instance and a legal plan that meets every need; `random` draws what a test needs more."""

    instance: dict[str, Any]
    sessions: list[dict[str, Any]]
    random: random.Random
    extra_unmet: list[dict[str, Any]] = field(default_factory=list)

    @property
    def plan(self) -> dict[str, Any]:
        unmet = honest_unmet(self.instance, self.sessions) + self.extra_unmet
        return {"format": "shadowing-plan/1", "sessions": self.sessions, "unmet": unmet}

    def some_session(self) -> dict[str, Any]:
        return self.random.choice(self.sessions)

    def person(self, name: str) -> dict[str, Any]:
        return next(e for e in self.instance["employees"] if e["id"] == name)

    def need(self, name: str) -> dict[str, Any]:
        return next(r for r in self.instance["requirements"] if r["id"] == name)


def honest_unmet(instance: dict[str, Any], sessions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """List the shortfalls of the sessions that can be read, with the reasons the checker itself finds."""
    facts = read_facts(instance)
    ledger = Ledger.of(
        facts,
        [
            Booking("", facts.needs[s["requirement"]], s["host"], s["start"], end, s["minutes"])
            for s in sessions
            if s["requirement"] in facts.needs and s["host"] in facts.people
            if s["learner"] == facts.needs[s["requirement"]].learner and isinstance(s["start"], int)
            if s["minutes"] in facts.durations
            if s["start"] >= 0 and (end := s["start"] + s["minutes"] // 30) <= facts.total_slots
        ],
    )
    reasoner = Reasoner(facts, ledger)
    return [
        {"requirement": need.id, "minutes": ledger.missing(need), "reason": reasoner.reason_of(need)}
        for need in facts.needs.values()
        if ledger.missing(need)
    ]


def draw_scene(seed: int) -> Scene:
    """Return two departments that teach each other, with room everywhere, and a plan without shortfall.

    Each learner has one session of 60 to 120 minutes a day, three days apart, each with another host.
    """
    rng = random.Random(seed)
    zones = [rng.choice(["UTC", "Europe/Berlin", "Asia/Kolkata", "America/New_York"]) for _ in range(6)]
    people = []
    for k, zone in enumerate(zones):
        own, teaches = ("sales", "pitch") if k % 2 else ("support", "triage")
        people.append(
            employee(f"e{k}", own, {teaches: 4}, tz=zone, work=OPEN_ALL_DAY, learn_min=600, host_min=600)
        )
    needs, sessions = [], []
    for k, person in enumerate(people):
        wanted = "triage" if person["dept"] == "sales" else "pitch"
        need = requirement(f"r{k}", person["id"], wanted, 0)
        for turn in range(rng.choice([1, 2])):
            host = f"e{(k + 1 + 2 * turn) % len(people)}"
            minutes = rng.choice([60, 90, 120])
            start = (1 + 3 * turn + 6 * (k % 2)) * SLOTS_A_DAY + 7 * k + rng.randrange(2)
            sessions.append(
                {
                    "requirement": need["id"],
                    "learner": person["id"],
                    "host": host,
                    "competency": wanted,
                    "start": start,
                    "minutes": minutes,
                }
            )
            need["minutes"] += minutes
        needs.append(need)
    instance = small(
        competencies=[
            {"id": "pitch", "dept": "sales", "prereq": []},
            {"id": "close", "dept": "sales", "prereq": ["pitch"]},
            {"id": "triage", "dept": "support", "prereq": []},
        ],
        employees=people,
        requirements=needs,
    )
    return Scene(instance, sessions, rng)
