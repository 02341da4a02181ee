"""Say why an employee does not rotate in a quarter: the first rule that leaves no stay, in a fixed order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .reading import Fault, InstanceError
from .rotation_instance import (
    WEEKS_PER_QUARTER,
    RotationInstance,
    Stay,
    home_room,
    parse_rotation,
    quarter_of,
)

Test = Callable[[Stay], bool]


def unmet_rotations(instance: RotationInstance, plan: Mapping[Stay, int]) -> list[dict[str, Any]]:
    """Return one entry per wanted and missing (employee, quarter), in file order, with its reason."""
    served = {(stay.employee, quarter_of(stay.week)) for stay in plan}
    sieve = _sieve(instance, plan)
    out = []
    for e, person in enumerate(instance.employees):
        for quarter in range(instance.quarters):
            if quarter not in person.exempt and (e, quarter) not in served:
                reason = _first_barren(instance, e, quarter, sieve)
                out.append({"employee": person.id, "quarter": quarter, "reason": reason})
    return out


def _first_barren(instance: RotationInstance, e: int, quarter: int, sieve: list[tuple[str, Test]]) -> str:
    left = _ways(instance, e, quarter)
    if not left:
        return "no_host_department"
    for reason, passes in sieve:
        left = [stay for stay in left if passes(stay)]
        if not left:
            return reason
    return "search"


@dataclass(frozen=True, slots=True)
class Way:
    """One week and department a rotation could go to, with every rule that stands in the way."""

    week: int
    dept: str
    obstacles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RotationChange:
    """One change of a limit by one, tried, that lets a rotation in."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class RotationExplanation:
    """Why an employee does not rotate in a quarter, way by way; `reason` is None where they do."""

    requirement: str
    reason: str | None
    ways: tuple[Way, ...]
    cheapest: RotationChange | None


def explain(instance: Mapping[str, Any], plan: Mapping[str, Any], wish: str) -> RotationExplanation:
    """Explain ``EMPLOYEE:QUARTER`` of a plan document; raise `InstanceError` when there is no such wish."""
    parsed = parse_rotation(instance)
    at = {person.id: e for e, person in enumerate(parsed.employees)}
    depts = {dept.id: d for d, dept in enumerate(parsed.departments)}
    name, _, quarter = wish.rpartition(":")
    if name not in at or not quarter.isdecimal() or int(quarter) >= parsed.quarters:
        fault = Fault("--requirement", f"unknown {wish!r}", "write EMPLOYEE:QUARTER, quarters from 0")
        raise InstanceError((fault,))
    stays = {
        Stay(at[row["employee"]], row["week"], depts[row["dept"]]): at[row["supervisor"]]
        for row in plan.get("rotations", ())
    }
    e, q = at[name], int(quarter)
    if any(stay.employee == e and quarter_of(stay.week) == q for stay in stays):
        return RotationExplanation(wish, None, (), None)
    sieve = _sieve(parsed, stays)
    ways = {
        stay: tuple(reason for reason, passes in sieve if not passes(stay)) for stay in _ways(parsed, e, q)
    }
    return RotationExplanation(
        wish,
        _first_barren(parsed, e, q, sieve),
        tuple(Way(s.week, parsed.departments[s.dept].id, found) for s, found in ways.items()),
        _change(parsed, stays, ways),
    )


def _change(
    instance: RotationInstance, plan: Mapping[Stay, int], ways: Mapping[Stay, tuple[str, ...]]
) -> RotationChange | None:
    """Return the first single change of a limit by one that lets a stay in, verified by trying it."""
    for obstacle in ("guest_cap", "home_floor"):
        for stay in (s for s, found in ways.items() if found == (obstacle,)):
            home = instance.employees[stay.employee].dept
            dept = stay.dept if obstacle == "guest_cap" else home
            row = instance.departments[dept]
            if obstacle == "guest_cap":
                caps = _stepped(row.max_guests, stay.week, 1)
                text = f"one guest more in {row.id!r} in week {stay.week}"
                changed = replace(row, max_guests=caps)
            else:
                changed = replace(row, min_home=_stepped(row.min_home, stay.week, -1))
                text = f"a home floor one lower in {row.id!r} in week {stay.week}"
            departments = [*instance.departments]
            departments[dept] = changed
            tried = _sieve(replace(instance, departments=tuple(departments)), plan)
            if all(passes(stay) for _, passes in tried):
                return RotationChange(obstacle, text)
    for stay, found in ways.items():
        if found == ("no_supervisor",):
            text = f"one supervisor more in {instance.departments[stay.dept].id!r} in week {stay.week}"
            return RotationChange("no_supervisor", text)
    return None


def _stepped(row: tuple[int, ...], week: int, by: int) -> tuple[int, ...]:
    return (*row[:week], max(0, row[week] + by), *row[week + 1 :])


def _ways(instance: RotationInstance, e: int, quarter: int) -> list[Stay]:
    hosts = [d for d in instance.employees[e].hosts_in if d != instance.employees[e].dept]
    weeks = range(quarter * WEEKS_PER_QUARTER, (quarter + 1) * WEEKS_PER_QUARTER)
    return [Stay(e, week, dept) for week in weeks for dept in hosts]


def _sieve(instance: RotationInstance, plan: Mapping[Stay, int]) -> list[tuple[str, Test]]:
    """Return the tests after the host department, each with the reason it gives when nothing passes."""
    gone: Counter[tuple[int, int]] = Counter()
    taken: Counter[tuple[int, int]] = Counter()
    weeks_of: defaultdict[int, list[int]] = defaultdict(list)
    guiding = {(who, stay.week) for stay, who in plan.items()}
    guided: Counter[tuple[int, int]] = Counter()
    travelling = {(stay.employee, stay.week) for stay in plan}
    for stay, who in plan.items():
        gone[instance.employees[stay.employee].dept, stay.week] += 1
        taken[stay.dept, stay.week] += 1
        weeks_of[stay.employee].append(stay.week)
        guided[who, quarter_of(stay.week)] += 1
    for e, person in enumerate(instance.employees):
        if person.last_rotation is not None:
            weeks_of[e].append(person.last_rotation)
    room = home_room(instance)
    limit: dict[int, int] = {}
    for supervisor in instance.supervisors:
        limit[supervisor.employee] = max(supervisor.cap, limit.get(supervisor.employee, 0))

    def is_free(stay: Stay) -> bool:
        person = instance.employees[stay.employee]
        away = stay.week in person.leave or stay.week in person.blackout
        return not away and stay.week >= instance.frozen_before and stay[:2] not in instance.forbids

    def is_apart(stay: Stay) -> bool:
        return all(abs(stay.week - week) > instance.gap_weeks for week in weeks_of[stay.employee])

    def has_home_room(stay: Stay) -> bool:
        node = (instance.employees[stay.employee].dept, stay.week)
        return gone[node] < room[node[0]][stay.week]

    def has_guest_room(stay: Stay) -> bool:
        return taken[stay.dept, stay.week] < instance.departments[stay.dept].max_guests[stay.week]

    free: dict[tuple[int, int], set[int]] = {}

    def has_guide(stay: Stay) -> bool:
        place = (stay.dept, stay.week)
        if place not in free:
            free[place] = {
                supervisor.employee
                for supervisor in instance.supervisors
                if supervisor.dept == stay.dept
                and stay.week not in supervisor.absent
                and (supervisor.employee, stay.week) not in travelling
                and (supervisor.employee, stay.week) not in guiding
                and guided[supervisor.employee, quarter_of(stay.week)] < limit[supervisor.employee]
            }
        return not free[place] <= {stay.employee}

    return [
        ("no_free_week", is_free),
        ("gap", is_apart),
        ("supervising", lambda stay: stay[:2] not in guiding),
        ("home_floor", has_home_room),
        ("guest_cap", has_guest_room),
        ("no_supervisor", has_guide),
    ]
