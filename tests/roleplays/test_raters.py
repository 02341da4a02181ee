"""Agreement, kappa, severity, calibration and the licence rule, with the arithmetic shown."""

from itertools import product
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.roleplays.agreement import Observation, agreement, criterion_agreements, weighted_kappa
from app.roleplays.raters import Standing, calibrate, rater_quality, standing


def seen(rater: str, *levels: int, criterion: str = "c") -> list[Observation]:
    return [Observation(f"p{n}", criterion, rater, level) for n, level in enumerate(levels)]


@pytest.mark.parametrize(("one", "other", "expected"), [(3, 3, 1.0), (3, 1, 0.5), (0, 4, 0.0), (2, 3, 0.75)])
def test_agreement_is_one_minus_the_distance_over_the_scale(one: int, other: int, expected: float) -> None:
    assert agreement(one, other) == agreement(other, one) == expected


def test_criterion_agreement_is_the_mean_over_all_pairs_of_raters() -> None:
    """3, 3, 1: pairs (3,3) = 1, (3,1) = ½ twice: mean 2/3. A performance with one rater has no pair."""
    found = criterion_agreements(
        [Observation("p", "c", rater, level) for rater, level in (("a", 3), ("b", 3), ("d", 1))]
        + [Observation("q", "c", "a", 2)]
    )
    assert [(f.criterion, f.pairs) for f in found] == [("c", 3)]
    assert found[0].agreement == pytest.approx(2 / 3)


def test_kappa_of_the_worked_example() -> None:
    pairs = [(0, 0, 1.0), (1, 1, 1.0), (2, 2, 1.0), (2, 0, 1.0)]
    assert weighted_kappa(pairs, highest=2) == pytest.approx(0.384615, abs=1e-6)


def kappa_by_moments(pairs: list[tuple[int, int]]) -> float:
    """Quadratic kappa another way: 2·cov/(var a + var b + (mean a − mean b)²), moments over n (Fleiss & Cohen 1973)."""
    n = len(pairs)
    mean_a, mean_b = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    covariance = sum((a - mean_a) * (b - mean_b) for a, b in pairs) / n
    spread = sum((a - mean_a) ** 2 + (b - mean_b) ** 2 for a, b in pairs) / n
    return 2 * covariance / (spread + (mean_a - mean_b) ** 2)


def test_kappa_equals_the_concordance_of_moments() -> None:
    pairs = [(0, 1), (1, 1), (2, 2), (3, 2), (4, 4), (4, 3), (2, 2), (3, 1), (1, 0), (2, 4), (3, 3)]
    assert weighted_kappa((a, b, 1.0) for a, b in pairs) == pytest.approx(kappa_by_moments(pairs), abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=30))
def test_kappa_is_symmetric_bounded_and_agrees_with_the_moments(pairs: list[tuple[int, int]]) -> None:
    kappa = weighted_kappa((a, b, 1.0) for a, b in pairs)
    swapped = weighted_kappa((b, a, 1.0) for a, b in pairs)
    if kappa is None:
        assert len(set(pairs)) == 1
        return
    assert swapped is not None
    assert isclose(kappa, swapped, abs_tol=1e-9)
    assert -1 - 1e-9 <= kappa <= 1 + 1e-9
    assert isclose(kappa, kappa_by_moments(pairs), abs_tol=1e-9)


def test_kappa_without_pairs_or_with_one_level_only_is_not_said() -> None:
    assert weighted_kappa([]) is None
    assert weighted_kappa([(3, 3, 1.0)] * 12) is None


def test_severity_is_the_mean_residual_shrunk_by_how_few_ratings_there_are() -> None:
    """ida gives 1, 2 where her co-raters' means are 2 and 4: residuals −1, −2; mean −1.5; −3/(2 + 5) = −3/7."""
    observations = seen("ida", 1, 2) + seen("jon", 2, 4) + seen("kim", 2, 4)
    quality = {q.rater: q for q in rater_quality(observations)}
    assert quality["ida"].residual == -1.5
    assert quality["ida"].severity == pytest.approx(-3 / 7, abs=1e-12)
    # jon: against (1 + 2)/2 and (2 + 4)/2: residuals ½ and 1.
    assert quality["jon"].residual == 0.75
    # ida's agreement: with both co-raters ¾, then ½: (¾ + ½)/2.
    assert quality["ida"].mean_agreement == pytest.approx(0.625)


def test_more_ratings_shrink_severity_less() -> None:
    few = rater_quality(seen("ida", 1) + seen("jon", 2))[0]
    many = rater_quality(seen("ida", *[1] * 40) + seen("jon", *[2] * 40))[0]
    assert few.residual == many.residual == -1
    assert few.severity == pytest.approx(-1 / 6)
    assert many.severity == pytest.approx(-40 / 45)


def test_a_rater_without_co_raters_is_not_judged() -> None:
    (alone,) = rater_quality(seen("ida", 1, 2, 3))
    assert (alone.shared_ratings, alone.kappa, alone.severity) == (0, None, 0.0)
    assert alone.standing is Standing.UNKNOWN


@pytest.mark.parametrize(
    ("kappa", "ratings", "expected"),
    [
        (0.39, 10, Standing.SECOND_NEEDED),
        (0.4, 10, Standing.GOOD),
        (-0.5, 9, Standing.UNKNOWN),
        (None, 10, Standing.GOOD),
    ],
)
def test_the_licence_rule(kappa: float | None, ratings: int, expected: Standing) -> None:
    assert standing(kappa, ratings) is expected


def test_the_licence_rule_counts_each_rating_once_however_many_co_raters() -> None:
    nine = seen("ida", *[0, 4, 2] * 3) + [o for r in "xyz" for o in seen(r, *[4, 0, 2] * 3)]
    quality = {q.rater: q for q in rater_quality(nine)}
    assert quality["ida"].shared_ratings == 9
    assert quality["ida"].standing is Standing.UNKNOWN
    ten = seen("ida", *[0, 4] * 5) + seen("jon", *[4, 0] * 5)
    assert {q.standing for q in rater_quality(ten)} == {Standing.SECOND_NEEDED}


def test_calibration_compares_with_the_reference_and_leaves_out_what_was_not_assessed() -> None:
    found = calibrate({"a": 3, "b": 4, "c": None}, {"a": 3, "b": 2, "c": 4})
    assert (found.ratings, found.missing) == (2, ("c",))
    assert (found.exact, found.within_one, found.mean_agreement, found.bias) == (0.5, 0.5, 0.75, 1.0)
    assert calibrate({}, {"a": 1}).mean_agreement is None
    with pytest.raises(ValueError, match="no criterion"):
        calibrate({"x": 1}, {"a": 1})


def test_two_levels_for_the_same_thing_are_refused_and_repeats_count_once() -> None:
    observations = seen("ida", 1, 2) + seen("jon", 2, 4)
    assert rater_quality(observations + observations) == rater_quality(observations)
    with pytest.raises(ValueError, match="two levels"):
        rater_quality([*observations, Observation("p0", "c", "ida", 3)])
    with pytest.raises(ValueError, match="between 0 and 4"):
        criterion_agreements([Observation("p0", "c", "ida", 7)])


levels = st.lists(st.integers(0, 4), min_size=3, max_size=3)


@given(st.lists(levels, max_size=8), st.randoms(use_true_random=False))
def test_the_order_of_observations_changes_nothing(table: list[list[int]], random) -> None:  # type: ignore[no-untyped-def]
    observations = [
        Observation(f"p{row}", "c", rater, table[row][column])
        for row, (column, rater) in product(range(len(table)), enumerate("xyz"))
    ]
    expected = rater_quality(observations)
    random.shuffle(observations)
    for one, other in zip(expected, rater_quality(observations), strict=True):
        assert one.standing == other.standing
        assert one.severity == pytest.approx(other.severity, abs=1e-12)
        assert one.mean_agreement is None or 0 <= one.mean_agreement <= 1
