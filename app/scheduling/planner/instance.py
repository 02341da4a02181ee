"""Parse and validate the file format ``shadowing/1`` into frozen typed values.

Nothing here knows how to search. A file that cannot be planned raises `InstanceError`, whose problems name
the place as a JSON path, what is wrong there, and how to mend it. Facts that are legal but leave people out
(a person without working hours, a floor above the head count) are notes, not errors.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .problem import (
    SLOT_MINUTES,
    SLOTS_PER_WEEK,
    Department,
    Employee,
    Instance,
    PinnedPair,
    PinnedSession,
    Requirement,
    Rules,
    Weights,
)
from .reading import Fault, Faults, Reader

FORMAT = "shadowing/1"
MAX_WEEKS = 53


def parse_instance(data: Any) -> Instance:
    """Read a decoded ``shadowing/1`` document.

    Raises `InstanceError` with every problem found (at most fifty). Contradictions that need the calendar,
    such as a pin on somebody's leave, are found later by `pins.check_pins`.
    """
    faults = Faults()
    top = Reader(data, "", faults)
    if top.text("format") != FORMAT:
        faults.add(
            "format", f"is {data.get('format') if isinstance(data, dict) else data!r}", f"write {FORMAT!r}"
        )
        faults.stop()
    if top.whole("slot_minutes") != SLOT_MINUTES:
        faults.add("slot_minutes", "only 30-minute slots are planned", "write 30")
    start = top.date("horizon_start")
    if start.weekday() != 0:
        faults.add("horizon_start", f"{start} is not a Monday", "start on a Monday")
    weeks = top.whole("weeks", low=1, high=MAX_WEEKS)
    faults.stop()
    slots = weeks * SLOTS_PER_WEEK
    rules = _rules(top.child("rules"))
    weights = _weights(top.child("weights"))
    departments, dept_at = _departments(top)
    prereq = _competencies(top, dept_at)
    employees, emp_at = _employees(top, dept_at, prereq, slots)
    faults.stop()
    requirements, req_at, req_of = _requirements(top, emp_at, prereq)
    faults.stop()
    book = _Book(employees, emp_at, requirements, req_at, req_of, rules, slots)
    pinned_sessions, pinned_pairs = _pins(top, book)
    pairs, times = _forbids(top, emp_at, slots)
    previous = _previous(top, book)
    frozen = top.whole("frozen_before", default=0, low=0, high=slots) if previous is not None else 0
    notes = _notes(departments, employees)
    _empty_departments(departments, employees, faults)
    faults.stop()
    rows = tuple(data["previous"]) if previous is not None else ()
    return Instance(
        start,
        weeks,
        rules,
        weights,
        departments,
        prereq,
        employees,
        requirements,
        pinned_sessions,
        pinned_pairs,
        pairs,
        times,
        previous,
        rows,
        frozen,
        notes,
    )


@dataclass(frozen=True, slots=True)
class _Book:
    employees: tuple[Employee, ...]
    emp_at: Mapping[str, int]
    requirements: tuple[Requirement, ...]
    req_at: Mapping[str, int]
    req_of: Mapping[tuple[int, str], int]
    rules: Rules
    slots: int


def _rules(r: Reader) -> Rules:
    durations = []
    for item in r.items("durations"):
        minutes = item.whole_self(low=SLOT_MINUTES, high=SLOTS_PER_WEEK * SLOT_MINUTES)
        if minutes % SLOT_MINUTES:
            r.faults.add(item.path, f"{minutes} is not a multiple of 30 minutes", "use 30, 60, 90, …")
        durations.append(minutes)
    if not durations:
        r.faults.add(f"{r.path}.durations", "lists no session length", "allow at least one length")
    rest = r.whole("rest_min", low=0, high=SLOTS_PER_WEEK * SLOT_MINUTES)
    if rest % SLOT_MINUTES:
        r.faults.add(f"{r.path}.rest_min", f"{rest} is not a multiple of 30 minutes", "use 0, 30, 60, …")
    return Rules(
        tuple(sorted(set(durations))),
        r.whole("host_min_level", low=0),
        rest // SLOT_MINUTES,
        r.whole("host_duty_pct", low=0, high=100),
        r.whole("max_per_pair", low=0),
        r.whole("prereq_level", low=0),
    )


def _weights(r: Reader) -> Weights:
    names = ("met_30min", "tie", "reciprocal", "load", "host_sq", "stability")
    return Weights(*(r.number(name, low=0) for name in names))


def _departments(top: Reader) -> tuple[tuple[Department, ...], dict[str, int]]:
    out: list[Department] = []
    at: dict[str, int] = {}
    for r in top.items("departments"):
        rows = []
        for name in ("min_on_duty", "load"):
            row = tuple(x.whole_self(low=0, high=10**6) for x in r.items(name))
            if len(row) != SLOTS_PER_WEEK:
                r.faults.add(
                    f"{r.path}.{name}", f"has {len(row)} entries", "give one entry per slot of the week: 336"
                )
            rows.append(row)
        out.append(Department(r.new_id(at, len(out)), *rows))
    if not out:
        top.faults.add("departments", "is empty", "list at least one department")
    return tuple(out), at


def _competencies(top: Reader, dept_at: Mapping[str, int]) -> dict[str, tuple[str, ...]]:
    prereq: dict[str, tuple[str, ...]] = {}
    places: dict[str, str] = {}
    at: dict[str, int] = {}
    readers = top.items("competencies")
    for k, r in enumerate(readers):
        cid = r.new_id(at, k)
        r.known("dept", dept_at, "department")
        prereq[cid] = tuple(x.text_self() for x in r.items("prereq"))
        places[cid] = f"{r.path}.prereq"
    for cid, needs in prereq.items():
        for k, p in enumerate(needs):
            if p not in prereq:
                top.faults.add(f"{places[cid]}[{k}]", f"unknown competency {p!r}", "name a listed competency")
    for cid in _in_a_cycle(prereq):
        top.faults.add(places[cid], f"{cid!r} needs itself in the end", "break the circle of prerequisites")
    return prereq


def _in_a_cycle(prereq: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Name the competencies that can't be ordered after all their prerequisites."""
    left = {c: {p for p in ps if p in prereq} for c, ps in prereq.items()}
    while free := [c for c, ps in left.items() if not ps & left.keys()]:
        for c in free:
            del left[c]
    return sorted(left)[:3]


def _employees(
    top: Reader, dept_at: Mapping[str, int], prereq: Mapping[str, Any], slots: int
) -> tuple[tuple[Employee, ...], dict[str, int]]:
    out: list[Employee] = []
    at: dict[str, int] = {}
    days: dict[str, tuple[tuple[int, int], ...]] = {}
    for k, r in enumerate(top.items("employees")):
        levels = r.mapping("levels")
        for name, level in levels.items():
            if name not in prereq:
                r.faults.add(f"{r.path}.levels.{name}", "unknown competency", "name a listed competency")
            elif type(level) is not int or not 0 <= level <= 4:
                r.faults.add(f"{r.path}.levels.{name}", f"level {level!r}", "use a level from 0 to 4")
        out.append(
            Employee(
                r.new_id(at, k),
                r.known("dept", dept_at, "department"),
                r.zone("tz"),
                r.flag("host_ok"),
                r.week_of_work("work", days),
                tuple(r.date_span(x) for x in r.items("leave")),
                tuple(r.slot_span(x, slots) for x in r.items("busy")),
                levels,
                r.whole("learn_min", low=0),
                r.whole("host_min", low=0),
            )
        )
    return tuple(out), at


def _requirements(
    top: Reader, emp_at: Mapping[str, int], prereq: Mapping[str, Any]
) -> tuple[tuple[Requirement, ...], dict[str, int], dict[tuple[int, str], int]]:
    out: list[Requirement] = []
    at: dict[str, int] = {}
    of: dict[tuple[int, str], int] = {}
    for k, r in enumerate(top.items("requirements")):
        rid = r.new_id(at, k)
        learner = r.known("learner", emp_at, "employee")
        competency = r.text("competency")
        if competency not in prereq:
            r.faults.add(
                f"{r.path}.competency", f"unknown competency {competency!r}", "name a listed competency"
            )
        minutes = r.whole("minutes", low=0, high=10**5)
        if minutes % SLOT_MINUTES:
            r.faults.add(f"{r.path}.minutes", f"{minutes} is not a multiple of 30", "use 30, 60, 90, …")
        first = of.setdefault((learner, competency), k)
        if first != k:
            r.faults.add(
                r.path,
                f"the learner already has requirements[{first}] for {competency!r}",
                "join the two into one",
            )
        deadline = r.date("deadline") if r.value("deadline", None) is not None else None
        out.append(
            Requirement(
                rid,
                learner,
                competency,
                minutes,
                r.whole("priority", low=0, high=1000),
                deadline,
                r.flag("cross"),
            )
        )
    return tuple(out), at, of


def _session(r: Reader, book: _Book) -> tuple[int, int, int, int]:
    req = r.known("requirement", book.req_at, "requirement")
    host = r.known("host", book.emp_at, "employee")
    start = r.whole("start", low=0, high=book.slots - 1)
    minutes = r.whole("minutes", low=SLOT_MINUTES)
    if minutes not in book.rules.durations:
        r.faults.add(
            f"{r.path}.minutes",
            f"{minutes} is not an allowed length",
            f"use one of {list(book.rules.durations)}",
        )
    elif start + minutes // SLOT_MINUTES > book.slots:
        r.faults.add(f"{r.path}.start", "the session ends after the horizon", "start it earlier")
    learner = r.value("learner", None)
    if learner is not None and book.emp_at.get(learner) != book.requirements[req].learner:
        r.faults.add(
            f"{r.path}.learner", f"{learner!r} is not the requirement's learner", "name the learner it is for"
        )
    return req, host, start, minutes


def _pins(top: Reader, book: _Book) -> tuple[tuple[PinnedSession, ...], tuple[PinnedPair, ...]]:
    sessions, pairs = [], []
    for r in top.items("pins"):
        if r.value("session", None) is not None:
            child = r.child("session")
            sessions.append(PinnedSession(child.path, *_session(child, book)))
            continue
        learner = r.known("learner", book.emp_at, "employee")
        host = r.known("host", book.emp_at, "employee")
        req = book.req_of.get((learner, r.text("competency")))
        if req is None:
            r.faults.add(
                f"{r.path}.competency",
                "the learner has no requirement for it",
                "add a requirement or drop the pin",
            )
        else:
            pairs.append(PinnedPair(r.path, req, host))
    return tuple(sessions), tuple(pairs)


def _forbids(
    top: Reader, emp_at: Mapping[str, int], slots: int
) -> tuple[frozenset[tuple[int, int]], tuple[tuple[int, int, int], ...]]:
    pairs, times = set(), []
    for r in top.items("forbids"):
        if r.value("employee", None) is not None:
            who = r.known("employee", emp_at, "employee")
            a, b = r.whole("from", low=0, high=slots), r.whole("to", low=0, high=slots)
            if b < a:
                r.faults.add(f"{r.path}.to", f"{b} is before from {a}", "swap the two")
            times.append((who, a, b))
        else:
            pairs.add((r.known("learner", emp_at, "employee"), r.known("host", emp_at, "employee")))
    return frozenset(pairs), tuple(times)


def _previous(top: Reader, book: _Book) -> tuple[tuple[int, int, int, int], ...] | None:
    if top.value("previous", None) is None:
        return None
    return tuple(_session(r, book) for r in top.items("previous"))


def _empty_departments(
    departments: tuple[Department, ...], employees: tuple[Employee, ...], faults: Faults
) -> None:
    size = _sizes(departments, employees)
    for d, dept in enumerate(departments):
        worst = max(dept.min_on_duty, default=0)
        if worst and not size[d]:
            faults.add(
                f"departments[{d}].min_on_duty",
                f"{dept.id!r} has nobody, yet asks for {worst} on duty",
                "lower the floor to 0 or add people",
            )


def _sizes(departments: tuple[Department, ...], employees: tuple[Employee, ...]) -> list[int]:
    size = [0] * len(departments)
    for e in employees:
        size[e.dept] += 1
    return size


def _notes(departments: tuple[Department, ...], employees: tuple[Employee, ...]) -> tuple[Fault, ...]:
    size = _sizes(departments, employees)
    out = []
    add: Callable[[str, str, str], None] = lambda place, fault, mend: out.append(Fault(place, fault, mend))  # noqa: E731
    for d, dept in enumerate(departments):
        worst = max(dept.min_on_duty, default=0)
        if not size[d]:
            add(f"departments[{d}]", f"{dept.id!r} has nobody", "add people or drop the department")
        elif worst > size[d]:
            slot = dept.min_on_duty.index(worst)
            add(
                f"departments[{d}].min_on_duty[{slot}]",
                f"floor {worst} is above the {size[d]} people of {dept.id!r}: nobody can leave there",
                "lower the floor",
            )
    for k, e in enumerate(employees):
        if not any(e.work):
            add(
                f"employees[{k}].work",
                f"{e.id!r} has no working hours and is never planned",
                "add working hours",
            )
    return tuple(out)
