"""Tables of role-plays with their versions, rounds, observers' sheets, and sign-offs of tasks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app.db import Line, Model

_LIVE = text("state IN ('open', 'needs_second', 'needs_reconciliation')")
_ASKED = text("state = 'asked'")


class RolePlay(Model):
    """The role-play of one activity; `retired_at` is set when the files no longer have it."""

    activity_key: Mapped[str] = mapped_column(ForeignKey("module_activity.key"), primary_key=True)
    title: Mapped[str] = mapped_column(Line(300))
    competency_ids: Mapped[list[str]] = mapped_column(JSON)
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(Line(64))
    retired_at: Mapped[datetime | None]


class RolePlayVersion(Model):
    """What the file said when it was loaded; never changed, so that a round keeps its rubric."""

    __table_args__ = (UniqueConstraint("activity_key", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    activity_key: Mapped[str] = mapped_column(ForeignKey("role_play.activity_key"))
    number: Mapped[int]
    digest: Mapped[str] = mapped_column(Line(64))
    definition: Mapped[str] = deferred(mapped_column(Text))
    loaded_at: Mapped[datetime]


class AssessmentRound(Model):
    """One role-play of one learner under one version; a learner has one live round per role-play."""

    __table_args__ = (
        Index(
            "uq_assessment_round_live",
            "learner_id",
            "activity_key",
            unique=True,
            sqlite_where=_LIVE,
            postgresql_where=_LIVE,
        ),
        Index("ix_assessment_round_learner_id_activity_key", "learner_id", "activity_key"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    activity_key: Mapped[str] = mapped_column(ForeignKey("role_play.activity_key"))
    version_id: Mapped[int] = mapped_column(ForeignKey("role_play_version.id"))
    state: Mapped[str] = mapped_column(Line(24))
    requested_at: Mapped[datetime]
    requested_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    done_at: Mapped[datetime | None]
    passed: Mapped[bool | None]
    mean: Mapped[float | None]
    level_changes: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)


class Observation(Model):
    """One observer's sheet in a round; nobody else reads it before it is submitted."""

    __table_args__ = (
        UniqueConstraint("round_id", "assessor_id"),
        CheckConstraint("global_rating IS NULL OR global_rating BETWEEN 0 AND 4", name="global_rating"),
        CheckConstraint("helpful_rating IS NULL OR helpful_rating BETWEEN 1 AND 5", name="helpful_rating"),
        Index("ix_observation_assessor_id_state", "assessor_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"), index=True)
    assessor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(Line(12))
    further: Mapped[bool] = mapped_column(default=False)
    asked_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    scores: Mapped[dict[str, int | None]] = mapped_column(JSON, default=dict)
    notes: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    overall_note: Mapped[str] = mapped_column(Text, default="")
    global_rating: Mapped[int | None]
    clock_seconds: Mapped[int] = mapped_column(default=0)
    clock_started_at: Mapped[datetime | None]
    declined_reason: Mapped[str] = mapped_column(Text, default="")
    helpful_rating: Mapped[int | None]
    version: Mapped[int] = mapped_column(default=1)


class Reconciliation(Model):
    """The joint decision on the criteria where observers differed; it stands once all have agreed."""

    round_id: Mapped[int] = mapped_column(ForeignKey("assessment_round.id"), primary_key=True)
    levels: Mapped[dict[str, int]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    agreed_by: Mapped[list[int]] = mapped_column(JSON)
    settled_at: Mapped[datetime | None]


class SignOff(Model):
    """A learner's request that a colleague signs off a task done under their eyes, and the answer."""

    __table_args__ = (
        Index(
            "uq_sign_off_asked",
            "learner_id",
            "activity_key",
            "signer_id",
            unique=True,
            sqlite_where=_ASKED,
            postgresql_where=_ASKED,
        ),
        Index("ix_sign_off_signer_id_state", "signer_id", "state"),
        Index("ix_sign_off_learner_id_activity_key", "learner_id", "activity_key"),
        CheckConstraint("signer_id <> learner_id", name="another_signs"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    learner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    activity_key: Mapped[str] = mapped_column(ForeignKey("module_activity.key"))
    competency_id: Mapped[str] = mapped_column(Line(80))
    mode: Mapped[str] = mapped_column(Line(20))
    title: Mapped[str] = mapped_column(Line(300))
    signer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(Line(12))
    what: Mapped[str] = mapped_column(Text, default="")
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    note: Mapped[str] = mapped_column(Text, default="")
