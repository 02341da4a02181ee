"""The rule about unmet needs: each shortfall listed once, with its minutes and its true reason."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.scheduling.checker.facts import Facts
from app.scheduling.checker.ledger import Ledger
from app.scheduling.checker.reasons import REASONS, Reasoner
from app.scheduling.checker.report import Violation


def unmet_list(facts: Facts, ledger: Ledger, entries: Sequence[Any]) -> Iterator[Violation]:
    """Yield a violation for each unmet need that is not listed, wrongly counted or wrongly explained."""
    listed: dict[str, Mapping[str, Any]] = {}
    for position, entry in enumerate(entries):
        where = f"unmet[{position}]"
        need_id = entry.get("requirement") if isinstance(entry, Mapping) else None
        if not isinstance(need_id, str) or need_id not in facts.needs:
            yield Violation("unmet_list", where, "it names a requirement that does not exist")
        elif need_id in listed:
            yield Violation("unmet_list", where, f"{need_id} is listed twice")
        elif entry.get("reason") not in REASONS:
            yield Violation("unmet_list", where, f"{entry.get('reason')!r} is not a known reason")
        else:
            listed[need_id] = entry
    for need in facts.needs.values():
        missing = ledger.missing(need)
        stated = listed[need.id].get("minutes") if need.id in listed else 0
        if missing != stated:
            text = f"{missing} minutes are missing, the plan states {stated}"
            yield Violation("unmet_list", f"requirement {need.id}", text)
    reasoner = Reasoner(facts, ledger)
    for need_id, entry in listed.items():
        true_reason = reasoner.reason_of(facts.needs[need_id])
        if entry["reason"] != true_reason:
            text = f"the reason given is {entry['reason']}, the plan shows {true_reason}"
            yield Violation("unmet_list", f"requirement {need_id}", text)
