"""Why an employee does not rotate in a quarter: a fixed ladder whose first barren step is the reason.

A candidate is a week of the quarter with a host department. Each step takes away the candidates that one
more rule forbids, the rest of the plan standing as it is.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.scheduling.checker.report import Violation
from app.scheduling.checker.rotation_facts import WEEKS_PER_QUARTER, Employee, Roster, RotationFacts


def reason_for(facts: RotationFacts, roster: Roster, person: Employee, quarter: int) -> str:
    """Return the first step of the ladder at which no candidate is left."""
    departments = sorted(d for d in person.hosts_in if d != person.department and d in facts.floors)
    if not departments:
        return "no_host_department"
    first = quarter * WEEKS_PER_QUARTER
    weeks = [
        week
        for week in range(max(first, facts.frozen_before), first + WEEKS_PER_QUARTER)
        if week not in person.away_weeks and (person.id, week) not in facts.banned
    ]
    if not weeks:
        return "no_free_week"
    others = [*roster.weeks_of.get(person.id, ())]
    if person.last_rotation is not None:
        others.append(person.last_rotation)
    weeks = [week for week in weeks if all(abs(week - other) > facts.gap_weeks for other in others)]
    if not weeks:
        return "gap"
    weeks = [week for week in weeks if not roster.guided_in_week[person.id, week]]
    if not weeks:
        return "supervising"
    home = person.department
    weeks = [week for week in weeks if roster.from_home[home, week] < facts.home_room(home, week)]
    if not weeks:
        return "home_floor"
    places = [
        (department, week)
        for department in departments
        for week in weeks
        if roster.guests[department, week] < facts.guest_caps[department][week]
    ]
    if not places:
        return "guest_cap"
    if not any(_has_supervisor(facts, roster, person.id, *place) for place in places):
        return "no_supervisor"
    return "search"


def _has_supervisor(facts: RotationFacts, roster: Roster, guest: str, department: str, week: int) -> bool:
    quarter = week // WEEKS_PER_QUARTER
    if (department, week) not in roster.free_guides:
        roster.free_guides[department, week] = {
            person
            for (person, place), absent in facts.supervisor_absent.items()
            if place == department
            and week not in absent
            and (person, week) not in roster.away
            and not roster.guided_in_week[person, week]
            and roster.guided_in_quarter[person, quarter] < facts.supervisor_cap[person]
        }
    return any(person != guest for person in roster.free_guides[department, week])


def unmet_rotations(facts: RotationFacts, roster: Roster, entries: Sequence[Any]) -> Iterator[Violation]:
    """Yield a violation for each unmet rotation that is not listed once with its true reason."""
    open_ones = facts.wanted - roster.served
    seen: set[tuple[str, int]] = set()
    for position, entry in enumerate(entries):
        where = f"unmet[{position}]"
        key = (entry.get("employee"), entry.get("quarter")) if isinstance(entry, Mapping) else (None, None)
        if key not in open_ones:
            yield Violation("unmet_list", where, "no rotation is wanted and missing there")
        elif key in seen:
            yield Violation("unmet_list", where, "it is listed twice")
        else:
            seen.add(key)
            employee, quarter = key
            true_reason = reason_for(facts, roster, facts.people[employee], quarter)
            if entry.get("reason") != true_reason:
                text = f"the reason given is {entry.get('reason')}, the plan shows {true_reason}"
                yield Violation("unmet_list", where, text)
    for employee, quarter in sorted(open_ones - seen):
        yield Violation("unmet_list", employee, f"the missing rotation of quarter {quarter} is not listed")
