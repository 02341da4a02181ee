"""List every stay that the rules for one person allow; what people share is left to the search."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from .rotation_instance import RotationInstance, Stay, home_room, quarter_of

Wish = tuple[int, int]


@dataclass(frozen=True, slots=True)
class RotationWorld:
    """Hold what the search needs: room at home, supervisors by department, open stays by (employee, quarter).

    `must` are stays that are pinned to one department or frozen; `pinned` asks for one of several
    departments in a week. `past` names the supervisor of each frozen stay.
    """

    instance: RotationInstance
    room: list[list[int]]
    options: dict[Wish, list[Stay]]
    must: frozenset[Stay]
    pinned: frozenset[tuple[int, int]]
    past: dict[Stay, int]
    guides: dict[int, list[int]] = field(default_factory=dict)

    @property
    def ceiling(self) -> int:
        """Count the (employee, quarter) pairs that have any stay at all: a bound that needs no solver."""
        return len(self.options)


def survey(instance: RotationInstance) -> RotationWorld:
    """Derive the options: not away, not forbidden, not exempt, out of the gap of what is fixed already."""
    past = {stay: s for stay, s in instance.previous or () if stay.week < instance.frozen_before}
    fixed: defaultdict[int, set[int]] = defaultdict(set)
    for pin in instance.pins:
        fixed[pin.employee].add(pin.week)
    for stay in past:
        fixed[stay.employee].add(stay.week)
    options: dict[Wish, list[Stay]] = {}
    named = {(p.employee, p.week): p.dept for p in instance.pins if p.dept is not None}
    for e, person in enumerate(instance.employees):
        hosts = [d for d in person.hosts_in if d != person.dept]
        for week in range(instance.frozen_before, instance.weeks):
            if not _allowed(instance, e, week, fixed[e]):
                continue
            for dept in hosts:
                if named.get((e, week), dept) == dept:
                    options.setdefault((e, quarter_of(week)), []).append(Stay(e, week, dept))
    for stay in past:
        options.setdefault((stay.employee, quarter_of(stay.week)), []).append(stay)
    guides: defaultdict[int, list[int]] = defaultdict(list)
    for k, supervisor in enumerate(instance.supervisors):
        guides[supervisor.dept].append(k)
    must = {Stay(p.employee, p.week, p.dept) for p in instance.pins if p.dept is not None}
    return RotationWorld(
        instance,
        home_room(instance),
        options,
        frozenset(must | past.keys()),
        frozenset((p.employee, p.week) for p in instance.pins if p.week >= instance.frozen_before),
        past,
        dict(guides),
    )


def _allowed(instance: RotationInstance, e: int, week: int, fixed: set[int]) -> bool:
    person, quarter = instance.employees[e], quarter_of(week)
    if week in person.leave or week in person.blackout or (e, week) in instance.forbids:
        return False
    if quarter in person.exempt or instance.per_quarter < 1:
        return False
    if person.last_rotation is not None and week - person.last_rotation <= instance.gap_weeks:
        return False
    if any(quarter_of(w) == quarter for w in fixed) and week not in fixed:
        return False
    return all(week == w or abs(week - w) > instance.gap_weeks for w in fixed)
