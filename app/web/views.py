"""The shell's own routes: assets, the appearance choice, and the page that shows every component."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, Flask, current_app, redirect, render_template, request

from app import clock
from app.web import assets, samples, shell
from app.web.guard import public, safe_next
from app.web.icons import STROKES
from app.web.refusals import NotFound

bp = Blueprint("web", __name__)
YEAR_SECONDS = 365 * 86_400


def init_app(app: Flask) -> None:
    """Register the routes and everything the layout needs."""
    shell.init_app(app)
    app.register_blueprint(bp)


@bp.get("/-/assets/<digest>/<path:name>", endpoint="static")
@public
def asset(digest: str, name: str) -> Any:
    return assets.respond(digest, name)


@bp.post("/-/appearance")
@public
def set_appearance() -> Any:
    chosen = request.form.get("theme", "")
    response = current_app.make_response(_after_appearance())
    if chosen in shell.THEMES:
        secure = bool(current_app.config["SESSION_COOKIE_SECURE"])
        response.set_cookie(
            shell.THEME_COOKIE, chosen, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=secure
        )
    else:
        response.delete_cookie(shell.THEME_COOKIE)
    return response


def _after_appearance() -> Any:
    if request.accept_mimetypes.best == "application/json":
        return "", 204
    return redirect(safe_next(request.form.get("next")) or "/", 303)


@bp.get("/-/components")
@public
def components() -> Any:
    if current_app.config["SETTINGS"].production:
        raise NotFound()
    now = clock.now()
    form = samples.SampleForm(meta={"csrf": False})
    faulty = samples.SampleForm(data={"minutes": 600}, prefix="faulty", meta={"csrf": False})
    faulty.validate()
    return render_template(
        "web/components.html",
        form=form,
        faulty=faulty,
        people=samples.PEOPLE,
        competencies=samples.COMPETENCIES,
        columns=tuple((name, "#heat", group) for name, group in samples.COMPETENCIES),
        icons=sorted(STROKES),
        url_of_page=lambda page: f"?page={page}",
        levels=samples.levels(),
        slots=samples.SLOTS,
        slots_before=samples.SLOTS_BEFORE,
        days=samples.week(now),
        now=now,
        soon=now + timedelta(minutes=20),
        tomorrow=now + timedelta(days=1),
        long_ago=now - timedelta(days=400),
    )
