"""Where there is nothing to say, the statistics say why; what cannot be is refused."""

from dataclasses import replace

import pytest

from app.quizzes import readings as say
from app.quizzes.readings import Figure
from app.quizzes.statistics import quiz_statistics
from app.quizzes.statistics_input import AttemptGivenTwice, MarkedAttempt, MarkedResponse
from tests.quizzes.figures import FOUR, HIGHEST, UNEQUAL, attempt, item, values


def test_a_single_question_has_no_rest_and_no_consistency() -> None:
    report = quiz_statistics([attempt(str(n), n % 2) for n in range(12)])
    figures = item(report, 1)
    assert figures.facility.value == 50
    assert figures.discrimination_index == Figure(None, say.ONE_QUESTION)
    assert figures.effective_weight.value == pytest.approx(100)
    assert report.quiz.internal_consistency == Figure(None, say.ONE_QUESTION)
    assert report.quiz.error_ratio.value is None


def test_too_few_attempts_say_so_and_print_no_figure() -> None:
    report = quiz_statistics(UNEQUAL[:9])
    assert values(report.quiz) == []
    assert all(values(p.figures) == [] for p in report.positions)
    assert report.quiz.mean == Figure(None, say.TOO_FEW, 10)
    assert all(row.discrimination.value is None for q in report.questions for row in q.answers)
    nothing = quiz_statistics([])
    assert (nothing.attempts, nothing.positions, nothing.quiz.mean.reading) == (0, (), say.NO_ATTEMPTS)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_each_figure_needs_the_attempts_its_formula_takes(n: int) -> None:
    quiz = quiz_statistics(FOUR[:n], minimum_attempts=1).quiz
    assert quiz.mean.value is not None
    assert (quiz.standard_deviation.value is None) is (n < 2)
    assert (quiz.skewness.value is None) is (n < 3)
    assert quiz.kurtosis.value is None


def test_when_all_earn_the_same_there_is_nothing_to_compare() -> None:
    report = quiz_statistics([attempt(str(n), 0.1, 0.7, 0.2) for n in range(15)])
    assert report.quiz.skewness == Figure(None, say.ALL_THE_SAME)
    assert report.quiz.internal_consistency == Figure(None, say.ALL_THE_SAME)
    assert item(report, 2).discriminative_efficiency == Figure(None, say.ALL_THE_SAME)
    assert item(report, 2).effective_weight.value is None


def test_a_question_against_the_total_has_no_effective_weight() -> None:
    report = quiz_statistics([attempt(str(n), n % 2, 1 - n % 2, 1 - n % 2) for n in range(10)])
    assert item(report, 1).effective_weight == Figure(None, say.NEGATIVE_WEIGHT)
    assert item(report, 2).effective_weight.value == pytest.approx(50)


def test_attempts_awaiting_a_marker_are_counted_and_left_out() -> None:
    waiting = MarkedAttempt("w", (MarkedResponse(1, "q1", 1, 1, None), MarkedResponse(2, "q2", 1, 1, 1)))
    report = quiz_statistics([*UNEQUAL, waiting])
    assert (report.attempts, report.awaiting) == (11, 1)
    assert report.quiz == quiz_statistics(UNEQUAL).quiz


def test_consistency_uses_the_attempts_that_share_their_positions() -> None:
    edited = [attempt(f"old{n}", n % 2, n % 3 / 2) for n in range(4)]
    mixed = quiz_statistics([*UNEQUAL, *edited])
    assert mixed.quiz.internal_consistency == quiz_statistics(UNEQUAL).quiz.internal_consistency
    assert item(mixed, 3).attempts == 11


def test_an_attempt_given_twice_counts_once_and_a_contradiction_is_refused() -> None:
    twice = quiz_statistics([*UNEQUAL, *UNEQUAL[3:6]])
    assert twice.repeated == 3
    assert replace(twice, repeated=0) == quiz_statistics(UNEQUAL)
    with pytest.raises(AttemptGivenTwice):
        quiz_statistics([*UNEQUAL, attempt("0", 0, 0, 0, highest=HIGHEST)])
    with pytest.raises(AttemptGivenTwice):
        quiz_statistics([*UNEQUAL, attempt("10", 0, 1.5, highest=(1.0, 2.0))])


@pytest.mark.parametrize(
    "responses",
    [
        (MarkedResponse(1, "a", 1, 1, 1), MarkedResponse(1, "b", 1, 1, 1)),
        (MarkedResponse(1, "a", 1, 1, float("nan")),),
        (MarkedResponse(1, "a", 1, -1, 0), MarkedResponse(2, "b", 1, 3, 0)),
    ],
)
def test_impossible_attempts_are_refused(responses: tuple[MarkedResponse, ...]) -> None:
    with pytest.raises(ValueError, match="two responses|marks"):
        quiz_statistics([MarkedAttempt("x", responses)])


def test_a_question_without_marks_has_no_figures() -> None:
    report = quiz_statistics(
        [attempt(str(n), 0, n % 2, n % 3 / 2, highest=(0.0, 1.0, 1.0)) for n in range(12)]
    )
    assert values(item(report, 1)) == []
    assert item(report, 1).facility.reading == say.NO_MARKS
    assert item(report, 2).facility.value == 50
