"""Register the pages, the scheduled work and the navigation of scheduling."""

from __future__ import annotations

from collections.abc import Collection

from flask import Flask, g, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.competency import views as competency
from app.scheduling import (
    access,
    jobs,
    views_booking,
    views_calendar,
    views_pairings,
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
    "views_pairings",
    "views_rotations",
    "views_schedule",
    "views_sessions",
    "views_team",
]


def init_app(app: Flask) -> None:
    """Register pages, jobs and navigation."""
    app.register_blueprint(bp)
    jobs.register()
    competency.register_next_steps(app, "observe", _book_for)
    competency.register_next_steps(app, "coaching", _book_with)
    navigation.register(app, _l("Schedule"), "scheduling.schedule", "calendar", 30)


def _book_for(person_id: int, competency_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return where an hour of observing is booked, for whoever may propose it for this person."""
    if not access.can_propose_for(g.actor, person_id):
        return {}
    learner = None if person_id == g.actor.person_id else person_id
    return {each: (_("Book an hour"), _address(each, learner)) for each in competency_ids}


def _book_with(person_id: int, competency_ids: Collection[str]) -> dict[str, tuple[str, str]]:
    """Return where somebody is booked to shadow this person; only managers book for others."""
    if not g.actor.is_manager or not access.can_propose_for(g.actor, person_id):
        return {}
    return {each: (_("Book an hour for a learner"), _address(each, None)) for each in competency_ids}


def _address(competency_id: str, learner_id: int | None) -> str:
    return url_for("scheduling.new_session", competency=competency_id, mode="observe", learner=learner_id)
