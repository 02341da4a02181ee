"""Tables of rotations: days in another team, who agreed, and the tasks signed off one by one."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Line, Model


class Rotation(Model):
    """A block of days in another team, both ends included; states as of a session."""

    __table_args__ = (
        CheckConstraint("from_on <= until_on", name="order"),
        CheckConstraint("employee_id <> supervisor_id", name="two_people"),
        Index("ix_rotation_employee_id_from_on", "employee_id", "from_on"),
        Index("ix_rotation_host_team_id_from_on", "host_team_id", "from_on"),
        Index("ix_rotation_state_until_on", "state", "until_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(Line(80), unique=True)
    request_key: Mapped[str | None] = mapped_column(Line(80), unique=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    host_team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    proposer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    from_on: Mapped[date]
    until_on: Mapped[date]
    state: Mapped[str] = mapped_column(Line(10), default="proposed")
    version: Mapped[int] = mapped_column(default=1)
    sequence: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class RotationAnswer(Model):
    """What the employee, the supervisor and both managers answered; `person_id` is who is asked."""

    rotation_id: Mapped[int] = mapped_column(ForeignKey("rotation.id"), primary_key=True)
    part: Mapped[str] = mapped_column(Line(20), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    answer: Mapped[str] = mapped_column(Line(10), default="waiting")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]


class RotationTask(Model):
    """One piece of work to be done under supervision; signed off once, it becomes evidence."""

    __table_args__ = (UniqueConstraint("rotation_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    rotation_id: Mapped[int] = mapped_column(ForeignKey("rotation.id"))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(Line(200))
    competency_id: Mapped[str | None] = mapped_column(Line(80))
    signed_off_at: Mapped[datetime | None]
    signed_off_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_off_note: Mapped[str] = mapped_column(Text, default="")


class GuestCap(Model):
    """How many guests a team takes at the same time, where it is not one."""

    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"), primary_key=True)
    guests: Mapped[int]
