"""Judge a `rotation-plan/1` document: read its rotations, apply every rule, add score and metrics."""

from collections.abc import Mapping
from typing import Any

from app.scheduling.checker.report import Report, Violation
from app.scheduling.checker.rotation_facts import Roster, RotationFacts, Stay, read_rotation_facts
from app.scheduling.checker.rotation_metrics import measure_rotations
from app.scheduling.checker.rotation_reasons import unmet_rotations
from app.scheduling.checker.rotation_rules import ROTATION_RULES


def check_rotation(instance: Mapping[str, Any], plan: Mapping[str, Any]) -> Report:
    """Return the verdict on a rotation plan; the formats are explained in docs/planner.md.

    The score is the number of (employee, quarter) pairs served.
    """
    facts = read_rotation_facts(instance)
    stays: list[Stay] = []
    violations: list[Violation] = []
    rows = plan.get("rotations", [])
    for position, row in enumerate(rows if isinstance(rows, list) else [rows]):
        stay = _read_stay(facts, f"rotations[{position}]", row)
        if isinstance(stay, Stay):
            stays.append(stay)
        else:
            violations.append(stay)
    roster = Roster.of(facts, stays)
    for rule in ROTATION_RULES:
        violations.extend(rule(facts, roster))
    listed = plan.get("unmet", [])
    violations.extend(unmet_rotations(facts, roster, listed if isinstance(listed, list) else [listed]))
    score = {"rotations": float(len(roster.served))}
    return Report(tuple(violations), score, measure_rotations(facts, roster, listed))


def _read_stay(facts: RotationFacts, where: str, row: Any) -> Stay | Violation:
    if not isinstance(row, Mapping):
        return Violation("unknown_id", where, "a rotation must be an object")
    employee, department, week = row.get("employee"), row.get("dept"), row.get("week")
    if not isinstance(employee, str) or employee not in facts.people:
        return Violation("unknown_id", where, f"employee {employee!r} does not exist")
    if not isinstance(department, str) or department not in facts.floors:
        return Violation("unknown_id", where, f"department {department!r} does not exist")
    if type(week) is not int or not 0 <= week < facts.weeks:
        return Violation("unknown_id", where, f"week {week!r} is outside the plan")
    supervisor = row.get("supervisor")
    return Stay(where, employee, department, week, supervisor if isinstance(supervisor, str) else "")
