"""How independent ratings of one role-play become one result."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.roleplays.definitions import Criterion, Persona, RolePlayDefinition
from app.roleplays.rating import (
    Agreement,
    ImpossibleRating,
    Rating,
    RolePlayResult,
    RubricLine,
    aggregate,
    rubric_of,
)

RUBRIC = (
    RubricLine("opening", competencies=("greeting",)),
    RubricLine("listening", weight=2, critical=True, competencies=("listening",)),
    RubricLine("closing", competencies=("greeting",)),
)


def rated(**levels: int | None) -> list[Rating]:
    """Make ratings of one observer per keyword: anna_opening=3."""
    return [Rating(*name.split("_"), level) for name, level in levels.items()]  # type: ignore[arg-type]


def level(result: RolePlayResult, key: str) -> float | None:
    return next(c.level for c in result.criteria if c.key == key)


def test_a_rubric_comes_from_the_role_plays_definition() -> None:
    levels = dict.fromkeys(range(5), "…")
    criteria = (
        Criterion("asks", "Asks first", "listening", 2, True, levels),
        Criterion("tone", "Keeps the tone", "", 1, False, levels),
    )
    definition = RolePlayDefinition(
        id="r",
        activity_key="m/r",
        title="R",
        competency_ids=("listening",),
        minutes=15,
        time_limit_minutes=10,
        persona=Persona("Ann", "Owner", "Yoga", "calm"),
        situation="",
        learner_brief="",
        actor_brief="",
        hidden_facts=(),
        escalation_cues=(),
        pass_mean=3.0,
        criteria=criteria,
    )
    assert rubric_of(definition) == (RubricLine("asks", 2.0, True, ("listening",)), RubricLine("tone"))


def test_a_criterion_is_the_mean_over_its_observers_and_the_mean_is_weighted() -> None:
    """opening (3+4)/2 = 3.5, listening 4, closing 2: (3.5 + 2·4 + 2)/4 = 3.375."""
    result = aggregate(
        RUBRIC, rated(anna_opening=3, ben_opening=4, anna_listening=4, ben_listening=4, anna_closing=2)
    )
    assert [c.level for c in result.criteria] == [3.5, 4.0, 2.0]
    assert result.mean == 3.375
    assert result.passed is True
    assert result.competencies == (("greeting", 2.75), ("listening", 4.0))


def test_an_unrated_criterion_is_not_assessed_and_never_zero() -> None:
    result = aggregate(RUBRIC, rated(anna_listening=3, anna_opening=None, ben_listening=3))
    assert level(result, "opening") is None
    assert result.criteria[0].agreement is Agreement.NOT_ASSESSED
    assert result.mean == 3.0
    assert result.passed is True


def test_nothing_assessed_is_no_result() -> None:
    result = aggregate(RUBRIC, rated(anna_opening=None))
    assert (result.mean, result.passed, result.competencies) == (None, None, ())


@pytest.mark.parametrize(
    ("one", "other", "agreement"),
    [
        (3, 3, Agreement.AGREED),
        (3, 2, Agreement.AGREED),
        (3, 1, Agreement.DIVERGED),
        (0, 4, Agreement.DIVERGED),
    ],
)
def test_two_levels_apart_needs_reconciliation(one: int, other: int, agreement: Agreement) -> None:
    result = aggregate(RUBRIC, rated(anna_listening=one, ben_listening=other))
    assert result.criteria[1].agreement is agreement
    assert (result.passed is None) is (agreement is Agreement.DIVERGED)


def test_a_joint_decision_stands() -> None:
    result = aggregate(RUBRIC, rated(anna_listening=4, ben_listening=1), decisions={"listening": 3})
    assert (level(result, "listening"), result.passed) == (3.0, True)
    assert result.criteria[1].agreement is Agreement.SETTLED


@pytest.mark.parametrize(
    ("first", "second", "third", "settled"),
    [(1, 3, 3, 3.0), (1, 3, 2, 2.0), (0, 4, 2, None), (0, 4, 4, 4.0), (1, 3, 0, 0.5)],
)
def test_a_further_observer_settles_when_most_lie_close(
    first: int, second: int, third: int, settled: float | None
) -> None:
    ratings = rated(anna_listening=first, ben_listening=second)
    result = aggregate(RUBRIC, [*ratings, Rating("cleo", "listening", third, further=True)])
    assert level(result, "listening") == settled
    assert (result.needs_reconciliation == ("listening",)) is (settled is None)


def test_a_further_observer_settles_nothing_while_only_half_lie_close() -> None:
    """Of 0, 1, 3 and 4 two lie within one level of the median 2: half, not more."""
    ratings = rated(anna_listening=0, ben_listening=4, cleo_listening=1)
    result = aggregate(RUBRIC, [*ratings, Rating("dan", "listening", 3, further=True)])
    assert result.needs_reconciliation == ("listening",)


def test_three_observers_from_the_start_do_not_settle_their_own_divergence() -> None:
    result = aggregate(RUBRIC, rated(anna_listening=1, ben_listening=3, cleo_listening=2))
    assert result.needs_reconciliation == ("listening",)


def test_a_failed_or_missing_critical_criterion_fails_whatever_the_mean() -> None:
    good = {"anna_opening": 4, "anna_closing": 4}
    failed = aggregate(RUBRIC, rated(**good, anna_listening=1), pass_mean=2.0)
    assert (failed.mean, failed.failed_critical, failed.passed) == (2.5, ("listening",), False)
    enough = aggregate(RUBRIC, rated(**good, anna_listening=2), pass_mean=2.0)
    assert (enough.failed_critical, enough.passed) == ((), True)
    missing = aggregate(RUBRIC, rated(**good))
    assert (missing.unassessed_critical, missing.passed) == (("listening",), False)


@pytest.mark.parametrize(
    "ratings",
    [
        rated(anna_opening=5),
        rated(anna_opening=-1),
        rated(anna_smiling=3),
        [Rating("anna", "opening", 3), Rating("anna", "opening", 2)],
    ],
)
def test_impossible_ratings_are_refused(ratings: list[Rating]) -> None:
    with pytest.raises(ImpossibleRating):
        aggregate(RUBRIC, ratings)
    with pytest.raises(ImpossibleRating):
        aggregate(RUBRIC, [], decisions={"smiling": 3})


ratings_of_three = st.lists(
    st.builds(
        Rating,
        st.sampled_from(["anna", "ben", "cleo"]),
        st.sampled_from(["opening", "listening", "closing"]),
        st.none() | st.integers(0, 4),
    ),
    max_size=9,
    unique_by=lambda r: (r.observer, r.criterion),
)


@given(ratings_of_three, st.randoms(use_true_random=False))
def test_order_and_repeats_change_nothing_and_levels_stay_on_the_scale(ratings, random) -> None:  # type: ignore[no-untyped-def]
    result = aggregate(RUBRIC, ratings)
    shuffled = ratings + ratings[:3]
    random.shuffle(shuffled)
    assert aggregate(RUBRIC, shuffled) == result
    assert all(c.level is None or 0 <= c.level <= 4 for c in result.criteria)
    assert result.mean is None or 0 <= result.mean <= 4
