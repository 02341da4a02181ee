"""The inbox, and in the demo the mail that would have been sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Flask, current_app, g, redirect, render_template, request, url_for

from app import clock
from app.db import transaction
from app.notifications import jobs, queries, service
from app.web import shell
from app.web.guard import public, signed_in
from app.web.refusals import NotFound

bp = Blueprint("notifications", __name__, template_folder="templates")


def init_app(app: Flask) -> None:
    """Register the pages, the delivery job and the unread count in the header."""
    app.register_blueprint(bp)
    jobs.register()
    shell.set_inbox(app, "notifications.inbox", lambda actor: queries.unread_count(actor.person_id))


@bp.get("/inbox")
@signed_in
def inbox() -> Any:
    return render_template("notifications/inbox.html", notices=queries.inbox(g.actor.person_id))


@bp.post("/inbox/read")
@signed_in
def read_all() -> Any:
    """Mark as read what the page showed; a notice that came since stays new."""
    now = clock.now()
    with transaction():
        service.mark_all_read(g.actor.person_id, now, _seen_until(now))
    return redirect(url_for("notifications.inbox"), 303)


@bp.post("/inbox/<int:notice_id>/open")
@signed_in
def open_notice(notice_id: int) -> Any:
    """Mark one notice read and go where it points."""
    with transaction():
        service.mark_read(g.actor.person_id, clock.now(), notice_id)
    link = queries.link_of(g.actor.person_id, notice_id)
    if link is None:
        raise NotFound()
    return redirect(link or url_for("notifications.inbox"), 303)


@bp.get("/-/mail")
@public
def demo_mail() -> Any:
    if not current_app.config["SETTINGS"].demo:
        raise NotFound()
    return render_template("notifications/demo_mail.html", letters=queries.outbox())


def _seen_until(now: datetime) -> datetime:
    """Return the time of the newest notice on the page that was sent, now where it does not say."""
    try:
        return datetime.fromisoformat(request.form["until"]).astimezone(UTC)
    except (KeyError, ValueError, OverflowError):
        return now
