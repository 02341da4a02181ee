"""Explanations carry the figures that the sentences need."""

from __future__ import annotations

from dataclasses import replace

from app.competency.explain import Explanation, explain
from app.competency.facts import Evidence
from app.competency.kinds import EvidenceKind as K
from tests.competency.test_rollup import DONE, FULL, PLAY, QUIZ, fact, rolled


def told(rows: list[Evidence], day: int, target: int | None = None) -> Explanation:
    return explain(rolled(rows, day), rows, target)


def test_new_person_is_told_the_quiz_comes_first() -> None:
    seen = told([], 5, target=2)
    assert [(step.code, step.level, step.left, step.min_score) for step in seen.steps] == [
        ("quiz", 1, 1, 80.0)
    ]
    assert (seen.next_level, seen.gap) == (1, 2)


def test_each_rung_names_what_it_rests_on() -> None:
    seen = told([QUIZ, PLAY, *DONE], 5, target=2)
    assert [[ground.evidence_id for ground in rung.grounds] for rung in seen.rungs] == [
        [1, 2, 3, 4, 5],
        [2, 3, 4, 5],
        [3, 4, 5],
        [],
    ]
    assert [rung.held for rung in seen.rungs] == [True, True, True, False]
    assert [(step.code, step.left) for step in seen.steps] == [("coaching", 3)]
    assert seen.gap == 0


def test_three_sign_offs_on_one_day_leave_one_more_day() -> None:
    seen = told([QUIZ, PLAY, *[replace(row, day=DONE[0].day) for row in DONE]], 5)
    assert [(step.code, step.left, step.more_days) for step in seen.steps] == [("sign_offs", 1, 1)]


def test_lapsing_level_names_the_one_step_that_keeps_it() -> None:
    seen = told([QUIZ], 350)
    assert seen.keep is not None
    assert (seen.lapsing, seen.keep.code, seen.keep.renewing) == (True, "quiz", True)
    assert told([QUIZ], 10).keep is None


def test_lapsed_level_says_since_when_and_the_one_step_back() -> None:
    seen = told([QUIZ], 400)
    assert (seen.level, seen.lapsed_from) == (0, 1)
    assert seen.lapsed_at is not None
    assert [(step.code, step.left, step.renewing) for step in seen.steps] == [("quiz", 1, True)]


def test_top_level_has_no_next() -> None:
    seen = told(FULL, 30)
    assert (seen.level, seen.next_level, seen.steps) == (4, None, ())


def test_held_below_names_the_check_in() -> None:
    seen = told([QUIZ, PLAY, fact(50, K.CHECK_IN, 20, level=1)], 25)
    assert (seen.held_below_by, seen.level, seen.supported_level) == (50, 1, 2)
