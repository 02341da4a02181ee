"""Write a rotation problem as a mixed-integer program: who goes where in which week, guides as counts.

Columns: one binary per stay, one continuous column per supervisor and week (how much of a guest they take).
For fixed stays the supervisor part is a network with whole capacities, so whole supervisors exist whenever
the relaxed ones do; that is why they need not be integer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from .rotation_instance import Stay, quarter_of
from .rotation_options import RotationWorld


@dataclass(slots=True)
class Program:
    """Hold a maximisation over columns in [lower, upper] with rows low ≤ a·x ≤ high, as flat lists."""

    cost: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    row_low: list[float] = field(default_factory=list)
    row_high: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def column(self, cost: float, lower: float, upper: float, *, whole: bool) -> int:
        """Add a column and return its index."""
        self.cost.append(cost)
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.cost) - 1

    def row(self, low: float, high: float, columns: Collection[int], minus: Collection[int] = ()) -> None:
        """Add a row: the sum of `columns` less the sum of `minus`."""
        self.index += [*columns, *minus]
        self.value += [1.0] * len(columns) + [-1.0] * len(minus)
        self.row_low.append(low)
        self.row_high.append(high)
        self.starts.append(len(self.index))


NO_LIMIT = float("inf")


@dataclass(slots=True)
class RotationProgram:
    """Hold the program and the stay that each of its first columns stands for."""

    program: Program
    stays: list[Stay]
    column_of: dict[Stay, int]

    def chosen(self, columns: Iterable[int]) -> list[Stay]:
        """Return the stays of the columns that are 1."""
        return [self.stays[c] for c in columns if c < len(self.stays)]


def build_program(
    world: RotationWorld, stays: Iterable[Stay], worth: dict[Stay, float] | None = None
) -> RotationProgram:
    """Return the program over these stays only; `worth` overrides what a stay counts (1)."""
    program = Program()
    made = RotationProgram(program, [], {})
    by_wish: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    by_week: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    homes: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    guests: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for stay in stays:
        must = 1.0 if stay in world.must else 0.0
        column = program.column((worth or {}).get(stay, 1.0), must, 1.0, whole=True)
        made.stays.append(stay)
        made.column_of[stay] = column
        by_wish[stay.employee, quarter_of(stay.week)].append(column)
        by_week[stay.employee, stay.week].append(column)
        if stay not in world.past:
            homes[world.instance.employees[stay.employee].dept, stay.week].append(column)
            guests[stay.dept, stay.week].append(column)
    _one_per_quarter(world, made, by_wish, by_week)
    _gaps(world, made, by_week)
    for (dept, week), columns in homes.items():
        program.row(-NO_LIMIT, world.room[dept][week], columns)
    _guides(world, made, by_week, guests)
    return made


def _one_per_quarter(
    world: RotationWorld,
    made: RotationProgram,
    by_wish: dict[tuple[int, int], list[int]],
    by_week: dict[tuple[int, int], list[int]],
) -> None:
    pinned: defaultdict[tuple[int, int], set[int]] = defaultdict(set)
    for employee, week in world.pinned:
        pinned[employee, quarter_of(week)].add(week)
    for stay in world.past:
        pinned[stay.employee, quarter_of(stay.week)].add(stay.week)
    for wish, columns in by_wish.items():
        weeks = pinned.get(wish)
        if weeks is None:
            made.program.row(-NO_LIMIT, 1, columns)
            continue
        for position, week in enumerate(sorted(weeks)):
            found = by_week.get((wish[0], week), [])
            made.program.row(1, 1, found)
            if position:
                for column in found:
                    made.program.cost[column] = 0.0


def _gaps(world: RotationWorld, made: RotationProgram, by_week: dict[tuple[int, int], list[int]]) -> None:
    """Allow one stay in any gap + 1 weeks in a row; windows inside one quarter say nothing new."""
    gap = world.instance.gap_weeks
    weeks_of: defaultdict[int, list[int]] = defaultdict(list)
    for employee, week in by_week:
        weeks_of[employee].append(week)
    for employee, weeks in weeks_of.items():
        weeks.sort()
        last_end = -1
        for position, first in enumerate(weeks):
            end = position
            while end + 1 < len(weeks) and weeks[end + 1] <= first + gap:
                end += 1
            if end > last_end and quarter_of(first) != quarter_of(weeks[end]):
                window = [c for w in weeks[position : end + 1] for c in by_week[employee, w]]
                made.program.row(-NO_LIMIT, 1, window)
            last_end = max(last_end, end)


def _guides(
    world: RotationWorld,
    made: RotationProgram,
    by_week: dict[tuple[int, int], list[int]],
    guests: dict[tuple[int, int], list[int]],
) -> None:
    """Let every guest have a supervisor who is there, not on rotation, and within the quarter's limit."""
    instance, program = world.instance, made.program
    in_week: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    in_quarter: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for (dept, week), columns in guests.items():
        takers = []
        for k in world.guides.get(dept, ()):
            supervisor = instance.supervisors[k]
            if week not in supervisor.absent:
                column = program.column(0.0, 0.0, 1.0, whole=False)
                takers.append(column)
                in_week[supervisor.employee, week].append(column)
                in_quarter[supervisor.employee, quarter_of(week)].append(column)
        program.row(-NO_LIMIT, instance.departments[dept].max_guests[week], columns)
        program.row(-NO_LIMIT, 0, columns, takers)
    for node, columns in in_week.items():
        own = by_week.get(node, [])
        if own or len(columns) > 1:
            program.row(-NO_LIMIT, 1, [*columns, *own])
    limit: dict[int, int] = {}
    for supervisor in instance.supervisors:
        limit[supervisor.employee] = max(supervisor.cap, limit.get(supervisor.employee, 0))
    used: defaultdict[tuple[int, int], int] = defaultdict(int)
    for stay, who in world.past.items():
        used[who, quarter_of(stay.week)] += 1
    for (who, quarter), columns in in_quarter.items():
        program.row(-NO_LIMIT, limit[who] - used[who, quarter], columns)
