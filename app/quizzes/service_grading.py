"""Grade free answers by hand, and see to it that none waits for ever; in the caller's transaction."""

from __future__ import annotations

from datetime import datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.db import db
from app.facts import Impossible, Late
from app.notifications import service as notices
from app.notifications.kinds import NoticeKind
from app.people import queries as people
from app.quizzes.attempt_rules import REMIND_AFTER, WIDEN_AFTER, AttemptState
from app.quizzes.models import Attempt, AttemptAnswer, ManualGrade
from app.quizzes.service_marking import mark_and_record, tell_grader


class NotAwaitingGrading(Late):
    """The answer is graded already, or needs nobody to grade it."""


def grade_answer(
    attempt_id: int, position: int, fraction: float, comment: str, *, by: int, now: datetime
) -> AttemptState:
    """Give a share of the mark, 0 to 1, for one pending answer; return the attempt's state then.

    When it was the last pending one, the attempt is graded and the learner is told. Raises
    NotAwaitingGrading and, for a share outside 0 to 1, ValueError.
    """
    if not 0 <= fraction <= 1:
        raise Impossible("a share from 0 to 1")
    taken = db.session.execute(
        update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.state == AttemptState.AWAITING_GRADING)
        .values(revision=Attempt.revision + 1)
        .returning(Attempt.id)
    ).first()
    answer = db.session.get(AttemptAnswer, (attempt_id, position), populate_existing=True)
    if taken is None or answer is None or not answer.pending:
        raise NotAwaitingGrading(f"attempt {attempt_id}, position {position}")
    db.session.add(
        ManualGrade(
            attempt_id=attempt_id,
            position=position,
            fraction=fraction,
            comment=comment.strip(),
            graded_by=by,
            graded_at=now,
        )
    )
    db.session.flush()
    attempt = db.session.get_one(Attempt, attempt_id, populate_existing=True)
    mark_and_record(attempt, now)
    if attempt.state == AttemptState.GRADED:
        notices.mark_settled(f"/grading/{attempt_id}", now)
        notices.enqueue(
            attempt.person_id,
            NoticeKind.QUIZ,
            _("Your quiz is graded"),
            _("Your free answers were read and graded. The result and the comments are there."),
            now,
            link=f"/attempts/{attempt_id}/review",
            dedupe_key=f"quiz-graded:{attempt_id}",
        )
    return AttemptState(attempt.state)


def remind_graders(now: datetime) -> int:
    """Ask another assessor after three days, the manager and HR after seven; return how many wait.

    Each is asked once per attempt, however often this runs.
    """
    waiting = db.session.scalars(
        select(Attempt).where(
            Attempt.state == AttemptState.AWAITING_GRADING, Attempt.ended_at <= now - REMIND_AFTER
        )
    ).all()
    for attempt in waiting:
        tell_grader(attempt, now, turn=1)
        if attempt.ended_at is not None and attempt.ended_at <= now - WIDEN_AFTER:
            _widen(attempt, now)
    return len(waiting)


def _widen(attempt: Attempt, now: datetime) -> None:
    line = people.manager_line_of(attempt.person_id)[:1]
    for person_id in [*line, *people.list_hr()]:
        if person_id != attempt.person_id:
            notices.enqueue(
                person_id,
                NoticeKind.QUIZ,
                _("A quiz has waited a week to be graded"),
                _("Nobody who knows the subject came to it. You may grade it now, or ask someone to."),
                now,
                link=f"/grading/{attempt.id}",
                dedupe_key=f"quiz-grading:{attempt.id}:week:{person_id}",
            )
