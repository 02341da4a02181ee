"""Compute the figures of Moodle's quiz statistics report, for the quiz, its positions and its questions.

Source: "Quiz statistics calculations" and "Quiz report statistics" on docs.moodle.org. Two choices go
beyond that page, and change nothing where every attempt has the same questions with the same marks:

- Marks are compared as shares: a mark as a share of its own highest mark, the rest of the quiz as a share
  of the highest mark of the rest, a contribution as a share of the attempt's highest mark. So random draws
  with unequal marks do not make the lucky look able.
- The rest never contains the question itself, for drawn questions neither. (Moodle compares a drawn
  question with the whole total, which makes every drawn question look better than it is.)

A question that was shown and left empty counts as mark 0; one that was not shown does not count.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from app.quizzes import readings as say
from app.quizzes.distractors import AnswerRow, answer_rows
from app.quizzes.readings import Figure, no_figure, read_figure, too_few
from app.quizzes.statistics_input import (
    Columns,
    Floats,
    Integers,
    MarkedAttempt,
    QuestionFacts,
    VersionKey,
    read_attempts,
)

MINIMUM_ATTEMPTS = 10
# Sums of shares carry rounding errors of about 1e-16 per response; below this a spread is none.
NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class QuizFigures:
    """State the figures of the whole quiz; marks in percent of the highest mark of the attempt."""

    mean: Figure
    median: Figure
    standard_deviation: Figure
    skewness: Figure
    kurtosis: Figure
    internal_consistency: Figure
    error_ratio: Figure
    standard_error: Figure


@dataclass(frozen=True, slots=True)
class ItemFigures:
    """State the figures of one position or one question version; all in percent, indexes from -100 to 100."""

    attempts: int
    answered: int
    facility: Figure
    standard_deviation: Figure
    discrimination_index: Figure
    discriminative_efficiency: Figure
    random_guess_score: Figure
    intended_weight: Figure
    effective_weight: Figure


@dataclass(frozen=True, slots=True)
class PositionStatistics:
    """State the figures of one position, and which question versions stood there."""

    position: int
    questions: tuple[VersionKey, ...]
    figures: ItemFigures


@dataclass(frozen=True, slots=True)
class QuestionStatistics:
    """State the figures of one question version, where it stood, and what was answered."""

    question: str
    version: int
    positions: tuple[int, ...]
    figures: ItemFigures
    answers: tuple[AnswerRow, ...]


@dataclass(frozen=True, slots=True)
class QuizStatistics:
    """State everything about one set of attempts.

    `awaiting` attempts still have a part to be marked by a person, `unmarked` ones had no marks to earn,
    `repeated` ones were given before; none of them is in any figure.
    """

    attempts: int
    awaiting: int
    unmarked: int
    repeated: int
    quiz: QuizFigures
    positions: tuple[PositionStatistics, ...]
    questions: tuple[QuestionStatistics, ...]


def quiz_statistics(
    attempts: Iterable[MarkedAttempt],
    facts: Mapping[VersionKey, QuestionFacts] | None = None,
    minimum_attempts: int = MINIMUM_ATTEMPTS,
) -> QuizStatistics:
    """Compute all figures in one pass over the attempts, which may be a generator.

    Any figure that rests on fewer than `minimum_attempts` has no value and says so. The order of the
    attempts does not matter; an attempt given twice counts once (see `read_attempts` for what it raises).
    """
    if minimum_attempts < 1:
        raise ValueError("minimum_attempts must be at least 1")
    return _Report(read_attempts(attempts), facts or {}, minimum_attempts).build()


class _Report:
    """Hold the shares that every figure is made of."""

    def __init__(self, columns: Columns, facts: Mapping[VersionKey, QuestionFacts], minimum: int) -> None:
        c = self.columns = columns
        self.facts, self.minimum = facts, minimum
        total = np.bincount(c.attempt, c.mark, c.attempts)
        highest = np.bincount(c.attempt, c.max_mark, c.attempts)
        self.result = total / highest
        self.fraction = _divide(c.mark, c.max_mark)
        # A rest whose highest mark is only the rounding error of a sum is no rest.
        rest_highest = highest[c.attempt] - c.max_mark
        rest_highest[rest_highest < NOTHING * highest[c.attempt]] = 0.0
        self.rest = _divide(total[c.attempt] - c.mark, rest_highest)
        self.contribution = c.mark / highest[c.attempt]
        self.weight = c.max_mark / highest[c.attempt]

    def build(self) -> QuizStatistics:
        c = self.columns
        by_position = _rows_by_code(c.position, len(c.positions))
        by_version = _rows_by_code(c.version, len(c.versions))
        # How many responses each version has at each position.
        cell = c.position.astype(np.int64) * len(c.versions) + c.version
        together = np.bincount(cell, minlength=len(c.positions) * len(c.versions))
        together = together.reshape(len(c.positions), len(c.versions))
        version_figures = [
            self._item(rows, self.facts.get(key)) for key, rows in zip(c.versions, by_version, strict=True)
        ]
        position_figures = []
        for rows, counts in zip(by_position, together, strict=True):
            versions = np.flatnonzero(counts)
            if len(versions) == 1 and len(by_version[versions[0]]) == len(rows):
                # One version that stands nowhere else: the same responses, so the same figures.
                position_figures.append(version_figures[versions[0]])
            else:
                facts = self.facts.get(c.versions[versions[0]]) if len(versions) == 1 else None
                position_figures.append(self._item(rows, facts))
        answers = answer_rows(c, self.rest, self.facts, self.minimum)
        positions = [
            PositionStatistics(
                position, tuple(sorted(c.versions[v] for v in np.flatnonzero(counts))), figures
            )
            for position, counts, figures in zip(
                c.positions,
                together,
                self._with_effective_weights(position_figures, c.position),
                strict=True,
            )
        ]
        questions = [
            QuestionStatistics(
                *c.versions[code],
                tuple(sorted(c.positions[p] for p in np.flatnonzero(together[:, code]))),
                figures,
                answers[code],
            )
            for code, figures in enumerate(self._with_effective_weights(version_figures, c.version))
        ]
        return QuizStatistics(
            attempts=c.attempts,
            awaiting=c.awaiting,
            unmarked=c.unmarked,
            repeated=c.repeated,
            quiz=self._quiz(),
            positions=tuple(sorted(positions, key=lambda p: p.position)),
            questions=tuple(sorted(questions, key=lambda q: (q.question, q.version))),
        )

    def _quiz(self) -> QuizFigures:
        n, result = self.columns.attempts, self.result
        if n < self.minimum:
            return QuizFigures(*[too_few(n, self.minimum)] * 8)
        mean = float(result.mean())
        deviation = result - mean
        m2, m3, m4 = (float((deviation**power).mean()) for power in (2, 3, 4))
        sd = sqrt(m2 * n / (n - 1)) if n > 1 else None
        consistency = self._internal_consistency()
        error_ratio: Figure = consistency
        standard_error: Figure = consistency
        if consistency.value is not None and sd is not None:
            ratio = 100 * sqrt(max(0.0, 1 - consistency.value / 100))
            error_ratio = read_figure(ratio, say.ERROR_RATIO)
            standard_error = read_figure(ratio * sd, say.STANDARD_ERROR)
        return QuizFigures(
            mean=read_figure(100 * mean, say.MEAN),
            median=read_figure(100 * float(np.median(result)), say.MEDIAN),
            standard_deviation=too_few(n, 2) if sd is None else read_figure(100 * sd, say.QUIZ_SD),
            skewness=_skewness(n, m2, m3),
            kurtosis=_kurtosis(n, m2, m4),
            internal_consistency=consistency,
            error_ratio=error_ratio,
            standard_error=standard_error,
        )

    def _internal_consistency(self) -> Figure:
        """Give Cronbach's alpha in percent: 100·p/(p−1)·(1 − Σvar(position)/var(total)).

        Attempts are comparable only where they have the same positions (a quiz may have been edited in
        between); the largest such group is taken, the smallest positions first among equals.
        """
        c = self.columns
        sizes = np.bincount(c.shapes, minlength=len(c.shape_positions))
        shape = min(range(len(sizes)), key=lambda s: (-sizes[s], c.shape_positions[s]))
        p, n = len(c.shape_positions[shape]), int(sizes[shape])
        if p < 2:
            return no_figure(say.ONE_QUESTION)
        if n < max(self.minimum, 3):
            return too_few(n, max(self.minimum, 3))
        chosen = c.shapes == shape
        total_variance = float(self.result[chosen].var(ddof=1))
        if total_variance < NOTHING**2:
            return no_figure(say.ALL_THE_SAME)
        rows = chosen[c.attempt]
        position, contribution = c.position[rows], self.contribution[rows]
        mean = np.bincount(position, contribution, len(c.positions)) / n
        spread = np.bincount(position, (contribution - mean[position]) ** 2, len(c.positions)) / (n - 1)
        consistency = 100 * p / (p - 1) * (1 - float(spread.sum()) / total_variance)
        return read_figure(consistency, say.CONSISTENCY)

    def _item(self, rows: Integers, facts: QuestionFacts | None = None) -> ItemFigures:
        c, n = self.columns, len(rows)
        answered = int(np.count_nonzero(c.answered[rows]))
        if n < self.minimum:
            none = too_few(n, self.minimum)
            return ItemFigures(n, answered, none, none, none, none, self._guess(facts), none, none)
        fraction = self.fraction[rows]
        fraction = fraction[~np.isnan(fraction)]
        if len(fraction) == 0:
            none = no_figure(say.NO_MARKS)
            return ItemFigures(n, answered, *[none] * 7)
        index, efficiency = self._discrimination(rows)
        return ItemFigures(
            attempts=n,
            answered=answered,
            facility=read_figure(100 * float(fraction.mean()), say.FACILITY),
            standard_deviation=(
                read_figure(100 * float(fraction.std(ddof=1)), say.ITEM_SD)
                if len(fraction) > 1
                else too_few(len(fraction), 2)
            ),
            discrimination_index=index,
            discriminative_efficiency=efficiency,
            random_guess_score=self._guess(facts),
            intended_weight=read_figure(100 * float(self.weight[rows].mean()), say.WEIGHT),
            effective_weight=no_figure(say.ALL_THE_SAME),
        )

    def _discrimination(self, rows: Integers) -> tuple[Figure, Figure]:
        """Give the discrimination index 100·cov(item, rest)/√(var·var) and the efficiency 100·cov/cov_max.

        cov_max is the covariance that the same marks would have if the best on the rest had the best marks
        here, the next best the next, and so on: both sorted.
        """
        fraction, rest = self.fraction[rows], self.rest[rows]
        both = ~(np.isnan(fraction) | np.isnan(rest))
        fraction, rest = fraction[both], rest[both]
        n, needed = len(fraction), max(self.minimum, 2)
        if n < needed:
            none = no_figure(say.ONE_QUESTION) if n == 0 else too_few(n, needed)
            return none, none
        fraction, rest = fraction - fraction.mean(), rest - rest.mean()
        squares = _dot(fraction, fraction), _dot(rest, rest)
        for square, reason in zip(squares, (say.ALL_THE_SAME, say.REST_THE_SAME), strict=True):
            if square < n * NOTHING**2:
                return no_figure(reason), no_figure(reason)
        covariance = _dot(fraction, rest)
        highest = _dot(np.sort(fraction), np.sort(rest))
        index = _snap(100 * covariance / sqrt(squares[0] * squares[1]))
        efficiency = _snap(100 * covariance / highest)
        if -200 / sqrt(n) < index < 0:
            return Figure(index, say.NEGATIVE_BY_CHANCE), Figure(efficiency, say.NEGATIVE_BY_CHANCE)
        return read_figure(index, say.DISCRIMINATION), read_figure(efficiency, say.EFFICIENCY)

    def _with_effective_weights(self, figures: list[ItemFigures], codes: Integers) -> list[ItemFigures]:
        """Add the effective weights 100·√cov(item, total)/Σ√cov, the sum over items with cov ≥ 0.

        An attempt that was not shown an item contributes 0 by it, so the covariances of all items add up to
        the variance of the totals whatever was drawn.
        """
        n = self.columns.attempts
        if n < max(self.minimum, 2):
            return figures
        deviation = self.result - self.result.mean()
        if _dot(deviation, deviation) < n * NOTHING**2:
            return figures
        products = self.contribution * deviation[self.columns.attempt]
        covariances = (np.bincount(codes, products, len(figures)) / (n - 1)).tolist()
        covariances = [0.0 if abs(value) < NOTHING else value for value in covariances]
        roots = sum(sqrt(value) for value in covariances if value > 0)
        weighted = []
        for figure, value in zip(figures, covariances, strict=True):
            weight = figure.effective_weight
            if figure.facility.value is not None and value < 0:
                weight = no_figure(say.NEGATIVE_WEIGHT)
            elif figure.facility.value is not None:
                weight = read_figure(100 * sqrt(value) / roots, say.EFFECTIVE_WEIGHT)
            weighted.append(replace(figure, effective_weight=weight))
        return weighted

    @staticmethod
    def _guess(facts: QuestionFacts | None) -> Figure:
        if facts is None or facts.guess is None:
            return no_figure(say.NO_GUESS)
        return read_figure(100 * facts.guess, say.GUESS)


def _rows_by_code(codes: Integers, count: int) -> list[Integers]:
    order = np.argsort(codes, kind="stable").astype(np.int32)
    return np.split(order, np.cumsum(np.bincount(codes, minlength=count))[:-1]) if count else []


def _dot(one: Floats, other: Floats) -> float:
    # Not `@`: it starts threads for sums this short, which costs more than it saves on a busy machine.
    return float((one * other).sum())


def _divide(mark: Floats, highest: Floats) -> Floats:
    share = np.full(len(mark), np.nan)
    np.divide(mark, highest, out=share, where=highest > 0)
    return share


def _snap(index: float) -> float:
    return 0.0 if abs(index) < 1e-9 else max(-100.0, min(100.0, index))


def _skewness(n: int, m2: float, m3: float) -> Figure:
    """Give k3/k2^1.5 from the k-statistics (Moodle; Fisher 1929), which needs three attempts."""
    if n < 3:
        return too_few(n, 3)
    k2 = n * m2 / (n - 1)
    if k2 < NOTHING**2:
        return no_figure(say.ALL_THE_SAME)
    k3 = n * n * m3 / ((n - 1) * (n - 2))
    return read_figure(k3 / k2**1.5, say.SKEWNESS)


def _kurtosis(n: int, m2: float, m4: float) -> Figure:
    """Give k4/k2² from the k-statistics (0 for a bell curve), which needs four attempts."""
    if n < 4:
        return too_few(n, 4)
    k2 = n * m2 / (n - 1)
    if k2 < NOTHING**2:
        return no_figure(say.ALL_THE_SAME)
    k4 = n * n * ((n + 1) * m4 - 3 * (n - 1) * m2 * m2) / ((n - 1) * (n - 2) * (n - 3))
    return read_figure(k4 / (k2 * k2), say.KURTOSIS)
