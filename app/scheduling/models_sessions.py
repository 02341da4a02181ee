"""Tables of sessions: who meets whom and when, what each answered, wrote and changed, and the slots taken."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Line, Model


class ShadowSession(Model):
    """One booked meeting of a learner and a host.

    `state` is proposed | accepted | declined | cancelled | held. `sequence` counts what calendars are told;
    `version` guards every change. `request_key` makes sending the form twice harmless.
    """

    __table_args__ = (
        CheckConstraint("minutes > 0 AND minutes % 30 = 0", name="minutes"),
        CheckConstraint("learner_id <> host_id", name="two_people"),
        Index("ix_shadow_session_learner_id_starts_at", "learner_id", "starts_at"),
        Index("ix_shadow_session_host_id_starts_at", "host_id", "starts_at"),
        Index("ix_shadow_session_state_ends_at", "state", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(Line(80), unique=True)
    request_key: Mapped[str | None] = mapped_column(Line(80), unique=True)
    kind: Mapped[str] = mapped_column(Line(20))
    mode: Mapped[str | None] = mapped_column(Line(20))
    competency_id: Mapped[str | None] = mapped_column(Line(80))
    learner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    host_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    minutes: Mapped[int]
    state: Mapped[str] = mapped_column(Line(10), default="proposed")
    version: Mapped[int] = mapped_column(default=1)
    sequence: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(Text, default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    override_reason: Mapped[str] = mapped_column(Text, default="")
    overridden: Mapped[str] = mapped_column(Line(120), default="")
    signed_off_at: Mapped[datetime | None]
    signed_off_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    signed_off_passed: Mapped[bool | None]
    signed_off_note: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]


class SessionAnswer(Model):
    """What the learner, the host and the learner's manager answered; `person_id` is who is asked."""

    session_id: Mapped[int] = mapped_column(ForeignKey("shadow_session.id"), primary_key=True)
    part: Mapped[str] = mapped_column(Line(20), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    answer: Mapped[str] = mapped_column(Line(10), default="waiting")
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None]


class SessionEvent(Model):
    """One step in the life of a session, for its page: what happened, who did it and why."""

    id: Mapped[int] = mapped_column(primary_key=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("shadow_session.id"), index=True)
    what: Mapped[str] = mapped_column(Line(20))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    starts_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(Text, default="")


class Debrief(Model):
    """What one of the two wrote afterwards; the other reads it once both have written.

    `rating` (1 to 5) is the learner's of the host, and counts towards the host's level.
    """

    __table_args__ = (CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),)

    session_id: Mapped[int] = mapped_column(ForeignKey("shadow_session.id"), primary_key=True)
    part: Mapped[str] = mapped_column(Line(20), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    saw: Mapped[str] = mapped_column(Text)
    learned: Mapped[str] = mapped_column(Text)
    next_step: Mapped[str] = mapped_column(Text)
    rating: Mapped[int | None]
    written_at: Mapped[datetime]


class BookedSlot(Model):
    """Half an hour of one person that a session or a rotation takes; unique, so nobody is in two places.

    `off_duty` says that the person's own department misses them meanwhile.
    """

    __table_args__ = (
        UniqueConstraint("person_id", "slot_at"),
        CheckConstraint("(session_id IS NULL) <> (rotation_id IS NULL)", name="one_cause"),
        Index("ix_booked_slot_slot_at", "slot_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    slot_at: Mapped[datetime]
    off_duty: Mapped[bool] = mapped_column(default=True)
    session_id: Mapped[int | None] = mapped_column(ForeignKey("shadow_session.id"), index=True)
    rotation_id: Mapped[int | None] = mapped_column(ForeignKey("rotation.id"), index=True)


class BookingGuard(Model):
    """A row that bookings of one person, department or team update first, so that they wait for each other.

    Floors and budgets are sums over rows that others may be adding; the lock on this row makes the sum true
    until the transaction ends, on PostgreSQL as on SQLite.
    """

    key: Mapped[str] = mapped_column(Line(80), primary_key=True)
    version: Mapped[int] = mapped_column(default=0)
