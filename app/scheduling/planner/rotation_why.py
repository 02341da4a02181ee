"""Say why an employee does not rotate in a quarter: the first rule that leaves no stay, in a fixed order."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import Any

from .rotation_instance import WEEKS_PER_QUARTER, RotationInstance, Stay, home_room, quarter_of

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
    hosts = [d for d in instance.employees[e].hosts_in if d != instance.employees[e].dept]
    weeks = range(quarter * WEEKS_PER_QUARTER, (quarter + 1) * WEEKS_PER_QUARTER)
    left = [Stay(e, week, dept) for week in weeks for dept in hosts]
    if not left:
        return "no_host_department"
    for reason, passes in sieve:
        left = [stay for stay in left if passes(stay)]
        if not left:
            return reason
    return "search"


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

    def has_guide(stay: Stay) -> bool:
        return any(
            supervisor.dept == stay.dept
            and supervisor.employee != stay.employee
            and stay.week not in supervisor.absent
            and (supervisor.employee, stay.week) not in travelling
            and (supervisor.employee, stay.week) not in guiding
            and guided[supervisor.employee, quarter_of(stay.week)] < limit[supervisor.employee]
            for supervisor in instance.supervisors
        )

    return [
        ("no_free_week", is_free),
        ("gap", is_apart),
        ("supervising", lambda stay: stay[:2] not in guiding),
        ("home_floor", has_home_room),
        ("guest_cap", has_guest_room),
        ("no_supervisor", has_guide),
    ]
