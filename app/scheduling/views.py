"""Register the pages, the scheduled work and the navigation of scheduling."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.scheduling import (
    jobs,
    views_booking,
    views_calendar,
    views_rotations,
    views_schedule,
    views_sessions,
    views_team,
)
from app.scheduling.views_base import bp
from app.web import navigation

__all__ = [
    "bp",
    "views_booking",
    "views_calendar",
    "views_rotations",
    "views_schedule",
    "views_sessions",
    "views_team",
]


def init_app(app: Flask) -> None:
    """Register pages, jobs and navigation."""
    app.register_blueprint(bp)
    jobs.register()
    navigation.register(app, _l("Schedule"), "scheduling.schedule", "calendar", 30)
