"""Scheduled work of people: throw away what no rule needs any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import jobs
from app.people import service, service_passwords


def register() -> None:
    """Add the sweep to the scheduler."""
    jobs.register("sweep-sign-ins", timedelta(hours=1), sweep)


def sweep(now: datetime) -> None:
    """Remove old failed tries and dead reset links."""
    service.sweep(now)
    service_passwords.sweep(now)
