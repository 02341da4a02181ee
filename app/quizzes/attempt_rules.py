"""Decide about attempts: which questions in which order, until when, whether again, and what counts.

Pure: the moment, the seed and the rules are arguments.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any

from app.quizzes.answer_text import tidy
from app.quizzes.definitions import OnTimeout, Review
from app.quizzes.question import Question, QuestionType

GRACE = timedelta(minutes=5)
"""How long after the time is up an attempt with a grace period may still be handed in."""

REMIND_AFTER = timedelta(days=3)
WIDEN_AFTER = timedelta(days=7)
"""After this long anyone in the manager line, and HR, may grade: no essay waits for ever."""


class AttemptState(StrEnum):
    """Name where an attempt stands."""

    IN_PROGRESS = "in_progress"
    SUBMITTED = "submitted"
    AWAITING_GRADING = "awaiting_grading"
    GRADED = "graded"
    ABANDONED = "abandoned"


HANDED_IN = (AttemptState.SUBMITTED, AttemptState.AWAITING_GRADING, AttemptState.GRADED)


class Phase(StrEnum):
    """Name what an attempt in progress still takes at a moment."""

    ANSWERS = "answers"
    HAND_IN_ONLY = "hand in only"
    OVER = "over"


class StartReason(StrEnum):
    """Name why a new attempt may or may not begin."""

    ALLOWED = "allowed"
    IN_PROGRESS = "in progress"
    NONE_LEFT = "none left"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class QuizRules:
    """Hold the rules of a quiz; an attempt keeps those it began under. `attempts` None sets no limit."""

    pass_percent: float = 80
    draw: int | None = None
    shuffle: bool = True
    time_limit_minutes: int | None = None
    on_timeout: OnTimeout = OnTimeout.SUBMIT
    attempts: int | None = None
    retake_wait_hours: int = 0
    review: Review = Review.AFTER_SUBMIT

    def to_json(self) -> dict[str, Any]:
        """Return the rules as plain data."""
        return asdict(self)

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> QuizRules:
        """Return the rules that `to_json` wrote."""
        return cls(**(raw | {"on_timeout": OnTimeout(raw["on_timeout"]), "review": Review(raw["review"])}))


@dataclass(frozen=True, slots=True)
class StartRuling:
    """Say whether a new attempt may begin; `from_at` is when it may, where that is a matter of waiting."""

    reason: StartReason
    from_at: datetime | None = None
    left: int | None = None

    @property
    def allowed(self) -> bool:
        return self.reason is StartReason.ALLOWED


def may_start(
    rules: QuizRules, earlier: int, last_ended_at: datetime | None, in_progress: bool, now: datetime
) -> StartRuling:
    """Decide whether another attempt may begin after `earlier` ones, the last of which ended then."""
    left = None if rules.attempts is None else max(0, rules.attempts - earlier)
    if in_progress:
        return StartRuling(StartReason.IN_PROGRESS, left=left)
    if left == 0:
        return StartRuling(StartReason.NONE_LEFT, left=0)
    if last_ended_at is not None and rules.retake_wait_hours:
        free_at = last_ended_at + timedelta(hours=rules.retake_wait_hours)
        if now < free_at:
            return StartRuling(StartReason.WAIT, free_at, left)
    return StartRuling(StartReason.ALLOWED, left=left)


def due_at(rules: QuizRules, started_at: datetime, extra_percent: int) -> datetime | None:
    """Return when the time is up, with the person's extra time, rounded up to whole seconds.

    None where the quiz sets no limit. Raises ValueError for a negative percentage.
    """
    if extra_percent < 0:
        raise ValueError("extra time must not be negative")
    if rules.time_limit_minutes is None:
        return None
    return started_at + timedelta(seconds=ceil(rules.time_limit_minutes * 60 * (100 + extra_percent) / 100))


def phase_at(rules: QuizRules, due: datetime | None, now: datetime) -> Phase:
    """Return what an attempt in progress takes at `now`, by the server's clock."""
    if due is None or now < due:
        return Phase.ANSWERS
    if rules.on_timeout is OnTimeout.GRACE and now < due + GRACE:
        return Phase.HAND_IN_ONLY
    return Phase.OVER


def over_at(rules: QuizRules, due: datetime | None) -> datetime | None:
    """Return when an attempt that nobody hands in ends by itself."""
    return due + GRACE if due is not None and rules.on_timeout is OnTimeout.GRACE else due


def ends_submitted(rules: QuizRules) -> bool:
    """Tell whether an attempt whose time is over is handed in as it stands, or thrown away."""
    return rules.on_timeout is OnTimeout.SUBMIT


def choose_questions(questions: Sequence[Question], rules: QuizRules, seed: int) -> tuple[int, ...]:
    """Return the indexes of the questions an attempt asks, in its order; the same for the same seed.

    A description stays in front of the question that follows it and does not count as drawn.
    """
    groups: list[list[int]] = [[]]
    for index, question in enumerate(questions):
        groups[-1].append(index)
        if question.type is not QuestionType.DESCRIPTION:
            groups.append([])
    tail = groups.pop()
    chance = random.Random(f"questions {seed}")
    if rules.draw is not None and rules.draw < len(groups):
        kept = sorted(chance.sample(range(len(groups)), rules.draw))
        groups, tail = [groups[index] for index in kept], []
    if rules.shuffle:
        chance.shuffle(groups)
    return tuple(index for group in [*groups, tail] for index in group)


def answer_order(question: Question, rules: QuizRules, seed: int, position: int) -> tuple[int, ...]:
    """Return the order in which a choice question shows its answers at a position of an attempt."""
    order = list(range(len(question.answers)))
    if rules.shuffle and question.shuffle and question.type is QuestionType.MULTICHOICE:
        random.Random(f"answers {seed} {position}").shuffle(order)
    return tuple(order)


def match_options(question: Question, seed: int, position: int) -> tuple[str, ...]:
    """Return the answers a matching question offers for every stem, each once, mixed."""
    options = list({tidy(pair.answer): pair.answer for pair in question.pairs}.values())
    random.Random(f"options {seed} {position}").shuffle(options)
    return tuple(options)


def may_review(rules: QuizRules, ever_passed: bool) -> bool:
    """Decide whether answers and feedback are shown; marks always are."""
    return rules.review is Review.AFTER_SUBMIT or (rules.review is Review.AFTER_PASS and ever_passed)


def sure_to_pass(mark: float, max_mark: float, pass_percent: float) -> bool:
    """Tell whether what is marked so far passes, whatever the pending parts bring."""
    return max_mark > 0 and round(100 * mark / max_mark, 6) >= pass_percent
