"""A quiz as the module file states it: its rules and its questions."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from app.quizzes.question import Question


class OnTimeout(StrEnum):
    """What happens to an attempt whose time is up."""

    SUBMIT = "submit"
    GRACE = "grace"
    DISCARD = "discard"


class Review(StrEnum):
    """When a learner may see answers and feedback."""

    AFTER_SUBMIT = "after_submit"
    AFTER_PASS = "after_pass"  # noqa: S105
    NEVER = "never"


@dataclass(frozen=True)
class QuizDefinition:
    """The quiz of one activity. `draw` None asks all questions; `attempts` None sets no limit."""

    activity_key: str
    title: str
    minutes: int
    questions: tuple[Question, ...]
    pass_percent: float = 80
    draw: int | None = None
    shuffle: bool = True
    time_limit_minutes: int | None = None
    on_timeout: OnTimeout = OnTimeout.SUBMIT
    attempts: int | None = None
    retake_wait_hours: int = 0
    review: Review = Review.AFTER_SUBMIT
