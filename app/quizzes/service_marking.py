"""Mark an attempt, keep its result, and record what it proves; in the caller's transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from flask_babel import gettext as _
from sqlalchemy import Table, bindparam, update

from app.competency import queries as competency_queries
from app.competency import service as competency
from app.competency.inputs import EvidenceInput, LevelChange
from app.competency.kinds import EvidenceKind
from app.curriculum import service as curriculum
from app.db import db
from app.notifications import service as notices
from app.notifications.kinds import NoticeKind
from app.people import queries as people
from app.quizzes import queries
from app.quizzes.attempt_rules import AttemptState, QuizRules, sure_to_pass
from app.quizzes.marking import AttemptMark, Item, mark_attempt
from app.quizzes.models import Attempt, AttemptAnswer
from app.quizzes.question_json import response_from_json

SOURCE = "quiz_attempt"
_ANSWERS = cast(Table, AttemptAnswer.__table__)
_EARNED = update(_ANSWERS).where(
    _ANSWERS.c.attempt_id == bindparam("of_attempt"), _ANSWERS.c.position == bindparam("at_position")
)


@dataclass(frozen=True, slots=True)
class Marked:
    """Hold an attempt's marks and the competencies whose every item is marked."""

    marks: AttemptMark
    settled: dict[str, float]


def mark_and_record(attempt: Attempt, now: datetime) -> Marked:
    """Mark everything that can be marked, store the result, and record evidence for settled competencies.

    Called again after each manual grade: what is settled since then is recorded, and nothing twice.
    """
    marked = store_marks(attempt, now)
    changes = competency.record_many(
        [
            EvidenceInput(
                person_id=attempt.person_id,
                competency_id=competency_id,
                kind=EvidenceKind.QUIZ,
                source_kind=SOURCE,
                source_id=str(attempt.id),
                observed_at=attempt.ended_at or now,
                score=percent,
            )
            for competency_id, percent in marked.settled.items()
        ],
        now,
    )
    note_changes(attempt, changes)
    return marked


def store_marks(attempt: Attempt, now: datetime) -> Marked:
    """Mark an attempt and store marks, state and whether it passed; complete the activity when it did.

    Answers that the session holds are not brought up to date.
    """
    slots = queries.slots(attempt.id)
    marks = mark_attempt(
        [
            Item(slot.question, response_from_json(slot.response), manual_fraction=slot.manual_fraction)
            for slot in slots
        ],
        known_competencies(),
    )
    earned = [
        {
            "of_attempt": attempt.id,
            "at_position": slot.position,
            "outcome": mark.outcome.value,
            "pending": mark.pending,
            "mark": None if mark.pending else mark.mark,
            "max_mark": mark.max_mark,
        }
        for slot, mark in zip(slots, marks.questions, strict=True)
    ]
    if earned:
        db.session.connection().execute(_EARNED, earned)
    total = marks.total
    rules = QuizRules.from_json(attempt.rules)
    was_passed = attempt.passed
    attempt.mark, attempt.max_mark, attempt.percent = total.mark, total.max_mark, total.percent
    attempt.passed = sure_to_pass(total.mark, total.max_mark, rules.pass_percent)
    attempt.competencies = [
        {
            "competency_id": competency_id,
            "mark": score.mark,
            "max_mark": score.max_mark,
            "percent": score.percent,
            "questions": score.questions,
        }
        for competency_id, score in marks.competencies
    ]
    if total.pending:
        attempt.state = AttemptState.AWAITING_GRADING
        tell_grader(attempt, now)
    else:
        attempt.state, attempt.graded_at = AttemptState.GRADED, attempt.graded_at or now
    db.session.flush()
    if attempt.passed and not was_passed:
        curriculum.complete_activity(attempt.person_id, attempt.activity_key, now, via="quiz")
    settled = {name: score.percent for name, score in marks.competencies if score.percent is not None}
    return Marked(marks, settled)


def note_changes(attempt: Attempt, changes: Iterable[LevelChange]) -> None:
    """Keep with the attempt how it moved the person's levels, for the review."""
    mine = [
        {"competency_id": change.competency_id, "before": change.before, "after": change.after}
        for change in changes
        if change.person_id == attempt.person_id
    ]
    if mine:
        attempt.level_changes = [*attempt.level_changes, *mine]
        db.session.flush()


def known_competencies() -> frozenset[str]:
    """Return the ids of the competencies in force; other tags of questions mean nothing here."""
    framework = competency_queries.find_framework()
    return frozenset(each.id for each in framework.competencies) if framework else frozenset()


def pending_competencies(attempt_id: int) -> frozenset[str]:
    """Return the competencies of the answers of an attempt that wait for a person."""
    tags = {tag for slot in queries.slots(attempt_id) if slot.pending for tag in slot.question.tags}
    return known_competencies() & tags


def assessors_for(attempt_id: int, person_id: int, now: datetime) -> list[int]:
    """Return who holds level 3 or more in all competencies of the pending answers, never the person."""
    wanted = sorted(pending_competencies(attempt_id))
    if not wanted:
        return []
    able = set(competency_queries.qualified_hosts(wanted[0], now))
    for competency_id in wanted[1:]:
        able &= set(competency_queries.qualified_hosts(competency_id, now))
    return sorted(able - {person_id})


def tell_grader(attempt: Attempt, now: datetime, turn: int = 0) -> None:
    """Ask one assessor to grade, another one at each turn; without any, the nearest manager is asked."""
    able = assessors_for(attempt.id, attempt.person_id, now)
    line = people.manager_line_of(attempt.person_id)
    chosen = able[(attempt.id + turn) % len(able)] if able else next(iter(line), None)
    if chosen is None:
        return
    notices.enqueue(
        chosen,
        NoticeKind.QUIZ,
        _("An answer waits for you to grade it"),
        _("Someone wrote a free answer in a quiz that only a person can grade. It takes about 3 minutes."),
        now,
        link=f"/grading/{attempt.id}",
        dedupe_key=f"quiz-grading:{attempt.id}:{turn}",
    )
