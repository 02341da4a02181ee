"""What is open about quizzes when a person comes: what they have begun, and what awaits a grader."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, or_, select

from app.quizzes.attempt_rules import AttemptState
from app.quizzes.models import Attempt, Quiz
from app.quizzes.queries import AttemptFacts, attempts_awaiting_grading
from app.reads import fetch

# A person's attempts are found by the person: an index by state would first find everybody's.
_OPEN = (
    select(Attempt.state, Attempt.id, Attempt.activity_key, Quiz.title)
    .join(Quiz, Quiz.activity_key == Attempt.activity_key)
    .order_by(Attempt.id.desc())
    .where(
        or_(
            (Attempt.person_id == bindparam("person_id")) & Attempt.ended_at.is_(None),
            Attempt.state == AttemptState.AWAITING_GRADING,
        )
    )
)


@dataclass(frozen=True, slots=True)
class Begun:
    """Name an attempt that its person can go on with."""

    id: int
    activity_key: str
    title: str

    @property
    def module_id(self) -> str:
        return self.activity_key.split("/", 1)[0]


def open_attempts(person_id: int) -> tuple[list[Begun], list[AttemptFacts]]:
    """Return what a person has begun, newest first, and what awaits grading, longest first.

    One narrow query, and one for what awaits grading where something does.
    """
    rows = fetch(_OPEN, {"person_id": person_id}).all()
    begun = [Begun(id_, key, title) for state, id_, key, title in rows if state == AttemptState.IN_PROGRESS]
    waits = any(row.state == AttemptState.AWAITING_GRADING for row in rows)
    return begun, attempts_awaiting_grading() if waits else []
