"""Decide what a finished role-play says about each competency, and what a learner works on next."""

from __future__ import annotations

from dataclasses import dataclass

from app.roleplays.definitions import TOP_LEVEL, Criterion, RolePlayDefinition
from app.roleplays.rating import CriterionResult, RolePlayResult


@dataclass(frozen=True, slots=True)
class Finding:
    """State the weighted mean (0 to 4) on one competency's criteria and whether it passes."""

    competency_id: str
    mean: float
    passed: bool


@dataclass(frozen=True, slots=True)
class Feedback:
    """Show one criterion: the level reached in words, and the words of the level above it."""

    criterion: Criterion
    result: CriterionResult
    reached: int | None
    reached_words: str
    next_words: str


def findings(result: RolePlayResult, pass_mean: float) -> tuple[Finding, ...]:
    """Return one finding per competency; a critical criterion failed or not assessed fails them all.

    Example: pass mean 3.0, `calm` 3.4 and `refer` 2.5, no critical failed → calm passed, refer not.
    """
    sound = not result.failed_critical and not result.unassessed_critical
    return tuple(Finding(key, mean, sound and mean >= pass_mean) for key, mean in result.competencies)


def feedback(definition: RolePlayDefinition, result: RolePlayResult) -> tuple[Feedback, ...]:
    """Return the rubric with what was reached; a mean between two levels shows the lower one's words."""
    by_key = {each.key: each for each in result.criteria}
    return tuple(_feedback(criterion, by_key[criterion.id]) for criterion in definition.criteria)


def to_work_on(definition: RolePlayDefinition, result: RolePlayResult) -> tuple[Criterion, ...]:
    """Return the criteria that hold the result back: critical failures first, then the lowest, heaviest."""
    by_key = {each.key: each for each in result.criteria}
    low = [
        (criterion.id not in result.failed_critical, level, -criterion.weight, place, criterion)
        for place, criterion in enumerate(definition.criteria)
        if (level := by_key[criterion.id].level) is not None and level < definition.pass_mean
    ]
    return tuple(each[-1] for each in sorted(low, key=lambda each: each[:-1]))


def _feedback(criterion: Criterion, result: CriterionResult) -> Feedback:
    if result.level is None:
        return Feedback(criterion, result, None, "", "")
    reached = int(result.level)
    above = criterion.levels[reached + 1] if reached < TOP_LEVEL else ""
    return Feedback(criterion, result, reached, criterion.levels[reached], above)
