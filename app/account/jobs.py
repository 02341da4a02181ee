"""Scheduled work of accounts: warn of a change that somebody else made."""

from __future__ import annotations

from datetime import timedelta

from app import jobs
from app.account import service


def register() -> None:
    """Add the work to the scheduler."""
    jobs.register("tell-email-changes", timedelta(minutes=5), service.tell_email_changes)
