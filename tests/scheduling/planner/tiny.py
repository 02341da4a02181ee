"""Tiny shadowing problems whose optimum is found by trying every plan."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from typing import Any

from app.scheduling.checker.facts import Facts, Need, read_facts
from app.scheduling.checker.timeline import span

from .small import employee, requirement, small

NAMES = ("departments", "competencies", "employees", "requirements", "pins", "forbids")


def draw_tiny(seed: int, mark: str = "", zone: str = "UTC", hours_ahead: int = 0) -> dict[str, Any]:
    """Return three to five people who can meet in a few hours of a week; `mark` begins every id.

    With a fixed-offset `zone` and its `hours_ahead`, the same instants are written in that zone's time.
    """
    rng = random.Random(seed)
    days = [
        [
            [
                f"{9 + hours_ahead:02d}:{rng.choice(['00', '30'])}",
                f"{12 + hours_ahead:02d}:{rng.choice(['00', '30'])}",
            ]
        ]
        if weekday in (0, 2)
        else []
        for weekday in range(7)
    ]
    catalogue = [("pitch", "sales", []), ("close", "sales", ["pitch"]), ("triage", "support", [])]
    competencies = [
        {"id": mark + name, "dept": mark + dept, "prereq": [mark + p for p in prereq]}
        for name, dept, prereq in catalogue
    ]
    people = []
    for k in range(rng.choice([3, 4, 4])):
        dept = ("support", "sales", "sales", "support", "support")[k]
        own = [name for name, home, _ in catalogue if home == dept]
        people.append(
            employee(
                f"{mark}e{k}",
                mark + dept,
                {mark + name: rng.choice([2, 3, 3, 4]) for name in own},
                tz=zone,
                work=days,
                host_ok=rng.random() < 0.9,
                busy=[[s, s + 1] for s in rng.sample(range(18, 24), 1) if rng.random() < 0.4],
                learn_min=rng.choice([60, 60, 120, 180]),
                host_min=rng.choice([60, 120, 120]),
            )
        )
    needs = []
    for person in people:
        foreign = [name for name, home, _ in catalogue if mark + home != person["dept"]]
        for name in rng.sample(foreign, min(len(foreign), rng.choice([1, 1, 2]))):
            deadline = rng.choice([None, None, None, "2026-03-24"])
            needs.append(
                requirement(
                    f"{mark}r{len(needs)}",
                    person["id"],
                    mark + name,
                    rng.choice([60, 60, 120]),
                    priority=rng.choice([1, 1, 2, 3]),
                    deadline=deadline,
                )
            )
    departments = []
    for dept in ("sales", "support"):
        floor, load = [0] * 336, [0] * 336
        for slot in [*range(16, 26), *range(112, 122)]:
            floor[slot] = rng.choice([0, 0, 0, 1])
            load[slot] = rng.choice([0, 1, 2])
        departments.append({"id": mark + dept, "min_on_duty": floor, "load": load})
    forbids = []
    if rng.random() < 0.3:
        forbids.append({"learner": f"{mark}e0", "host": f"{mark}e1"})
    if rng.random() < 0.2:
        forbids.append({"employee": f"{mark}e1", "from": 18, "to": 20})
    return small(
        weeks=1,
        rules={**small()["rules"], "durations": [60, 120], "max_per_pair": 1 + seed % 2},
        departments=departments,
        competencies=competencies,
        employees=people,
        requirements=needs,
        forbids=forbids,
    )


def draw_batch(first_seed: int, count: int, **zone: Any) -> list[dict[str, Any]]:
    """Return tiny problems under the same rules, with ids of their own."""
    return [draw_tiny(first_seed + 2 * k, f"{k}-", **zone) for k in range(count)]


def side_by_side(problems: list[dict[str, Any]]) -> dict[str, Any]:
    """Join problems with nothing in common into one: its optimum is the sum of theirs."""
    return {**problems[0], **{name: [row for p in problems for row in p[name]] for name in NAMES}}


@dataclass(frozen=True)
class Meeting:
    """A session that could be in a plan."""

    need: Need
    host: str
    start: int
    slots: int

    @property
    def end(self) -> int:
        return self.start + self.slots

    @property
    def people(self) -> tuple[str, str]:
        return self.need.learner, self.host


def best_by_trying(instance: dict[str, Any]) -> float:
    """Return the score of the best legal plan, found by trying all of them."""
    facts = read_facts(instance)
    needs = sorted(facts.needs.values(), key=lambda n: len(facts.prerequisites[n.competency]))
    meetings = {need.id: _meetings(facts, need) for need in needs}
    best = float("-inf")

    def go(position: int, first: int, plan: list[Meeting]) -> None:
        nonlocal best
        if position == len(needs):
            best = max(best, _score(facts, plan))
            return
        go(position + 1, 0, plan)
        options = meetings[needs[position].id]
        for k in range(first, len(options)):
            if _fits(facts, plan, options[k]):
                go(position, k + 1, [*plan, options[k]])

    go(0, 0, [])
    return best


def _meetings(facts: Facts, need: Need) -> list[Meeting]:
    learner = facts.people[need.learner]
    found = []
    for host in facts.people.values():
        able = host.may_host and host.levels.get(need.competency, 0) >= facts.host_level
        if not able or host.id == learner.id or (need.cross and host.department == learner.department):
            continue
        if (learner.id, host.id) in facts.banned_pairs:
            continue
        free = learner.on_duty & host.on_duty & ~learner.barred & ~host.barred
        for minutes in sorted(facts.durations):
            slots = minutes // 30
            found += [
                Meeting(need, host.id, start, slots)
                for start in range(need.end_slot - slots + 1)
                if span(start, slots) & ~free == 0
            ]
    return found


def _fits(facts: Facts, plan: list[Meeting], new: Meeting) -> bool:
    """Say whether the meeting may join the plan; all needs that come before its own are decided."""
    learner, host = (facts.people[p] for p in new.people)
    minutes = 30 * new.slots
    if sum(30 * m.slots for m in plan if m.need is new.need) + minutes > new.need.minutes:
        return False
    if sum(30 * m.slots for m in plan if m.need.learner == learner.id) + minutes > learner.learn_minutes:
        return False
    if sum(30 * m.slots for m in plan if m.host == host.id) + minutes > host.host_minutes:
        return False
    if sum(m.people == new.people for m in plan) >= facts.max_per_pair:
        return False
    for other in plan:
        shared = {*other.people} & {*new.people}
        if shared and new.start < other.end + facts.rest_slots and other.start < new.end + facts.rest_slots:
            return False
    for competency in facts.prerequisites[new.need.competency]:
        if not facts.holds(learner.id, competency):
            before = facts.need_for.get((learner.id, competency))
            done = [m for m in plan if m.need is before]
            if before is None or sum(30 * m.slots for m in done) < before.minutes:
                return False
            if any(learner.zone.dates[m.end - 1] >= learner.zone.dates[new.start] for m in done):
                return False
    cover: Counter[tuple[str, int]] = Counter()
    for meeting in [*plan, new]:
        for slot in range(meeting.start, meeting.end):
            cover[facts.people[meeting.need.learner].department, slot] += 100
            cover[facts.people[meeting.host].department, slot] += facts.host_cover
    return all(taken <= facts.spare[dept][slot] for (dept, slot), taken in cover.items())


def _score(facts: Facts, plan: list[Meeting]) -> float:
    weight = facts.weights
    pairs = {m.people for m in plan}
    hosted: Counter[str] = Counter()
    total = weight["tie"] * len(pairs)
    total += weight["reciprocal"] * sum((b, a) in pairs for a, b in pairs if a < b)
    for meeting in plan:
        total += weight["met_30min"] * meeting.slots * meeting.need.priority
        hosted[meeting.host] += meeting.slots
        for person in meeting.people:
            load = facts.load[facts.people[person].department]
            total -= weight["load"] * sum(load[t % 336] for t in range(meeting.start, meeting.end))
    return total - weight["host_sq"] * sum((slots / 2) ** 2 for slots in hosted.values())
