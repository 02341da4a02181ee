"""Judge the raters: severity, calibration against a reference, and whether a sign-off needs a second one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import fsum

from app.roleplays.agreement import Observation, agreement, shared, weighted_kappa

LICENCE_KAPPA = 0.4
LICENCE_RATINGS = 10
# How many ratings "as severe as everybody" is worth: with as many of one's own, half of the residual counts.
SHRINKAGE = 5.0


class Standing(StrEnum):
    """Name how far an assessor's own sign-off goes."""

    UNKNOWN = "too few shared ratings to judge"
    GOOD = "in good standing"
    SECOND_NEEDED = "sign-offs wait for a second assessor"


@dataclass(frozen=True, slots=True)
class RaterQuality:
    """State how one rater stands to the co-raters.

    `shared_ratings` counts the ratings that somebody else gave as well; `mean_agreement` runs from 0 to 1;
    `kappa` from below 0 to 1 (None where it cannot be said). `residual` is the mean of own level minus the
    co-raters' mean, in levels; `severity` the same after shrinkage: negative is stricter than the others.
    """

    rater: str
    shared_ratings: int
    mean_agreement: float | None
    kappa: float | None
    residual: float | None
    severity: float
    standing: Standing


@dataclass(frozen=True, slots=True)
class Calibration:
    """State how one rater's levels on a sample compare with the reference.

    Shares and agreement run from 0 to 1; `bias` is the mean of own level minus reference, in levels.
    `missing` names reference criteria that were not rated.
    """

    ratings: int
    exact: float | None
    within_one: float | None
    mean_agreement: float | None
    bias: float | None
    kappa: float | None
    missing: tuple[str, ...]


def rater_quality(
    observations: Iterable[Observation], shrinkage: float = SHRINKAGE
) -> tuple[RaterQuality, ...]:
    """Judge every rater against the co-raters of the same performances and criteria, sorted by rater.

    A rating is compared with each co-rater's; with m co-raters each pair weighs 1/m, so that every rating
    counts once. Severity is Σ residual/(n + shrinkage): the posterior mean of a rater's effect under a
    normal prior around 0, with `shrinkage` the ratio of the two variances (Efron & Morris 1977,
    *Scientific American* 236(5):119; rater effects as in Myford & Wolfe 2003, *J. Appl. Meas.* 4:386).

    Example: a rater's only two shared ratings lie 1 and 2 levels below the co-raters' mean: residual
    (−1 − 2)/2 = −1.5; severity with shrinkage 5: −3/(2 + 5) = −0.428571.
    """
    if shrinkage < 0:
        raise ValueError("shrinkage must not be negative")
    pairs: dict[str, list[tuple[int, int, float]]] = {}
    residuals: dict[str, list[float]] = {}
    for raters in shared(observations).values():
        for rater, level in raters.items():
            pairs.setdefault(rater, [])
            residuals.setdefault(rater, [])
            others = [other for name, other in raters.items() if name != rater]
            if others:
                pairs[rater] += [(level, other, 1 / len(others)) for other in others]
                residuals[rater].append(level - fsum(others) / len(others))
    return tuple(_quality(rater, pairs[rater], residuals[rater], shrinkage) for rater in sorted(pairs))


def _quality(
    rater: str, pairs: list[tuple[int, int, float]], residuals: list[float], shrinkage: float
) -> RaterQuality:
    n = len(residuals)
    if not n:
        return RaterQuality(rater, 0, None, None, None, 0.0, Standing.UNKNOWN)
    kappa = weighted_kappa(sorted(pairs))
    return RaterQuality(
        rater=rater,
        shared_ratings=n,
        mean_agreement=fsum(weight * agreement(own, other) for own, other, weight in pairs) / n,
        kappa=kappa,
        residual=fsum(residuals) / n,
        severity=fsum(residuals) / (n + shrinkage),
        standing=standing(kappa, n),
    )


def standing(kappa: float | None, shared_ratings: int) -> Standing:
    """Apply the licence rule: below kappa 0.4 on 10 or more shared ratings a second assessor is needed.

    Landis & Koch 1977 (*Biometrics* 33:159) call 0.4 the end of *fair*. Where kappa cannot be said, because
    everybody gave the same level throughout, there is nothing against the assessor.
    """
    if shared_ratings < LICENCE_RATINGS:
        return Standing.UNKNOWN
    return Standing.SECOND_NEEDED if kappa is not None and kappa < LICENCE_KAPPA else Standing.GOOD


def calibrate(levels: Mapping[str, int | None], reference: Mapping[str, int]) -> Calibration:
    """Compare a rater's levels on a calibration sample with the reference, criterion by criterion.

    Criteria that the rater left unrated are named, not counted as zero; it counts for nothing but the
    rater's own calibration.

    Example: reference a=3, b=2, c=4; rated a=3, b=4, c not assessed → exact ½, within one level ½,
    agreement (1 + 0.5)/2 = 0.75, bias (0 + 2)/2 = +1.

    Raises ValueError for a criterion that the reference does not have.
    """
    unknown = set(levels) - set(reference)
    if unknown:
        raise ValueError(f"the reference has no criterion {min(unknown)}")
    pairs = [(level, reference[key]) for key in sorted(reference) if (level := levels.get(key)) is not None]
    missing = tuple(key for key in sorted(reference) if levels.get(key) is None)
    n = len(pairs)
    if not n:
        return Calibration(0, None, None, None, None, None, missing)
    return Calibration(
        ratings=n,
        exact=sum(own == right for own, right in pairs) / n,
        within_one=sum(abs(own - right) <= 1 for own, right in pairs) / n,
        mean_agreement=fsum(agreement(own, right) for own, right in pairs) / n,
        bias=fsum(own - right for own, right in pairs) / n,
        kappa=weighted_kappa((own, right, 1.0) for own, right in pairs),
        missing=missing,
    )
