"""Remind of requests that nobody answered, and end those whose people have left; each exactly once."""

from __future__ import annotations

from datetime import timedelta

from app import jobs
from app.roleplays import service_departures, service_reminders


def register() -> None:
    """Add the work to the scheduler."""
    jobs.register("requests-of-departed", timedelta(minutes=5), service_departures.release_departed)
    jobs.register("requests-remind", timedelta(minutes=30), service_reminders.remind_unanswered)
