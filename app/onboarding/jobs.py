"""Scheduled work of onboarding: enrol new hires and remind of what is due."""

from __future__ import annotations

from datetime import timedelta

from app import jobs
from app.onboarding import service


def register() -> None:
    """Add onboarding's work to the scheduler."""
    jobs.register("enrol-new-hires", timedelta(minutes=15), service.enrol_new_hires)
    jobs.register("remind-onboarding", timedelta(hours=1), service.remind_due)
