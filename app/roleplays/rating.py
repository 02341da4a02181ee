"""Bring the independent ratings of one role-play together, criterion by criterion."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import fsum
from statistics import median

from app.facts import Impossible
from app.roleplays.definitions import CRITICAL_BELOW, TOP_LEVEL, RolePlayDefinition

DIVERGENCE = 2
PASS_MEAN = 3.0


class ImpossibleRating(Impossible):
    """A rating lies off the scale, names no criterion of the rubric, or was given twice."""


@dataclass(frozen=True, slots=True)
class RubricLine:
    """State what aggregation needs of one criterion: its weight and the competencies it shows."""

    key: str
    weight: float = 1.0
    critical: bool = False
    competencies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rating:
    """State which level (0 to 4) an observer gave on one criterion; None is *not assessed*, never zero.

    `further` marks an observer who was called in to settle a divergence.
    """

    observer: str
    criterion: str
    level: int | None
    further: bool = False


def rubric_of(definition: RolePlayDefinition) -> tuple[RubricLine, ...]:
    """Take the rubric out of a role-play's definition."""
    return tuple(
        RubricLine(c.id, float(c.weight), c.critical, (c.competency_id,) if c.competency_id else ())
        for c in definition.criteria
    )


class Agreement(StrEnum):
    """Name how the observers of one criterion stand to each other."""

    NOT_ASSESSED = "not assessed"
    AGREED = "agreed"
    DIVERGED = "needs reconciliation"
    SETTLED = "reconciled"


@dataclass(frozen=True, slots=True)
class CriterionResult:
    """State the result on one criterion: a level from 0 to 4, or None while there is none."""

    key: str
    level: float | None
    ratings: int
    lowest: int | None
    highest: int | None
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class RolePlayResult:
    """State the result of one role-play.

    `mean` is weighted over the criteria that were assessed. `passed` is None while a criterion needs
    reconciliation or nothing was assessed; until then the role-play is no evidence.
    """

    criteria: tuple[CriterionResult, ...]
    mean: float | None
    failed_critical: tuple[str, ...]
    unassessed_critical: tuple[str, ...]
    needs_reconciliation: tuple[str, ...]
    passed: bool | None
    competencies: tuple[tuple[str, float], ...]


def aggregate(
    rubric: Iterable[RubricLine],
    ratings: Iterable[Rating],
    decisions: Mapping[str, int] | None = None,
    pass_mean: float = PASS_MEAN,
) -> RolePlayResult:
    """Take the mean per criterion over observers and decide whether the role-play is passed.

    A criterion on which two observers differ by 2 levels or more needs reconciliation. `decisions` holds
    joint decisions, which stand. Otherwise further observers settle it when more than half of all ratings
    lie within one level of the median; the result is then the mean of those.

    Passed means: a weighted mean of at least `pass_mean`, and every critical criterion assessed at 2 or
    more. The order of ratings does not matter; the same rating given twice counts once.

    Example: two observers give 3 and 4 on `opening` → 3.5, agreed; 1 and 3 on `listening` → needs
    reconciliation; a further observer gives 3 → two of three lie within one level of the median 3 → 3.0.

    Raises ImpossibleRating for a level off the scale, an unknown criterion, or two different ratings by one
    observer on one criterion.
    """
    criteria = tuple(rubric)
    decided = dict(decisions or {})
    by_key = {criterion.key: criterion for criterion in criteria}
    given = _collect(by_key, ratings)
    for key, level in decided.items():
        _check(by_key, key, level)
    results = tuple(_criterion(key, given[key], decided.get(key)) for key in by_key)
    assessed = [(by_key[r.key], r.level) for r in results if r.level is not None]
    open_keys = tuple(r.key for r in results if r.agreement is Agreement.DIVERGED)
    failed = tuple(c.key for c, level in assessed if c.critical and level < CRITICAL_BELOW)
    missing = tuple(
        r.key for r in results if by_key[r.key].critical and r.agreement is Agreement.NOT_ASSESSED
    )
    mean = _weighted_mean(assessed)
    passed = None if open_keys or mean is None else mean >= pass_mean and not failed and not missing
    tags = sorted({tag for criterion, _ in assessed for tag in criterion.competencies})
    competencies = [(tag, _weighted_mean([a for a in assessed if tag in a[0].competencies])) for tag in tags]
    return RolePlayResult(
        criteria=results,
        mean=mean,
        failed_critical=failed,
        unassessed_critical=missing,
        needs_reconciliation=open_keys,
        passed=passed,
        competencies=tuple((tag, level) for tag, level in competencies if level is not None),
    )


def _collect(by_key: Mapping[str, RubricLine], ratings: Iterable[Rating]) -> dict[str, list[Rating]]:
    seen: dict[tuple[str, str], Rating] = {}
    for rating in ratings:
        _check(by_key, rating.criterion, rating.level)
        if seen.setdefault((rating.observer, rating.criterion), rating) != rating:
            raise ImpossibleRating(f"{rating.observer} rated {rating.criterion} twice, differently")
    given: dict[str, list[Rating]] = {key: [] for key in by_key}
    for rating in seen.values():
        if rating.level is not None:
            given[rating.criterion].append(rating)
    return given


def _check(by_key: Mapping[str, RubricLine], key: str, level: int | None) -> None:
    if key not in by_key:
        raise ImpossibleRating(f"the rubric has no criterion {key}")
    if level is not None and not 0 <= level <= TOP_LEVEL:
        raise ImpossibleRating(f"level {level} is not between 0 and {TOP_LEVEL}")


def _criterion(key: str, ratings: list[Rating], decision: int | None) -> CriterionResult:
    levels = sorted(rating.level for rating in ratings if rating.level is not None)
    if not levels and decision is None:
        return CriterionResult(key, None, 0, None, None, Agreement.NOT_ASSESSED)
    lowest, highest = (levels[0], levels[-1]) if levels else (None, None)
    level, agreement = _settle(ratings, levels, decision)
    return CriterionResult(key, level, len(levels), lowest, highest, agreement)


def _settle(ratings: list[Rating], levels: list[int], decision: int | None) -> tuple[float | None, Agreement]:
    if decision is not None:
        return float(decision), Agreement.SETTLED
    if levels[-1] - levels[0] < DIVERGENCE:
        return fsum(levels) / len(levels), Agreement.AGREED
    if any(rating.further for rating in ratings):
        middle = median(levels)
        near = [level for level in levels if abs(level - middle) <= 1]
        if 2 * len(near) > len(levels):
            return fsum(near) / len(near), Agreement.SETTLED
    return None, Agreement.DIVERGED


def _weighted_mean(assessed: list[tuple[RubricLine, float]]) -> float | None:
    weight = fsum(criterion.weight for criterion, _ in assessed)
    if not weight:
        return None
    # Six decimals, so that a mean of exactly 3 does not fail by a rounding error.
    return round(fsum(criterion.weight * level for criterion, level in assessed) / weight, 6)
