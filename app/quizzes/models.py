"""Tables of quizzes: the question bank with its versions, quizzes, attempts and what they earned."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Line, Model


class BankQuestion(Model):
    """A question of the bank; what it says is in its versions."""

    id: Mapped[str] = mapped_column(Line(255), primary_key=True)
    current_version_id: Mapped[int | None]
    origin: Mapped[str] = mapped_column(Line(12), default="library")
    retired_at: Mapped[datetime | None]


class QuestionVersion(Model):
    """One wording of a question, never changed once written; `rendered` is its sanitised HTML."""

    __table_args__ = (UniqueConstraint("question_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("bank_question.id"))
    version: Mapped[int]
    definition: Mapped[str] = mapped_column(Text)
    rendered: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(Line(64))
    created_at: Mapped[datetime]


class Quiz(Model):
    """The quiz of one activity with its rules."""

    activity_key: Mapped[str] = mapped_column(ForeignKey("module_activity.key"), primary_key=True)
    title: Mapped[str] = mapped_column(Line(300))
    minutes: Mapped[int]
    question_count: Mapped[int]
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    digest: Mapped[str] = mapped_column(Line(64))
    retired_at: Mapped[datetime | None]


class QuizQuestion(Model):
    """Which questions a quiz asks, in the order of its file."""

    activity_key: Mapped[str] = mapped_column(ForeignKey("quiz.activity_key"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[str] = mapped_column(ForeignKey("bank_question.id"), index=True)


class Attempt(Model):
    """One person's go at a quiz, under the rules and question versions it began with.

    `revision` counts every write, and a person has at most one attempt at a quiz in progress.
    """

    __table_args__ = (
        UniqueConstraint("person_id", "activity_key", "number"),
        Index(
            "uq_attempt_in_progress",
            "person_id",
            "activity_key",
            unique=True,
            sqlite_where=text("state = 'in_progress'"),
            postgresql_where=text("state = 'in_progress'"),
        ),
        Index("ix_attempt_state_over_at", "state", "over_at"),
        Index("ix_attempt_activity_key", "activity_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    activity_key: Mapped[str] = mapped_column(ForeignKey("quiz.activity_key"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(Line(20))
    seed: Mapped[int] = mapped_column(BigInteger)
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    started_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    over_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_clock: Mapped[bool] = mapped_column(default=False)
    graded_at: Mapped[datetime | None]
    mark: Mapped[float | None]
    max_mark: Mapped[float | None]
    percent: Mapped[float | None]
    passed: Mapped[bool] = mapped_column(default=False)
    competencies: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    level_changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    revision: Mapped[int] = mapped_column(default=0)


class AttemptAnswer(Model):
    """One position of an attempt: the pinned question version, the newest response, what it earned.

    `saved_by` and `saved_step` name the page that wrote last and how far it was, so that a page can
    write again without waiting for an acknowledgement, and another page cannot overwrite it unseen.
    """

    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("question_version.id"), index=True)
    response: Mapped[str] = mapped_column(Text, default="")
    version: Mapped[int] = mapped_column(default=0)
    saved_at: Mapped[datetime | None]
    saved_by: Mapped[str] = mapped_column(Line(32), default="")
    saved_step: Mapped[int] = mapped_column(BigInteger, default=0)
    marked_version_id: Mapped[int | None] = mapped_column(ForeignKey("question_version.id"))
    outcome: Mapped[str] = mapped_column(Line(20), default="")
    mark: Mapped[float | None]
    max_mark: Mapped[float | None]
    pending: Mapped[bool] = mapped_column(default=False, index=True)


class ManualGrade(Model):
    """What a person gave for an answer that no rule can mark; the newest one counts."""

    __table_args__ = (Index("ix_manual_grade_attempt_id_position", "attempt_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    position: Mapped[int]
    fraction: Mapped[float]
    comment: Mapped[str] = mapped_column(Text, default="")
    graded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    graded_at: Mapped[datetime]


class ResultRevision(Model):
    """A correction of an attempt's result: what it was, what it is, why, and by whom."""

    __table_args__ = (UniqueConstraint("attempt_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    attempt_id: Mapped[int] = mapped_column(ForeignKey("attempt.id"))
    number: Mapped[int]
    question_id: Mapped[str] = mapped_column(ForeignKey("bank_question.id"))
    reason: Mapped[str] = mapped_column(Text)
    before: Mapped[dict[str, Any]] = mapped_column(JSON)
    after: Mapped[dict[str, Any]] = mapped_column(JSON)
    revised_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    revised_at: Mapped[datetime]


class ExtraTime(Model):
    """Extra time in timed quizzes, in per cent; why is nobody's business, so no reason is kept."""

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    percent: Mapped[int]
    set_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    set_at: Mapped[datetime]
