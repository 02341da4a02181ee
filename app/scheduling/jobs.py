"""Mark sessions held, end what nobody answered or can keep, tell of leave, remind; each exactly once."""

from __future__ import annotations

from datetime import datetime, timedelta

from app import jobs
from app.scheduling import (
    service_debriefs,
    service_departures,
    service_leave,
    service_rotations,
    service_sessions,
)


def register() -> None:
    """Add the work to the scheduler."""
    jobs.register("sessions-close", timedelta(minutes=5), close_due)
    jobs.register("bookings-of-departed", timedelta(minutes=5), service_departures.release_departed)
    jobs.register("sessions-in-leave", timedelta(minutes=5), service_leave.tell_of_leave)
    jobs.register("rotations-in-leave", timedelta(minutes=5), service_leave.tell_of_leave_in_rotations)
    jobs.register("sessions-remind", timedelta(minutes=30), service_debriefs.remind)


def close_due(now: datetime) -> None:
    """Settle what is over: what was agreed took place, what was not answered did not."""
    service_debriefs.mark_held(now)
    service_sessions.lapse_unanswered(now)
    service_rotations.close_rotations(now)
