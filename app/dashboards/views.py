"""The home page: an employee's, a manager's or HR's, with tabs for whoever is more than one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, g, render_template, request
from flask_babel import lazy_gettext as _l

from app import clock
from app.competency.views_rows import matrix_columns, matrix_rows
from app.dashboards.employee import employee_home
from app.dashboards.hr import hr_home
from app.dashboards.manager import manager_home
from app.people.identity import Actor
from app.web import navigation
from app.web.guard import signed_in

bp = Blueprint("dashboards", __name__, template_folder="templates")


def init_app(app: Flask) -> None:
    """Register the home page."""
    app.register_blueprint(bp)
    navigation.register(app, _l("Home"), "dashboards.home", "home", 10)


def views_of(actor: Actor) -> list[str]:
    """Return which home pages a person has, the one shown first foremost."""
    views = ["mine"]
    if actor.is_manager:
        views.insert(0, "team")
    if actor.is_hr:
        views.insert(0, "hr")
    return views


@bp.get("/")
@signed_in
def home() -> Any:
    views = views_of(g.actor)
    view = request.args.get("view")
    if view not in views:
        view = views[0]
    now = clock.now()
    if view == "hr":
        return render_template("dashboards/hr.html", home=hr_home(g.actor, now), views=views)
    if view == "team":
        team = manager_home(g.actor, now)
        return render_template(
            "dashboards/manager.html",
            home=team,
            columns=matrix_columns(team.competencies),
            rows=matrix_rows(team.people, team.competencies, team.targets, now),
            views=views,
        )
    return render_template("dashboards/employee.html", home=employee_home(g.actor, now), views=views)
