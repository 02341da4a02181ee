"""Parse and validate the file format ``rotation/1`` into frozen typed values.

Nothing here knows how to search. Employees and departments are known by their index. A file that can't be
planned raises `InstanceError` with the place of each fault and how to mend it; pins that contradict a rule by
themselves are faults too, found here because no search can mend them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from .reading import Faults, InstanceError, Reader

FORMAT = "rotation/1"
WEEKS_PER_QUARTER = 13
MAX_QUARTERS = 12

__all__ = ["InstanceError", "RotationInstance", "Stay", "parse_rotation"]


class Stay(NamedTuple):
    """One employee in one other department for one week."""

    employee: int
    week: int
    dept: int


@dataclass(frozen=True, slots=True)
class Department:
    """Hold a department's home floor and guest cap by week."""

    id: str
    min_home: tuple[int, ...]
    max_guests: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Employee:
    """Hold one person; `leave` counts against presence at home, `blackout` does not."""

    id: str
    dept: int
    leave: frozenset[int]
    blackout: frozenset[int]
    hosts_in: tuple[int, ...]
    last_rotation: int | None
    exempt: frozenset[int]


@dataclass(frozen=True, slots=True)
class Supervisor:
    """Hold who guides guests of a department, how many a quarter, and when not."""

    employee: int
    dept: int
    cap: int
    absent: frozenset[int]


@dataclass(frozen=True, slots=True)
class Pin:
    """Ask for a stay in this week, in this department where one is named."""

    place: str
    employee: int
    week: int
    dept: int | None


@dataclass(frozen=True, slots=True)
class RotationInstance:
    """Hold a whole rotation problem."""

    weeks: int
    gap_weeks: int
    per_quarter: int
    departments: tuple[Department, ...]
    employees: tuple[Employee, ...]
    supervisors: tuple[Supervisor, ...]
    pins: tuple[Pin, ...]
    forbids: frozenset[tuple[int, int]]
    previous: tuple[tuple[Stay, int], ...] | None
    frozen_before: int

    @property
    def quarters(self) -> int:
        """Count the quarters."""
        return self.weeks // WEEKS_PER_QUARTER


def quarter_of(week: int) -> int:
    """Return the quarter of a week."""
    return week // WEEKS_PER_QUARTER


def parse_rotation(data: Any) -> RotationInstance:
    """Read a decoded ``rotation/1`` document; raise `InstanceError` with the faults found (at most fifty)."""
    faults = Faults()
    top = Reader(data, "", faults)
    if top.text("format") != FORMAT:
        faults.add("format", "is another format", f"write {FORMAT!r}")
        faults.stop()
    weeks = top.whole("weeks", low=WEEKS_PER_QUARTER, high=MAX_QUARTERS * WEEKS_PER_QUARTER)
    if weeks % WEEKS_PER_QUARTER:
        faults.add("weeks", f"{weeks} is not a number of whole quarters", "use a multiple of 13")
    faults.stop()
    rules = top.child("rules")
    gap, per_quarter = rules.whole("gap_weeks"), rules.whole("per_quarter")
    departments, dept_at = _departments(top, weeks)
    employees, emp_at = _employees(top, dept_at, weeks)
    supervisors = _supervisors(top, emp_at, dept_at, weeks)
    faults.stop()
    pins = tuple(
        Pin(
            r.path,
            r.known("employee", emp_at, "employee"),
            r.whole("week", high=weeks - 1),
            r.known("dept", dept_at, "department") if r.value("dept", None) is not None else None,
        )
        for r in top.items("pins")
    )
    forbids = frozenset(
        (r.known("employee", emp_at, "employee"), r.whole("week", high=weeks - 1))
        for r in top.items("forbids")
    )
    previous = None
    if top.value("previous", None) is not None:
        previous = tuple(_previous(r, emp_at, dept_at, weeks) for r in top.items("previous"))
    frozen = top.whole("frozen_before", default=0, high=weeks) if previous is not None else 0
    faults.stop()
    found = RotationInstance(
        weeks, gap, per_quarter, departments, employees, supervisors, pins, forbids, previous, frozen
    )
    _contradicting_pins(found, faults)
    faults.stop()
    return found


def _departments(top: Reader, weeks: int) -> tuple[tuple[Department, ...], dict[str, int]]:
    at: dict[str, int] = {}
    out = []
    for k, r in enumerate(top.items("departments")):
        rows = []
        for name in ("min_home", "max_guests"):
            row = tuple(x.whole_self(high=10**6) for x in r.items(name))
            if len(row) != weeks:
                r.faults.add(f"{r.path}.{name}", f"has {len(row)} entries", f"give one per week: {weeks}")
            rows.append(row)
        out.append(Department(r.new_id(at, k), *rows))
    if not out:
        top.faults.add("departments", "is empty", "list at least one department")
    return tuple(out), at


def _employees(
    top: Reader, dept_at: Mapping[str, int], weeks: int
) -> tuple[tuple[Employee, ...], dict[str, int]]:
    at: dict[str, int] = {}
    out = []
    for k, r in enumerate(top.items("employees")):
        hosts = []
        for item in r.items("hosts_in"):
            if item.data in dept_at:
                hosts.append(dept_at[item.data])
            else:
                r.faults.add(item.path, f"unknown department {item.data!r}", "name a listed department")
        last = r.value("last_rotation", None)
        if last is not None and (type(last) is not int or last >= 0):
            r.faults.add(r.at("last_rotation"), f"{last!r} is not allowed", "use a week below 0, or null")
            last = None
        out.append(
            Employee(
                r.new_id(at, k),
                r.known("dept", dept_at, "department"),
                _weeks(r, "leave_weeks", weeks),
                _weeks(r, "blackout_weeks", weeks),
                tuple(dict.fromkeys(hosts)),
                last,
                _weeks(r, "exempt_quarters", weeks // WEEKS_PER_QUARTER),
            )
        )
    return tuple(out), at


def _weeks(r: Reader, name: str, limit: int) -> frozenset[int]:
    return frozenset(x.whole_self(high=limit - 1) for x in r.items(name))


def _supervisors(
    top: Reader, emp_at: Mapping[str, int], dept_at: Mapping[str, int], weeks: int
) -> tuple[Supervisor, ...]:
    seen: dict[tuple[int, int], str] = {}
    out = []
    for r in top.items("supervisors"):
        who, dept = r.known("employee", emp_at, "employee"), r.known("dept", dept_at, "department")
        first = seen.setdefault((who, dept), r.path)
        if first != r.path:
            r.faults.add(r.path, f"is the same supervisor as {first}", "join the two into one")
        out.append(
            Supervisor(who, dept, r.whole("cap_per_quarter", high=10**6), _weeks(r, "absent_weeks", weeks))
        )
    return tuple(out)


def _previous(
    r: Reader, emp_at: Mapping[str, int], dept_at: Mapping[str, int], weeks: int
) -> tuple[Stay, int]:
    stay = Stay(
        r.known("employee", emp_at, "employee"),
        r.whole("week", high=weeks - 1),
        r.known("dept", dept_at, "department"),
    )
    return stay, r.known("supervisor", emp_at, "employee")


def _contradicting_pins(instance: RotationInstance, faults: Faults) -> None:
    """Note each pin that no plan can keep, whatever the rest of the plan."""
    of: defaultdict[int, dict[int, Pin]] = defaultdict(dict)
    for pin in instance.pins:
        for reason, mend in _against(instance, pin):
            faults.add(pin.place, reason, mend)
        other = of[pin.employee].setdefault(pin.week, pin)
        if None not in (other.dept, pin.dept) and other.dept != pin.dept:
            faults.add(pin.place, f"contradicts {other.place}: two departments in one week", "drop one")
    for weeks in of.values():
        pins = [weeks[w] for w in sorted(weeks)]
        for one, two in zip(pins, pins[1:], strict=False):
            if two.week - one.week <= instance.gap_weeks:
                faults.add(
                    two.place, f"is within the gap after {one.place}", "move one pin or shorten the gap"
                )
        for quarter, count in Counter(quarter_of(p.week) for p in pins).items():
            if count > instance.per_quarter:
                place = next(p.place for p in pins if quarter_of(p.week) == quarter)
                faults.add(place, f"{count} pins in quarter {quarter}", "keep no more than rules.per_quarter")
    _crowded_pins(instance, faults)


def _against(instance: RotationInstance, pin: Pin) -> list[tuple[str, str]]:
    person, quarter = instance.employees[pin.employee], quarter_of(pin.week)
    out = []
    if pin.week in person.leave or pin.week in person.blackout:
        out.append((f"{person.id!r} is on leave or blackout in week {pin.week}", "pin another week"))
    if (pin.employee, pin.week) in instance.forbids:
        out.append((f"week {pin.week} is forbidden for {person.id!r}", "drop the pin or the forbid"))
    if quarter in person.exempt:
        out.append(
            (f"{person.id!r} is exempt in quarter {quarter}", "pin another quarter or lift the exemption")
        )
    if person.last_rotation is not None and pin.week - person.last_rotation <= instance.gap_weeks:
        out.append((f"is within the gap after {person.id!r}'s last rotation", "pin a later week"))
    hosts = [d for d in person.hosts_in if d != person.dept]
    if not hosts or (pin.dept is not None and pin.dept not in hosts):
        out.append((f"{person.id!r} may not rotate there", "pin a department listed in hosts_in"))
    return out


def _crowded_pins(instance: RotationInstance, faults: Faults) -> None:
    room = home_room(instance)
    homes: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    guests: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for pin in instance.pins:
        homes[instance.employees[pin.employee].dept, pin.week].add(pin.employee)
        if pin.dept is not None:
            guests[pin.dept, pin.week].add(pin.employee)
    for limits, crowds, what, mend in (
        (room, homes, "may leave", "lower min_home or drop a pin"),
        (
            [d.max_guests for d in instance.departments],
            guests,
            "guests fit",
            "raise max_guests or drop a pin",
        ),
    ):
        for (dept, week), people in crowds.items():
            if len(people) > limits[dept][week]:
                name = instance.departments[dept].id
                text = (
                    f"{len(people)} people pinned in week {week}, but {limits[dept][week]} {what} in {name!r}"
                )
                faults.add("pins", text, mend)


def home_room(instance: RotationInstance) -> list[list[int]]:
    """Return per department and week how many people may be away without breaking the home floor."""
    present = [[0] * instance.weeks for _ in instance.departments]
    for person in instance.employees:
        row = present[person.dept]
        for week in range(instance.weeks):
            row[week] += week not in person.leave
    return [
        [max(0, here - floor) for here, floor in zip(row, dept.min_home, strict=True)]
        for row, dept in zip(present, instance.departments, strict=True)
    ]
