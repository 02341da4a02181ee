"""Put the pages, the command and the scheduled work of this domain into the application."""

from __future__ import annotations

from flask import Flask
from flask_babel import lazy_gettext as _l

from app.competency import jobs, views_coverage, views_matrix, views_person
from app.competency.cli import competency_cli
from app.competency.views_base import bp, register_cheat_sheets, register_next_steps
from app.web import navigation

__all__ = ["init_app", "register_cheat_sheets", "register_next_steps"]

PAGES = (views_person, views_matrix, views_coverage)
"""Importing them puts their routes on the blueprint."""


def init_app(app: Flask) -> None:
    """Register the pages, their places in the navigation, the command and the scheduled work."""
    app.register_blueprint(bp)
    app.cli.add_command(competency_cli)
    jobs.register()
    navigation.register(app, _l("My matrix"), "competency.my_matrix", "target", 20)
    navigation.register(app, _l("Matrix"), "competency.matrix", "matrix", 45, when=_leads)
    navigation.register(app, _l("Coverage"), "competency.coverage_page", "chart", 46, when=_leads)
    navigation.register(app, _l("Clearances"), "competency.clearances", "badge", 72)
    navigation.register(app, _l("Disputes"), "competency.disputes", "talk", 80, place="account")


def _leads(actor: object) -> bool:
    return bool(getattr(actor, "is_manager", False) or getattr(actor, "is_hr", False))
