"""Say what a regrade changes, and which of several attempts counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.quizzes.marking import AttemptMark, QuestionMark, Score


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """State what one question earned before and after; `number` counts from 0 in the attempt's order."""

    number: int
    before: QuestionMark
    after: QuestionMark


@dataclass(frozen=True, slots=True)
class Regrade:
    """State everything that a new marking of one attempt changes.

    `competencies` holds (key, before, after) for those whose score changed; None where the new versions name
    a competency that the old ones did not, or no longer do. `gains` and `losses` name the competencies that
    cross the pass mark.
    """

    questions: tuple[QuestionChange, ...]
    before: Score
    after: Score
    competencies: tuple[tuple[str, Score | None, Score | None], ...]
    gains: tuple[str, ...]
    losses: tuple[str, ...]

    @property
    def changes_anything(self) -> bool:
        """Say whether a superseding revision is needed at all."""
        return bool(self.questions or self.competencies) or self.before != self.after


def compare_marks(before: AttemptMark, after: AttemptMark, pass_percent: float) -> Regrade:
    """Compare two markings of the same attempt; feedback that was reworded is no change of marks.

    Raises ValueError when they do not have the same number of questions.
    """
    if len(before.questions) != len(after.questions):
        raise ValueError("a regrade marks the same questions again")
    questions = tuple(
        QuestionChange(number, old, new)
        for number, (old, new) in enumerate(zip(before.questions, after.questions, strict=True))
        if (old.fraction, old.mark, old.max_mark) != (new.fraction, new.mark, new.max_mark)
    )
    old_scores, new_scores = dict(before.competencies), dict(after.competencies)
    keys = sorted(old_scores.keys() | new_scores.keys())
    passed_before = {key for key in keys if _passes(old_scores.get(key), pass_percent)}
    passed_after = {key for key in keys if _passes(new_scores.get(key), pass_percent)}
    return Regrade(
        questions=questions,
        before=before.total,
        after=after.total,
        competencies=tuple(
            (key, old_scores.get(key), new_scores.get(key))
            for key in keys
            if old_scores.get(key) != new_scores.get(key)
        ),
        gains=tuple(sorted(passed_after - passed_before)),
        losses=tuple(sorted(passed_before - passed_after)),
    )


def _passes(score: Score | None, pass_percent: float) -> bool:
    return score is not None and score.percent is not None and score.percent >= pass_percent


class Counts(StrEnum):
    """Name which of a person's attempts counts."""

    HIGHEST = "highest"
    FIRST = "first"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class GradedAttempt:
    """State one submitted attempt; `percent` is None while a person still has to mark a part."""

    id: str
    submitted_at: datetime
    percent: float | None


def counting_attempt(
    attempts: Iterable[GradedAttempt], rule: Counts = Counts.HIGHEST
) -> GradedAttempt | None:
    """Choose the attempt that counts; None while no attempt is fully marked.

    Of equally high attempts the earliest counts, so that trying again never makes an achievement younger
    than it is.
    """
    graded = sorted(
        (attempt for attempt in attempts if attempt.percent is not None),
        key=lambda attempt: (attempt.submitted_at, attempt.id),
    )
    if not graded:
        return None
    match rule:
        case Counts.FIRST:
            return graded[0]
        case Counts.LATEST:
            return graded[-1]
        case Counts.HIGHEST:
            return max(graded, key=lambda attempt: attempt.percent or 0.0)
