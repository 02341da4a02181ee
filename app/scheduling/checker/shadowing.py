"""Judge a `shadowing-plan/1` document: read its sessions, apply every rule, add score and metrics."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.scheduling.checker.facts import Facts, read_facts
from app.scheduling.checker.ledger import Booking, Ledger
from app.scheduling.checker.report import Report, Violation
from app.scheduling.checker.shadowing_metrics import measure
from app.scheduling.checker.shadowing_rules import RULES
from app.scheduling.checker.shadowing_score import score_by_rule
from app.scheduling.checker.timeline import SLOT_MINUTES
from app.scheduling.checker.unmet import unmet_list


def check_shadowing(instance: Mapping[str, Any], plan: Mapping[str, Any]) -> Report:
    """Return the verdict on a shadowing plan; the formats are explained in docs/planner.md."""
    facts = read_facts(instance)
    bookings: list[Booking] = []
    violations: list[Violation] = []
    for booking in _read_sessions(facts, plan):
        if isinstance(booking, Violation):
            violations.append(booking)
        else:
            bookings.append(booking)
    ledger = Ledger.of(facts, bookings)
    for rule in RULES:
        violations.extend(rule(facts, ledger))
    listed = plan.get("unmet", [])
    violations.extend(unmet_list(facts, ledger, listed if isinstance(listed, list) else [listed]))
    return Report(tuple(violations), score_by_rule(facts, ledger), measure(facts, ledger, listed))


def _read_sessions(facts: Facts, plan: Mapping[str, Any]) -> Iterator[Booking | Violation]:
    sessions = plan.get("sessions", [])
    if not isinstance(sessions, list):
        yield Violation("unknown_id", "sessions", "sessions is not a list")
        return
    for position, session in enumerate(sessions):
        yield _read_session(facts, f"sessions[{position}]", session)


def _read_session(facts: Facts, where: str, session: Any) -> Booking | Violation:
    if not isinstance(session, Mapping):
        return Violation("unknown_id", where, "a session must be an object")
    need = facts.needs.get(_text(session, "requirement"))
    host, learner = _text(session, "host"), _text(session, "learner")
    if need is None or host not in facts.people or learner not in facts.people:
        return Violation("unknown_id", where, "it names a requirement, learner or host that does not exist")
    if (learner, session.get("competency", need.competency)) != (need.learner, need.competency):
        return Violation(
            "unknown_id", where, f"learner or competency differ from those of requirement {need.id}"
        )
    start, minutes = session.get("start"), session.get("minutes")
    if type(start) is not int or type(minutes) is not int or minutes not in facts.durations:
        return Violation(
            "off_grid", where, "start must be a whole slot and minutes one of the allowed durations"
        )
    end = start + minutes // SLOT_MINUTES
    if start < 0 or end > facts.total_slots:
        return Violation("off_grid", where, f"slots {start} to {end} leave the horizon")
    return Booking(where, need, host, start, end, minutes)


def _text(session: Mapping[str, Any], key: str) -> str:
    value = session.get(key)
    return value if isinstance(value, str) else ""
