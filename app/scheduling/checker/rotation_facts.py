"""The facts of a rotation instance and the running totals over the rotations of a plan."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

WEEKS_PER_QUARTER = 13


@dataclass(frozen=True, slots=True)
class Employee:
    """Whom a rotation may move: `away_weeks` are leave and blackout, `home_weeks` leave alone."""

    id: str
    department: str
    leave_weeks: frozenset[int]
    away_weeks: frozenset[int]
    hosts_in: frozenset[str]
    last_rotation: int | None
    exempt_quarters: frozenset[int]


@dataclass(frozen=True, slots=True)
class RotationFacts:
    """Everything a rotation rule may ask about the instance; weeks count from 0."""

    weeks: int
    gap_weeks: int
    per_quarter: int
    people: dict[str, Employee]
    floors: dict[str, list[int]]
    guest_caps: dict[str, list[int]]
    present: dict[str, list[int]]
    supervisor_absent: dict[tuple[str, str], frozenset[int]]
    supervisor_cap: dict[str, int]
    pins: tuple[Mapping[str, Any], ...]
    banned: frozenset[tuple[str, int]]
    previous: tuple[Mapping[str, Any], ...] | None
    frozen_before: int

    @property
    def quarters(self) -> int:
        """Return the number of whole quarters."""
        return self.weeks // WEEKS_PER_QUARTER

    @property
    def wanted(self) -> set[tuple[str, int]]:
        """Return every (employee, quarter) in which a rotation is wanted."""
        return {
            (person.id, quarter)
            for person in self.people.values()
            for quarter in range(self.quarters)
            if quarter not in person.exempt_quarters
        }

    def may_guide(self, stay: "Stay") -> bool:
        """Say whether the supervisor named is one of the host department and not the guest."""
        return (stay.supervisor, stay.department) in self.supervisor_absent and (
            stay.supervisor != stay.employee
        )

    def home_room(self, department: str, week: int) -> int:
        """Return how many people of a department may be away on rotation in a week."""
        present = self.present[department][week]
        return present - min(self.floors[department][week], present)


@dataclass(frozen=True, slots=True)
class Stay:
    """One week of one employee in another department under a supervisor."""

    where: str
    employee: str
    department: str
    week: int
    supervisor: str

    @property
    def quarter(self) -> int:
        """Return the quarter of the stay."""
        return self.week // WEEKS_PER_QUARTER


@dataclass(slots=True)
class Roster:
    """Totals over the stays of a plan."""

    stays: list[Stay]
    weeks_of: dict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    guests: Counter[tuple[str, int]] = field(default_factory=Counter)
    away: set[tuple[str, int]] = field(default_factory=set)
    guided_in_week: Counter[tuple[str, int]] = field(default_factory=Counter)
    guided_in_quarter: Counter[tuple[str, int]] = field(default_factory=Counter)
    served: set[tuple[str, int]] = field(default_factory=set)
    from_home: Counter[tuple[str, int]] = field(default_factory=Counter)
    free_guides: dict[tuple[str, int], set[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, facts: RotationFacts, stays: Iterable[Stay]) -> "Roster":
        """Add up the stays."""
        roster = cls(list(stays))
        for stay in roster.stays:
            roster.weeks_of[stay.employee].append(stay.week)
            roster.guests[stay.department, stay.week] += 1
            roster.away.add((stay.employee, stay.week))
            if facts.may_guide(stay):
                roster.guided_in_week[stay.supervisor, stay.week] += 1
                roster.guided_in_quarter[stay.supervisor, stay.quarter] += 1
            roster.from_home[facts.people[stay.employee].department, stay.week] += 1
            roster.served.add((stay.employee, stay.quarter))
        for weeks in roster.weeks_of.values():
            weeks.sort()
        return roster


def read_rotation_facts(instance: Mapping[str, Any]) -> RotationFacts:
    """Derive the facts; raise KeyError, TypeError or ValueError on an incomplete file."""
    weeks = instance["weeks"]
    people = {}
    for row in instance["employees"]:
        leave = frozenset(row["leave_weeks"])
        people[row["id"]] = Employee(
            id=row["id"],
            department=row["dept"],
            leave_weeks=leave,
            away_weeks=leave | frozenset(row["blackout_weeks"]),
            hosts_in=frozenset(row["hosts_in"]),
            last_rotation=row["last_rotation"],
            exempt_quarters=frozenset(row["exempt_quarters"]),
        )
    present = {row["id"]: [0] * weeks for row in instance["departments"]}
    for person in people.values():
        for week in range(weeks):
            present[person.department][week] += week not in person.leave_weeks
    caps: dict[str, int] = {}
    for row in instance["supervisors"]:
        caps[row["employee"]] = max(row["cap_per_quarter"], caps.get(row["employee"], 0))
    previous = instance.get("previous")
    return RotationFacts(
        weeks=weeks,
        gap_weeks=instance["rules"]["gap_weeks"],
        per_quarter=instance["rules"]["per_quarter"],
        people=people,
        floors={row["id"]: row["min_home"] for row in instance["departments"]},
        guest_caps={row["id"]: row["max_guests"] for row in instance["departments"]},
        present=present,
        supervisor_absent={
            (row["employee"], row["dept"]): frozenset(row["absent_weeks"]) for row in instance["supervisors"]
        },
        supervisor_cap=caps,
        pins=tuple(instance["pins"]),
        banned=frozenset((row["employee"], row["week"]) for row in instance["forbids"]),
        previous=None if previous is None else tuple(previous),
        frozen_before=instance.get("frozen_before") or 0,
    )
