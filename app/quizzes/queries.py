"""Reads of quizzes and attempts; frozen results, a bounded number of queries however many rows."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, bindparam, func, select

from app.db import db
from app.quizzes.attempt_rules import HANDED_IN, AttemptState, QuizRules
from app.quizzes.models import (
    Attempt,
    AttemptAnswer,
    BankQuestion,
    ManualGrade,
    QuestionVersion,
    Quiz,
    QuizQuestion,
    ResultRevision,
)
from app.quizzes.question import Question
from app.quizzes.question_json import question_from_json
from app.quizzes.texts import Rendered, unpack
from app.reads import fetch


@dataclass(frozen=True, slots=True)
class QuizFacts:
    """State a quiz and its rules; `questions` counts what one attempt asks."""

    activity_key: str
    title: str
    minutes: int
    rules: QuizRules
    in_bank: int

    @property
    def questions(self) -> int:
        return min(self.in_bank, self.rules.draw or self.in_bank)

    @property
    def module_id(self) -> str:
        return self.activity_key.split("/", 1)[0]

    @property
    def activity_id(self) -> str:
        return self.activity_key.split("/", 1)[1]


@dataclass(frozen=True, slots=True)
class CompetencyResult:
    """State what an attempt earned on the items of one competency; `percent` None while some are pending."""

    competency_id: str
    mark: float
    max_mark: float
    percent: float | None
    questions: int


@dataclass(frozen=True, slots=True)
class LevelStep:
    """State how an attempt moved a level."""

    competency_id: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class AttemptFacts:
    """State one attempt without its answers."""

    id: int
    person_id: int
    activity_key: str
    title: str
    number: int
    state: AttemptState
    rules: QuizRules
    seed: int
    started_at: datetime
    due_at: datetime | None
    over_at: datetime | None
    ended_at: datetime | None
    ended_by_clock: bool
    graded_at: datetime | None
    mark: float | None
    max_mark: float | None
    percent: float | None
    passed: bool
    competencies: tuple[CompetencyResult, ...]
    level_changes: tuple[LevelStep, ...]

    @property
    def module_id(self) -> str:
        return self.activity_key.split("/", 1)[0]

    @property
    def activity_id(self) -> str:
        return self.activity_key.split("/", 1)[1]

    @property
    def handed_in(self) -> bool:
        return self.state in HANDED_IN


@dataclass(frozen=True, slots=True)
class Slot:
    """State one position of an attempt: the pinned question, the stored response, what it earned."""

    position: int
    question_id: str
    version_id: int
    question_version: int
    question: Question
    html: Rendered
    response: str
    version: int
    saved_at: datetime | None
    outcome: str
    mark: float | None
    max_mark: float | None
    pending: bool
    manual_fraction: float | None
    comment: str
    graded_by: int | None


@dataclass(frozen=True, slots=True)
class Asked:
    """State a question as an attempt asks it."""

    question: Question
    html: Rendered


@dataclass(frozen=True, slots=True)
class Revision:
    """State one correction of a result."""

    number: int
    question_id: str
    reason: str
    before: dict[str, object]
    after: dict[str, object]
    revised_at: datetime


def find_quiz(activity_key: str) -> QuizFacts | None:
    """Return a living quiz, or None."""
    quiz = db.session.get(Quiz, activity_key)
    if quiz is None or quiz.retired_at is not None:
        return None
    return QuizFacts(
        quiz.activity_key, quiz.title, quiz.minutes, QuizRules.from_json(quiz.rules), quiz.question_count
    )


def current_questions(activity_key: str) -> list[tuple[int, Question]]:
    """Return (version id, question) of what a quiz asks now, in the order of its file."""
    rows = db.session.execute(
        select(QuestionVersion.id, QuestionVersion.definition)
        .join(BankQuestion, BankQuestion.current_version_id == QuestionVersion.id)
        .join(QuizQuestion, QuizQuestion.question_id == BankQuestion.id)
        .where(QuizQuestion.activity_key == activity_key)
        .order_by(QuizQuestion.position)
    )
    return [(version_id, question_from_json(definition)) for version_id, definition in rows]


def question_ids(activity_key: str) -> list[str]:
    """Return the ids of the questions of a quiz, in the order of its file."""
    return list(
        db.session.scalars(
            select(QuizQuestion.question_id)
            .where(QuizQuestion.activity_key == activity_key)
            .order_by(QuizQuestion.position)
        )
    )


def bank_questions() -> list[tuple[str, str, Question]]:
    """Return (id, origin, question) of the current version of everything in the bank, by id."""
    rows = db.session.execute(
        select(BankQuestion.id, BankQuestion.origin, QuestionVersion.definition)
        .join(QuestionVersion, BankQuestion.current_version_id == QuestionVersion.id)
        .order_by(BankQuestion.id)
    )
    return [(key, origin, question_from_json(definition)) for key, origin, definition in rows]


def find_attempt(attempt_id: int) -> AttemptFacts | None:
    """Return one attempt, or None."""
    return next(iter(_facts_of(fetch(_ONE, {"attempt_id": attempt_id}))), None)


def attempts_of(person_id: int, activity_key: str) -> list[AttemptFacts]:
    """Return a person's attempts at a quiz, newest first."""
    return _attempts(Attempt.person_id == person_id, Attempt.activity_key == activity_key)


def attempts_awaiting_grading() -> list[AttemptFacts]:
    """Return every attempt that waits for a person to mark something, longest waiting first."""
    return sorted(_facts_of(fetch(_AWAITING)), key=lambda each: each.id)


def handed_in_attempts(activity_key: str) -> list[AttemptFacts]:
    """Return everyone's attempts at a quiz that were handed in, newest first."""
    return _attempts(Attempt.activity_key == activity_key, Attempt.state.in_(HANDED_IN))


def slots_of(attempt_ids: Collection[int]) -> dict[int, list[Slot]]:
    """Return the positions of attempts in order, with the newest manual grade of each; two queries."""
    out: dict[int, list[Slot]] = {attempt_id: [] for attempt_id in attempt_ids}
    if not out:
        return out
    ids = {"ids": list(out)}
    grades = {(row.attempt_id, row.position): row for row in fetch(_GRADES, ids)}
    for row in fetch(_SLOTS, ids):
        out[row.attempt_id].append(_slot(row, grades.get((row.attempt_id, row.position))))
    return out


def slots(attempt_id: int) -> list[Slot]:
    """Return the positions of one attempt in order."""
    return slots_of([attempt_id])[attempt_id]


def revisions_of(attempt_id: int) -> list[Revision]:
    """Return the corrections of an attempt's result, oldest first."""
    rows = db.session.scalars(
        select(ResultRevision).where(ResultRevision.attempt_id == attempt_id).order_by(ResultRevision.number)
    )
    return [
        Revision(row.number, row.question_id, row.reason, row.before, row.after, row.revised_at)
        for row in rows
    ]


def overdue_attempts(now: datetime, limit: int) -> Sequence[int]:
    """Return the ids of attempts whose time is over and that nobody has ended, oldest first."""
    return db.session.scalars(
        select(Attempt.id)
        .where(Attempt.state == AttemptState.IN_PROGRESS, Attempt.over_at <= now)
        .order_by(Attempt.over_at, Attempt.id)
        .limit(limit)
    ).all()


_ATTEMPTS = (
    select(
        Attempt.id,
        Attempt.person_id,
        Attempt.activity_key,
        Attempt.number,
        Attempt.state,
        Attempt.rules,
        Attempt.seed,
        Attempt.started_at,
        Attempt.due_at,
        Attempt.over_at,
        Attempt.ended_at,
        Attempt.ended_by_clock,
        Attempt.graded_at,
        Attempt.mark,
        Attempt.max_mark,
        Attempt.percent,
        Attempt.passed,
        Attempt.competencies,
        Attempt.level_changes,
        Quiz.title,
    )
    .join(Quiz, Quiz.activity_key == Attempt.activity_key)
    .order_by(Attempt.id.desc())
)
_AWAITING = _ATTEMPTS.where(Attempt.state == AttemptState.AWAITING_GRADING)
_ONE = _ATTEMPTS.where(Attempt.id == bindparam("attempt_id"))


def _attempts(*where: ColumnElement[bool]) -> list[AttemptFacts]:
    return _facts_of(db.session.execute(_ATTEMPTS.where(*where)))


def _facts_of(rows: Iterable[Row[Any]]) -> list[AttemptFacts]:
    return [
        AttemptFacts(
            id=row.id,
            person_id=row.person_id,
            activity_key=row.activity_key,
            title=row.title,
            number=row.number,
            state=AttemptState(row.state),
            rules=QuizRules.from_json(row.rules),
            seed=row.seed,
            started_at=row.started_at,
            due_at=row.due_at,
            over_at=row.over_at,
            ended_at=row.ended_at,
            ended_by_clock=row.ended_by_clock,
            graded_at=row.graded_at,
            mark=row.mark,
            max_mark=row.max_mark,
            percent=row.percent,
            passed=row.passed,
            competencies=tuple(CompetencyResult(**each) for each in row.competencies),
            level_changes=tuple(LevelStep(**each) for each in row.level_changes),
        )
        for row in rows
    ]


_GRADES: Select[*tuple[Any, ...]] = (
    select(
        ManualGrade.attempt_id,
        ManualGrade.position,
        ManualGrade.fraction,
        ManualGrade.comment,
        ManualGrade.graded_by,
    )
    .where(ManualGrade.attempt_id.in_(bindparam("ids", expanding=True)))
    .order_by(ManualGrade.id)
)
_SLOTS: Select[*tuple[Any, ...]] = (
    select(
        AttemptAnswer.attempt_id,
        AttemptAnswer.position,
        AttemptAnswer.response,
        AttemptAnswer.version,
        AttemptAnswer.saved_at,
        AttemptAnswer.outcome,
        AttemptAnswer.mark,
        AttemptAnswer.max_mark,
        AttemptAnswer.pending,
        QuestionVersion.question_id,
        QuestionVersion.id.label("version_id"),
        QuestionVersion.version.label("question_version"),
        QuestionVersion.definition,
        QuestionVersion.rendered,
    )
    .join(
        QuestionVersion,
        QuestionVersion.id == func.coalesce(AttemptAnswer.marked_version_id, AttemptAnswer.version_id),
    )
    .where(AttemptAnswer.attempt_id.in_(bindparam("ids", expanding=True)))
    .order_by(AttemptAnswer.attempt_id, AttemptAnswer.position)
)
_ASKED = (
    select(AttemptAnswer.position, QuestionVersion.definition, QuestionVersion.rendered)
    .join(QuestionVersion, QuestionVersion.id == AttemptAnswer.version_id)
    .where(
        AttemptAnswer.attempt_id == bindparam("attempt_id"),
        AttemptAnswer.position.in_(bindparam("positions", expanding=True)),
    )
)


def asked_at(attempt_id: int, positions: Collection[int]) -> dict[int, Asked]:
    """Return the questions at some positions of an attempt in progress; unknown positions are missing."""
    rows = fetch(_ASKED, {"attempt_id": attempt_id, "positions": list(positions)})
    return {
        position: Asked(question_from_json(definition), unpack(definition, rendered))
        for position, definition, rendered in rows
    }


def _slot(row: Row[Any], grade: Row[Any] | None) -> Slot:
    return Slot(
        position=row.position,
        question_id=row.question_id,
        version_id=row.version_id,
        question_version=row.question_version,
        question=question_from_json(row.definition),
        html=unpack(row.definition, row.rendered),
        response=row.response,
        version=row.version,
        saved_at=row.saved_at,
        outcome=row.outcome,
        mark=row.mark,
        max_mark=row.max_mark,
        pending=row.pending,
        manual_fraction=grade.fraction if grade else None,
        comment=grade.comment if grade else "",
        graded_by=grade.graded_by if grade else None,
    )
