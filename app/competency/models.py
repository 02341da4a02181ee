"""Tables of the evidence ledger, the framework's versions and the matrix projection.

The ledger is append-only: a correction is a new row that names the one it supersedes, a revocation is a
row of its own, and the session refuses to update or delete evidence.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, event, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Line, Model


class FrameworkVersion(Model):
    """One loaded state of the framework; the one with the highest id is in force."""

    id: Mapped[int] = mapped_column(primary_key=True)
    framework_id: Mapped[str] = mapped_column(Line(80))
    title: Mapped[str] = mapped_column(Line(200))
    fingerprint: Mapped[str] = mapped_column(Line(64))
    definition: Mapped[str] = mapped_column(Text)
    loaded_at: Mapped[datetime]


class CompetencyRow(Model):
    """A competency that evidence may point at; stays when the framework drops it."""

    __tablename__ = "competency"

    id: Mapped[str] = mapped_column(Line(80), primary_key=True)
    title: Mapped[str] = mapped_column(Line(200))
    retired_at: Mapped[datetime | None]


class PersonTarget(Model):
    """A level that something other than the job role asks of one person, such as a programme."""

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    competency_id: Mapped[str] = mapped_column(ForeignKey("competency.id"), primary_key=True)
    source: Mapped[str] = mapped_column(Line(120), primary_key=True)
    level: Mapped[int]


class EvidenceRow(Model):
    """One dated fact about one person and one competency; never edited."""

    __tablename__ = "evidence"
    __table_args__ = (
        UniqueConstraint("source_kind", "source_id", "person_id", "competency_id"),
        CheckConstraint("level IS NULL OR level BETWEEN 0 AND 4", name="level"),
        Index("ix_evidence_person_id_competency_id", "person_id", "competency_id"),
        Index("ix_evidence_competency_id", "competency_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    competency_id: Mapped[str] = mapped_column(ForeignKey("competency.id"))
    kind: Mapped[str] = mapped_column(Line(30))
    source_kind: Mapped[str] = mapped_column(Line(40))
    source_id: Mapped[str] = mapped_column(Line(120))
    observed_at: Mapped[datetime]
    observed_on: Mapped[date]
    passed: Mapped[bool] = mapped_column(default=True)
    score: Mapped[float | None]
    level: Mapped[int | None]
    valid_until: Mapped[datetime | None]
    minutes: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text, default="")
    assessor_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    assessor_level: Mapped[int | None]
    assessor_in_good_standing: Mapped[bool] = mapped_column(default=True)
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"), unique=True)


class EvidenceRevocation(Model):
    """Say that one evidence row no longer counts, who decided so and why."""

    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    revoked_at: Mapped[datetime]
    revoked_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(Text)


class HeldLevel(Model):
    """The projection behind every matrix: what the roll-up gave for one person and competency.

    `until_n` is when level n would end if nothing new happened; `due_at` is the next instant at which the
    row must be worked out again; `basis` lists what the level held rests on as [kind, ISO day].
    """

    __table_args__ = (
        Index("ix_held_level_competency_id_level", "competency_id", "level"),
        Index("ix_held_level_due_at", "due_at"),
        Index("ix_held_level_lapses_at", "lapses_at"),
        {"sqlite_with_rowid": False},  # stored by person, as matrices read it
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    competency_id: Mapped[str] = mapped_column(ForeignKey("competency.id"), primary_key=True)
    level: Mapped[int] = mapped_column(default=0)
    supported_level: Mapped[int] = mapped_column(default=0)
    highest_held: Mapped[int] = mapped_column(default=0)
    until_1: Mapped[datetime | None]
    until_2: Mapped[datetime | None]
    until_3: Mapped[datetime | None]
    until_4: Mapped[datetime | None]
    lapses_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    basis: Mapped[list[Any]] = mapped_column(JSON, default=list)
    framework_version_id: Mapped[int | None] = mapped_column(ForeignKey("framework_version.id"))
    computed_at: Mapped[datetime]
    lapse_noticed_for: Mapped[datetime | None]


class LevelChangeRow(Model):
    """One change of a level, with its cause: evidence, check-in, correction, lapse, framework or rebuild."""

    __tablename__ = "level_change"
    __table_args__ = (Index("ix_level_change_person_id_changed_at", "person_id", "changed_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    competency_id: Mapped[str] = mapped_column(ForeignKey("competency.id"))
    before: Mapped[int]
    after: Mapped[int]
    cause: Mapped[str] = mapped_column(Line(20))
    evidence_id: Mapped[int | None] = mapped_column(ForeignKey("evidence.id"))
    framework_version_id: Mapped[int | None] = mapped_column(ForeignKey("framework_version.id"))
    changed_at: Mapped[datetime]


class ClearanceGrace(Model):
    """A clearance kept open for a while although a framework change took its levels away."""

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    clearance_id: Mapped[str] = mapped_column(Line(80), primary_key=True)
    framework_version_id: Mapped[int] = mapped_column(ForeignKey("framework_version.id"), primary_key=True)
    standing: Mapped[str] = mapped_column(Line(20))
    until_at: Mapped[datetime]


class Dispute(Model):
    """A person's objection to one row about them; at most one is open per row."""

    __table_args__ = (
        Index(
            "uq_dispute_open",
            "evidence_id",
            unique=True,
            sqlite_where=text("resolved_at IS NULL"),
            postgresql_where=text("resolved_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    reason: Mapped[str] = mapped_column(Text)
    opened_at: Mapped[datetime]
    resolved_at: Mapped[datetime | None]
    resolved_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    outcome: Mapped[str | None] = mapped_column(Line(20))
    answer: Mapped[str] = mapped_column(Text, default="")


class MatrixView(Model):
    """One person opened another's matrix on one day; kept so that the other can see it."""

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    viewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    viewed_on: Mapped[date] = mapped_column(primary_key=True)
    viewed_at: Mapped[datetime]


class LedgerIsAppendOnly(RuntimeError):
    """Evidence was to be changed in place or deleted; record a superseding row instead."""


@event.listens_for(EvidenceRow, "before_update")
@event.listens_for(EvidenceRow, "before_delete")
def _refuse_change(_mapper: object, _connection: object, target: EvidenceRow) -> None:
    raise LedgerIsAppendOnly(f"evidence {target.id}")
