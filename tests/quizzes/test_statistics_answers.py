"""The table of answers: who chose what, and whether the better learners did."""

from fractions import Fraction

import pytest

from app.quizzes import readings as say
from app.quizzes.statistics import quiz_statistics
from app.quizzes.statistics_input import MarkedAttempt, MarkedResponse, QuestionFacts
from tests.quizzes.figures import correlation

FACTS = {
    ("q1", 1): QuestionFacts(0.25, {"right": 1.0, "near": 0.0, "lure": 0.0, "idle": 0.0}),
}


def chosen(name: str, key: str, other: float) -> MarkedAttempt:
    right = float(key == "right")
    first = MarkedResponse(1, "q1", 1, 1, right, bool(key), (key,) if key else ())
    return MarkedAttempt(name, (first, MarkedResponse(2, "q2", 1, 1, other)))


def test_the_answer_table_shows_who_chose_what() -> None:
    """Rest of the 12: right 1, 1, 0.5, 0.5; near 0, 0, 0; lure 1, 1, 1; nothing chosen 0, 0.5.

    So `lure` is chosen by 3 of 12 (25 %), whose mean rest is 1 (100 %), and `right` by 4 with mean ¾ (75 %).
    """
    rows = [("right", 1), ("right", 1), ("right", 0.5), ("right", 0.5)]
    rows += [("near", 0)] * 3 + [("lure", 1)] * 3 + [("", 0), ("", 0.5)]
    report = quiz_statistics([chosen(str(n), *row) for n, row in enumerate(rows)], FACTS)
    table = {row.key: row for row in report.questions[0].answers}
    assert [(row.key, row.count) for row in report.questions[0].answers] == [
        ("right", 4),
        ("lure", 3),
        ("near", 3),
        ("idle", 0),
        ("", 2),
    ]
    rest = [Fraction(mark) for _, mark in rows]
    for key in ("right", "near", "lure", ""):
        picked = [Fraction(name == key) for name, _ in rows]
        assert table[key].discrimination.value == pytest.approx(100 * correlation(picked, rest), abs=1e-9)
    assert table["lure"].share == 25
    assert table["lure"].rest.value == pytest.approx(100)
    assert table["right"].rest.value == pytest.approx(75)
    assert "check the key" in table["lure"].discrimination.reading
    assert table["near"].discrimination.reading == "Draws weaker learners, as a wrong answer should."
    assert table["idle"].discrimination.reading == say.NEVER_CHOSEN_WRONG
    assert report.questions[0].figures.random_guess_score.value == 25
    assert report.positions[0].figures.random_guess_score.value == 25


def test_several_ticks_in_one_response_each_count() -> None:
    def ticks(n: int) -> MarkedAttempt:
        keys = ("a", "b", "a") if n % 2 else ("b",)
        return MarkedAttempt(
            str(n), (MarkedResponse(1, "q", 1, 1, n % 2, True, keys), MarkedResponse(2, "r", 1, 1, n % 3 / 2))
        )

    table = {row.key: row for row in quiz_statistics(map(ticks, range(12))).questions[0].answers}
    assert (table["a"].count, table["b"].count, table["b"].share) == (6, 12, 100)
    assert table["b"].discrimination.reading == say.ALL_CHOSE
