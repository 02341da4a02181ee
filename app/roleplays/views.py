"""Register the pages of role-plays and sign-offs: the blueprint, activity pages, navigation."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.curriculum.definitions import ActivityKind
from app.curriculum.views import register_activity_page
from app.roleplays import jobs, views_arrange, views_learner, views_round, views_sheet, views_signoffs
from app.roleplays.views_base import bp
from app.web import navigation

__all__ = ["PAGES", "init_app"]

PAGES = (views_learner, views_arrange, views_sheet, views_round, views_signoffs)
"""Importing them puts their routes on the blueprint."""


def init_app(app: Flask) -> None:
    """Register the pages; after the curriculum and the competencies."""
    app.register_blueprint(bp)
    jobs.register()
    register_activity_page(app, ActivityKind.ROLE_PLAY, "roleplays.overview")
    register_activity_page(app, ActivityKind.TASK, "roleplays.task")
    navigation.register(app, _l("Assess"), "roleplays.assessments", "edit", 35)
