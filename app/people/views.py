"""Pages of people: sign in and out."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _

from app import clock
from app.db import transaction
from app.people import queries, service
from app.people.forms import SignInForm
from app.people.passwords import hash_token
from app.web.guard import public, safe_next, signed_in

bp = Blueprint("people", __name__, template_folder="templates")
TOKEN = "token"  # noqa: S105


def init_app(app: Flask) -> None:
    """Register the pages and the loader that turns a session cookie into `g.actor`."""

    @app.before_request
    def _load_actor() -> None:
        token = session.get(TOKEN) if request.endpoint and not request.endpoint.endswith("static") else None
        g.actor = queries.actor_by_token(hash_token(token), clock.now()) if token else None

    app.register_blueprint(bp)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    form = SignInForm()
    target = safe_next(request.args.get("next")) or "/"
    if request.method == "GET":
        if g.actor:
            return redirect(target, 303)
        return render_template("people/sign_in.html", form=form)
    if not form.validate():
        return render_template("people/sign_in.html", form=form), 422
    given = service.SignIn(form.email.data or "", form.password.data or "", request.user_agent.string)
    with transaction():
        token = service.sign_in(given, clock.now(), days=current_app.config["SETTINGS"].session_days)
    if token is None:
        form.form_errors.append(_("E-mail and password do not match. Check both, or reset the password."))
        return render_template("people/sign_in.html", form=form), 422
    session.clear()
    session[TOKEN] = token
    session.permanent = True
    return redirect(target, 303)


@bp.post("/sign-out")
@signed_in
def sign_out() -> Any:
    with transaction():
        service.sign_out(session[TOKEN], clock.now())
    session.clear()
    return redirect(url_for("people.sign_in"), 303)
