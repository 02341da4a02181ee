"""Attempts to compute figures of, and exact arithmetic to compare the figures with."""

from dataclasses import fields
from fractions import Fraction
from itertools import combinations
from math import sqrt

from app.quizzes.readings import Figure
from app.quizzes.statistics import ItemFigures, QuizFigures, QuizStatistics
from app.quizzes.statistics_input import MarkedAttempt, MarkedResponse


def attempt(name: str, *marks: float | None, highest: tuple[float, ...] | None = None) -> MarkedAttempt:
    """Make an attempt with question qN at position N; None is a question left empty."""
    most = highest or (1.0,) * len(marks)
    return MarkedAttempt(
        name,
        tuple(
            MarkedResponse(number, f"q{number}", 1, high, mark, mark is not None, (f"{mark}",))
            for number, (mark, high) in enumerate(zip(marks, most, strict=True), 1)
        ),
    )


FOUR = [
    attempt("Ana", 1, 1, 1),
    attempt("Ben", 1, 1, 0),
    attempt("Cleo", 1, 0, 0),
    attempt("Dan", 0, 0, 1),
]


def item(report: QuizStatistics, position: int) -> ItemFigures:
    return next(p.figures for p in report.positions if p.position == position)


def values(figures: QuizFigures | ItemFigures) -> list[float]:
    found = [getattr(figures, field.name) for field in fields(figures)]
    return [figure.value for figure in found if isinstance(figure, Figure) and figure.value is not None]


# Another way: covariance as a mean over pairs, with no deviations from means.


def covariance(x: list[Fraction], y: list[Fraction]) -> Fraction:
    n = len(x)
    pairs = combinations(range(n), 2)
    return sum(((x[i] - x[j]) * (y[i] - y[j]) for i, j in pairs), Fraction(0)) / (n * (n - 1))


def correlation(x: list[Fraction], y: list[Fraction]) -> float:
    return float(covariance(x, y)) / sqrt(covariance(x, x) * covariance(y, y))


MARKS = [
    # Unequal highest marks 1, 2, 5; None was left empty.
    (1, 2, 5),
    (1, 1.5, None),
    (0, 2, 3.5),
    (1, None, 2),
    (0, 0.5, 4),
    (None, 1, 1),
    (1, 2, 4.5),
    (0, 0, 0.5),
    (1, 1, 3),
    (1, 0.5, 2.5),
    (0, 1.5, 1.5),
]
HIGHEST = (1.0, 2.0, 5.0)
UNEQUAL = [attempt(str(number), *row, highest=HIGHEST) for number, row in enumerate(MARKS)]
