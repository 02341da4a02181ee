"""Tables of the curriculum: what is taught, which versions there were, and who completed what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, Text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app.db import Line, Model


class TaughtModule(Model):
    """A module as it stands in the files; `retired_at` is set when the files no longer have it."""

    id: Mapped[str] = mapped_column(Line(80), primary_key=True)
    title: Mapped[str] = mapped_column(Line(200))
    summary: Mapped[str] = mapped_column(Text)
    audience: Mapped[list[str]] = mapped_column(JSON)
    competency_ids: Mapped[list[str]] = mapped_column(JSON)
    prerequisites: Mapped[list[str]] = mapped_column(JSON)
    minutes: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    digest: Mapped[str] = mapped_column(Line(64))
    loaded_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class ModuleActivity(Model):
    """One step of a module; its key outlives every edit, so results keep what they belong to."""

    key: Mapped[str] = mapped_column(Line(161), primary_key=True)
    module_id: Mapped[str] = mapped_column(ForeignKey("taught_module.id"), index=True)
    activity_id: Mapped[str] = mapped_column(Line(80))
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(Line(12))
    title: Mapped[str] = mapped_column(Line(300))
    minutes: Mapped[int]
    competency_ids: Mapped[list[str]] = mapped_column(JSON)
    audience: Mapped[list[str]] = mapped_column(JSON)
    mode: Mapped[str] = mapped_column(Line(20), default="")
    html: Mapped[str] = deferred(mapped_column(Text, default=""))
    version: Mapped[int] = mapped_column(default=1)
    digest: Mapped[str] = mapped_column(Line(64))
    retired_at: Mapped[datetime | None]


class ModuleMedia(Model):
    """A picture of a module, served from the database so that a load is all or nothing."""

    module_id: Mapped[str] = mapped_column(ForeignKey("taught_module.id"), primary_key=True)
    name: Mapped[str] = mapped_column(Line(120), primary_key=True)
    mime_type: Mapped[str] = mapped_column(Line(40))
    digest: Mapped[str] = mapped_column(Line(64))
    data: Mapped[bytes] = deferred(mapped_column(LargeBinary))


class CurriculumPath(Model):
    """A curriculum: an ordered path of modules for an audience, and what it is for."""

    id: Mapped[str] = mapped_column(Line(80), primary_key=True)
    title: Mapped[str] = mapped_column(Line(200))
    audience: Mapped[list[str]] = mapped_column(JSON)
    sponsor: Mapped[str] = mapped_column(Line(200))
    objective: Mapped[str] = mapped_column(Text)
    gives_you: Mapped[str] = mapped_column(Text)
    module_ids: Mapped[list[str]] = mapped_column(JSON)
    metrics: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    version: Mapped[int] = mapped_column(default=1)
    digest: Mapped[str] = mapped_column(Line(64))
    retired_at: Mapped[datetime | None]


class ActivityCompletion(Model):
    """That a person completed an activity, once; `via` says how, `version` of what."""

    __table_args__ = (Index("ix_activity_completion_person_id_completed_at", "person_id", "completed_at"),)

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    activity_key: Mapped[str] = mapped_column(ForeignKey("module_activity.key"), primary_key=True)
    completed_at: Mapped[datetime]
    minutes: Mapped[int]
    version: Mapped[int]
    via: Mapped[str] = mapped_column(Line(20))


class LibraryLoad(Model):
    """One load of the curriculum files that changed something."""

    id: Mapped[int] = mapped_column(primary_key=True)
    loaded_at: Mapped[datetime]
    digest: Mapped[str] = mapped_column(Line(64))
    changes: Mapped[list[str]] = mapped_column(JSON)
