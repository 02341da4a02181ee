"""Compare no practice, fixed intervals and FSRS on the same simulated learners."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

import numpy as np

from app.quizzes.practice import PracticeCard, choose_cards, grade, review
from app.quizzes.simulated_memory import (
    DAY_SECONDS,
    EASE,
    LESSON_EXPOSURES,
    Floats,
    Integers,
    Memory,
    expose,
    new_memory,
    recall_chance,
    teach,
)

CARDS = 20
CARDS_PER_LESSON = 4
WEEKLY_MINUTES = 10.0
# A wrong answer takes longer because its feedback is read; a card is asked while even that has room.
RIGHT_MINUTES, WRONG_MINUTES = 0.4, 0.8
FIXED_INTERVALS = (1, 7, 30)
# Practice happens in the morning, lessons in the afternoon, retention is taken in the evening.
PRACTICE_AT, LESSON_AT, MEASURE_AT = 9 / 24, 14 / 24, 20 / 24
# Learners are simulated in groups of this size with a stream of random numbers each, to bound memory.
GROUP = 250
LUCK = 64
MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class PolicyResult:
    """State what one way of practising gave.

    Retention is the mean chance of recall over all cards taught, in percent: on the last day, and as the
    mean over all days from each card's lesson on. Minutes and questions are per learner over the whole
    time; `asked_right` is the percentage of questions answered right.
    """

    policy: str
    retention_at_end: float
    retention_mean: float
    minutes_per_learner: float
    minutes_per_week: float
    questions_per_learner: float
    asked_right: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """State a whole simulation, with what went into it."""

    learners: int
    days: int
    seed: int
    cards: int
    weekly_minutes: float
    ease: float
    memory_model: str
    policies: tuple[PolicyResult, ...]


class _Policy(Protocol):
    """Decide when each row (learner and card) is asked, and which first; days count from 0."""

    name: str
    due: Integers

    def taught(self, rows: Integers, day: int) -> None: ...

    def rank(self, row: int) -> float: ...

    def answered(self, row: int, day: int, right: bool) -> None: ...


NEVER = np.iinfo(np.int64).max


class _NoPractice:
    name = "no practice"

    def __init__(self, rows: int) -> None:
        self.due = np.full(rows, NEVER)

    def taught(self, rows: Integers, day: int) -> None:
        """Leave everything as it is."""

    def rank(self, row: int) -> float:
        return 0.0

    def answered(self, row: int, day: int, right: bool) -> None:
        """Leave everything as it is."""


class _FixedIntervals:
    """Ask 1, 7 and 30 days after the lesson or the last answer, then every 30 days, right or wrong."""

    name = "fixed intervals"

    def __init__(self, rows: int) -> None:
        self.due = np.full(rows, NEVER)
        self.step = np.zeros(rows, dtype=np.int64)

    def taught(self, rows: Integers, day: int) -> None:
        self.due[rows] = day + FIXED_INTERVALS[0]

    def rank(self, row: int) -> float:
        return float(self.due[row])

    def answered(self, row: int, day: int, right: bool) -> None:
        self.step[row] = min(self.step[row] + 1, len(FIXED_INTERVALS) - 1)
        self.due[row] = day + FIXED_INTERVALS[self.step[row]]


class _Fsrs:
    """Ask when FSRS expects the chance of recall to fall to 90 %."""

    name = "FSRS"

    def __init__(self, rows: int) -> None:
        self.due = np.full(rows, NEVER)
        self.cards: dict[int, PracticeCard] = {}

    def taught(self, rows: Integers, day: int) -> None:
        at = _moment(day, LESSON_AT)
        # The question at the end of the lesson is the first review.
        first = review(PracticeCard("", at), grade(1.0), at)
        for row in rows.tolist():
            self.cards[row] = first
        self.due[rows] = _day(first.due_at)

    def rank(self, row: int) -> float:
        return float(self.due[row])

    def answered(self, row: int, day: int, right: bool) -> None:
        at = _moment(day, PRACTICE_AT)
        self.cards[row] = review(self.cards[row], grade(float(right)), at)
        self.due[row] = _day(self.cards[row].due_at)


class _SameMinutes:
    """Ask the card longest unasked first, on the minutes that FSRS took of the same learner in the same week.

    It shows how much of a difference is the timing and how much merely the minutes.
    """

    name = "longest unasked first (FSRS's minutes)"

    def __init__(self, rows: int) -> None:
        self.due = np.full(rows, NEVER)
        self.last = np.zeros(rows, dtype=np.int64)

    def taught(self, rows: Integers, day: int) -> None:
        self.due[rows], self.last[rows] = day + 1, day

    def rank(self, row: int) -> float:
        return float(self.last[row])

    def answered(self, row: int, day: int, right: bool) -> None:
        self.due[row], self.last[row] = day + 1, day


POLICIES: tuple[Callable[[int], _Policy], ...] = (_NoPractice, _FixedIntervals, _Fsrs, _SameMinutes)


def compare(
    learners: int, days: int, seed: int, weekly_minutes: float = WEEKLY_MINUTES, ease: float = EASE
) -> Comparison:
    """Simulate the same learners, lessons and luck under each way of practising.

    A lesson of four cards is given every Monday until all are taught; practice happens on weekdays within
    the weekly minutes. `ease` says how easy the facts are to keep, in units of activation (0 is a foreign
    word pair). The same seed gives the same figures.

    Raises ValueError for less than one learner or one day, or a negative budget.
    """
    if learners < 1 or days < 1 or weekly_minutes < 0:
        raise ValueError("a simulation needs at least one learner, one day and a budget of 0 minutes or more")
    tallies: dict[str, _Tally] = {}
    for group, size in _groups(learners):
        weeks = -(-days // 7)
        budget = np.full((weeks, size), float(weekly_minutes))
        for make in POLICIES:
            policy = make(size * CARDS)
            # Each policy gets the same stream, hence the same people and the same luck per question.
            random = np.random.default_rng([seed, group])
            memory = new_memory(size, CARDS, _exposures(days), random, ease)
            run = _Run(policy, memory, days, budget, random.random((size * CARDS, LUCK)))
            tallies.setdefault(policy.name, _Tally()).add(run.play())
            if isinstance(policy, _Fsrs):
                budget = run.minutes
    return Comparison(
        learners=learners,
        days=days,
        seed=seed,
        cards=CARDS,
        weekly_minutes=weekly_minutes,
        ease=ease,
        memory_model="Pavlik & Anderson 2005 (activation of many traces, not FSRS's own)",
        policies=tuple(tally.result(name, learners, days) for name, tally in tallies.items()),
    )


@dataclass(slots=True)
class _Tally:
    """Add up one policy over the groups of learners."""

    end: float = 0.0
    sum: float = 0.0
    minutes: float = 0.0
    end_cards: int = 0
    card_days: int = 0
    asked: int = 0
    right: int = 0

    def add(self, other: "_Tally") -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def result(self, name: str, learners: int, days: int) -> PolicyResult:
        return PolicyResult(
            policy=name,
            retention_at_end=round(100 * self.end / self.end_cards, 2),
            retention_mean=round(100 * self.sum / self.card_days, 2),
            minutes_per_learner=round(self.minutes / learners, 2),
            minutes_per_week=round(self.minutes / learners / days * 7, 2),
            questions_per_learner=round(self.asked / learners, 2),
            asked_right=round(100 * self.right / self.asked, 2) if self.asked else None,
        )


def _groups(learners: int) -> Iterator[tuple[int, int]]:
    for group, first in enumerate(range(0, learners, GROUP)):
        yield group, min(GROUP, learners - first)


def _exposures(days: int) -> int:
    """Say how often a card can be met: its lesson, and once a weekday."""
    return LESSON_EXPOSURES + sum(day % 7 < 5 for day in range(days))


class _Run:
    """Play one policy over one group of learners; `budget` and `minutes` are per week and learner."""

    def __init__(self, policy: _Policy, memory: Memory, days: int, budget: Floats, luck: Floats) -> None:
        self.policy, self.memory, self.days, self.budget, self.luck = policy, memory, days, budget, luck
        self.rows = len(luck)
        self.taught = np.zeros(self.rows, dtype=bool)
        self.minutes = np.zeros_like(budget)
        self.tally = _Tally()

    def play(self) -> _Tally:
        for day in range(self.days):
            if day % 7 < 5:
                self._practise(day)
            if day % 7 == 0 and day // 7 * CARDS_PER_LESSON < CARDS:
                self._teach(day)
            self._measure(day)
        self.tally.minutes = float(self.minutes.sum())
        return self.tally

    def _teach(self, day: int) -> None:
        lesson = np.arange(self.rows) % CARDS // CARDS_PER_LESSON
        rows = np.flatnonzero(lesson == day // 7)
        teach(self.memory, rows, (day + LESSON_AT) * DAY_SECONDS)
        self.policy.taught(rows, day)
        self.taught[rows] = True

    def _measure(self, day: int) -> None:
        rows = np.flatnonzero(self.taught)
        chances = recall_chance(self.memory, rows, (day + MEASURE_AT) * DAY_SECONDS)
        self.tally.sum += float(chances.sum())
        self.tally.card_days += len(rows)
        if day == self.days - 1:
            self.tally.end, self.tally.end_cards = float(chances.sum()), len(rows)

    def _practise(self, day: int) -> None:
        ranked: dict[int, list[tuple[float, str, float]]] = {}
        for row in np.flatnonzero(self.policy.due <= day).tolist():
            card = (self.policy.rank(row), str(row), WRONG_MINUTES)
            ranked.setdefault(row // CARDS, []).append(card)
        left = self.budget[day // 7] - self.minutes[day // 7]
        asked = np.array(
            [int(row) for learner, cards in ranked.items() for row in choose_cards(cards, left[learner])],
            dtype=np.int64,
        )
        at = (day + PRACTICE_AT) * DAY_SECONDS
        # The n-th question on a card meets the same luck under every policy.
        luck = self.luck[asked, self.memory.counts[asked] % LUCK]
        right = luck < recall_chance(self.memory, asked, at)
        expose(self.memory, asked, at)
        np.add.at(self.minutes[day // 7], asked // CARDS, np.where(right, RIGHT_MINUTES, WRONG_MINUTES))
        self.tally.asked += len(asked)
        self.tally.right += int(right.sum())
        for row, hit in zip(asked.tolist(), right.tolist(), strict=True):
            self.policy.answered(row, day, hit)


def _moment(day: int, time_of_day: float) -> datetime:
    return MONDAY + timedelta(days=day + time_of_day)


def _day(at: datetime) -> int:
    return (at - MONDAY).days
