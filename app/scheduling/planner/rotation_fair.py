"""Spread what stays unmet: the second miss of a person costs more than the first of another."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from .rotation_instance import RotationInstance, Stay, quarter_of
from .rotation_mip import NO_LIMIT, RotationProgram, build_program
from .rotation_options import RotationWorld


def wanted_quarters(instance: RotationInstance) -> list[int]:
    """Count per employee the quarters in which a rotation is wanted."""
    return [instance.quarters - len(person.exempt) for person in instance.employees]


def repeated_misses(wanted: Iterable[int], served: Iterable[int]) -> int:
    """Return the sum over people of m·(m − 1)/2 for m misses: 0 when nobody misses twice."""
    return sum((w - s) * (w - s - 1) // 2 for w, s in zip(wanted, served, strict=True))


def is_fair(world: RotationWorld, plan: Iterable[Stay]) -> bool:
    """Say whether no plan could spread the misses better, as far as one person's own options tell."""
    wanted = wanted_quarters(world.instance)
    reachable = Counter(employee for employee, _ in world.options)
    served = Counter(e for e, _ in {(stay.employee, quarter_of(stay.week)) for stay in plan})
    people = range(len(wanted))
    return repeated_misses(wanted, (served[e] for e in people)) <= repeated_misses(
        wanted, (reachable[e] for e in people)
    )


def fair_program(world: RotationWorld, stays: Iterable[Stay], total: int) -> RotationProgram:
    """Return the program that serves at least `total` pairs and repeats as few misses as possible.

    For each person and k = 1 … a column of at least (misses − k), each costing 1: together m·(m − 1)/2.
    """
    made = build_program(world, stays)
    program = made.program
    counted: defaultdict[int, list[int]] = defaultdict(list)
    for column, stay in enumerate(made.stays):
        if program.cost[column]:
            counted[stay.employee].append(column)
        program.cost[column] = 0.0
    program.row(total, NO_LIMIT, [column for columns in counted.values() for column in columns])
    for employee, wanted in enumerate(wanted_quarters(world.instance)):
        for misses in range(1, wanted):
            over = program.column(-1.0, 0.0, float(wanted), whole=False)
            program.row(wanted - misses, NO_LIMIT, [*counted[employee], over])
    return made
