"""Register the pages, the scheduled work and the navigation of scheduling."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.scheduling import jobs, models_rotations, views_booking, views_schedule, views_sessions
from app.scheduling.views_base import bp
from app.web import navigation

__all__ = ["bp", "models_rotations", "views_booking", "views_schedule", "views_sessions"]


def init_app(app: Flask) -> None:
    """Register pages, jobs and navigation."""
    app.register_blueprint(bp)
    jobs.register()
    navigation.register(app, _l("Schedule"), "scheduling.schedule", "calendar", 30)
