"""Coverage: who holds a competency, when that changes, and the cheapest mend."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.competency.coverage import Absence, Holding, cheapest_fix, cost, forecast
from app.competency.facts import Missing
from app.competency.kinds import SIGN_OFFS, EvidenceKind

START = datetime(2026, 6, 1, tzinfo=UTC)


def on(day: int) -> datetime:
    return START + timedelta(days=day)


def holds(person: int, *days: int, competency: str = "lead") -> Holding:
    ends: list[datetime | None] = [on(day) for day in days]
    return Holding(person, competency, tuple(ends + [None] * (4 - len(ends))))


QUIZ = Missing(1, (EvidenceKind.QUIZ,), 0, 1, 0, 1)
PLAY = Missing(2, (EvidenceKind.ROLE_PLAY,), 0, 1, 0, 1)
SIGNED = Missing(3, SIGN_OFFS, 0, 3, 0, 2)
ONE_DAY_MORE = Missing(3, SIGN_OFFS, 3, 3, 1, 2)


def test_forecast_names_who_leaves_when_and_why() -> None:
    seen = forecast("lead", 3, [holds(1, 90, 90, 40), holds(2, 90, 90, 80), holds(3, 90)], on(0), on(60))
    assert seen.holders == (1, 2)
    assert [(each.at, each.holders, each.left) for each in seen.changes] == [(on(40), (2,), ((1, "lapse"),))]
    change = seen.first_at_most(1)
    assert change is not None
    assert change.at == on(40)
    assert seen.first_at_most(0) is None


def test_someone_away_does_not_count_until_back() -> None:
    away = [Absence(1, on(5), on(9), "leave")]
    seen = forecast("lead", 1, [holds(1, 90), holds(2, 90)], on(0), on(30), absences=away)
    assert [(each.at, each.holders, each.left, each.came) for each in seen.changes] == [
        (on(5), (2,), ((1, "leave"),), ()),
        (on(9), (1, 2), (), (1,)),
    ]


def test_one_holder_is_a_single_point_of_failure() -> None:
    assert forecast("lead", 1, [holds(4, 9)], on(0), on(1)).single_point == 4
    assert forecast("lead", 1, [holds(4, 9), holds(5, 9)], on(0), on(1)).single_point is None
    assert forecast("lead", 1, [], on(0), on(1)).single_point is None
    assert forecast("lead", 1, [holds(4, 9, competency="other")], on(0), on(1)).holders == ()


@pytest.mark.parametrize(
    ("steps", "minutes"),
    [((), 0), ((QUIZ,), 15), ((PLAY, SIGNED), 210), ((SIGNED,), 180), ((ONE_DAY_MORE,), 60)],
)
def test_cost_is_the_learners_time_for_what_is_missing(steps: tuple[Missing, ...], minutes: int) -> None:
    assert cost(steps) == minutes


def test_cheapest_fix_takes_who_is_nearest() -> None:
    fix = cheapest_fix({1: (PLAY, SIGNED), 2: (ONE_DAY_MORE,), 3: (ONE_DAY_MORE,), 4: ()})
    assert fix is not None
    assert (fix.person_id, fix.minutes) == (2, 60)
    assert cheapest_fix({}) is None


@pytest.mark.parametrize(("level", "end"), [(0, 1), (5, 1), (3, -1)])
def test_impossible_windows_are_refused(level: int, end: int) -> None:
    with pytest.raises(ValueError, match="window"):
        forecast("lead", level, [], on(0), on(end))


@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(1, 60)), max_size=6, unique_by=lambda each: each[0]),
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 50), st.integers(1, 9)), max_size=5),
    st.integers(1, 59),
)
def test_changes_add_up_to_who_is_there(
    held: list[tuple[int, int]], gone: list[tuple[int, int, int]], day: int
) -> None:
    absences = [Absence(person, on(first), on(first + length), "leave") for person, first, length in gone]
    seen = forecast("lead", 1, [holds(*each) for each in held], on(0), on(60), absences=absences)
    there = set(seen.holders)
    for change in seen.changes:
        if change.at <= on(day):
            there = (there - {person for person, _ in change.left}) | set(change.came)
            assert there == set(change.holders)
    assert there == {
        person
        for person, last in held
        if last > day and not any(p == person and first <= day < first + n for p, first, n in gone)
    }
