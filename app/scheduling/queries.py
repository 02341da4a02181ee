"""Reads of the schedule for this and higher domains."""

from __future__ import annotations

from app.scheduling.queries_sessions import (
    HeldSession,
    SessionFact,
    debriefs_of,
    events_of,
    feed_sessions,
    find_session,
    held_sessions,
    invitations_for,
    recent_for,
    session_minutes_between,
    sessions_between,
    to_debrief_for,
    to_sign_off_for,
    upcoming_for,
)

__all__ = [
    "HeldSession",
    "SessionFact",
    "debriefs_of",
    "events_of",
    "feed_sessions",
    "find_session",
    "held_sessions",
    "invitations_for",
    "recent_for",
    "session_minutes_between",
    "sessions_between",
    "to_debrief_for",
    "to_sign_off_for",
    "upcoming_for",
]
