"""The score of a shadowing plan by rule, as both the search and its bound must count it."""

from collections import Counter

from app.scheduling.checker.facts import Facts
from app.scheduling.checker.ledger import Ledger, session_key
from app.scheduling.checker.timeline import SLOT_MINUTES, SLOTS_PER_WEEK


def score_by_rule(facts: Facts, ledger: Ledger) -> dict[str, float]:
    """Return each term of the objective, penalties negative; their sum is maximised.

    Terms: minutes met per half hour and priority, distinct pairs, pairs that meet in both directions,
    sessions in busy slots, squared hosted hours per host, and changed sessions when re-planning.
    """
    weights = facts.weights
    met = sum(
        min(ledger.served[need.id], need.minutes) // SLOT_MINUTES * need.priority
        for need in facts.needs.values()
    )
    score = {
        "met": weights["met_30min"] * met,
        "tie": weights["tie"] * len(ledger.pairs),
        "reciprocal": weights["reciprocal"] * reciprocal_pairs(ledger),
        "load": -weights["load"] * busy_level(facts, ledger),
        "host_sq": -weights["host_sq"] * sum((m / 60) ** 2 for m in hosted_minutes(ledger).values()),
    }
    changed = changed_sessions(facts, ledger)
    if changed is not None:
        score["stability"] = -weights["stability"] * changed
    return score


def reciprocal_pairs(ledger: Ledger) -> int:
    """Count the pairs of people who host each other."""
    return sum(1 for one, other in ledger.pairs if one < other and (other, one) in ledger.pairs)


def busy_level(facts: Facts, ledger: Ledger) -> int:
    """Add up the load level of learner's and host's department over all slots of all sessions."""
    total = 0
    for booking in ledger.bookings:
        for person in (booking.learner, booking.host):
            load = facts.load[facts.people[person].department]
            total += sum(load[slot % SLOTS_PER_WEEK] for slot in range(booking.start, booking.end))
    return total


def hosted_minutes(ledger: Ledger) -> Counter[str]:
    """Return the minutes each host gives over the whole horizon."""
    minutes: Counter[str] = Counter()
    for booking in ledger.bookings:
        minutes[booking.host] += booking.minutes
    return minutes


def changed_sessions(facts: Facts, ledger: Ledger) -> int | None:
    """Count the sessions of the previous plan that are moved or dropped; None without a previous plan."""
    if facts.previous is None:
        return None
    before = Counter(session_key(session) for session in facts.previous)
    return (before - Counter(booking.key for booking in ledger.bookings)).total()
