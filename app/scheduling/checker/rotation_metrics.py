"""Figures about a rotation plan that people read: served share by quarter, fairness, reasons."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from app.scheduling.checker.report import jain
from app.scheduling.checker.rotation_facts import Roster, RotationFacts


def measure_rotations(facts: RotationFacts, roster: Roster, unmet: Any) -> dict[str, Any]:
    """Return the metrics of a rotation plan; shares are per cent.

    `person_fairness` is Jain's index over each person's share of wanted quarters served,
    `quarter_fairness` the same over the quarters' served shares, `supervisor_fairness` over guests guided.
    """
    wanted, served = facts.wanted, roster.served & facts.wanted
    by_quarter = [
        _percent(sum(q == quarter for _, q in served), sum(q == quarter for _, q in wanted))
        for quarter in range(facts.quarters)
    ]
    asked, given = Counter(person for person, _ in wanted), Counter(person for person, _ in served)
    guided = Counter(stay.supervisor for stay in roster.stays)
    missed = Counter(person for person, _ in wanted - served)
    return {
        "rotations": len(roster.stays),
        "wanted": len(wanted),
        "met_percent": _percent(len(served), len(wanted)),
        "met_percent_by_quarter": by_quarter,
        "unmet_by_reason": _by_reason(unmet),
        "person_fairness": jain(given[person] / count for person, count in asked.items()),
        "quarter_fairness": jain(by_quarter),
        "supervisor_fairness": jain(guided[person] for person in facts.supervisor_cap),
        "missed_more_than_once": sum(count > 1 for count in missed.values()),
    }


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 100.0


def _by_reason(unmet: Any) -> dict[str, int]:
    rows = [entry for entry in unmet if isinstance(entry, Mapping)] if isinstance(unmet, list) else []
    return dict(Counter(str(entry.get("reason")) for entry in rows).most_common())
