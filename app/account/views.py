"""My account, and setting a password by a mailed link."""

from __future__ import annotations

from typing import Any

from flask import (
    Blueprint,
    Flask,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from app import clock
from app.account import jobs
from app.account.forms import AskForResetForm, ChangePasswordForm, ProfileForm, ResetForm
from app.account.views_kinds import OFFERED
from app.db import transaction
from app.notifications import queries as notices
from app.notifications import service as notice_service
from app.notifications.kinds import NoticeKind
from app.people import lockout, queries_accounts, service, service_passwords, service_people
from app.people.passwords import hash_token
from app.people.views import TOKEN
from app.web import navigation
from app.web.guard import public, signed_in

bp = Blueprint("account", __name__, template_folder="templates")


def init_app(app: Flask) -> None:
    """Register the pages, the scheduled work and the entry in the account menu."""
    app.register_blueprint(bp)
    jobs.register()
    navigation.register(app, _l("My account"), "account.home", "settings", 10, place="account")


@bp.get("/account")
@signed_in
def home() -> Any:
    return _home()


@bp.post("/account/profile")
@signed_in
def save_profile() -> Any:
    form = _profile_form()
    if not form.validate():
        return _home(profile=form), 422
    with transaction():
        service_people.edit_own_profile(
            g.actor.person_id, form.name.data or "", form.time_zone.data, form.locale.data
        )
    flash(_("Saved."), "success")
    return redirect(url_for("account.home"), 303)


@bp.post("/account/password")
@signed_in
def change_password() -> Any:
    form, now, email = ChangePasswordForm(), clock.now(), g.actor.email
    form.email = email
    if not form.validate():
        return _home(password=form), 422
    try:
        with transaction():
            service.begin_sign_in(email, request.remote_addr or "", now)
    except service.SignInPaused as paused:
        minutes = lockout.minutes_left(paused.until, now)
        form.form_errors.append(
            _("Too many tries did not match. Try again in %(minutes)s min.", minutes=minutes)
        )
        return _home(password=form), 429
    if service.check_password(email, form.current.data or "") != g.actor.person_id:
        form.current.errors = [_("This is not your current password.")]
        return _home(password=form), 422
    with transaction():
        service_passwords.set_password(
            g.actor.person_id, form.password.data or "", now, keep_token=session[TOKEN]
        )
    flash(_("Your password is changed. Every other browser was signed out."), "success")
    return redirect(url_for("account.home"), 303)


@bp.post("/account/mail")
@signed_in
def save_mail() -> Any:
    wanted = set(request.form.getlist("mail"))
    person_id, now = g.actor.person_id, clock.now()
    with transaction():
        for kind in OFFERED:
            notice_service.set_muted(person_id, kind, kind not in wanted, now)
    flash(_("Saved. Your inbox here keeps everything."), "success")
    return redirect(url_for("account.home"), 303)


@bp.post("/account/sessions/<int:session_id>/end")
@signed_in
def end_session(session_id: int) -> Any:
    """End one of one's own sessions; another person's is left alone without saying that it exists."""
    with transaction():
        service.end_session(g.actor.person_id, session_id, clock.now())
    flash(_("That browser is signed out."), "success")
    return redirect(url_for("account.home"), 303)


@bp.post("/account/sessions/end")
@signed_in
def end_all_sessions() -> Any:
    with transaction():
        service.sign_out_everywhere(g.actor.person_id, clock.now())
    session.clear()
    flash(_("You are signed out everywhere, here too."), "success")
    return redirect(url_for("people.sign_in"), 303)


@bp.route("/reset-password", methods=["GET", "POST"])
@public
def ask_for_reset() -> Any:
    form = AskForResetForm()
    if request.method == "GET":
        return render_template("account/ask_for_reset.html", form=form)
    if not form.validate():
        return render_template("account/ask_for_reset.html", form=form), 422
    now = clock.now()
    with transaction():
        link = service_passwords.request_reset(form.email.data or "", now)
        if link is not None:
            send_reset(link, now)
    return render_template(
        "account/reset_asked.html",
        email=(form.email.data or "").strip(),
        minutes=service_passwords.RESET_MINUTES,
        demo=current_app.config["SETTINGS"].demo,
    )


def send_reset(link: service_passwords.ResetLink, now: Any) -> None:
    """Put the letter with a reset link into the outbox, inside the transaction that made the link."""
    notice_service.enqueue(
        link.person_id,
        NoticeKind.ACCOUNT,
        _("Set your Tandem password"),
        _(
            "Someone, most likely you, asked to set the password of your Tandem account. "
            "The link below works once, for %(minutes)s minutes. "
            "If it was not you, do nothing: your password stays as it is.",
            minutes=service_passwords.RESET_MINUTES,
        ),
        now,
        link=url_for("account.reset", token=link.token),
        inbox=False,
    )


@bp.route("/reset-password/<token>", methods=["GET", "POST"])
@public
def reset(token: str) -> Any:
    now = clock.now()
    person_id = service_passwords.find_reset(token, now)
    if person_id is None:
        return render_template("account/reset_dead.html"), 404
    form = ResetForm()
    form.email = queries_accounts.email_of(person_id)
    if request.method == "GET":
        return render_template("account/reset.html", form=form)
    if not form.validate():
        return render_template("account/reset.html", form=form), 422
    try:
        with transaction():
            service_passwords.use_reset(token, form.password.data or "", now)
    except service_passwords.ResetNotUsable:
        return render_template("account/reset_dead.html"), 404
    session.clear()
    flash(_("Your password is set. Sign in with it."), "success")
    return redirect(url_for("people.sign_in"), 303)


def _profile_form() -> ProfileForm:
    actor = g.actor
    form = ProfileForm(data={"name": actor.name, "time_zone": actor.time_zone, "locale": actor.locale})
    form.offer(str(each) for each in current_app.extensions["babel"].instance.list_translations())
    return form


def _home(*, profile: ProfileForm | None = None, password: ChangePasswordForm | None = None) -> str:
    person_id = g.actor.person_id
    return render_template(
        "account/home.html",
        profile=profile or _profile_form(),
        password=password or ChangePasswordForm(formdata=None),
        sessions=queries_accounts.sessions_of(person_id, clock.now()),
        here=hash_token(session[TOKEN]),
        kinds=OFFERED.items(),
        muted=notices.muted_kinds(person_id),
    )
