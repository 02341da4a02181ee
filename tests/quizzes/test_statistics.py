"""Quiz statistics against arithmetic done another way: by hand, and with exact fractions over pairs."""

from dataclasses import replace
from fractions import Fraction
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.quizzes import readings as say
from app.quizzes.readings import Figure
from app.quizzes.statistics import quiz_statistics
from app.quizzes.statistics_input import MarkedAttempt, MarkedResponse
from tests.quizzes.figures import FOUR, HIGHEST, MARKS, UNEQUAL, correlation, covariance, item, values


def test_a_quiz_of_three_questions_worked_by_hand() -> None:
    """Totals 3, 2, 1, 1 of 3; mean 7/4; deviations 5/4, 1/4, −3/4, −3/4.

    Σd² = (25 + 1 + 9 + 9)/16 = 44/16; var = 44/48 = 11/12; SD = √(11/12) = 0.957427 marks = 31.914237 %.
    Σd³ = (125 + 1 − 27 − 27)/64 = 72/64; m3 = 9/32; k3 = 16·(9/32)/(3·2) = 0.75; k2 = 11/12;
    skewness = 0.75/(11/12)^1.5 = 0.854563.
    Σd⁴ = (625 + 1 + 81 + 81)/256 = 788/256; m4 = 197/256; m2 = 11/16;
    k4 = 16·(5·197/256 − 9·121/256)/(3·2·1) = 16·(−104/256)/6 = −1.083333; kurtosis = −1.083333/(121/144)
    = −1.289256.
    var of q1 (1,1,1,0) = 1/4; of q2 (1,1,0,0) = 1/3; of q3 (1,0,0,1) = 1/3; sum 11/12.
    consistency = 100·(3/2)·(1 − (11/12)/(11/12)) = 0; error ratio 100; standard error = SD.
    """
    quiz = quiz_statistics(FOUR, minimum_attempts=1).quiz
    assert values(quiz) == pytest.approx(
        [
            100 * 7 / 12,
            50.0,
            31.914237,
            0.854563,
            -1.289256,
            0.0,
            100.0,
            31.914237,
        ],
        abs=1e-6,
    )


def test_its_questions_worked_by_hand() -> None:
    """Check each figure of three questions.

    For q1 (1,1,1,0) the rest is (2,1,0,1). Means 3/4 and 1:
    cov = [¼·1 + ¼·0 + ¼·(−1) + (−¾)·0]/3 = 0, so index and efficiency are 0.
    For q2 (1,1,0,0) the rest is (2,1,1,1): means ½ and 5/4:
    cov = [½·¾ + ½·(−¼) + (−½)(−¼) + (−½)(−¼)]/3 = ½/3 = 1/6; var = 1/3 and (9+1+1+1)/16/3 = 1/4;
    index = 100·(1/6)/√(1/12) = 57.735027; both are sorted alike already, so efficiency = 100.
    For q3 (1,0,0,1) the rest is (2,2,1,0): means ½ and 5/4: cov = [½·¾ − ½·¾ + ½·¼ − ½·5/4]/3 = −½/3
    = −1/6; var = 1/3 and (9+9+1+25)/16/3 = 11/12; index = 100·(−1/6)/√(11/36) = −30.151134.
    Sorted (0,0,1,1) with (0,1,2,2): cov_max = [½·5/4 + ½·¼ + ½·¾ + ½·¾]/3 = 1.5/3 = 1/2;
    efficiency = 100·(−1/6)/(1/2) = −33.333333.
    cov with the total: q1: 0 + 1/4 = 1/4; q2: 1/6 + 1/3 = 1/2; q3: −1/6 + 1/3 = 1/6. Roots ½, 0.707107,
    0.408248 sum to 1.615355: effective weights 30.952947 %, 43.774078 %, 25.272975 %.
    """
    report = quiz_statistics(FOUR, minimum_attempts=1)
    rows = [
        [
            figures.facility.value,
            figures.standard_deviation.value,
            figures.discrimination_index.value,
            figures.discriminative_efficiency.value,
            figures.intended_weight.value,
            figures.effective_weight.value,
        ]
        for figures in (item(report, position) for position in (1, 2, 3))
    ]
    third = 100 / 3
    assert rows[0] == pytest.approx([75, 50, 0, 0, third, 30.952947], abs=1e-6)
    assert rows[1] == pytest.approx([50, 57.735027, 57.735027, 100, third, 43.774078], abs=1e-6)
    assert rows[2] == pytest.approx([50, 57.735027, -30.151134, -33.333333, third, 25.272975], abs=1e-6)


@pytest.mark.parametrize(
    ("copies", "words"),
    [(1, say.NEGATIVE_BY_CHANCE), (12, "The best learners get this one wrong: check the key.")],
)
def test_a_negative_index_blames_the_key_only_beyond_chance(copies: int, words: str) -> None:
    """The index is −30.15. Two standard errors of none are 200/√4 = 100, and 200/√48 = 28.87 with 48 attempts."""
    many = [replace(each, id=f"{each.id}{n}") for n in range(copies) for each in FOUR]
    figures = item(quiz_statistics(many, minimum_attempts=1), 3)
    assert figures.discrimination_index.value == pytest.approx(-30.151134, abs=1e-6)
    assert figures.discrimination_index.reading == figures.discriminative_efficiency.reading == words


def columns() -> list[list[Fraction]]:
    return [[Fraction(row[position] or 0) for row in MARKS] for position in range(3)]


def test_unequal_marks_and_empty_answers_match_exact_arithmetic_over_pairs() -> None:
    report = quiz_statistics(UNEQUAL)
    marks = columns()
    totals = [sum(column) for column in zip(*marks, strict=True)]
    roots = [sqrt(covariance(column, totals)) for column in marks]
    for position, column in enumerate(marks):
        rest = [total - mark for total, mark in zip(totals, column, strict=True)]
        best = covariance(sorted(column), sorted(rest))
        figures = item(report, position + 1)
        high = Fraction(HIGHEST[position])
        assert values(figures) == pytest.approx(
            [
                100 * float(sum(column) / (high * len(column))),
                100 * sqrt(covariance(column, column)) / float(high),
                100 * correlation(column, rest),
                100 * float(covariance(column, rest) / best),
                100 * float(high) / 8,
                100 * roots[position] / sum(roots),
            ],
            abs=1e-9,
        )
        assert figures.answered == sum(row[position] is not None for row in MARKS)
    spread = sum((covariance(column, column) for column in marks), Fraction(0))
    alpha = 100 * Fraction(3, 2) * (1 - spread / covariance(totals, totals))
    error = 100 * sqrt(1 - alpha / 100)
    assert report.quiz.internal_consistency.value == pytest.approx(float(alpha), abs=1e-9)
    assert report.quiz.error_ratio.value == pytest.approx(error, abs=1e-9)
    sd = 100 * sqrt(covariance(totals, totals)) / 8
    assert report.quiz.standard_deviation.value == pytest.approx(sd, abs=1e-9)
    assert report.quiz.standard_error.value == pytest.approx(error * sd / 100, abs=1e-9)


def drawn(name: str, first: float, second: str, mark: float, high: float) -> MarkedAttempt:
    return MarkedAttempt(
        name,
        (
            MarkedResponse(1, "fixed", 1, 1.0, first),
            MarkedResponse(2, second, 1, high, mark),
            MarkedResponse(3, "last", 1, 1.0, first),
        ),
    )


DRAWS = [(n % 2, "easy" if n % 3 else "hard", (n * 7 % 5) / 4, 1.0 if n % 3 else 4.0) for n in range(24)]


def test_a_drawn_question_is_judged_by_the_attempts_that_drew_it_against_the_rest_only() -> None:
    attempts = [
        drawn(str(n), first, name, mark * high, high) for n, (first, name, mark, high) in enumerate(DRAWS)
    ]
    report = quiz_statistics(attempts, minimum_attempts=5)
    by_name = {q.question: q for q in report.questions}
    for name in ("easy", "hard"):
        mine = [(Fraction(mark), Fraction(first)) for first, drew, mark, _ in DRAWS if drew == name]
        marks, rest = [m for m, _ in mine], [r for _, r in mine]
        figures = by_name[name].figures
        assert figures.attempts == len(mine)
        assert by_name[name].positions == (2,)
        assert figures.facility.value == pytest.approx(100 * float(sum(marks) / len(marks)), abs=1e-9)
        assert figures.discrimination_index.value == pytest.approx(100 * correlation(marks, rest), abs=1e-9)
    assert report.positions[1].questions == (("easy", 1), ("hard", 1))


def test_a_draw_worth_more_does_not_make_the_lucky_look_able() -> None:
    """Everybody earns half of what they were asked, so nobody's rest may stand out by what was drawn."""
    attempts = [
        drawn(str(n), 0.5, "a" if n % 2 else "b", 0.5 if n % 2 else 2.0, 1.0 if n % 2 else 4.0)
        for n in range(20)
    ]
    report = quiz_statistics(attempts)
    assert report.quiz.mean.value == pytest.approx(50)
    assert report.quiz.standard_deviation.value == pytest.approx(0, abs=1e-9)
    assert item(report, 1).discrimination_index == Figure(None, say.ALL_THE_SAME)


def test_two_versions_of_a_question_have_figures_of_their_own() -> None:
    attempts = [
        MarkedAttempt(
            str(n),
            (MarkedResponse(1, "q", 1 + n % 2, 1, n % 2), MarkedResponse(2, "other", 1, 1, n % 3 / 2)),
        )
        for n in range(20)
    ]
    report = quiz_statistics(attempts)
    facilities = {(q.question, q.version): q.figures.facility.value for q in report.questions}
    assert facilities[("q", 1)] == 0
    assert facilities[("q", 2)] == 100
    assert item(report, 1).facility.value == 50


quarters = st.integers(0, 4).map(lambda n: n / 4)


@st.composite
def quizzes(draw: st.DrawFn) -> list[MarkedAttempt]:
    positions = draw(st.integers(1, 4))
    highest = [draw(st.sampled_from([1.0, 2.0, 5.0])) for _ in range(positions)]

    def response(position: int) -> st.SearchStrategy[MarkedResponse]:
        return st.builds(
            lambda share, version, answered: MarkedResponse(
                position,
                f"q{position}",
                version,
                highest[position],
                share * highest[position],
                answered,
                (str(share),),
            ),
            quarters,
            st.integers(1, 2),
            st.booleans(),
        )

    rows = draw(st.lists(st.tuples(*[response(p) for p in range(positions)]), min_size=0, max_size=12))
    return [MarkedAttempt(str(n), row) for n, row in enumerate(rows)]


@settings(max_examples=150)
@given(quizzes(), st.randoms(use_true_random=False))
def test_order_and_repeats_change_nothing_and_every_figure_is_in_bounds(attempts, random) -> None:  # type: ignore[no-untyped-def]
    report = quiz_statistics(attempts, minimum_attempts=1)
    shuffled = attempts + attempts[: len(attempts) // 2]
    random.shuffle(shuffled)
    again = quiz_statistics(iter(shuffled), minimum_attempts=1)
    assert values(again.quiz) == pytest.approx(values(report.quiz), abs=1e-6)
    for one, other in zip(report.positions, again.positions, strict=True):
        assert values(one.figures) == pytest.approx(values(other.figures), abs=1e-6)
    for one, other in zip(report.questions, again.questions, strict=True):
        assert values(one.figures) == pytest.approx(values(other.figures), abs=1e-6)
        assert [row.key for row in one.answers] == [row.key for row in other.answers]
    for figures in [p.figures for p in report.positions] + [q.figures for q in report.questions]:
        for name, low in (
            ("facility", 0),
            ("discrimination_index", -100),
            ("discriminative_efficiency", -100),
            ("effective_weight", 0),
            ("intended_weight", 0),
        ):
            value = getattr(figures, name).value
            assert value is None or low <= value <= 100 + 1e-9
