"""Set the pass mark of a role-play from the assessments themselves: borderline regression."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum, isfinite, sqrt

NEEDED_ASSESSMENTS = 20
# The global rating that stands for a learner on the edge of passing, on the scale 0 to 4.
BORDERLINE = 2.0


@dataclass(frozen=True, slots=True)
class Assessment:
    """State one assessment: the checklist or rubric score, and the assessor's global rating (0 to 4)."""

    score: float
    global_rating: float


@dataclass(frozen=True, slots=True)
class PassMark:
    """State the cut, in points of the score, or why there is none.

    `r_squared` (0 to 1) says how much of the scores' spread the global rating explains; `rmse`, in points
    of the score, how far scores lie from the line.
    """

    cut: float | None
    assessments: int
    slope: float | None = None
    intercept: float | None = None
    r_squared: float | None = None
    rmse: float | None = None
    reason: str = ""


TOO_FEW = "Borderline regression needs 20 assessments; until then the fixed pass mark holds."
ONE_RATING = "Every assessor gave the same global rating, so no line can be drawn."
NO_SPREAD = "Every score is the same, so no line can be drawn."
UPSIDE_DOWN = "Higher global ratings go with lower scores: check the rubric before setting a pass mark."
OFF_SCALE = "The line gives a cut outside the score's range, so it cannot be used."


def borderline_regression(
    assessments: Iterable[Assessment],
    highest_score: float,
    borderline: float = BORDERLINE,
    needed: int = NEEDED_ASSESSMENTS,
) -> PassMark:
    """Regress score on global rating by least squares and cut at the borderline rating.

    slope = Σ(x − x̄)(y − ȳ)/Σ(x − x̄)², cut = ȳ + slope·(borderline − x̄), R² = Sxy²/(Sxx·Syy),
    RMSE = √(Σ residual²/n). Sources: Kramer et al. 2003, *Medical Education* 37:132; Pell et al. 2010,
    *Medical Teacher* 32:802 (AMEE guide 49), which asks for R² above 0.5.

    Example (with `needed=4`): ratings 1, 2, 3, 4 and scores 10, 14, 15, 21. Means 2.5 and 15; Sxx = 5,
    Sxy = 7.5 + 0.5 + 0 + 9 = 17, Syy = 25 + 1 + 0 + 36 = 62. slope 3.4; cut at 2: 15 − 1.7 = 13.3;
    R² = 289/310 = 0.932258; Σ residual² = 62 − 17²/5 = 4.2; RMSE = √1.05 = 1.024695.

    Raises ValueError for a score or rating that is not finite.
    """
    found = tuple(assessments)
    n = len(found)
    if not all(isfinite(a.score) and isfinite(a.global_rating) for a in found):
        raise ValueError("scores and global ratings must be finite")
    if n < max(needed, 2):
        return PassMark(None, n, reason=TOO_FEW)
    mean_x = fsum(a.global_rating for a in found) / n
    mean_y = fsum(a.score for a in found) / n
    sxx = fsum((a.global_rating - mean_x) ** 2 for a in found)
    sxy = fsum((a.global_rating - mean_x) * (a.score - mean_y) for a in found)
    syy = fsum((a.score - mean_y) ** 2 for a in found)
    if sxx < 1e-12:
        return PassMark(None, n, reason=ONE_RATING)
    if syy < 1e-12:
        return PassMark(None, n, reason=NO_SPREAD)
    slope = sxy / sxx
    cut = mean_y + slope * (borderline - mean_x)
    reason = UPSIDE_DOWN if slope <= 0 else "" if 0 <= cut <= highest_score else OFF_SCALE
    return PassMark(
        cut=None if reason else cut,
        assessments=n,
        slope=slope,
        intercept=mean_y - slope * mean_x,
        r_squared=sxy * sxy / (sxx * syy),
        rmse=sqrt(max(0.0, syy - sxy * sxy / sxx) / n),
        reason=reason,
    )
