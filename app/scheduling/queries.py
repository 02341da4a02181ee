"""Reads of the schedule for this and higher domains."""

from __future__ import annotations

from app.scheduling.queries_calendar import (
    FeedFact,
    FloorRow,
    feeds_of,
    floor_rows,
    person_of_feed,
    zones_of,
)
from app.scheduling.queries_rotations import (
    RotationFact,
    find_rotation,
    guest_caps,
    list_rotations,
    live_spans,
    rotations_of,
)
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
    sessions_between,
    to_debrief_for,
    to_sign_off_for,
    upcoming_for,
)
from app.scheduling.queries_staffing import (
    Away,
    TeamAhead,
    TeamDay,
    TeamWeek,
    team_ahead,
    team_week,
)
from app.scheduling.queries_waiting import (
    WaitingItem,
    answers_wanted,
    rotation_answers_wanted,
    waiting_for,
)

__all__ = [
    "Away",
    "FeedFact",
    "FloorRow",
    "HeldSession",
    "RotationFact",
    "SessionFact",
    "TeamAhead",
    "TeamDay",
    "TeamWeek",
    "WaitingItem",
    "answers_wanted",
    "debriefs_of",
    "events_of",
    "feed_sessions",
    "feeds_of",
    "find_rotation",
    "find_session",
    "floor_rows",
    "guest_caps",
    "held_sessions",
    "invitations_for",
    "list_rotations",
    "live_spans",
    "person_of_feed",
    "recent_for",
    "rotation_answers_wanted",
    "rotations_of",
    "sessions_between",
    "team_ahead",
    "team_week",
    "to_debrief_for",
    "to_sign_off_for",
    "upcoming_for",
    "waiting_for",
    "zones_of",
]
