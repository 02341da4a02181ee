"""Tables of onboarding."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Line, Model


class OnboardingProgramme(Model):
    """A programme as the files state it."""

    id: Mapped[str] = mapped_column(Line(80), primary_key=True)
    title: Mapped[str] = mapped_column(Line(200))
    definition: Mapped[dict[str, Any]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    retired_at: Mapped[datetime | None]


class Enrolment(Model):
    """That a person goes through a programme, once; `ended_at` is set when HR takes them out."""

    __table_args__ = (UniqueConstraint("person_id", "programme_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    programme_id: Mapped[str] = mapped_column(ForeignKey("onboarding_programme.id"), index=True)
    starts_on: Mapped[date]
    enrolled_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class StepConfirmation(Model):
    """That someone entitled ticked a step that no evidence can show."""

    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"), primary_key=True)
    step_id: Mapped[str] = mapped_column(Line(80), primary_key=True)
    confirmed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime]


class Nudge(Model):
    """A reminder that a manager or HR sent by hand."""

    __table_args__ = (Index("ix_nudge_enrolment_id_sent_at", "enrolment_id", "sent_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    enrolment_id: Mapped[int] = mapped_column(ForeignKey("enrolment.id"))
    sent_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    sent_at: Mapped[datetime]
