"""End attempts whose time is over, every minute, and remind graders, every hour."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import jobs
from app.quizzes import queries, service
from app.quizzes.service_grading import remind_graders

AT_ONCE = 200


def register() -> None:
    """Add the work to the scheduler."""
    jobs.register("quiz-time-is-up", timedelta(minutes=1), end_overdue)
    jobs.register("quiz-grading-reminders", timedelta(hours=1), remind_graders)


def end_overdue(now: datetime) -> int:
    """Hand in or abandon what is over, as each quiz's policy says, each once; return how many."""
    overdue = queries.overdue_attempts(now, AT_ONCE)
    for attempt_id in overdue:
        service.end_if_over(attempt_id, now)
    return len(overdue)
