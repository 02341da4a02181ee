"""Lower levels that have run out and tell who lapses soon, every hour."""

from __future__ import annotations

from datetime import timedelta

from app import jobs
from app.competency import service


def register() -> None:
    """Add the work to the scheduler."""
    jobs.register("competency-lapses", timedelta(hours=1), service.lapse_due)
