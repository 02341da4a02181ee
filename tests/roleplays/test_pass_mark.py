"""Borderline regression against arithmetic by hand and against another solver."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.roleplays import pass_mark
from app.roleplays.pass_mark import Assessment, borderline_regression

FOUR = [Assessment(10, 1), Assessment(14, 2), Assessment(15, 3), Assessment(21, 4)]


def test_the_worked_example() -> None:
    """x̄ = 2.5, ȳ = 15; Sxx = 2.25 + 0.25 + 0.25 + 2.25 = 5; Sxy = 7.5 + 0.5 + 0 + 9 = 17; Syy = 25 + 1 + 36 = 62.

    slope = 17/5 = 3.4; intercept = 15 − 8.5 = 6.5; cut = 6.5 + 3.4·2 = 13.3; R² = 17²/(5·62) = 0.932258;
    Σ residual² = 62 − 17²/5 = 4.2 over 4: RMSE = √1.05 = 1.024695.
    """
    found = borderline_regression(FOUR, highest_score=24, needed=4)
    assert found.cut is not None
    assert (found.cut, found.slope, found.intercept, found.r_squared, found.rmse) == pytest.approx(
        (13.3, 3.4, 6.5, 0.932258, 1.024695), abs=1e-6
    )


def test_it_needs_twenty_assessments() -> None:
    assert borderline_regression(FOUR * 4 + FOUR[:3], 24).reason == pass_mark.TOO_FEW
    assert borderline_regression(FOUR * 5, 24).cut == pytest.approx(13.3)


@pytest.mark.parametrize(
    ("assessments", "reason"),
    [
        ([Assessment(n, 2) for n in range(20)], pass_mark.ONE_RATING),
        ([Assessment(7, n % 4) for n in range(20)], pass_mark.NO_SPREAD),
        ([Assessment(20 - n, n / 5) for n in range(20)], pass_mark.UPSIDE_DOWN),
        ([Assessment(20 + n, 3 + n / 100) for n in range(20)], pass_mark.OFF_SCALE),
    ],
)
def test_a_line_that_means_nothing_gives_no_cut(assessments: list[Assessment], reason: str) -> None:
    found = borderline_regression(assessments, 40)
    assert (found.cut, found.reason) == (None, reason)


def test_impossible_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        borderline_regression([Assessment(float("nan"), 2)], 24)


points = st.builds(Assessment, st.integers(0, 40).map(float), st.integers(0, 4).map(float))


@given(st.lists(points, min_size=20, max_size=60))
def test_it_agrees_with_least_squares_by_matrix(assessments: list[Assessment]) -> None:
    found = borderline_regression(assessments, 40)
    if found.slope is None:
        return
    x = np.array([a.global_rating for a in assessments])
    y = np.array([a.score for a in assessments])
    design = np.column_stack([np.ones_like(x), x])
    (intercept, slope), *_ = np.linalg.lstsq(design, y, rcond=None)
    residual = y - design @ np.array([intercept, slope])
    assert found.slope == pytest.approx(slope, abs=1e-6)
    assert found.rmse == pytest.approx(float(np.sqrt((residual**2).mean())), abs=1e-6)
    assert found.r_squared is not None
    assert -1e-9 <= found.r_squared <= 1 + 1e-9
    assert found.cut is None or 0 <= found.cut <= 40
