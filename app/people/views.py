"""Sign in and out; the loader that turns a session cookie into the actor of a request."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Flask, current_app, g, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from app import clock
from app.db import transaction
from app.people import jobs, lockout, queries, service, views_availability, views_import, views_people
from app.people.cli import people_cli
from app.people.forms import SignInForm
from app.people.identity import DemoSignIn
from app.people.passwords import hash_token
from app.people.views_base import bp
from app.people.views_people import register_profile_panel
from app.web import navigation
from app.web.guard import public, safe_next, signed_in

PAGES = (views_people, views_availability, views_import)
__all__ = ["TOKEN", "init_app", "offer_demo_sign_ins", "register_profile_panel", "remember"]
TOKEN = "token"  # noqa: S105


def init_app(app: Flask) -> None:
    """Register the pages and the loader that turns a session cookie into `g.actor`."""

    @app.before_request
    def _load_actor() -> None:
        token = session.get(TOKEN) if request.endpoint and not request.endpoint.endswith("static") else None
        g.actor = queries.actor_by_token(hash_token(token), clock.now()) if token else None

    app.register_blueprint(bp)
    app.cli.add_command(people_cli)
    jobs.register()
    navigation.register(app, _l("People"), "people.directory", "people", 60)
    navigation.register(
        app,
        _l("My substitute"),
        "people.substitute",
        "people",
        20,
        place="account",
        when=lambda a: a.is_manager,
    )


def offer_demo_sign_ins(app: Flask, offered: Iterable[DemoSignIn]) -> None:
    """List these sign-ins on the sign-in page, where the settings say that this is a demo."""
    app.extensions["demo_sign_ins"] = tuple(offered)


@bp.route("/sign-in", methods=["GET", "POST"])
@public
def sign_in() -> Any:
    form = SignInForm()
    target = safe_next(request.args.get("next")) or "/"
    if request.method == "GET":
        return redirect(target, 303) if g.actor else _page(form)
    if not form.validate():
        return _page(form), 422
    email, now = form.email.data or "", clock.now()
    try:
        with transaction():
            service.begin_sign_in(email, request.remote_addr or "", now)
    except service.SignInPaused as paused:
        return _paused_page(form, lockout.minutes_left(paused.until, now))
    person_id = service.check_password(email, form.password.data or "")
    if person_id is None:
        form.form_errors.append(_("E-mail and password do not match. Check both, or reset the password."))
        return _page(form), 422
    with transaction():
        token = service.finish_sign_in(
            person_id,
            email,
            now,
            days=current_app.config["SETTINGS"].session_days,
            user_agent=request.user_agent.string,
        )
    remember(token)
    return redirect(target, 303)


@bp.post("/sign-out")
@signed_in
def sign_out() -> Any:
    with transaction():
        service.sign_out(session[TOKEN], clock.now())
    session.clear()
    return redirect(url_for("people.sign_in"), 303)


def remember(token: str) -> None:
    """Put a session's token into a cookie that holds nothing from before the sign-in."""
    session.clear()
    session[TOKEN] = token
    session.permanent = True


def _page(form: SignInForm) -> str:
    demo = current_app.config["SETTINGS"].demo
    return render_template(
        "people/sign_in.html",
        form=form,
        demo_sign_ins=current_app.extensions.get("demo_sign_ins", ()) if demo else (),
    )


def _paused_page(form: SignInForm, minutes: int) -> Any:
    form.form_errors.append(
        ngettext(
            "Sign-in is paused after too many tries. Try again in %(num)s minute, or reset the password.",
            "Sign-in is paused after too many tries. Try again in %(num)s minutes, or reset the password.",
            minutes,
        )
    )
    return _page(form), 429, {"Retry-After": str(minutes * 60)}
