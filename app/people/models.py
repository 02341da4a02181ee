"""Tables of people: the org chart, accounts and their sessions, working hours and leave."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.db import Line, Model


class Department(Model):
    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(Line(60), unique=True)
    name: Mapped[str] = mapped_column(Line(120))


class Team(Model):
    __table_args__ = (UniqueConstraint("department_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Line(120))
    department_id: Mapped[int] = mapped_column(ForeignKey("department.id"))

    department: Mapped[Department] = relationship(lazy="joined")


class JobRole(Model):
    """What people are employed as; the levels it asks for stand in the competency framework."""

    key: Mapped[str] = mapped_column(Line(60), primary_key=True)
    title: Mapped[str] = mapped_column(Line(120))
    department_key: Mapped[str | None] = mapped_column(Line(60))


class Person(Model):
    __table_args__ = (
        CheckConstraint("weekly_budget_minutes BETWEEN 0 AND 2400", name="weekly_budget"),
        CheckConstraint("manager_id IS NULL OR manager_id <> id", name="not_own_manager"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(Line(254), unique=True)
    name: Mapped[str] = mapped_column(Line(200))
    password_hash: Mapped[str | None] = mapped_column(Line(200))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"), index=True)
    job_role_key: Mapped[str | None] = mapped_column(ForeignKey("job_role.key"), index=True)
    manager_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    time_zone: Mapped[str] = mapped_column(Line(64), default="UTC")
    locale: Mapped[str] = mapped_column(Line(12), default="en")
    started_on: Mapped[date | None]
    weekly_budget_minutes: Mapped[int] = mapped_column(default=60)
    is_hr: Mapped[bool] = mapped_column(default=False)
    is_author: Mapped[bool] = mapped_column(default=False)
    is_admin: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    deactivated_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    team: Mapped[Team | None] = relationship()
    job_role: Mapped[JobRole | None] = relationship()


class Substitute(Model):
    """Who decides for someone who is away; open-ended where `until_on` is empty (P19)."""

    __table_args__ = (CheckConstraint("person_id <> substitute_id", name="not_self"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    substitute_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date | None]


class WorkHours(Model):
    """One working interval of a weekday (0 Monday … 6 Sunday), minutes of the local day, half-open."""

    __table_args__ = (CheckConstraint("starts_minute < ends_minute", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    weekday: Mapped[int]
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]


class Leave(Model):
    """Days away, both ends included, in the person's own zone."""

    __table_args__ = (CheckConstraint("from_on <= until_on", name="order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    from_on: Mapped[date]
    until_on: Mapped[date]
    kind: Mapped[str] = mapped_column(Line(20), default="leave")


class UserSession(Model):
    """A signed-in browser; only the hash of its token is kept, and it can be revoked."""

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(Line(64), unique=True)
    user_agent: Mapped[str] = mapped_column(Line(300), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class PasswordReset(Model):
    """A mailed reset link; only the hash of its secret is kept, and it works once."""

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(Line(64), unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class EmailChange(Model):
    """An e-mail that was changed, by whom (empty: the operator); `told_at` once the person was told."""

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    before: Mapped[str] = mapped_column(Line(254))
    after: Mapped[str] = mapped_column(Line(254))
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    changed_at: Mapped[datetime]
    told_at: Mapped[datetime | None]


class SignInFailure(Model):
    """A sign-in that did not succeed, for known and unknown e-mails alike; enough of them pause sign-in."""

    __table_args__ = (
        Index("ix_sign_in_failure_email_failed_at", "email", "failed_at"),
        Index("ix_sign_in_failure_address_failed_at", "address", "failed_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(Line(254))
    address: Mapped[str] = mapped_column(Line(64), default="")
    failed_at: Mapped[datetime]


class ImportUpload(Model):
    """A file of people between preview and confirmation; removed by either, and after a day."""

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    filename: Mapped[str] = mapped_column(Line(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
