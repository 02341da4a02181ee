"""Who has extra time in timed quizzes, and how much."""

from __future__ import annotations

from sqlalchemy import select

from app.db import db
from app.quizzes.models import ExtraTime


def extra_time_of(person_id: int) -> int:
    """Return a person's extra time in per cent; 0 where none is set."""
    return db.session.scalar(select(ExtraTime.percent).where(ExtraTime.person_id == person_id)) or 0


def list_extra_time() -> dict[int, int]:
    """Return the extra time in per cent of everyone who has some, by person id."""
    rows = db.session.execute(select(ExtraTime.person_id, ExtraTime.percent))
    return {row[0]: row[1] for row in rows}
