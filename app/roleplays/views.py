"""Register the pages of role-plays and sign-offs: the blueprint, activity pages, navigation, next steps."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from flask import Flask, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app.competency.views import register_next_steps
from app.curriculum.definitions import ActivityKind
from app.curriculum.views import register_activity_page
from app.roleplays import queries, views_arrange, views_learner, views_round, views_sheet, views_signoffs
from app.roleplays.views_base import bp
from app.web import navigation

__all__ = ["PAGES", "init_app"]

PAGES = (views_learner, views_arrange, views_sheet, views_round, views_signoffs)
"""Importing them puts their routes on the blueprint."""


def init_app(app: Flask) -> None:
    """Register the pages; after the curriculum and the competencies."""
    app.register_blueprint(bp)
    register_activity_page(app, ActivityKind.ROLE_PLAY, "roleplays.overview")
    register_activity_page(app, ActivityKind.TASK, "roleplays.task")
    register_next_steps(app, "role_play", _next_steps)
    navigation.register(app, _l("Assessments"), "roleplays.assessments", "edit", 35)


def _next_steps(person_id: int, competency_ids: Collection[str]) -> Mapping[str, tuple[str, str]]:
    """Return the role-play that shows each competency, where there is one."""
    found: dict[str, tuple[str, str]] = {}
    for each in queries.list_role_plays():
        for competency_id in set(each.competency_ids) & set(competency_ids):
            label = _("Role-play: %(title)s", title=each.title)
            href = url_for("roleplays.overview", module_id=each.module_id, activity_id=each.activity_id)
            found.setdefault(competency_id, (label, href))
    return found
