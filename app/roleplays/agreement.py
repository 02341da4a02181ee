"""Measure how far two ratings, or two raters, agree."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from math import fsum

from app.roleplays.definitions import TOP_LEVEL


@dataclass(frozen=True, slots=True)
class Observation:
    """State which level one rater gave on one criterion of one performance."""

    performance: str
    criterion: str
    rater: str
    level: int


@dataclass(frozen=True, slots=True)
class CriterionAgreement:
    """State the mean agreement (0 to 1) over all pairs of ratings of one criterion."""

    criterion: str
    agreement: float
    pairs: int


def agreement(one: float, other: float, highest: int = TOP_LEVEL) -> float:
    """Give 1 − |a − b|/max: 1 for the same level, 0 for opposite ends of the scale.

    Source: the complement of the normalised absolute disagreement (Krippendorff, *Content Analysis*, ch.
    11, with an absolute metric). Example: levels 3 and 1 of 4 → 1 − 2/4 = 0.5.
    """
    return 1 - abs(one - other) / highest


def criterion_agreements(observations: Iterable[Observation]) -> tuple[CriterionAgreement, ...]:
    """Give the mean agreement per criterion over every pair of raters of the same performance.

    Example: three raters give 3, 3 and 1 → pairs 1, 0.5, 0.5 → mean 2/3 over 3 pairs.
    """
    found: dict[str, list[float]] = defaultdict(list)
    for (_, criterion), raters in shared(observations).items():
        found[criterion] += [agreement(a, b) for a, b in combinations(raters.values(), 2)]
    return tuple(
        CriterionAgreement(criterion, fsum(values) / len(values), len(values))
        for criterion, values in sorted(found.items())
        if values
    )


def shared(observations: Iterable[Observation]) -> dict[tuple[str, str], dict[str, int]]:
    """Group levels by performance and criterion, then by rater; a repeated observation counts once.

    Raises ValueError when one rater gives two levels for the same thing, or a level off the scale.
    """
    groups: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for seen in observations:
        if not 0 <= seen.level <= TOP_LEVEL:
            raise ValueError(f"level {seen.level} is not between 0 and {TOP_LEVEL}")
        raters = groups[seen.performance, seen.criterion]
        if raters.setdefault(seen.rater, seen.level) != seen.level:
            raise ValueError(f"{seen.rater} gave two levels on {seen.criterion} of {seen.performance}")
    return dict(groups)


def weighted_kappa(pairs: Iterable[tuple[int, int, float]], highest: int = TOP_LEVEL) -> float | None:
    """Give Cohen's kappa with quadratic weights for (level, level, weight of the pair).

    κ = 1 − Σ w·observed / Σ w·expected with w = (i − j)²/max², expected from the two raters' own use of the
    scale. 1 is full agreement, 0 what chance gives, below 0 less. None without pairs, or where both raters
    use one and the same level only, so that chance alone explains everything. Source: Cohen 1968,
    *Psychological Bulletin* 70:213.

    Example with levels 0 to 2: pairs (0,0), (1,1), (2,2), (2,0). Observed Σ w = 4/4 = 1 of 4 pairs → 0.25.
    Rater a uses 0,1,2 as ¼,¼,½; b as ½,¼,¼. Expected: (a0,b1) 1/16·¼ + (a0,b2) 1/16·1 + (a1,b0) ⅛·¼ +
    (a1,b2) 1/16·¼ + (a2,b0) ¼·1 + (a2,b1) ⅛·¼ = 0.40625. κ = 1 − 0.25/0.40625 = 0.384615.
    """
    table: dict[tuple[int, int], float] = defaultdict(float)
    for one, other, weight in pairs:
        table[one, other] += weight
    total = fsum(table.values())
    if not total:
        return None
    rows: dict[int, float] = defaultdict(float)
    columns: dict[int, float] = defaultdict(float)
    for (one, other), weight in table.items():
        rows[one] += weight / total
        columns[other] += weight / total
    observed = fsum(weight / total * _cost(one, other, highest) for (one, other), weight in table.items())
    expected = fsum(
        row * column * _cost(one, other, highest)
        for one, row in rows.items()
        for other, column in columns.items()
    )
    return 1 - observed / expected if expected else None


def _cost(one: int, other: int, highest: int) -> float:
    return (one - other) ** 2 / highest**2
