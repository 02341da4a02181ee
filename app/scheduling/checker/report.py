"""What a check returns: violations that name a rule and a place, score by rule, metrics."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any


class UnreadableInstance(ValueError):
    """The instance cannot be judged against: it is incomplete or not of a known format."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One broken hard rule: which, where in the plan (a JSON path), and what is wrong in a sentence."""

    rule: str
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """The verdict on one plan; `total` is the score that the search maximises."""

    violations: tuple[Violation, ...]
    score: dict[str, float] = field(default_factory=dict)
    metrics: dict[str, Any] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Say whether no hard rule is broken."""
        return not self.violations

    @property
    def total(self) -> float:
        """Return the sum of the score over all rules."""
        return sum(self.score.values())

    @property
    def rules_broken(self) -> frozenset[str]:
        """Return the names of the broken rules."""
        return frozenset(violation.rule for violation in self.violations)

    def as_json(self) -> dict[str, Any]:
        """Return the report as a JSON-ready document."""
        return {
            "ok": self.ok,
            "violations": [{"rule": v.rule, "where": v.where, "text": v.text} for v in self.violations],
            "violations_by_rule": dict(Counter(v.rule for v in self.violations)),
            "score": {**self.score, "total": self.total},
            "metrics": self.metrics,
        }


def jain(loads: Iterable[float]) -> float:
    """Return Jain's fairness index (Σx)² / (n·Σx²): 1 when all loads are equal, 1/n when one has all.

    Source: Jain, Chiu, Hawe 1984, DEC-TR-301. An empty or all-zero list counts as fair.
    """
    values = list(loads)
    squares = sum(value * value for value in values)
    return sum(values) ** 2 / (len(values) * squares) if squares else 1.0
