"""Tables of the playbook."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, Text
from sqlalchemy.orm import Mapped, deferred, mapped_column

from app.db import Line, Model


class PlaybookArticle(Model):
    """A one-page guide; `id` is the module it belongs to."""

    id: Mapped[str] = mapped_column(Line(80), primary_key=True)
    title: Mapped[str] = mapped_column(Line(200))
    owner: Mapped[str] = mapped_column(Line(60))
    review_by: Mapped[date]
    audience: Mapped[list[str]] = mapped_column(JSON)
    html: Mapped[str] = deferred(mapped_column(Text))
    version: Mapped[int] = mapped_column(default=1)
    loaded_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class GlossaryTerm(Model):
    """A word both teams use."""

    slug: Mapped[str] = mapped_column(Line(120), primary_key=True)
    term: Mapped[str] = mapped_column(Line(120))
    also: Mapped[list[str]] = mapped_column(JSON)
    meaning: Mapped[str] = mapped_column(Text)
    used_by: Mapped[list[str]] = mapped_column(JSON)
