"""Tables of calendars: floors, imported busy time, pins and bans, and the secret addresses of feeds."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Line, Model


class DepartmentFloor(Model):
    """Fewest people of a department on duty between two minutes of a weekday, in `time_zone`."""

    __table_args__ = (
        CheckConstraint("starts_minute < ends_minute", name="order"),
        CheckConstraint("minimum >= 1", name="minimum"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    department_key: Mapped[str] = mapped_column(Line(60), index=True)
    weekday: Mapped[int]
    starts_minute: Mapped[int]
    ends_minute: Mapped[int]
    minimum: Mapped[int]
    time_zone: Mapped[str] = mapped_column(Line(64))


class BusyTime(Model):
    """A span in which a person is busy elsewhere, from an imported calendar; what for is not kept."""

    __table_args__ = (
        CheckConstraint("starts_at < ends_at", name="order"),
        Index("ix_busy_time_person_id_starts_at", "person_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(Line(80), default="")


class PairingRule(Model):
    """A pin (these two are to meet) or a ban (these two are not paired; who set it and why stays closed).

    A pin binds `learner_id` to `host_id` for one competency, or for all where none is named; a ban holds
    both ways.
    """

    __table_args__ = (
        CheckConstraint("kind IN ('pin', 'ban')", name="kind"),
        CheckConstraint("learner_id <> host_id", name="two_people"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Line(4))
    learner_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    host_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    competency_id: Mapped[str | None] = mapped_column(Line(80))
    set_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Line(300), default="")
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class CalendarFeed(Model):
    """A secret address under which a calendar follows one person's sessions; only its hash is kept."""

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    token_hash: Mapped[str] = mapped_column(Line(64), unique=True)
    created_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
