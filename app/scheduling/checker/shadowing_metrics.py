"""Figures about a shadowing plan that people read: served share, fairness, ties, reasons."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from app.scheduling.checker.facts import Facts, Need
from app.scheduling.checker.ledger import Ledger
from app.scheduling.checker.report import jain
from app.scheduling.checker.shadowing_score import changed_sessions, hosted_minutes, reciprocal_pairs


def measure(facts: Facts, ledger: Ledger, unmet: Any) -> dict[str, Any]:
    """Return the metrics of a plan; minutes and hours are whole-horizon sums, shares are per cent."""
    needs = facts.needs.values()
    required = sum(need.minutes for need in needs)
    met = sum(min(ledger.served[need.id], need.minutes) for need in needs)
    hosted = hosted_minutes(ledger)
    able = _able_hosts(facts)
    dated = [need for need in needs if need.has_deadline]
    return {
        "sessions": len(ledger.bookings),
        "required_minutes": required,
        "met_minutes": met,
        "met_percent": _percent(met, required),
        "deadlines_met_percent": _percent(sum(not ledger.missing(need) for need in dated), len(dated)),
        "learners_complete_percent": _learners_complete(facts, ledger),
        "unmet_minutes_by_reason": _unmet_minutes(unmet),
        "host_fairness": jain(hosted[host] for host in able),
        "max_host_hours": max(hosted.values(), default=0) / 60,
        "hosts_used": len(hosted),
        "hosts_qualified": len(able),
        "distinct_ties": len(ledger.pairs),
        "reciprocal_pairs": reciprocal_pairs(ledger),
        "changed_sessions": changed_sessions(facts, ledger),
    }


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 100.0


def _learners_complete(facts: Facts, ledger: Ledger) -> float:
    learners = {need.learner for need in facts.needs.values()}
    waiting = {need.learner for need in facts.needs.values() if ledger.missing(need)}
    return _percent(len(learners - waiting), len(learners))


def _able_hosts(facts: Facts) -> list[str]:
    """Return who could host at least one requirement: fairness is measured over these people."""
    wanted: defaultdict[str, list[Need]] = defaultdict(list)
    for need in facts.needs.values():
        wanted[need.competency].append(need)
    able = []
    for person in facts.people.values():
        mastered = [c for c, level in person.levels.items() if level >= facts.host_level]
        if person.may_host and any(
            need.learner != person.id
            and not (need.cross and person.department == facts.people[need.learner].department)
            and (need.learner, person.id) not in facts.banned_pairs
            for competency in mastered
            for need in wanted.get(competency, ())
        ):
            able.append(person.id)
    return able


def _unmet_minutes(unmet: Any) -> dict[str, int]:
    minutes: Counter[str] = Counter()
    for entry in unmet if isinstance(unmet, list) else ():
        if isinstance(entry, Mapping) and isinstance(entry.get("minutes"), int):
            minutes[str(entry.get("reason"))] += entry["minutes"]
    return dict(minutes.most_common())
