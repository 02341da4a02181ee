"""Tabulate which answers of a question were chosen, how often and by whom."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np

from app.quizzes import readings as say
from app.quizzes.readings import Figure, no_figure, read_figure, too_few
from app.quizzes.statistics_input import NO_RESPONSE, Columns, Floats, QuestionFacts, VersionKey

NOTHING = 1e-12


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """State how one answer fared; the empty key stands for no response.

    `share` is in percent of the attempts that were shown the question (where several answers may be ticked
    the shares add up to more than 100). `rest` is the mean result of its choosers on the other questions in
    percent. `discrimination` is 100 × the correlation between choosing it and the result on the other
    questions (point-biserial; Ebel & Frisbie 1991, ch. 13).
    """

    key: str
    fraction: float | None
    count: int
    share: float
    rest: Figure
    discrimination: Figure


def answer_rows(
    columns: Columns, rest: Floats, facts: Mapping[VersionKey, QuestionFacts], minimum: int
) -> list[tuple[AnswerRow, ...]]:
    """Give the table of each question version, the best paid and then most chosen answers first.

    `rest` is each response's result on the other questions of its attempt, not a number where there are
    none. A table over fewer than `minimum` attempts has counts and no figures.
    """
    known = ~np.isnan(rest)
    value = np.where(known, rest, 0.0)
    versions = len(columns.versions)
    shown = np.bincount(columns.version, minlength=versions)
    n = np.bincount(columns.version, known, versions)
    mean = np.bincount(columns.version, value, versions) / np.maximum(n, 1)
    centred = np.where(known, rest - mean[columns.version], 0.0)
    squares = np.bincount(columns.version, centred**2, versions)
    codes, rows = columns.choice_code, columns.choice_row
    count = np.bincount(codes, minlength=len(columns.choices))
    count_known = np.bincount(codes, known[rows], len(columns.choices))
    sums = np.bincount(codes, centred[rows], len(columns.choices))

    tables: list[list[AnswerRow]] = [[] for _ in range(versions)]
    for code, (version, key) in enumerate(columns.choices):
        fact = facts.get(columns.versions[version], QuestionFacts())
        fraction = 0.0 if key == NO_RESPONSE else fact.answers.get(key)
        choosers, all_known = float(count_known[code]), float(n[version])
        tables[version].append(
            AnswerRow(
                key=key,
                fraction=fraction,
                count=int(count[code]),
                share=100 * float(count[code]) / float(shown[version]),
                rest=_rest(choosers, float(sums[code]), float(mean[version]), int(shown[version]), minimum),
                discrimination=_discrimination(
                    choosers,
                    all_known,
                    centred_sum=float(sums[code]),
                    squares=float(squares[version]),
                    fraction=fraction,
                    minimum=minimum,
                ),
            )
        )
    for version, asked in enumerate(columns.versions):
        listed = {row.key for row in tables[version]}
        for answer, worth in facts.get(asked, QuestionFacts()).answers.items():
            if answer not in listed:
                never = no_figure(say.NEVER_CHOSEN_RIGHT if worth > 0 else say.NEVER_CHOSEN_WRONG)
                if shown[version] < minimum:
                    never = too_few(int(shown[version]), minimum)
                tables[version].append(AnswerRow(answer, worth, 0, 0.0, never, never))
        # No response is the last row of a table.
        tables[version].sort(
            key=lambda row: (row.key == NO_RESPONSE, -(row.fraction or 0), -row.count, row.key)
        )
    return [tuple(table) for table in tables]


def _rest(choosers: float, centred_sum: float, mean: float, shown: int, minimum: int) -> Figure:
    if shown < minimum:
        return too_few(shown, minimum)
    if choosers == 0:
        return no_figure(say.ONE_QUESTION)
    return Figure(100 * (mean + centred_sum / choosers), say.CHOOSERS_REST)


def _discrimination(
    choosers: float, n: float, *, centred_sum: float, squares: float, fraction: float | None, minimum: int
) -> Figure:
    if n == 0:
        return no_figure(say.ONE_QUESTION)
    if n < max(minimum, 2):
        return too_few(int(n), max(minimum, 2))
    # Σ(indicator − p)² = n·p·(1 − p) with p = choosers/n.
    indicator_squares = choosers * (n - choosers) / n
    if indicator_squares < NOTHING:
        return no_figure(say.ALL_CHOSE if choosers else say.ONE_QUESTION)
    if squares < n * NOTHING**2:
        return no_figure(say.REST_THE_SAME)
    index = 100 * centred_sum / sqrt(indicator_squares * squares)
    index = 0.0 if abs(index) < 1e-9 else max(-100.0, min(100.0, index))
    if fraction is None:
        return read_figure(index, say.CHOICE_UNKNOWN)
    return read_figure(index, say.CHOICE_RIGHT if fraction > 0 else say.CHOICE_WRONG)
